"""HubSpot's tables: what was planned, written and spoken."""

from __future__ import annotations

from services.ingestor.translate.item import Row
from tests.unit.fivetran_rows import of, reported, said
from tests.unit.hubspot_rows import AN, CALL, CALLED, TASK, hubspot


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
