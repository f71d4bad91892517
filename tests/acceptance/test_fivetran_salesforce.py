"""Salesforce's tables as Fivetran writes them: the figures are what a query of the files finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from services.ingestor.importers.formats import read_items
from services.ingestor.translate.item import Unreadable
from tests.acceptance.board import Board, imported
from tests.acceptance.raw import Raw
from tests.acceptance.reference import need

SEEDS = "integration_tests/seeds"
FOLDER = need("fivetran_salesforce", f"{SEEDS}/sf_account_data.csv")
RAW = Raw(FOLDER / SEEDS)
RAW.view(
    "customers",
    """
    -- accounts that are there, those that others went up in, and leads
    select id from sf_account
    where is_deleted = 'false' and _fivetran_active = 'true'
    union select master_record_id from sf_account where master_record_id is not null
    union select case when is_converted = 'TRUE' then converted_account_id else id end
    from sf_lead where is_deleted = 'FALSE'
    """,
)


@pytest.fixture(scope="module")
def board(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Import the set once."""
    tenant = stack.create_tenant(time_zone="UTC", currency="USD")
    imported(stack, tenant, "fivetran-salesforce", FOLDER, tmp_path_factory.mktemp("salesforce"))
    with Board(stack, tenant.read_key, "2018-01-01", "2020-12-31") as made:
        yield made


def test_every_row_makes_its_events() -> None:
    """The number of events of each type is that of the rows they are made of."""
    items = list(read_items("fivetran-salesforce", FOLDER, "UTC"))
    assert not [item for item in items if isinstance(item, Unreadable)]
    assert Counter(item["type"] for item in items if isinstance(item, dict)) == RAW.series(
        """
        select 'department.upserted', count(*) from sf_user_role
        union all select 'employee.upserted', count(*) from sf_user
        union all select 'taxonomy.upserted', count(*) from sf_product_2
        union all select 'customer.updated', count(*) from sf_account
        union all select 'customer.created', count(*) from sf_lead
        union all select 'customer.assigned', (select count(owner_id) from sf_account)
            + (select count(owner_id) from sf_lead)
        union all select 'customer.merged', (select count(master_record_id) from sf_account)
            + (select count(converted_account_id) from sf_lead)
        union all select 'customer.deleted', count(*) from sf_account
            where is_deleted = 'true' and master_record_id is null
        union all select 'contact.upserted', count(*) from sf_contact
        union all select 'opportunity.created', count(*) from sf_opportunity
        union all select 'opportunity.closed', count(*) from sf_opportunity
            where is_closed = 'true'
        union all select 'opportunity.deleted', count(*) from sf_opportunity
            where is_deleted = 'true'
        union all select 'order.created', count(*) from sf_order
        union all select 'order.approved', count(*) from sf_order where status = 'Activated'
        union all select 'task.created', (select count(*) from sf_task)
            + (select count(*) from sf_event)
        union all select 'task.status_changed', count(*) from sf_task where is_closed = 'TRUE'
        """
    )


def test_customers_and_contacts(board: Board) -> None:
    """Accounts, leads and what they were merged into; persons are these and the contacts."""
    count = RAW.one("select count(*) from customers")
    found = RAW.series("select created_by_id, count(*) from sf_lead group by 1")
    new = RAW.by_day("sf_lead", "created_date")
    assert board.values("customers_assigned") == [count]
    board.check_list("customers_assigned", count, now=True)
    assert board.series("customers_new", "day") == new
    for creator, figure in found.items():
        assert board.values("customers_found", "employee", creator) == [figure]
    persons = RAW.one("select count(account_id) from sf_contact")
    assert board.values("persons_by_age") == [count + persons]


def test_users_and_roles(board: Board) -> None:
    """Every user is an employee in the department of the role, under its manager."""
    org = board.get("/v1/org")
    found = {(one["id"], one["department_id"], one["manager_id"]) for one in org["employees"]}
    assert found == set(RAW.rows("select id, 'role:' || user_role_id, manager_id from sf_user"))
    places = {(one["id"], one["parent_id"]) for one in org["departments"]}
    roles = RAW.rows("select 'role:' || id, 'role:' || parent_role_id from sf_user_role")
    assert set(roles) <= places


def test_opportunities(board: Board) -> None:
    """All of the export are in the recycle bin: they count nowhere."""
    there = RAW.one("select count(*) from sf_opportunity where is_deleted = 'false'")
    found = board.values("opportunities_created,opportunities_won,opportunities_lost,pipeline_open")
    assert found == [there] * 4


def test_orders(board: Board) -> None:
    """Orders, their value and revenue on their date, of their owner, approved by whom."""
    orders = RAW.by_day("sf_order", "effective_date")
    cents = "sum(round(cast(total_amount as decimal(18, 2)) * 100))"
    value = RAW.by_day("sf_order", "effective_date", cents)
    approved = RAW.series(
        """
        select left(effective_date, 10), count(*) from sf_order
        where status_code = 'Activated' group by 1
        """
    )
    count = sum(orders.values())
    assert board.series("orders", "day") == orders
    assert board.series("orders_approved", "day") == approved
    assert board.series("sales", "day") == board.series("revenue", "day") == value
    assert board.series("orders_processed", "day") == RAW.by_day("sf_order", "activated_date")
    for metric in ("orders", "orders_approved", "orders_processed"):
        board.check_list(metric, count)
    owners = RAW.rows(
        """
        select owner_id, count(*), sum(cast(total_amount as decimal(18, 2)))
        from sf_order group by 1
        """
    )
    for owner, figure, total in owners:
        assert board.values("orders,revenue", "employee", owner) == [figure, int(total * 100)]
    customers = RAW.one("select count(distinct account_id) from sf_order")
    assert board.values("customers_buying") == [customers]


def test_tasks_and_appointments(board: Board) -> None:
    """Tasks and events of the calendar: created, due, done, open, by owner and type."""
    created = Counter(RAW.by_day("sf_task", "created_date")) + Counter(
        RAW.by_day("sf_event", "created_date")
    )
    ending = Counter(RAW.by_day("sf_task", "activity_date")) + Counter(
        RAW.by_day("sf_event", "end_date_time")
    )
    done = RAW.by_day("sf_task", "completed_date_time")
    still = RAW.one("select count(*) from sf_event")
    assert board.series("tasks_created", "day") == created
    assert board.series("tasks_starting", "day") == RAW.by_day("sf_event", "start_date_time")
    assert board.series("tasks_ending", "day") == ending
    assert board.series("tasks_completed", "day") == done
    assert board.values("tasks_open,tasks_overdue") == [still, still]
    board.check_list("tasks_created", created.total())
    board.check_list("tasks_completed", sum(done.values()))
    kinds = RAW.series("select coalesce(type, ''), count(*) from sf_task group by 1")
    assert board.series("tasks_completed", "dimension", dimension="type") == kinds
    owners = RAW.series(
        """
        select owner_id, count(*) from
        (select owner_id from sf_task union all select owner_id from sf_event) group by 1
        """
    )
    for owner, figure in owners.items():
        assert board.values("tasks_created", "employee", owner) == [figure]
