"""The translators: what rows become, and that they are pure functions of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from schemas.configuration import DOCUMENTS
from schemas.envelope import parse_event
from schemas.events import EVENT_MODELS
from services.ingestor.translate import jsonl, maven_crm, olist_funnel, pwc_calls
from services.ingestor.translate.item import Event, Item, Row, Unreadable, addressed, money
from services.ingestor.translate.moments import (
    DAY_FIELDS,
    PLAN_FIELDS,
    instant,
    last_day,
    latest,
    shifted,
)

TEAM = {"sales_agent": "An", "manager": "Binh", "regional_office": "East"}
DEAL = {
    "opportunity_id": "D1",
    "sales_agent": "An",
    "product": "Basic",
    "account": "Acme",
    "deal_stage": "Won",
    "engage_date": "2017-01-02",
    "close_date": "2017-02-03",
    "close_value": "1054",
}
LEAD = {"mql_id": "L1", "first_contact_date": "2018-02-01", "origin": "social"}
SOLD = {
    "mql_id": "L1",
    "seller_id": "S1",
    "sdr_id": "P1",
    "sr_id": "P2",
    "won_date": "2018-02-26 19:58:54",
    "business_segment": "pet",
}
CALL = {
    "Call Id": "C1",
    "Agent": "Diane",
    "Date": "2021-01-01",
    "Time": "09:12:58",
    "Answered (Y/N)": "Y",
    "Speed of answer in seconds": "109",
    "AvgTalkDuration": "00:02:23",
}


def crm(*deals: Row) -> list[Item]:
    account = {"account": "Acme", "sector": "retail", "office_location": "Kenya"}
    tables: Mapping[str, Sequence[Row]] = {
        "sales_teams": [TEAM],
        "accounts": [account],
        "sales_pipeline": deals,
    }
    return list(maven_crm.translate(tables, "UTC"))


def funnel(leads: Sequence[Row], deals: Sequence[Row]) -> list[Item]:
    tables = {
        olist_funnel.LEADS: leads,
        olist_funnel.DEALS: deals,
        olist_funnel.SELLERS: [{"seller_id": "S1", "seller_state": "SP"}],
    }
    return list(olist_funnel.translate(tables, "UTC"))


def calls(*rows: Row) -> list[Item]:
    return list(pwc_calls.translate({pwc_calls.CALLS: rows}, "UTC"))


def of(items: Sequence[Item], kind: str) -> Iterator[dict[str, Any]]:
    return (one["data"] for one in items if isinstance(one, dict) and one["type"] == kind)


@pytest.mark.parametrize("items", [crm(DEAL), funnel([LEAD], [SOLD]), calls(CALL)])
def test_every_translated_event_is_valid(items: list[Item]) -> None:
    """The door takes whatever a translator makes of good rows."""
    for item in items:
        assert isinstance(parse_event(addressed(item, "acme", ""), "acme"), bytes)


def test_translating_twice_gives_the_same_ids_and_a_changed_row_another_one() -> None:
    """An import done twice changes nothing; a row of a later extract is a new event."""
    assert crm(DEAL) == crm(DEAL)
    ids = {one["id"] for one in crm(DEAL) if isinstance(one, dict)}
    again = {one["id"] for one in crm({**DEAL, "close_value": "9"}) if isinstance(one, dict)}
    assert len(ids - again) == 1


def test_managers_and_offices_become_the_tree_of_departments() -> None:
    """An agent works in the team of the manager, the team in the office."""
    items = crm(DEAL)
    people = {one["subject"]: one["data"] for one in items if isinstance(one, dict)}
    assert people["team:Binh"] == {"name": "Binh", "parent_id": "office:East", "head_id": "Binh"}
    assert people["An"]["department_id"] == people["Binh"]["department_id"] == "team:Binh"
    assert people["An"]["manager_id"] == "Binh"


def test_a_won_deal_is_created_and_closed_with_its_value_in_cents() -> None:
    """Dollars become cents, dates become midnight of the zone."""
    items = crm(DEAL)
    (created,) = of(items, "opportunity.created")
    (closed,) = of(items, "opportunity.closed")
    assert created["created_at"] == "2017-01-02T00:00:00.000Z"
    assert closed["value"] == {"amount": 105_400, "currency": "USD"}
    assert closed["closed_at"] == "2017-02-03T00:00:00.000Z"


def test_a_prospect_is_in_the_pipeline_but_on_no_day() -> None:
    """Without an engage date there is no date of creation; the event is of the extract."""
    blank = {"engage_date": "", "close_date": "", "close_value": "", "account": ""}
    prospect = {**DEAL, **blank, "opportunity_id": "D2", "deal_stage": "Prospecting"}
    items = crm(DEAL, prospect)
    event = next(one for one in items if isinstance(one, dict) and one["subject"] == "D2")
    assert event["data"] == {"created_at": None, "product_id": "Basic", "owner_id": "An"}
    assert event["time"] == "2017-02-03T00:00:00.000Z"


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("deal_stage", "Sold"),
        ("engage_date", "soon"),
        ("close_date", ""),
        ("close_value", "1.005"),
        ("close_value", "NaN"),
        ("close_value", "much"),
    ],
)
def test_a_bad_cell_is_named_and_the_other_rows_go_on(column: str, text: str) -> None:
    """A row that cannot be read is a value with its place, not the end of the import."""
    items = crm({**DEAL, column: text}, {**DEAL, "opportunity_id": "D2"})
    (bad,) = [one for one in items if isinstance(one, Unreadable)]
    assert (bad.where, bad.rejection.pointer) == ("sales_pipeline.csv:2", f"/{column}")
    assert len(list(of(items, "opportunity.closed"))) == 1


def test_a_lead_has_the_source_of_its_origin_and_none_without() -> None:
    """An empty origin is no source; 'unknown' is one of that name."""
    leads = [{**LEAD, "mql_id": name, "origin": name} for name in ("", "unknown")]
    sources = [data["source_ids"] for data in of(funnel(leads, []), "customer.created")]
    assert sources == [[], ["unknown"]]


def test_a_closed_deal_is_won_by_the_sales_representative() -> None:
    """The deal has no date of creation, no value, and the SR as owner; the SDR has no role."""
    items = funnel([LEAD], [SOLD])
    (created,) = of(items, "opportunity.created")
    (closed,) = of(items, "opportunity.closed")
    (profile,) = of(items, "customer.updated")
    assert created == {"created_at": None, "customer_id": "L1", "owner_id": "P2"}
    assert closed == {"outcome": "won", "closed_at": "2018-02-26T19:58:54.000Z"}
    assert profile == {"industry": "pet", "province": "SP"}
    assert {one["name"] for one in of(items, "employee.upserted")} == {"P1", "P2"}


def test_a_lead_is_the_sdrs_until_it_is_a_seller_of_the_sr() -> None:
    """The SDR contacts the lead; from the won date on it is a seller in charge of the SR."""
    items = funnel([LEAD], [SOLD])
    (created,) = of(items, "customer.created")
    (assigned,) = of(items, "customer.assigned")
    (status,) = of(items, "customer.status_changed")
    at = "2018-02-26T19:58:54.000Z"
    assert (created["relationship_id"], created["owner_id"]) == ("mql", "P1")
    assert assigned == {"owner_id": "P2", "assigned_at": at}
    assert status == {"relationship_id": "seller", "changed_at": at, "actor_id": "P2"}
    assert {one["name"] for one in of(items, "taxonomy.upserted")} == {
        "Marketing qualified lead",
        "Seller",
    }
    (lead,) = of(funnel([LEAD], []), "customer.created")
    assert "owner_id" not in lead


def test_a_deal_won_before_its_lead_is_told_after_it() -> None:
    """The dates stay as they are; the deal holds, because it is told a second after the lead."""
    items = funnel([{**LEAD, "first_contact_date": "2018-03-05"}], [SOLD])
    told = {one["type"]: one["time"] for one in items if isinstance(one, dict)}
    assert told["customer.status_changed"] == told["customer.assigned"]
    assert told["customer.status_changed"] == told["opportunity.closed"]
    assert told["customer.status_changed"] == "2018-03-05T00:00:01.000Z"
    (status,) = of(items, "customer.status_changed")
    assert status["changed_at"] == "2018-02-26T19:58:54.000Z"


def test_an_answered_call_connects_after_its_speed_of_answer() -> None:
    """Start plus speed is the connection, plus talk the end."""
    items = calls(CALL)
    (connected,) = of(items, "call.connected")
    (ended,) = of(items, "call.ended")
    assert connected["direction"] == "inbound"
    assert connected["started_at"] == "2021-01-01T09:12:58.000Z"
    assert connected["connected_at"] == "2021-01-01T09:14:47.000Z"
    assert ended["ended_at"] == "2021-01-01T09:17:10.000Z"
    assert ended["duration_s"] == 143


def test_an_unanswered_call_only_ends() -> None:
    """A call that nobody answered has no connection and no talk time."""
    blank = {"Speed of answer in seconds": "", "AvgTalkDuration": ""}
    items = calls({**CALL, **blank, "Answered (Y/N)": "N"})
    assert not list(of(items, "call.connected"))
    (ended,) = of(items, "call.ended")
    assert ended["duration_s"] == 0
    assert ended["ended_at"] == ended["started_at"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Date", "yesterday"),
        ("Answered (Y/N)", "?"),
        ("Speed of answer in seconds", ""),
        ("AvgTalkDuration", "2:99"),
        ("AvgTalkDuration", "00:00:99"),
    ],
)
def test_a_bad_call_is_named(column: str, text: str) -> None:
    """Every column of a call can be wrong, and is named."""
    items = calls({**CALL, column: text})
    (bad,) = [one for one in items if isinstance(one, Unreadable)]
    assert bad.rejection.pointer == f"/{column}"


def test_bad_dates_of_leads_and_deals_are_named() -> None:
    """Both tables of the funnel report the row."""
    items = funnel([{**LEAD, "first_contact_date": "x"}], [{**SOLD, "won_date": ""}])
    places = [one.where for one in items if isinstance(one, Unreadable)]
    assert places == [f"{olist_funnel.LEADS}.csv:2", f"{olist_funnel.DEALS}.csv:2"]


def test_lines_that_are_no_events_are_reported_with_their_number() -> None:
    """Blank lines are skipped; what is not a JSON object is a value with its line."""
    items = list(jsonl.translate([b'{"id":"1"}\n', b"\n", b"{", b"[1]"], "f.jsonl"))
    assert items[0] == {"id": "1"}
    bad = [(one.where, one.rejection.code) for one in items if isinstance(one, Unreadable)]
    assert bad == [("f.jsonl:3", "not_json"), ("f.jsonl:4", "not_cloudevent")]


def test_an_event_of_another_tenant_is_refused_and_one_of_none_is_addressed() -> None:
    """A file of one company is not quietly written into another."""
    assert addressed({"id": "1"}, "acme", "f:1") == {"id": "1", "tenantid": "acme"}
    assert addressed({"tenantid": "acme"}, "acme", "f:1") == {"tenantid": "acme"}
    refused = addressed({"tenantid": "other"}, "acme", "f:1")
    assert isinstance(refused, Unreadable)
    assert refused.rejection.code == "wrong_tenant"
    assert addressed(refused, "acme", "f:1") is refused


@pytest.mark.parametrize(
    ("text", "time_zone", "moment"),
    [
        ("2026-11-22", "Asia/Ho_Chi_Minh", "2026-11-21T17:00:00.000Z"),
        ("2026-03-29 02:30:00", "Europe/Berlin", "2026-03-29T01:30:00.000Z"),
        ("2026-10-25 02:30:00", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
        ("2026-11-22T08:00:00+02:00", "Asia/Ho_Chi_Minh", "2026-11-22T06:00:00.000Z"),
    ],
)
def test_a_local_time_becomes_an_instant(text: str, time_zone: str, moment: str) -> None:
    """Midnight, the hour the clock skips, the hour it shows twice, and an own offset."""
    assert instant(text, time_zone) == moment


def test_a_shift_keeps_the_time_of_day_across_a_change_of_the_clock() -> None:
    """Whole local days: 09:00 stays 09:00 in summer and in winter; a birthday stays."""
    event: Event = {
        "time": "2026-07-01T07:00:00.000Z",
        "data": {
            "created_at": "2026-07-01T07:00:00.000Z",
            "order_date": "2026-07-01",
            "birthday": "1990-01-01",
            "closed_at": None,
            "opened_at": "never",
        },
    }
    moved = shifted(event, 180, "Europe/Berlin")
    assert moved["time"] == "2026-12-28T08:00:00.000Z"
    assert moved["data"] == {
        "created_at": "2026-12-28T08:00:00.000Z",
        "order_date": "2026-12-28",
        "birthday": "1990-01-01",
        "closed_at": None,
        "opened_at": "never",
    }
    assert shifted(moved, -180, "Europe/Berlin") == event
    assert last_day(event, "Asia/Ho_Chi_Minh") == date(2026, 7, 1)
    assert last_day({"data": 3}, "UTC") is None
    assert shifted({"data": 3}, 1, "UTC") == {"data": 3}


def test_a_shift_moves_plans_and_terms_but_does_not_take_them_for_the_last_day() -> None:
    """A deadline, as a day or as an instant, moves along; what is planned did not happen yet."""
    task: Event = {
        "time": "2026-07-01T07:00:00.000Z",
        "data": {"start": "2026-07-05", "end": "2026-07-06T07:00:00.000Z"},
    }
    moved = shifted(task, 180, "Europe/Berlin")
    assert moved["data"] == {"start": "2027-01-01", "end": "2027-01-02T08:00:00.000Z"}
    assert last_day(task, "Europe/Berlin") == date(2026, 7, 1)
    terms: Event = {
        "time": "2026-07-01T07:00:00.000Z",
        "data": {"effective_from": "2026-07-01", "effective_to": "2027-06-30", "end": None},
    }
    assert shifted(terms, 31, "Europe/Berlin")["data"] == {
        "effective_from": "2026-08-01",
        "effective_to": "2027-07-31",
        "end": None,
    }
    assert last_day(terms, "Europe/Berlin") == date(2026, 7, 1)
    voucher: Event = {"time": "2026-07-01T07:00:00.000Z", "data": {"voucher_date": "2026-07-03"}}
    assert last_day(voucher, "Europe/Berlin") == date(2026, 7, 3)


def test_a_shift_knows_every_time_of_every_event() -> None:
    """A new field of a time or date that the shift would forget fails here."""
    imported = [model for name, model in EVENT_MODELS.items() if name not in DOCUMENTS]
    for model in imported:
        for name, field in model.model_json_schema()["properties"].items():
            formats = str(field)
            if "'format': 'date-time'" in formats and "'format': 'date'" in formats:
                assert name in PLAN_FIELDS
            elif "'format': 'date-time'" in formats:
                assert name.endswith("_at")
            elif "'format': 'date'" in formats:
                assert name in (*DAY_FIELDS, "birthday")
            else:
                assert not name.endswith("_at")
                assert name not in (*DAY_FIELDS, *PLAN_FIELDS)


def test_the_extract_date_is_the_latest_that_can_be_read() -> None:
    """A bad cell does not become the date of a file; a file without dates has the earliest."""
    assert latest(["2017-01-01", "zzz", ""], "UTC") == "2017-01-01T00:00:00.000Z"
    assert latest([], "UTC") == "1990-01-01T00:00:00.000Z"


def test_money_is_in_minor_units_of_its_currency() -> None:
    """Two digits for dollars, none for dong, never a fraction of a cent."""
    assert money("10.50", "USD")["amount"] == 1050
    assert money("-3", "VND")["amount"] == -3
    with pytest.raises(ValueError, match="minor units"):
        money("0.5", "VND")
