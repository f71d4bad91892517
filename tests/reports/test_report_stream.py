"""Reports that are followed: what an event changes in them is told, once for all who listen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.stack import Stack
from tests.integration.query_listener import Event, Listener, listening_at
from tests.reports.call_floor import Floor, people

COUNT = "salespulse_report_evaluations_total"


@pytest.fixture
def floor(stack: Stack) -> Iterator[Floor]:
    """Give a floor of its own, with one customer of an and one of fay who came in today."""
    made = Floor(stack)
    made.post(*people(), came(made, "k1", "an"), came(made, "k2", "fay"))
    yield made
    made.client.close()


def came(floor: Floor, name: str, owner: str, minutes: float = 60) -> Any:
    """Return a customer created some minutes ago."""
    data = {"created_at": floor.ago(minutes), "owner_id": owner, "name": name.upper()}
    return "customer.created", name, minutes, data


def following(
    floor: Floor, report: str, last_event_id: str = "", **parameters: str
) -> AbstractAsyncContextManager[Listener]:
    """Open the stream of a report."""
    url, key = floor.stack.query_url, floor.tenant.read_key
    path = f"/v1/reports/{report}/stream"
    return listening_at(url, key, last_event_id, path=path, **parameters)


async def post(floor: Floor, *events: Any) -> None:
    """Post events while others listen."""
    await asyncio.to_thread(floor.post, *events)


def evaluations(floor: Floor, report: str, outcome: str) -> float:
    """Return how often the query service evaluated a followed report with an outcome."""
    text = httpx.get(f"{floor.stack.query_url}/metrics").text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == COUNT and sample.labels == {"report": report, "outcome": outcome}
    )


def value(document: dict[str, Any], columns: list[dict[str, Any]], who: str, column: str) -> Any:
    """Return a value of a row."""
    at = [one["name"] for one in columns].index(column)
    row = next(row for row in document["rows"] if row["id"] == who)
    return row["cells"][at]["value"]


async def test_an_event_changes_one_row(floor: Floor) -> None:
    """A call to a customer of today: the row of its owner whole and the total, no other row."""
    async with following(floor, "telesales") as listener:
        snapshot = await listener.until("snapshot")
        assert {row["id"] for row in snapshot.data["rows"]} == {"an", "binh", "chi", "fay"}
        await post(floor, floor.ended("c1", 30, 60, employee_id="an", customer_id="k1"))
        change = await listener.until("change")
    columns = snapshot.data["columns"]
    assert [row["id"] for row in change.data["rows"]] == ["an"]
    assert (change.data["gone"], "columns" in change.data) == ([], False)
    assert value(snapshot.data, columns, "an", "called") == 0
    assert value(change.data, columns, "an", "called") == 1
    names = [column["name"] for column in columns]
    assert change.data["total"]["cells"][names.index("called")]["value"] == 1
    assert change.id.startswith(f"{change.data['version']}/")


async def test_what_is_told_is_the_report(floor: Floor) -> None:
    """After every change the listener has what the report answers."""
    async with following(floor, "calls", department="sales", sub="true") as listener:
        state = (await listener.until("snapshot")).data
        for event in (
            floor.ended("c1", 30, 60, employee_id="an", customer_id="k1"),
            floor.ended("c2", 20, 0, employee_id="binh", customer_id="k1"),
            floor.ended("c3", 10, 0, employee_id="an", customer_id="k2"),
        ):
            await post(floor, event)
            change = (await listener.until("change")).data
            rows = {row["id"]: row for row in state["rows"]}
            rows |= {row["id"]: row for row in change["rows"]}
            state |= {**change, "rows": list(rows.values())}
    answer = await asyncio.to_thread(floor.view, department="sales", sub="true")
    assert [seen(row) for row in state["rows"]] == [seen(row) for row in answer["rows"]]
    assert seen(state["total"]) == seen(answer["total"])


def seen(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what the clock moved since."""
    cells = [{**cell, "value": 0} if "since" in cell else cell for cell in row["cells"]]
    return {**row, "cells": cells}


async def test_only_blocks_that_differ_are_told(floor: Floor) -> None:
    """A call changes the blocks that count calls, no others; what is told adds up to the report."""
    async with following(floor, "employee", employee="an") as listener:
        blocks = {row["block"]: row for row in (await listener.until("snapshot")).data["rows"]}
        await post(floor, floor.ended("c1", 30, 60, employee_id="an", customer_id="k1"))
        told = (await listener.until("change")).data["rows"]
    names = {row["block"] for row in told}
    assert "interactions" in names
    assert not names & {"orders", "contracts", "revenue_trend"}
    blocks |= {row["block"]: row for row in told}
    path = "/v1/reports/employee"
    answer = await asyncio.to_thread(floor.client.get, path, params={"employee": "an"})
    assert list(blocks.values()) == answer.json()["blocks"]


async def test_filters_are_respected(floor: Floor) -> None:
    """Who is not asked for changes nothing: the next that is told is what was asked for."""
    async with following(floor, "telesales", employee="an") as listener:
        snapshot = await listener.until("snapshot")
        await post(floor, floor.ended("c1", 30, 60, employee_id="fay", customer_id="k2"))
        await post(floor, floor.ended("c2", 20, 60, employee_id="an", customer_id="k1"))
        change = await listener.until("change")
    assert [row["id"] for row in snapshot.data["rows"]] == ["an"]
    assert value(change.data, snapshot.data["columns"], "an", "calls_attempted") == 1


async def test_two_listeners_are_one_evaluation(floor: Floor) -> None:
    """Equal questions share snapshot, evaluations and frames; another key is no other question."""
    before = {name: evaluations(floor, "calls", name) for name in ("first", "changed")}
    async with following(floor, "calls") as one, following(floor, "calls", lang="vi") as two:
        assert await one.until("snapshot") == await two.until("snapshot")
        await post(floor, floor.ended("c1", 30, 60, employee_id="an", customer_id="k1"))
        changes: tuple[Event, Event] = await one.until("change"), await two.until("change")
    assert changes[0] == changes[1]
    after = {name: evaluations(floor, "calls", name) for name in ("first", "changed")}
    assert after == {name: count + 1 for name, count in before.items()}


async def test_a_running_call_is_a_change_when_it_begins_and_ends(floor: Floor) -> None:
    """The view is told of a call that begins, and of its end; the seconds between are no change."""
    who = {"direction": "outbound", "employee_id": "an", "customer_id": "k1"}
    async with following(floor, "calls", department="sales") as listener:
        await listener.until("snapshot")
        begun = {**who, "started_at": floor.ago(2), "connected_at": floor.ago(1)}
        await post(floor, ("call.connected", "c1", 1, begun))
        (row,) = (await listener.until("change")).data["rows"]
        assert (row["running"][0]["call_id"], row["last_call"]["provisional"]) == ("c1", True)
        await post(floor, came(floor, "k3", "fay"))
        ended = {**who, "ended_at": floor.ago(0), "duration_s": 60}
        await post(floor, ("call.ended", "c1", 0, ended))
        (row,) = (await listener.until("change")).data["rows"]
        assert (row["running"], row["last_call"]["talk_seconds"]) == ([], 60)


async def test_who_comes_back_is_told_what_changed(floor: Floor) -> None:
    """With the id of the answer of now nothing is repeated; after a change all is told anew."""
    async with following(floor, "telesales") as listener:
        known = (await listener.until("snapshot")).id
    async with following(floor, "telesales", known) as listener:
        assert (await listener.next()).name == "heartbeat"
    await post(floor, came(floor, "k3", "an"))
    async with following(floor, "telesales", known) as listener:
        assert [(await listener.next()).name for _ in range(2)] == ["reset", "snapshot"]


async def test_every_report_is_followed(floor: Floor) -> None:
    """The snapshot is the report, and what moves it is told; all by the same event."""
    year = floor.now.year
    asked: dict[str, dict[str, str]] = {
        "telesales": {"subject": "opportunity"},
        "lifecycle": {"days": "7"},
        "journey": {"days": "7"},
        "sales-performance": {"created_from": f"{year}-01-01", "created_to": f"{year}-12-31"},
        "calls": {},
        "department": {"department": "sales", "sub": "true"},
        "employee": {"employee": "an", "block": "interactions,orders"},
    }
    async with AsyncExitStack() as opened:
        listeners = {
            report: await opened.enter_async_context(following(floor, report, **given))
            for report, given in asked.items()
        }
        versions = {}
        for report, listener in listeners.items():
            snapshot = await listener.until("snapshot")
            assert snapshot.data["report"] == report
            versions[report] = snapshot.data["version"]
        opportunity = {"created_at": floor.ago(5), "owner_id": "an", "campaign_id": "spring"}
        await post(
            floor,
            came(floor, "k3", "an"),
            ("opportunity.created", "p1", 5, {**opportunity, "customer_id": "k3"}),
            floor.ended("c1", 4, 60, employee_id="an", customer_id="k3"),
        )
        for report, listener in listeners.items():
            change = await listener.until("change")
            assert change.data["rows"], report
            assert change.data["version"] != versions[report]


@pytest.mark.parametrize(
    ("report", "given", "code"),
    [
        ("calls", {"department": "nowhere"}, "unknown_department"),
        ("department", {"department": "nowhere"}, "unknown_department"),
        ("employee", {"employee": "an", "block": "nonsense"}, "unknown_block"),
        ("telesales", {"subject": "order"}, "unknown_subject"),
        ("lifecycle", {"days": "3"}, "observation_out_of_range"),
        ("sales-performance", {}, "missing_parameter"),
        ("journey", {"nonsense": "1"}, "unknown_parameter"),
    ],
)
def test_a_wrong_question_is_refused_before_it_begins(
    client: httpx.Client, report: str, given: dict[str, str], code: str
) -> None:
    """A stream of a wrong question is the problem that the report has, and no stream."""
    answer = client.get(f"/v1/reports/{report}/stream", params=given)
    assert answer.json()["code"] == code
