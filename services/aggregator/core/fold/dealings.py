"""Calls, mails, messages, notes, tasks: from an event to the next state of the fact."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from schemas.calendar import day_end, local_day, parse_day, parse_time
from schemas.envelope import LogEvent
from schemas.facts import Call, Email, Message, Note, Task
from services.aggregator.core.fold.reading import deleted, instant, moment, registers
from services.aggregator.core.registers import latest

_DATE_LENGTH: Final = 10
_PLAN: Final = {
    "type": "type",
    "title": "title",
    "customer": "customer_id",
    "project": "project_id",
}


def _who(fact: Call, event: LogEvent) -> tuple[Any, ...]:
    data = event.data
    return latest(
        fact.who,
        (
            event.version,
            data["direction"],
            data.get("employee_id"),
            data.get("customer_id"),
            data.get("phone"),
            data.get("extension"),
            data.get("number", ""),
        ),
    )


def _started(fact: Call, event: LogEvent, zone: str) -> tuple[int, int, int] | None:
    if event.data.get("started_at") is None:
        return fact.started
    return latest(fact.started, moment(event, "started_at", zone))


def call_started(fact: Call, event: LogEvent, zone: str) -> Call:
    """Fold call.started."""
    return replace(fact, who=_who(fact, event), started=_started(fact, event, zone))


def call_connected(fact: Call, event: LogEvent, zone: str) -> Call:
    """Fold call.connected."""
    return replace(
        fact,
        who=_who(fact, event),
        started=_started(fact, event, zone),
        connected=latest(fact.connected, moment(event, "connected_at", zone)),
    )


def call_ended(fact: Call, event: LogEvent, zone: str) -> Call:
    """Fold call.ended."""
    data, version = event.data, event.version
    at, day = instant(event, "ended_at", zone)
    seconds: int = data["duration_s"]
    connected = fact.connected
    if data.get("connected_at") is not None:
        connected = latest(connected, moment(event, "connected_at", zone))
    elif seconds > 0:
        began = at - seconds * 1000
        connected = latest(connected, (version, began, local_day(began, zone)))
    return replace(
        fact,
        who=_who(fact, event),
        started=_started(fact, event, zone),
        connected=connected,
        ended=latest(fact.ended, (version, at, day, seconds)),
    )


def _sender(fact: Email, event: LogEvent) -> tuple[Any, ...]:
    data = event.data
    return latest(fact.who, (event.version, data.get("sender_id"), data.get("customer_id")))


def email_opened(fact: Email, event: LogEvent, zone: str) -> Email:
    """Fold email.opened."""
    fact = replace(fact, who=_sender(fact, event))
    if event.data.get("machine"):
        return fact
    opened = instant(event, "opened_at", zone)
    return replace(fact, opened=opened if fact.opened is None else min(fact.opened, opened))


def email_clicked(fact: Email, event: LogEvent, zone: str) -> Email:
    """Fold email.clicked."""
    fact = replace(fact, who=_sender(fact, event))
    if event.data.get("machine"):
        return fact
    clicked = instant(event, "clicked_at", zone)
    return replace(fact, clicked=clicked if fact.clicked is None else max(fact.clicked, clicked))


def message_sent(fact: Message, event: LogEvent, zone: str) -> Message:
    """Fold message.sent."""
    data, version = event.data, event.version
    who = (
        version,
        data["channel"],
        data.get("sender_id"),
        data.get("customer_id"),
        data.get("phone"),
    )
    arrived = data.get("status", "success") == "success"
    return replace(
        fact,
        who=latest(fact.who, who),
        sent=latest(fact.sent, moment(event, "sent_at", zone)),
        outcome=latest(fact.outcome, (version, arrived)),
    )


def message_failed(fact: Message, event: LogEvent, zone: str) -> Message:
    """Fold message.failed."""
    del zone
    return replace(fact, outcome=latest(fact.outcome, (event.version, False)))


def note_added(fact: Note, event: LogEvent, zone: str) -> Note:
    """Fold note.added."""
    data = event.data
    said = (data.get("author_id"), data.get("customer_id"), data.get("automatic", False))
    return replace(fact, added=latest(fact.added, (*moment(event, "created_at", zone), *said)))


def note_deleted(fact: Note, event: LogEvent, zone: str) -> Note:
    """Fold note.deleted."""
    del zone
    return replace(fact, deleted=deleted(fact, event))


def _limit(text: str | None, zone: str) -> tuple[int, int]:
    """Return (day, last ms) of a date or an instant; (0, 0) of null."""
    if text is None:
        return 0, 0
    if len(text) == _DATE_LENGTH:
        day = parse_day(text)
        return day, day_end(day, zone)
    at = parse_time(text)
    return local_day(at, zone), at


def task_plan(fact: Task, event: LogEvent, zone: str) -> Task:
    """Fold task.updated, and the plan of task.created."""
    data, version = event.data, event.version
    changes = registers(fact, event, _PLAN)
    if "start" in data:
        changes["start"] = latest(fact.start, (version, _limit(data["start"], zone)[0]))
    if "end" in data:
        changes["end"] = latest(fact.end, (version, *_limit(data["end"], zone)))
    if "assignees" in data:
        people = tuple(data["assignees"] or ())
        changes["assignees"] = latest(fact.assignees, (version, people))
    return replace(fact, **changes)


def task_created(fact: Task, event: LogEvent, zone: str) -> Task:
    """Fold task.created."""
    created = (*moment(event, "created_at", zone), event.data.get("creator_id"))
    return replace(task_plan(fact, event, zone), created=latest(fact.created, created))


def task_status_changed(fact: Task, event: LogEvent, zone: str) -> Task:
    """Fold task.status_changed."""
    at, day = instant(event, "changed_at", zone)
    status = (event.version, event.data["status"], at, day)
    return replace(fact, status=latest(fact.status, status))


def task_deleted(fact: Task, event: LogEvent, zone: str) -> Task:
    """Fold task.deleted."""
    del zone
    return replace(fact, deleted=deleted(fact, event))
