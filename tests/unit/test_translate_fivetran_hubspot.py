"""HubSpot's tables: who is a customer, what was sold, planned, written, spoken and opened."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.envelope import parse_event
from services.ingestor.translate.item import Row, addressed
from tests.unit.fivetran_rows import READ_AT, of, reported, said
from tests.unit.hubspot_rows import ACME, AN, CALL, DEAL, OPEN, STAGES, TASK, hubspot


def test_every_translated_event_is_valid_and_the_same_again() -> None:
    """The door takes whatever good rows make; the ids are a function of the rows."""
    tables: dict[str, list[Row]] = {
        "team": [{"id": "1", "name": "North"}],
        "owner": [{"owner_id": "55", "email": "o@x.vn"}],
        "contact": [AN],
        "company": [ACME],
        "deal": [DEAL],
        "deal_pipeline_stage": STAGES,
        "engagement_task": [TASK],
        "engagement_call": [CALL],
        "email_event": [OPEN, {**OPEN, "type": "CLICK"}],
    }
    items = hubspot(**tables)
    assert items == hubspot(**tables)
    assert reported(items) == []
    for item in items:
        assert isinstance(parse_event(addressed(item, "acme", ""), "acme"), bytes)


def test_an_owner_works_in_the_primary_team_or_in_that_of_the_user() -> None:
    """The table of owners' teams goes before the user; a name may be missing."""
    items = hubspot(
        team=[{"id": "1", "name": "North"}],
        owner_team=[
            {"owner_id": "55", "team_id": "1", "is_team_primary": "true"},
            {"owner_id": "55", "team_id": "2", "is_team_primary": "false"},
        ],
        users=[{"id": "9", "primary_team_id": "3"}],
        owner=[
            {"owner_id": "55", "first_name": "Ha", "last_name": "Vu", "active_user_id": "9"},
            {"owner_id": "56", "email": "b@x.vn", "active_user_id": "9", "is_active": "false"},
            {"owner_id": "57"},
        ],
    )
    assert said(items, "department.upserted") == [("team:1", {"name": "North", "active": True})]
    assert said(items, "employee.upserted") == [
        ("55", {"name": "Ha Vu", "department_id": "team:1", "active": True}),
        ("56", {"name": "b@x.vn", "department_id": "team:3", "active": False}),
        ("57", {"name": "57", "active": True}),
    ]


def test_companies_and_single_contacts_are_customers_and_do_not_collide() -> None:
    """Contact 7 and company 7 are two; the owner is the one as of the export."""
    items = hubspot(contact=[AN], company=[ACME])
    assert said(items, "customer.created") == [
        ("company:7", {"created_at": "2024-01-01T00:00:00.000Z", "name": "Acme"}),
        (
            "contact:7",
            {
                "created_at": "2024-01-02T03:04:05.000Z",
                "name": "An Le",
                "phones": ["0901"],
                "source_ids": ["PAID_SOCIAL"],
            },
        ),
    ]
    (assigned,) = of(items, "customer.assigned")
    assert (assigned["data"], assigned["time"]) == ({"owner_id": "55"}, READ_AT)


def test_lists_are_groups_of_the_contacts_that_are_customers() -> None:
    """A list that is there names a group; who was taken off a list is in it no more."""
    away = {"_fivetran_deleted": "true"}
    items = hubspot(
        contact=[AN, {**AN, "id": "8"}],
        contact_list=[{"id": "3", "name": "VIP"}, {"id": "4", **away}],
        contact_list_member=[
            {"contact_id": "7", "contact_list_id": "4"},
            {"contact_id": "7", "contact_list_id": "3"},
            {"contact_id": "8", "contact_list_id": "3", **away},
        ],
    )
    assert said(items, "taxonomy.upserted") == [
        ("3", {"kind": "group", "name": "VIP", "active": True}),
        ("4", {"kind": "group", "name": "4", "active": False}),
    ]
    groups = {name: data.get("group_ids") for name, data in said(items, "customer.created")}
    assert groups == {"contact:7": ["4", "3"], "contact:8": None}


def test_a_contact_of_a_company_is_its_contact_person() -> None:
    """Nobody is sold to twice: the company is the customer, also of openings and deals."""
    person = {**AN, "property_associatedcompanyid": "4"}
    items = hubspot(
        contact=[person],
        deal=[DEAL],
        deal_contact=[{"deal_id": "900", "contact_id": "7"}],
        email_event=[OPEN],
    )
    assert not list(of(items, "customer.created"))
    (contact,) = of(items, "contact.upserted")
    assert contact["data"]["customer_id"] == "company:4"
    for kind in ("opportunity.created", "email.opened"):
        (event,) = of(items, kind)
        assert event["data"]["customer_id"] == "company:4"


def test_deletions_have_no_moment() -> None:
    """Fivetran says that a row is gone, not since when."""
    away: Row = {"is_deleted": "TRUE"}
    items = hubspot(
        contact=[{**AN, "_fivetran_deleted": "true"}],
        company=[{**ACME, **away}],
        deal=[{**DEAL, **away}],
        engagement_task=[{**TASK, "_fivetran_deleted": "true"}],
        engagement_call=[{**CALL, "_fivetran_deleted": "true"}],
    )
    assert said(items, "customer.deleted") == [("company:7", {}), ("contact:7", {})]
    assert said(items, "opportunity.deleted") == [("900", {})]
    assert said(items, "task.deleted") == [("31", {})]
    assert not list(of(items, "call.ended"))


def test_the_history_of_a_contact_says_its_stages_and_owners() -> None:
    """Each change has its moment; other properties make nothing; stages known get their tags."""
    change: Row = {"contact_id": "7", "timestamp": "2024-02-01 00:00:00.5"}
    items = hubspot(
        contact=[AN],
        contact_property_history=[
            {**change, "name": "lifecyclestage", "value": "marketingqualifiedlead"},
            {**change, "name": "lifecyclestage", "value": "our_own"},
            {**change, "name": "hubspot_owner_id", "value": ""},
            {**change, "name": "email", "value": "x"},
            {**change, "name": "lifecyclestage", "value": "lead", "timestamp": ""},
        ],
    )
    at = "2024-02-01T00:00:00.500Z"
    assert said(items, "customer.status_changed") == [
        ("contact:7", {"relationship_id": "marketingqualifiedlead", "changed_at": at}),
        ("contact:7", {"relationship_id": "our_own", "changed_at": at}),
    ]
    assert said(items, "customer.assigned") == [
        ("contact:7", {"owner_id": None, "assigned_at": at})
    ]
    assert [data["tags"] for _, data in said(items, "taxonomy.upserted")] == [["mql"]]
    assert reported(items) == [("contact_property_history.csv:6", "/timestamp")]


def test_merged_contacts_go_up_in_the_survivor() -> None:
    """The audit knows the moment; the lists in the row add what the audit does not have."""
    items = hubspot(
        contact=[
            {
                **AN,
                "property_hs_merged_object_ids": "1;2;3",
                "property_hs_calculated_merged_vids": "2:1704067200000",
            },
            {**AN, "id": "3", "property_associatedcompanyid": "4"},
        ],
        contact_merge_audit=[
            {"canonical_vid": "7", "vid_to_merge": "1", "timestamp": "2024-01-05 00:00:00"}
        ],
    )
    assert sorted(said(items, "customer.merged")) == [
        ("contact:1", {"into_id": "contact:7", "merged_at": "2024-01-05T00:00:00.000Z"}),
        ("contact:2", {"into_id": "contact:7", "merged_at": "2024-01-01T00:00:00.000Z"}),
    ]
    assert said(items, "contact.deleted") == [("contact:3", {})]


def test_a_deal_in_a_closed_stage_is_won_or_lost_when_it_closed() -> None:
    """Amounts in cents; the entry into the stage stands in for a missing close date."""
    lost = {**DEAL, "deal_id": "901", "deal_pipeline_stage_id": "lost", "property_closedate": ""}
    items = hubspot(
        deal=[DEAL, lost, {**lost, "deal_id": "902"}, {**DEAL, "deal_pipeline_stage_id": "new"}],
        deal_pipeline_stage=STAGES,
        deal_stage=[{"deal_id": "901", "value": "lost", "date_entered": "2024-02-09 00:00:00"}],
        merged_deal=[{"deal_id": "900", "merged_deal_id": "899"}],
        deal_pipeline=[{"pipeline_id": "default", "label": "Sales", "active": "FALSE"}],
    )
    pipeline = {"kind": "campaign", "name": "Sales", "active": False}
    assert said(items, "taxonomy.upserted") == [("default", pipeline)]
    assert said(items, "opportunity.closed") == [
        ("900", {"outcome": "won", "closed_at": "2024-02-03T04:05:06.789Z"}),
        ("901", {"outcome": "lost", "closed_at": "2024-02-09T00:00:00.000Z"}),
    ]
    created = said(items, "opportunity.created")[0][1]
    assert created["value"] == {"amount": 1050, "currency": "USD"}
    assert reported(items) == [("deal.csv:4", "/property_closedate")]
    assert said(items, "opportunity.deleted") == [("899", {})]


@pytest.mark.parametrize(
    ("companies", "contacts", "customer"),
    [
        (["4"], ["7", "8"], "company:4"),
        (["4", "5"], ["7"], None),
        ([], ["7"], "contact:7"),
        ([], ["7", "8"], None),
        ([], [], None),
    ],
)
def test_of_several_customers_of_a_deal_nobody_is_picked(
    companies: list[str], contacts: list[str], customer: str | None
) -> None:
    """One company decides, else one contact."""
    items = hubspot(
        deal=[DEAL],
        deal_company=[{"deal_id": "900", "company_id": one} for one in companies],
        deal_contact=[{"deal_id": "900", "contact_id": one} for one in contacts],
    )
    (deal,) = of(items, "opportunity.created")
    assert deal["data"].get("customer_id") == customer


@pytest.mark.parametrize(
    ("table", "row", "column", "text"),
    [
        ("contact", AN, "id", ""),
        ("contact", AN, "property_createdate", "soon"),
        ("company", ACME, "property_createdate", "2024-13-01"),
        ("deal", DEAL, "property_amount", "much"),
        ("deal", DEAL, "property_createdate", "9999-12-31 23:59:59"),
        ("engagement_task", TASK, "property_hs_timestamp", "1970-01-19 07:51:57"),
        ("engagement_call", CALL, "property_hs_call_direction", ""),
        ("engagement_call", CALL, "property_hs_call_direction", "SIDEWAYS"),
        ("engagement_call", CALL, "property_hs_call_status", ""),
        ("engagement_call", CALL, "property_hs_call_duration", "-1"),
        ("engagement_call", CALL, "property_hs_timestamp", ""),
        ("email_event", OPEN, "sent_by_id", ""),
        ("email_event", OPEN, "created", "never"),
        ("email_event", OPEN, "_fivetran_synced", "never"),
    ],
)
def test_a_bad_cell_is_named_and_the_other_rows_go_on(
    table: str, row: dict[str, Any], column: str, text: str
) -> None:
    """Place and column of what cannot be read; the row below it is translated."""
    tables: dict[str, list[Row]] = {table: [{**row, column: text}, row]}
    if column == "_fivetran_synced":
        tables = {"contact": [{**AN, column: text}, AN]}
        table = "contact"
    items = hubspot(**tables)
    assert reported(items) == [(f"{table}.csv:2", f"/{column}")]
    assert any(isinstance(item, dict) for item in items)


def test_only_openings_and_clicks_that_hubspot_counts_are_translated() -> None:
    """The e-mail is what was sent to one recipient; a filtered event is none; nobody sent it."""
    items = hubspot(
        contact=[AN],
        email_event=[
            OPEN,
            {**OPEN, "type": "CLICK", "recipient": "b@x.vn"},
            {**OPEN, "filtered_event": "true"},
            {**OPEN, "type": "DELIVERED"},
        ],
    )
    at = "2024-04-01T08:00:00.000Z"
    opened = {"recipient": "an@X.vn", "opened_at": at, "customer_id": "contact:7"}
    assert said(items, "email.opened") == [("s1", opened)]
    assert said(items, "email.clicked") == [("s1", {"recipient": "b@x.vn", "clicked_at": at})]
