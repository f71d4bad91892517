"""HubSpot's engagements: tasks, meetings, notes and calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.ingestor.translate.fivetran import (
    CellError,
    Columns,
    Export,
    columns,
    gone,
    grouped,
    moment,
    moment_of,
    must,
)
from services.ingestor.translate.fivetran_hubspot_customers import Buyers
from services.ingestor.translate.item import Event, Item, Row, given
from services.ingestor.translate.moments import later

_COMMON = "property_hs_createdate property_hs_timestamp property_hubspot_owner_id"
TABLES: Mapping[str, Columns] = {
    "engagement": columns("id", "owner_id created_at"),
    "engagement_company": columns("engagement_id company_id"),
    "engagement_contact": columns("engagement_id contact_id"),
    "engagement_task": columns(
        "engagement_id",
        f"{_COMMON} property_hs_task_type task_type property_hs_task_subject "
        "property_hs_task_status property_hs_task_completion_date",
    ),
    "engagement_meeting": columns(
        "engagement_id",
        f"{_COMMON} start_time end_time title property_hs_meeting_start_time "
        "property_hs_meeting_end_time property_hs_meeting_title",
    ),
    "engagement_note": columns("engagement_id", _COMMON),
    "engagement_call": columns(
        "engagement_id",
        f"{_COMMON} property_hs_call_direction property_hs_call_duration property_hs_call_status "
        "property_hs_call_to_number property_hs_call_from_number",
    ),
}
_SILENT = ("BUSY", "FAILED", "CANCELED", "NO_ANSWER", "MISSED")
_LONGEST_MS = 172_800_000


def activities(export: Export, buyers: Buyers) -> Iterator[Item]:
    """Yield what people planned, wrote and spoke."""
    facts = _Engagements(export, buyers)
    yield from export.read("engagement_task", facts.task)
    yield from export.read("engagement_meeting", facts.meeting)
    yield from export.read("engagement_note", facts.note)
    yield from export.read("engagement_call", facts.call)


class _Engagements:
    """The tables of engagements, with what belongs to one gathered from others."""

    def __init__(self, export: Export, buyers: Buyers) -> None:
        self._export, self._buyers = export, buyers
        self._heads = {row["id"]: row for row in export.tables["engagement"]}
        links = export.tables
        self._companies = grouped(links["engagement_company"], "engagement_id", "company_id")
        self._contacts = grouped(links["engagement_contact"], "engagement_id", "contact_id")

    def task(self, row: Row) -> Iterator[Event]:
        """Yield a task, its completion and its deletion."""
        subject = must(row, "engagement_id")
        plan = given(
            type=row["property_hs_task_type"] or row["task_type"],
            title=row["property_hs_task_subject"],
            end=moment(row, "property_hs_timestamp"),
        )
        yield from self._planned(subject, row, plan)
        if row["property_hs_task_status"] == "COMPLETED":
            at = moment_of(row, "property_hs_task_completion_date")
            done = {"status": "completed", "changed_at": at}
            yield self._export.state("task.status_changed", subject, row, done)

    def meeting(self, row: Row) -> Iterator[Event]:
        """Yield an appointment, and its deletion."""
        start = moment(row, "start_time") or moment(row, "property_hs_meeting_start_time")
        end = moment(row, "end_time") or moment(row, "property_hs_meeting_end_time")
        if start and end and end < start:
            raise CellError("end_time", "lies before the start")
        title = row["title"] or row["property_hs_meeting_title"]
        plan = given(type="appointment", title=title, start=start, end=end)
        yield from self._planned(must(row, "engagement_id"), row, plan)

    def note(self, row: Row) -> Iterator[Event]:
        """Yield a note, and its deletion."""
        subject = must(row, "engagement_id")
        at = moment_of(row, "property_hs_timestamp", "property_hs_createdate")
        data = given(created_at=at, author_id=self._owner(row), customer_id=self._customer(subject))
        yield self._export.state("note.added", subject, row, data)
        if gone(row):
            yield self._export.state("note.deleted", subject, row, {})

    def call(self, row: Row) -> Iterator[Event]:
        """Yield a call that is over; a deleted one makes nothing."""
        if gone(row):
            return
        subject = must(row, "engagement_id")
        direction = must(row, "property_hs_call_direction").lower()
        if direction not in ("inbound", "outbound"):
            raise CellError("property_hs_call_direction", f"'{direction}' is no direction")
        other = "to" if direction == "outbound" else "from"
        started = moment_of(row, "property_hs_timestamp")
        seconds = _talk(row)
        data = given(
            direction=direction,
            employee_id=self._owner(row),
            customer_id=self._customer(subject),
            phone=row[f"property_hs_call_{other}_number"],
            started_at=started,
            ended_at=later(started, seconds),
            duration_s=seconds,
        )
        yield self._export.state("call.ended", subject, row, data)

    def _planned(self, subject: str, row: Row, plan: dict[str, object]) -> Iterator[Event]:
        head, owner = self._heads.get(subject), self._owner(row)
        created_at = moment(row, "property_hs_createdate")
        created_at = created_at or (moment(head, "created_at") if head else None)
        data = given(
            **plan,
            assignees=[owner] if owner else None,
            customer_id=self._customer(subject),
            created_at=created_at,
        )
        kind = "task.created" if created_at else "task.updated"
        yield self._export.state(kind, subject, row, data)
        if gone(row):
            yield self._export.state("task.deleted", subject, row, {})

    def _owner(self, row: Row) -> str | None:
        head = self._heads.get(row["engagement_id"])
        return row["property_hubspot_owner_id"] or (head["owner_id"] if head else "") or None

    def _customer(self, subject: str) -> str | None:
        companies = self._companies.get(subject, [])
        return self._buyers.one(companies, self._contacts.get(subject, []))


def _talk(row: Row) -> int:
    status, text = row["property_hs_call_status"], row["property_hs_call_duration"]
    if status in _SILENT:
        return 0
    if status != "COMPLETED":
        raise CellError("property_hs_call_status", f"'{status}' does not say whether they spoke")
    if not text.isascii() or not text.isdigit() or int(text) > _LONGEST_MS:
        raise CellError("property_hs_call_duration", f"'{text}' is not a number of milliseconds")
    return int(text) // 1000
