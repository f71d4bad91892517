"""Salesforce's tables: roles, accounts, leads, opportunities, orders, tasks and events."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from schemas.envelope import parse_event
from services.ingestor.importers.formats import InputError, input_files, read_items
from services.ingestor.translate import fivetran_salesforce
from services.ingestor.translate.item import Item, Row, addressed
from tests.unit.fivetran_rows import of, reported, said, translated

ACME: Row = {
    "id": "001A",
    "name": "Acme",
    "owner_id": "005A",
    "account_source": "Web",
    "billing_state": "Huế",
    "phone": "0901",
}
LEAD: Row = {
    "id": "00QA",
    "name": "An Le",
    "company": "Le & Co",
    "owner_id": "005A",
    "created_by_id": "005B",
    "created_date": "2024-01-02 03:04:05",
    "lead_source": "Fair",
    "is_converted": "TRUE",
    "converted_account_id": "001A",
    "converted_date": "2024-01-05 00:00:00",
}
DEAL: Row = {
    "id": "006A",
    "account_id": "001A",
    "owner_id": "005A",
    "amount": "100",
    "created_date": "2024-02-01 18:00:00",
    "close_date": "2024-02-03 00:00:00",
    "is_closed": "true",
    "is_won": "true",
}
ORDER: Row = {
    "id": "801A",
    "account_id": "001A",
    "owner_id": "005A",
    "effective_date": "2024-03-04 17:23:34",
    "created_date": "2024-03-05 18:00:00",
    "total_amount": "27998.6",
    "status": "Shipped",
    "status_code": "Activated",
    "activated_date": "2024-03-06 01:00:00",
    "activated_by_id": "005B",
}
TASK: Row = {
    "id": "00TA",
    "owner_id": "005A",
    "created_by_id": "005B",
    "created_date": "2024-04-01 01:00:00",
    "subject": "Call back",
    "type": "Call",
    "who_id": "00QA",
    "activity_date": "2024-04-02 00:00:00",
    "is_closed": "TRUE",
    "completed_date_time": "2024-04-03 02:00:00",
}
EVENT: Row = {
    "id": "00UA",
    "owner_id": "005A",
    "created_date": "2024-04-01 01:00:00",
    "account_id": "001A",
    "who_id": "003A",
    "start_date_time": "2024-04-02 09:00:00",
    "duration_in_minutes": "15",
}


def salesforce(**tables: list[Row]) -> list[Item]:
    return translated(fivetran_salesforce, tables, "Asia/Ho_Chi_Minh")


def test_every_translated_event_is_valid_and_the_same_again() -> None:
    """The door takes whatever good rows make; the ids are a function of the rows."""
    tables: dict[str, list[Row]] = {
        "user_role": [{"id": "R1", "name": "Sales", "parent_role_id": "R0"}],
        "user": [{"id": "005A", "name": "Ha", "user_role_id": "R1"}],
        "product_2": [{"id": "01tA", "name": "Plan", "is_active": "FALSE"}],
        "account": [ACME],
        "lead": [LEAD],
        "contact": [{"id": "003A", "account_id": "001A", "name": "An", "mobile_phone": "0902"}],
        "opportunity": [DEAL],
        "order": [ORDER],
        "task": [TASK],
        "event": [EVENT],
    }
    items = salesforce(**tables)
    assert items == salesforce(**tables)
    assert reported(items) == []
    for item in items:
        assert isinstance(parse_event(addressed(item, "acme", ""), "acme"), bytes)


def test_roles_are_departments_and_users_work_in_them() -> None:
    """A role has its parent; a user who was deleted or switched off is not active."""
    items = salesforce(
        user_role=[{"id": "R1", "name": "Sales", "parent_role_id": "R0"}],
        user=[
            {"id": "005A", "name": "Ha", "user_role_id": "R1", "manager_id": "005B"},
            {"id": "005B", "name": "Vu", "_fivetran_deleted": "true", "extension": "21"},
            {"id": "005C", "name": "Ly", "is_active": "false"},
        ],
    )
    role = {"name": "Sales", "parent_id": "role:R0", "active": True}
    assert said(items, "department.upserted") == [("role:R1", role)]
    ha = {"name": "Ha", "department_id": "role:R1", "manager_id": "005B", "active": True}
    assert said(items, "employee.upserted") == [
        ("005A", ha),
        ("005B", {"name": "Vu", "extension": "21", "active": False}),
        ("005C", {"name": "Ly", "active": False}),
    ]


def test_an_account_is_a_customer_and_a_contact_its_person() -> None:
    """Without a date of creation the account is described, not created."""
    items = salesforce(
        account=[ACME, {**ACME, "id": "001B", "created_date": "2024-01-01 00:00:00"}],
        contact=[{"id": "003A", "account_id": "001A", "name": "An", "is_deleted": "true"}],
    )
    profile = {"name": "Acme", "province": "Huế", "phones": ["0901"], "source_ids": ["Web"]}
    assert said(items, "customer.updated") == [("001A", profile)]
    assert [subject for subject, _ in said(items, "customer.created")] == ["001B"]
    assert said(items, "customer.assigned")[0] == ("001A", {"owner_id": "005A"})
    assert said(items, "contact.upserted") == [("003A", {"customer_id": "001A", "name": "An"})]
    assert said(items, "contact.deleted") == [("003A", {})]


def test_every_number_of_a_person_is_kept_once() -> None:
    """Desk, mobile, home and another number of contacts, desk and mobile of leads."""
    lead = {"id": "00QA", "created_date": "2024-01-01 00:00:00", "phone": "0901"}
    items = salesforce(
        account=[ACME],
        lead=[{**lead, "mobile_phone": "0902"}],
        contact=[
            {"id": "003A", "phone": "0901", "home_phone": "0903", "other_phone": "0901"},
            {"id": "003B"},
        ],
    )
    assert [data.get("phones") for _, data in said(items, "contact.upserted")] == [
        ["0901", "0903"],
        None,
    ]
    phones = {name: data.get("phones") for name, data in said(items, "customer.created")}
    assert phones["00QA"] == ["0901", "0902"]


def test_campaigns_and_products_have_names() -> None:
    """Each is a word of its kind; one that is not active, or was deleted, is out of use."""
    items = salesforce(
        account=[ACME],
        product_2=[{"id": "01tA", "name": "Pro"}],
        campaign=[
            {"id": "701A", "name": "Tết", "is_active": "true"},
            {"id": "701B", "is_active": "false"},
        ],
    )
    assert said(items, "taxonomy.upserted") == [
        ("01tA", {"kind": "product", "name": "Pro", "active": True}),
        ("701A", {"kind": "campaign", "name": "Tết", "active": True}),
        ("701B", {"kind": "campaign", "name": "701B", "active": False}),
    ]


def test_deleted_accounts_are_merged_where_a_master_was_kept() -> None:
    """The recycle bin, a merge, and a record whose versions all ended."""
    items = salesforce(
        account=[
            {**ACME, "is_deleted": "true"},
            {**ACME, "id": "001B", "is_deleted": "true", "master_record_id": "001A"},
            {**ACME, "id": "001C", "_fivetran_active": "false"},
            {**ACME, "id": "001D", "_fivetran_active": "false", "name": "Old"},
            {**ACME, "id": "001D", "_fivetran_active": "true", "name": "New"},
        ]
    )
    assert said(items, "customer.deleted") == [("001A", {}), ("001C", {})]
    assert said(items, "customer.merged") == [("001B", {"into_id": "001A"})]
    names = [data["name"] for subject, data in said(items, "customer.updated") if subject == "001D"]
    assert names == ["New"]


def test_a_converted_lead_goes_up_in_its_account() -> None:
    """A lead is a customer with a source and a creator until it is merged; the date is local."""
    items = salesforce(lead=[LEAD, {**LEAD, "id": "00QB", "is_converted": "FALSE"}])
    created = dict(said(items, "customer.created"))["00QA"]
    assert created == {
        "created_at": "2024-01-02T03:04:05.000Z",
        "creator_id": "005B",
        "name": "Le & Co",
        "source_ids": ["Fair"],
    }
    merged = {"into_id": "001A", "merged_at": "2024-01-04T17:00:00.000Z"}
    assert said(items, "customer.merged") == [("00QA", merged)]


def test_another_owner_in_a_later_version_is_an_assignment() -> None:
    """The first version says nothing about since when; the order of the file does not matter."""
    version: Row = {"id": "001A", "owner_id": "005A", "_fivetran_start": "2024-01-01 00:00:00"}
    items = salesforce(
        account_history=[
            {**version, "owner_id": "005B", "_fivetran_start": "2024-01-03 00:00:00"},
            version,
            {**version, "_fivetran_start": "2024-01-02 00:00:00"},
        ]
    )
    at = "2024-01-03T00:00:00.000Z"
    assert said(items, "customer.assigned") == [("001A", {"owner_id": "005B", "assigned_at": at})]


def test_an_opportunity_closes_on_its_local_close_date() -> None:
    """The time of day of a date means nothing; one product of all lines is its product."""
    lines: list[Row] = [
        {"id": str(n), "opportunity_id": deal, "product_2_id": product}
        for n, (deal, product) in enumerate([("006A", "P"), ("006A", "P"), ("006B", "P")])
    ]
    items = salesforce(
        opportunity=[DEAL, {**DEAL, "id": "006B", "is_won": "false", "is_deleted": "true"}],
        opportunity_line_item=[*lines, {**lines[2], "id": "9", "product_2_id": "Q"}],
    )
    first, second = (data for _, data in said(items, "opportunity.created"))
    assert first == {
        "created_at": "2024-02-01T18:00:00.000Z",
        "customer_id": "001A",
        "owner_id": "005A",
        "product_id": "P",
        "value": {"amount": 10_000, "currency": "USD"},
    }
    assert "product_id" not in second
    closed_at = "2024-02-02T17:00:00.000Z"
    assert said(items, "opportunity.closed") == [
        ("006A", {"outcome": "won", "closed_at": closed_at}),
        ("006B", {"outcome": "lost", "closed_at": closed_at}),
    ]
    assert said(items, "opportunity.deleted") == [("006B", {})]


def test_an_activated_order_is_approved_and_a_draft_is_not() -> None:
    """Its date is the start date, whatever its time of day; its total is in cents."""
    draft = {**ORDER, "id": "801B", "status_code": "Draft", "activated_date": ""}
    items = salesforce(order=[ORDER, {**draft, "is_deleted": "TRUE"}])
    assert said(items, "order.created")[0] == (
        "801A",
        {
            "order_date": "2024-03-04",
            "created_at": "2024-03-05T18:00:00.000Z",
            "total": {"amount": 2_799_860, "currency": "USD"},
            "customer_id": "001A",
            "owner_id": "005A",
        },
    )
    approved = {"approved_at": "2024-03-06T01:00:00.000Z", "actor_id": "005B"}
    assert said(items, "order.approved") == [("801A", approved)]
    assert said(items, "order.deleted") == [("801B", {})]


def test_a_task_is_due_on_a_day_and_done_at_a_moment() -> None:
    """A task about a lead is about that customer; one about a contact names the account."""
    items = salesforce(task=[TASK, {**TASK, "id": "00TB", "who_id": "003A", "is_closed": "FALSE"}])
    first, second = (data for _, data in said(items, "task.created"))
    assert first == {
        "type": "Call",
        "title": "Call back",
        "end": "2024-04-02",
        "created_at": "2024-04-01T01:00:00.000Z",
        "creator_id": "005B",
        "assignees": ["005A"],
        "customer_id": "00QA",
    }
    assert "customer_id" not in second
    done = {"status": "completed", "changed_at": "2024-04-03T02:00:00.000Z"}
    assert said(items, "task.status_changed") == [("00TA", done)]


def test_an_event_is_an_appointment_with_its_length_or_its_day() -> None:
    """The end is given, or counted from the duration; an all-day event is a date."""
    whole: Row = {"id": "00UB", "is_all_day_event": "true", "activity_date": "2024-04-09 00:00:00"}
    items = salesforce(event=[EVENT, {**EVENT, **whole}, {**EVENT, "is_deleted": "true"}])
    plans = [(data["type"], data["start"], data["end"]) for _, data in said(items, "task.created")]
    hour = ("appointment", "2024-04-02T09:00:00.000Z", "2024-04-02T09:15:00.000Z")
    assert plans == [hour, ("appointment", "2024-04-09", "2024-04-09"), hour]
    assert said(items, "task.deleted") == [("00UA", {})]


@pytest.mark.parametrize(
    ("table", "row", "column", "text"),
    [
        ("account", ACME, "id", ""),
        ("account", ACME, "created_date", "soon"),
        ("lead", LEAD, "converted_account_id", ""),
        ("opportunity", DEAL, "amount", "1.005"),
        ("opportunity", DEAL, "close_date", ""),
        ("opportunity", DEAL, "close_date", "2024-02-30 00:00:00"),
        ("order", ORDER, "status_code", "Canceled"),
        ("order", ORDER, "is_reduction_order", "true"),
        ("order", ORDER, "effective_date", ""),
        ("order", ORDER, "total_amount", ""),
        ("order", ORDER, "activated_date", ""),
        ("task", TASK, "created_date", ""),
        ("task", TASK, "completed_date_time", ""),
        ("event", EVENT, "duration_in_minutes", "long"),
        ("event", EVENT, "end_date_time", "2024-04-01 09:00:00"),
    ],
)
def test_a_bad_cell_is_named_and_the_other_rows_go_on(
    table: str, row: Mapping[str, Any], column: str, text: str
) -> None:
    """Place and column of what cannot be read; the row below it is translated."""
    tables: dict[str, list[Row]] = {table: [{**row, column: text}, row]}
    items = salesforce(**tables)
    assert reported(items) == [(f"{table}.csv:2", f"/{column}")]
    assert any(isinstance(item, dict) and item["subject"] == row["id"] for item in items)


def test_a_folder_is_read_under_each_naming_and_tables_may_be_absent(tmp_path: Path) -> None:
    """The seeds below the folder, the prefix, the line of a row after a cell of two lines."""
    seeds = tmp_path / "integration_tests" / "seeds"
    seeds.mkdir(parents=True)
    with pytest.raises(InputError, match=r"no file .*account\.csv"):
        input_files("fivetran-salesforce", tmp_path)
    (seeds / "sf_account_data.csv").write_text('id,name,created_date\nA,"x\ny",\nB,z,never\n')
    (seeds / "task.csv").write_text("id,created_date\nT,2024-01-01 00:00:00\n")
    names = [file.name for file in input_files("fivetran-salesforce", tmp_path)]
    assert names == ["sf_account_data.csv", "task.csv"]
    items = list(read_items("fivetran-salesforce", tmp_path, "UTC"))
    assert reported(items) == [("sf_account_data.csv:4", "/created_date")]
    assert [event["subject"] for event in of(items, "task.created")] == ["T"]
    (seeds / "task.csv").write_text("name\nT\n")
    with pytest.raises(InputError, match="no column 'id'"):
        list(read_items("fivetran-salesforce", tmp_path, "UTC"))
