"""What the live call view says of single calls: those that run, and the last one. Pure.

Whatever the clock alone moves stands beside the instant it is counted from, so a page works it
out itself and a stream does not repeat it.
"""

from __future__ import annotations

from typing import Any, Final

from schemas.calendar import format_time
from schemas.facts import Call
from schemas.kpis.clock import LONGEST_CALL_MS
from services.query.cohorts.calls_book import Mark, began_at
from services.query.fact_rows_dealings import call_fields
from services.query.fact_rows_values import time_of

_HOUR_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000
_OF_CALL: Final = ("direction", "customer_id", "customers", "phone")


def running_call(fact: Call, as_of_ms: int) -> dict[str, Any]:
    """Return a call that has not ended.

    Units:  provisional_seconds are whole seconds of talk up to `as_of`, null while it rings.
    """
    fields, began = call_fields(fact), began_at(fact)
    return {
        "call_id": fact.id,
        **{name: fields[name] for name in _OF_CALL},
        "since": None if began is None else format_time(began[0]),
        "talking_since": time_of(fact.connected),
        "provisional_seconds": _talking(fact, as_of_ms),
    }


def last_call(mark: Mark, as_of_ms: int) -> dict[str, Any]:
    """Return the last call of an agent.

    Laws:   `connected` and the seconds of a call that has not ended are `provisional`; of one
            that began more than four hours ago without an end nobody knows the seconds.
    """
    fact = mark.call
    is_lost = as_of_ms - mark.at_ms > LONGEST_CALL_MS
    talked = _talking(fact, as_of_ms) if fact.ended is None else fact.ended[3]
    return {
        "call_id": fact.id,
        "at": format_time(mark.at_ms),
        "direction": call_fields(fact)["direction"],
        "connected": fact.connected is not None and (fact.ended is None or fact.ended[3] > 0),
        "talk_seconds": None if fact.ended is None and is_lost else talked,
        "talking_since": time_of(fact.connected) if fact.ended is None else None,
        "provisional": fact.ended is None,
    }


def per_hour(attempts: int, first_ms: int | None, as_of_ms: int) -> dict[str, Any]:
    """Return the cell of the calls per hour since a first call, and what it is made of."""
    if first_ms is None:
        return {"value": None, "parts": {"calls_attempted": attempts}, "since": None}
    passed_ms = as_of_ms - first_ms
    is_told = passed_ms >= _MINUTE_MS
    return {
        "value": round(attempts * _HOUR_MS / passed_ms, 3) if is_told else None,
        "parts": {"calls_attempted": attempts},
        "since": format_time(first_ms),
    }


def still(part: Any) -> Any:
    """Return a row, or another member of the view, without what the clock alone moves."""
    if not isinstance(part, dict) or "cells" not in part:
        return part
    found = {**part, "cells": [_without(cell, "value", "since") for cell in part["cells"]]}
    if "running" in part:
        found["running"] = [_without(one, "provisional_seconds") for one in part["running"]]
    if (last := part.get("last_call")) is not None:
        found["last_call"] = _without(last, "talk_seconds", "talking_since")
    return found


def _without(part: dict[str, Any], moving: str, by: str = "") -> dict[str, Any]:
    """Return a part without a moving member, where the instant it is counted from stands by."""
    if by and part.get(by) is None:
        return part
    return {name: value for name, value in part.items() if name != moving}


def _talking(fact: Call, as_of_ms: int) -> int | None:
    if fact.connected is None:
        return None
    return max(0, as_of_ms - fact.connected[1]) // 1000
