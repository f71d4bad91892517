"""HubSpot's tables as Fivetran writes them: the figures are what a query of the files finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from services.ingestor.importers.formats import read_items
from services.ingestor.translate.item import Unreadable
from tests.acceptance.board import Board, imported
from tests.acceptance.raw import Raw
from tests.acceptance.reference import need

SEEDS = "integration_tests/seeds"
FOLDER = need("fivetran_hubspot", f"{SEEDS}/contact_data.csv")
RAW = Raw(FOLDER / SEEDS)
UNREADABLE = """
    select 'engagement_meeting' as file, count(*) from engagement_meeting
    where start_time < '1990'
    union all select 'engagement_call', count(*) from engagement_call
"""
"""Meetings of January 1970, and calls: the file has no column of their direction."""

REFUSED = sum(RAW.series(UNREADABLE).values())
RAW.view(
    "customers",
    """
    -- the day on which each was first known: contacts less merged ones, and companies
    with ended as (
        select id as survivor, unnest(string_split(property_hs_merged_object_ids, ';')) as id
        from contact
    )
    select min(left(c.property_createdate, 10)) as day
    from contact c left join ended using (id)
    group by coalesce(ended.survivor, c.id)
    union all
    select left(property_createdate, 10) from company
    """,
)

RAW.view(
    "opened",
    """
    select min(created) as opened, sent_by_id, recipient from email_event
    where type = 'OPEN' and filtered_event <> 'true' group by all
    """,
)


@pytest.fixture(scope="module")
def board(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Import the set once; what cannot be read is counted as refused."""
    tenant = stack.create_tenant(time_zone="UTC", currency="USD")
    state = tmp_path_factory.mktemp("hubspot")
    imported(stack, tenant, "fivetran-hubspot", FOLDER, state, refused=REFUSED)
    with Board(stack, tenant.read_key, "2014-01-01", "2024-12-31") as made:
        yield made


def test_every_row_makes_its_event_or_is_reported() -> None:
    """The number of events of each type is that of the rows they are made of."""
    kinds: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for item in read_items("fivetran-hubspot", FOLDER, "UTC"):
        if isinstance(item, Unreadable):
            places[item.where.split("_data.csv:")[0]] += 1
        else:
            kinds[item["type"]] += 1
    assert places == RAW.series(UNREADABLE)
    assert kinds == RAW.series(
        """
        select 'department.upserted', count(*) from team
        union all select 'employee.upserted', count(*) from owner
        union all select 'taxonomy.upserted', (select count(*) from deal_pipeline)
            + (select count(*) from contact_list)
        union all select 'customer.created', (select count(*) from contact)
            + (select count(*) from company)
        union all select 'customer.merged', (select count(*) from contact_merge_audit)
            + (select sum(1 + length(property_hs_merged_object_ids)
                - length(replace(property_hs_merged_object_ids, ';', ''))) from contact)
        union all select 'opportunity.created', count(*) from deal
        union all select 'opportunity.deleted', count(*) from merged_deal
        union all select 'task.created', count(*) from engagement_task
        union all select 'task.updated', (select count(*) from engagement_meeting)
            - (select count(*) from engagement_meeting where start_time < '1990')
        union all select 'note.added', count(*) from engagement_note
        union all select 'email.opened', count(*) from email_event where type = 'OPEN'
        """
    )


def test_customers(board: Board) -> None:
    """Contacts and companies, merged ones once, on the day they were first known."""
    days = RAW.by_day("customers", "day")
    count = sum(days.values())
    assert board.series("customers_new", "day") == days
    assert board.values("customers_new,customers_assigned") == [count, count]
    board.check_list("customers_new", count)
    board.check_list("customers_assigned", count, now=True)


def test_owners_and_teams(board: Board) -> None:
    """Every owner is an employee, in the primary team of the owner or of the user."""
    org = board.get("/v1/org")
    found = {one["id"]: one["department_id"] for one in org["employees"]}
    assert found == dict(
        RAW.rows(
            """
            select o.owner_id, 'team:' || coalesce(t.team_id, u.primary_team_id)
            from owner o
            left join owner_team t on t.owner_id = o.owner_id and t.is_team_primary = 'true'
            left join users u on u.id = o.active_user_id
            """
        )
    )
    teams = RAW.rows("select 'team:' || id from team")
    assert {(one["id"],) for one in org["departments"]} - {("marker",)} == set(teams)


def test_deals(board: Board) -> None:
    """Every deal of every day, owner and team is an opportunity; none is in a closed stage."""
    count = RAW.one("select count(*) from deal")
    closed = RAW.one(
        """
        select count(*) from deal d join deal_pipeline_stage s
        on s.stage_id = d.deal_pipeline_stage_id where s.is_closed = 'TRUE'
        """
    )
    found = board.values("opportunities_created,opportunities_closed,pipeline_open")
    assert found == [count, closed, count - closed]
    assert board.series("opportunities_created", "day") == RAW.by_day("deal", "property_createdate")
    board.check_list("opportunities_created", count)
    board.check_list("pipeline_open", count - closed, now=True)
    owners = RAW.series("select coalesce(owner_id, '-'), count(*) from deal group by 1")
    for owner, figure in owners.items():
        assert board.values("opportunities_created,pipeline_open", "employee", owner) == [
            figure,
            figure,
        ]
        board.check_list("opportunities_created", figure, "employee", owner)
    teams = RAW.series(
        """
        select 'team:' || coalesce(t.team_id, u.primary_team_id) as team, count(*)
        from deal join owner o using (owner_id)
        left join owner_team t on t.owner_id = o.owner_id and t.is_team_primary = 'true'
        left join users u on u.id = o.active_user_id
        group by 1 having team is not null
        """
    )
    assert teams
    for team, figure in teams.items():
        assert board.values("opportunities_created", "department", team) == [figure]


def test_tasks(board: Board) -> None:
    """Tasks of the day they were created and of the day they are due, each with its owner."""
    days = RAW.by_day("engagement_task", "property_hs_createdate")
    due = RAW.by_day("engagement_task", "property_hs_timestamp")
    count = sum(days.values())
    assert board.series("tasks_created", "day") == days
    assert board.series("tasks_ending", "day") == due
    done = "tasks_completed,tasks_open,tasks_in_progress,tasks_awaiting,tasks_overdue"
    assert board.values(done) == [0, count, 0, 0, count]
    board.check_list("tasks_created", count)
    owners = RAW.series(
        "select property_hubspot_owner_id, count(*) from engagement_task group by 1"
    )
    for owner, figure in owners.items():
        assert board.values("tasks_created,tasks_open", "employee", owner) == [figure, figure]


def test_emails(board: Board) -> None:
    """One per e-mail and recipient, on the day of the first opening, of no employee."""
    days = RAW.by_day("opened", "opened")
    count = sum(days.values())
    assert count < RAW.one("select count(*) from email_event where type = 'OPEN'")
    assert board.series("emails_opened", "day") == days
    assert board.values("emails_opened", "employee", "-") == [count]
    board.check_list("emails_opened", count)


def test_notes_and_calls(board: Board) -> None:
    """Notes on the day of their place in the timeline; no call is made up."""
    days = RAW.by_day("engagement_note", "property_hs_timestamp")
    assert board.series("notes_added", "day") == days
    board.check_list("notes_added", sum(days.values()))
    assert board.values("calls_outbound,calls_inbound_offered,issues") == [0, 0, 0]


def test_importing_twice_changes_nothing(board: Board, stack: Stack, tmp_path: Path) -> None:
    """Another tenant takes the set twice: the same figures and lists each time."""
    tenant = stack.create_tenant(time_zone="UTC", currency="USD")
    metrics = "customers_new,customers_assigned,pipeline_open,tasks_created,emails_opened"
    with Board(stack, tenant.read_key, board.first, board.last) as again:
        for _ in range(2):
            imported(stack, tenant, "fivetran-hubspot", FOLDER, tmp_path, refused=REFUSED)
            found = again.values(metrics)
            assert found == board.values(metrics)
            again.check_list("emails_opened", found[-1])
