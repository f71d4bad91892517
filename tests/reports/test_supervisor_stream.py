"""Calls and telesales of a supervisor's page in one stream: two views, one connection."""

from __future__ import annotations

import asyncio

import pytest

from services.query.stream.view import named
from tests.integration.query_listener import Event, Listener
from tests.reports.call_floor import Floor
from tests.reports.test_report_stream import came, floor, following, post, seen, value

__all__ = ["floor"]
OF_AN = {"employee": "an", "calls_department": "sales", "calls_sub": "true"}


async def both(listener: Listener, kind: str) -> dict[str, Event]:
    """Return the next event of a kind of each view, whichever comes first."""
    found: dict[str, Event] = {}
    while missing := {"calls", "telesales"} - found.keys():
        event = await listener.until(*(f"{name}.{kind}" for name in missing))
        found[event.name.partition(".")[0]] = event
    return found


async def test_both_reports_begin_and_follow_in_one_stream(floor: Floor) -> None:
    """Each view is told as its report answers it, and a call moves both."""
    async with following(floor, "supervisor") as listener:
        snapshots = await both(listener, "snapshot")
        await post(floor, floor.ended("c1", 30, 60, employee_id="an", customer_id="k1"))
        changes = await both(listener, "change")
    calls, telesales = snapshots["calls"].data, snapshots["telesales"].data
    answer = await asyncio.to_thread(floor.view)
    assert (calls["report"], calls["columns"]) == ("calls", answer["columns"])
    assert {row["id"] for row in telesales["rows"]} == {"an", "binh", "chi", "fay"}
    now = next(row for row in answer["rows"] if row["id"] == "an")
    assert [seen(row) for row in changes["calls"].data["rows"]] == [seen(now)]
    assert [row["id"] for row in changes["telesales"].data["rows"]] == ["an"]
    columns = telesales["columns"]
    assert value(changes["telesales"].data, columns, "an", "called") == 1
    for name, change in changes.items():
        assert change.id.startswith(f"{name}:{change.data['version']}/")


async def test_each_view_has_its_own_filters(floor: Floor) -> None:
    """Customers of one owner, calls of a whole department: each view keeps to its question."""
    async with following(floor, "supervisor", **OF_AN) as listener:
        snapshots = await both(listener, "snapshot")
        await post(floor, came(floor, "k3", "fay"), floor.ended("c1", 9, 60, employee_id="fay"))
        await post(floor, floor.ended("c2", 9, 60, employee_id="binh"))
        change = await listener.until("calls.change", "telesales.change")
    assert [row["id"] for row in snapshots["telesales"].data["rows"]] == ["an"]
    assert {row["id"] for row in snapshots["calls"].data["rows"]} == {"an", "binh", "chi"}
    assert (change.name, [row["id"] for row in change.data["rows"]]) == ("calls.change", ["binh"])


async def test_who_comes_back_is_told_what_is_not_known(floor: Floor) -> None:
    """The id is of one view: that one has nothing new to tell, the other begins again."""
    async with following(floor, "supervisor") as listener:
        known = (await both(listener, "snapshot"))["telesales"].id
    async with following(floor, "supervisor", known) as again:
        first = await again.until("calls.snapshot", "telesales.snapshot", "telesales.reset")
        assert first.name == "calls.snapshot"
        beat = await again.until("telesales.heartbeat", "telesales.snapshot")
    assert beat.name == "telesales.heartbeat"
    assert beat.data["state"] == "live"


@pytest.mark.parametrize("department", ["calls_department", "department"])
async def test_a_question_that_cannot_be_answered_opens_nothing(
    floor: Floor, department: str
) -> None:
    """An unknown department of either view is refused before the first byte."""
    path = "/v1/reports/supervisor/stream"
    asked = {department: "nowhere"}
    answer = await asyncio.to_thread(floor.client.get, path, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_department")


def test_only_the_lines_of_a_frame_are_named() -> None:
    """A text that looks like an event stays what it is: data is one line of JSON."""
    frames = b'event: reset\ndata: {}\n\nid: g-1/d\nevent: change\ndata: {"a":"\\nevent: x"}\n\n'
    told = (
        b"event: calls.reset\ndata: {}\n\nid: calls:g-1/d\nevent: calls.change\n"
        b'data: {"a":"\\nevent: x"}\n\n'
    )
    assert named("calls", frames) == told
    assert named("calls", b"") == b""
