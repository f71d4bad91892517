"""What the live call view says of single calls, and what of it the clock alone moves."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.calendar import format_time
from schemas.facts import Call
from schemas.kpis.clock import LONGEST_CALL_MS
from services.query.cohorts.call_rows import last_call, per_hour, running_call, still
from services.query.cohorts.calls_book import Mark, began_at

DAY = 20261122
T0 = 1_795_000_000_000
WHO = (1, "outbound", "an", "k1", "0901", None, "+84901000000")


def call(**registers: Any) -> Call:
    """Return an outbound call of an to k1."""
    return Call("c1", 7, who=WHO, agent="an", customers=("k1",), **registers)


def at(seconds: int) -> tuple[int, int, int]:
    """Return a moment some seconds after the start."""
    return 1, T0 + seconds * 1000, DAY


@pytest.mark.parametrize(
    ("fact", "began"),
    [
        (call(started=at(0), connected=at(5)), T0),
        (call(connected=at(5), ended=(1, T0 + 65_000, DAY, 60)), T0 + 5000),
        (call(ended=(1, T0 + 65_000, DAY, 0)), T0 + 65_000),
    ],
)
def test_when_a_call_began(fact: Call, began: int) -> None:
    """It began when it started, else connected, else ended."""
    assert began_at(fact) == (began, DAY)


def test_a_call_of_no_direction_began_never() -> None:
    """A call of which nothing is known counts on no day."""
    assert began_at(call()) is None
    assert began_at(Call("c1", 7, started=at(0))) is None


def test_a_running_call_counts_on() -> None:
    """Seconds of talk go up to as_of, and are not below zero where a clock runs ahead."""
    talking = call(started=at(0), connected=at(5))
    found = running_call(talking, T0 + 65_900)
    assert found == {
        "call_id": "c1",
        "direction": "outbound",
        "customer_id": "k1",
        "customers": ["k1"],
        "phone": "0901",
        "since": format_time(T0),
        "talking_since": format_time(T0 + 5000),
        "provisional_seconds": 60,
    }
    assert running_call(talking, T0)["provisional_seconds"] == 0
    assert running_call(call(started=at(0)), T0 + 9000)["provisional_seconds"] is None


@pytest.mark.parametrize(
    ("fact", "as_of_ms", "connected", "seconds", "provisional"),
    [
        (call(started=at(0), connected=at(5)), T0 + 65_000, True, 60, True),
        (call(started=at(0)), T0 + 65_000, False, None, True),
        (call(started=at(0), connected=at(5)), T0 + LONGEST_CALL_MS + 1, True, None, True),
        (call(started=at(0), ended=(1, T0 + 30_000, DAY, 0)), T0 + 65_000, False, 0, False),
        (
            call(started=at(0), connected=at(5), ended=(1, T0 + 30_000, DAY, 25)),
            T0 + 65_000, True, 25, False,
        ),
        (
            call(started=at(0), connected=at(5), ended=(1, T0 + 30_000, DAY, 0)),
            T0 + 65_000, False, 0, False,
        ),
    ],
)  # fmt: skip
def test_the_last_call(
    fact: Call, as_of_ms: int, connected: bool, seconds: int | None, provisional: bool
) -> None:
    """Until it ends it is provisional; without talk it did not connect; a lost one has no end."""
    found = last_call(Mark(T0, 7, fact), as_of_ms)
    assert (found["connected"], found["talk_seconds"]) == (connected, seconds)
    assert found["provisional"] == provisional
    assert (found["talking_since"] is not None) == (provisional and fact.connected is not None)


def test_calls_per_hour() -> None:
    """Calls by the hours since the first; none in its first minute, nor before it."""
    hour = 3_600_000
    assert per_hour(9, T0, T0 + 2 * hour)["value"] == 4.5
    assert per_hour(1, T0, T0 + 59_999)["value"] is None
    assert per_hour(1, T0, T0 + 60_000)["value"] == 60
    assert per_hour(0, None, T0) == {"value": None, "parts": {"calls_attempted": 0}, "since": None}


def test_what_the_clock_moves_is_no_change() -> None:
    """Two answers between which only time passed are alike; what an event moves is not."""

    def row(as_of_ms: int, attempts: int = 4) -> dict[str, Any]:
        talking = call(started=at(0), connected=at(5))
        return {
            "id": "an",
            "cells": [{"value": attempts}, per_hour(attempts, T0, as_of_ms)],
            "running": [running_call(talking, as_of_ms)],
            "last_call": last_call(Mark(T0, 7, talking), as_of_ms),
        }

    assert row(T0 + 70_000) != row(T0 + 90_000)
    assert still(row(T0 + 70_000)) == still(row(T0 + 90_000))
    assert still(row(T0 + 70_000)) != still(row(T0 + 70_000, 5))
    assert still({"department": None}) == {"department": None}
    assert still("calls") == "calls"
