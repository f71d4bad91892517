"""HubSpot's tables: who is a customer, what was sold, planned, written, spoken and opened."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.envelope import parse_event
from services.ingestor.translate import fivetran_hubspot
from services.ingestor.translate.item import Item, Row, addressed
from tests.unit.fivetran_rows import READ_AT, of, reported, said, translated

AN: Row = {
    "id": "7",
    "property_firstname": "An",
    "property_lastname": "Le",
    "property_email": "An@x.vn",
    "property_createdate": "2024-01-02 3:04:05",
    "property_phone": "0901",
    "property_mobilephone": "0901",
    "property_hs_analytics_source": "PAID_SOCIAL",
    "property_hubspot_owner_id": "55",
}
ACME: Row = {"id": "7", "property_name": "Acme", "property_createdate": "2024-01-01"}
STAGES: list[Row] = [
    {"stage_id": "won", "is_closed": "TRUE", "closed_won": "TRUE"},
    {"stage_id": "lost", "is_closed": "true", "closed_won": "false"},
    {"stage_id": "new", "is_closed": "false", "closed_won": "false"},
]
DEAL: Row = {
    "deal_id": "900",
    "owner_id": "55",
    "deal_pipeline_stage_id": "won",
    "property_amount": "10.5",
    "property_createdate": "2024-02-01 00:00:00",
    "property_closedate": "2024-02-03 04:05:06.789",
}
TASK: Row = {
    "engagement_id": "31",
    "property_hs_createdate": "2024-03-01 01:00:00",
    "property_hs_timestamp": "2024-03-08 02:30:00",
    "property_hubspot_owner_id": "55",
    "task_type": "EMAIL",
    "property_hs_task_status": "COMPLETED",
    "property_hs_task_completion_date": "2024-03-07 02:30:00",
}
CALL: Row = {
    "engagement_id": "33",
    "property_hs_timestamp": "2024-03-02 10:00:00",
    "property_hs_call_direction": "OUTBOUND",
    "property_hs_call_duration": "61999",
    "property_hs_call_status": "COMPLETED",
    "property_hubspot_owner_id": "55",
}
CALLED = "call.ended"
OPEN: Row = {
    "id": "e1",
    "type": "OPEN",
    "recipient": "an@X.vn",
    "created": "2024-04-01 08:00:00",
    "sent_by_id": "s1",
    "filtered_event": "false",
}


def hubspot(**tables: list[Row]) -> list[Item]:
    return translated(fivetran_hubspot, tables)


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


def test_a_call_has_the_number_of_the_other_side() -> None:
    """The number that was called, of an inbound call the one that called; neither: none."""
    numbers = {
        "property_hs_call_to_number": "+84 901 000 001",
        "property_hs_call_from_number": "+84 28 1111 2222",
    }
    calls: list[Row] = [
        {**CALL, **numbers},
        {**CALL, **numbers, "engagement_id": "34", "property_hs_call_direction": "INBOUND"},
        {**CALL, "engagement_id": "35"},
    ]
    found = {name: data.get("phone") for name, data in said(hubspot(engagement_call=calls), CALLED)}
    assert found == {"33": "+84 901 000 001", "34": "+84 28 1111 2222", "35": None}


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


def test_a_task_is_due_at_its_timestamp_and_completed_at_its_completion() -> None:
    """A completed task without that moment is created all the same, and reported."""
    undated = {**TASK, "engagement_id": "32", "property_hs_task_completion_date": ""}
    items = hubspot(engagement_task=[TASK, undated])
    first, second = said(items, "task.created")
    assert first == (
        "31",
        {
            "type": "EMAIL",
            "end": "2024-03-08T02:30:00.000Z",
            "assignees": ["55"],
            "created_at": "2024-03-01T01:00:00.000Z",
        },
    )
    assert second[0] == "32"
    assert said(items, "task.status_changed") == [
        ("31", {"status": "completed", "changed_at": "2024-03-07T02:30:00.000Z"})
    ]
    assert reported(items) == [("engagement_task.csv:3", "/property_hs_task_completion_date")]


def test_a_meeting_is_an_appointment_that_waits_for_its_creation() -> None:
    """The older engagement knows who and when; without it the plan alone is kept."""
    meeting: Row = {
        "engagement_id": "40",
        "start_time": "2024-03-05 09:00:00",
        "end_time": "2024-03-05 10:00:00",
    }
    head: Row = {"id": "40", "owner_id": "55", "created_at": "2024-03-01 00:00:00"}
    (known,) = of(hubspot(engagement_meeting=[meeting], engagement=[head]), "task.created")
    assert known["data"]["created_at"] == "2024-03-01T00:00:00.000Z"
    assert known["data"]["assignees"] == ["55"]
    (plan,) = of(hubspot(engagement_meeting=[meeting]), "task.updated")
    assert plan["data"] == {
        "type": "appointment",
        "start": "2024-03-05T09:00:00.000Z",
        "end": "2024-03-05T10:00:00.000Z",
    }


def test_a_note_has_the_time_and_author_of_the_timeline() -> None:
    """The time of creation is the timestamp, not when it was typed into HubSpot."""
    note: Row = {
        "engagement_id": "50",
        "property_hs_timestamp": "2014-08-27 20:50:44.778000",
        "property_hs_createdate": "2022-03-01 19:37:03",
        "property_hubspot_owner_id": "55",
        "_fivetran_deleted": "true",
    }
    items = hubspot(
        contact=[AN],
        engagement_note=[note],
        engagement_contact=[{"engagement_id": "50", "contact_id": "7"}],
    )
    written = {"created_at": "2014-08-27T20:50:44.778Z", "author_id": "55"}
    assert said(items, "note.added") == [("50", {**written, "customer_id": "contact:7"})]
    assert said(items, "note.deleted") == [("50", {})]


def test_a_call_lasts_as_long_as_it_says_and_a_silent_one_not_at_all() -> None:
    """Milliseconds become whole seconds; nobody spoke in a call that did not come about."""
    items = hubspot(
        engagement_call=[CALL, {**CALL, "engagement_id": "34", "property_hs_call_status": "BUSY"}]
    )
    (spoken, silent) = (event["data"] for event in of(items, "call.ended"))
    assert spoken == {
        "direction": "outbound",
        "employee_id": "55",
        "started_at": "2024-03-02T10:00:00.000Z",
        "ended_at": "2024-03-02T10:01:01.000Z",
        "duration_s": 61,
    }
    assert (silent["duration_s"], silent["ended_at"]) == (0, silent["started_at"])


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
