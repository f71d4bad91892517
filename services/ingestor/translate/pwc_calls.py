"""The inbound calls of a call centre (format `pwc-calls`).

The mapping and its readings stand in docs/importers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.ingestor.translate.item import (
    Item,
    Row,
    event,
    given,
    in_order,
    numbered,
    unreadable,
)
from services.ingestor.translate.moments import instant, later, latest, seconds_of

SOURCE = "/import/pwc-calls"
CURRENCY = "USD"
CALLS = "call_center"
_ANSWERED = "Answered (Y/N)"
_SPEED = "Speed of answer in seconds"
_TALK = "AvgTalkDuration"
TABLES: Mapping[str, tuple[str, ...]] = {
    CALLS: ("Call Id", "Agent", "Date", "Time", _ANSWERED, _SPEED, _TALK)
}


def translate(tables: Mapping[str, Sequence[Row]], time_zone: str) -> Iterator[Item]:
    """Yield the agents, then what happened on the telephone by time.

    Shape:  ({table: rows}, IANA zone of the tenant) -> events, or unreadable rows.
    """
    rows = tables[CALLS]
    extract = latest((row["Date"] for row in rows), time_zone)
    for agent in dict.fromkeys(row["Agent"] for row in rows if row["Agent"]):
        yield event(SOURCE, "employee.upserted", agent, extract, {"name": agent})
    calls = numbered(CALLS, rows)
    yield from in_order(item for where, row in calls for item in _call(where, row, time_zone))


def _call(where: str, row: Row, time_zone: str) -> Iterator[Item]:
    subject = row["Call Id"]
    try:
        started = instant(f"{row['Date']} {row['Time']}", time_zone)
    except ValueError as error:
        yield unreadable(where, "Date", str(error))
        return
    call: dict[str, Any] = {
        "direction": "inbound",
        **given(employee_id=row["Agent"]),
        "started_at": started,
    }
    if row[_ANSWERED] == "N":
        missed = {**call, "ended_at": started, "duration_s": 0}
        yield event(SOURCE, "call.ended", subject, started, missed)
        return
    if row[_ANSWERED] != "Y":
        yield unreadable(where, _ANSWERED, f"'{row[_ANSWERED]}' is neither Y nor N")
        return
    try:
        connected = later(started, int(row[_SPEED]))
    except ValueError:
        yield unreadable(where, _SPEED, f"'{row[_SPEED]}' is not a number of seconds")
        return
    try:
        talk = seconds_of(row[_TALK])
    except ValueError:
        yield unreadable(where, _TALK, f"'{row[_TALK]}' is not a duration hh:mm:ss")
        return
    call["connected_at"] = connected
    yield event(SOURCE, "call.connected", subject, connected, call)
    ended = later(connected, talk)
    talked = {**call, "ended_at": ended, "duration_s": talk}
    yield event(SOURCE, "call.ended", subject, ended, talked)
