"""Salesforce's activities: tasks, and events of the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.ingestor.translate.fivetran import (
    CellError,
    Columns,
    Export,
    columns,
    day,
    gone,
    moment,
    moment_of,
    must,
    yes,
)
from services.ingestor.translate.item import Event, Item, Row, given
from services.ingestor.translate.moments import later

_COMMON = "created_date created_by_id owner_id subject account_id who_id activity_date"
TABLES: Mapping[str, Columns] = {
    "task": columns("id", f"{_COMMON} type is_closed completed_date_time"),
    "event": columns(
        "id",
        f"{_COMMON} activity_date_time start_date_time end_date_time duration_in_minutes "
        "is_all_day_event",
    ),
}
_LEAD = "00Q"
"""How the id of a lead begins."""


def activities(export: Export) -> Iterator[Item]:
    """Yield tasks and appointments."""
    yield from export.read("task", lambda row: _task(export, row))
    yield from export.read("event", lambda row: _appointment(export, row))


def _task(export: Export, row: Row) -> Iterator[Event]:
    yield from _planned(export, row, given(type=row["type"], end=day(row, "activity_date")))
    if yes(row, "is_closed"):
        at = moment_of(row, "completed_date_time")
        done = {"status": "completed", "changed_at": at}
        yield export.state("task.status_changed", row["id"], row, done)


def _appointment(export: Export, row: Row) -> Iterator[Event]:
    if yes(row, "is_all_day_event"):
        start = end = day(row, "activity_date")
    else:
        start = moment(row, "start_date_time") or moment(row, "activity_date_time")
        end = moment(row, "end_date_time") or _end(start, row)
    if start and end and end < start:
        raise CellError("end_date_time", "lies before the start")
    yield from _planned(export, row, given(type="appointment", start=start, end=end))


def _end(start: str | None, row: Row) -> str | None:
    text = row["duration_in_minutes"]
    if not start or not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise CellError("duration_in_minutes", f"'{text}' is not a number of minutes")
    return later(start, int(text) * 60)


def _planned(export: Export, row: Row, plan: dict[str, object]) -> Iterator[Event]:
    subject = must(row, "id")
    lead = row["who_id"] if row["who_id"].startswith(_LEAD) else None
    data = given(
        **plan,
        created_at=moment_of(row, "created_date"),
        creator_id=row["created_by_id"],
        title=row["subject"],
        assignees=[row["owner_id"]] if row["owner_id"] else None,
        customer_id=row["account_id"] or lead,
    )
    yield export.state("task.created", subject, row, data)
    if gone(row):
        yield export.state("task.deleted", subject, row, {})
