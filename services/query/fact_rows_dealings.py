"""What calls, e-mails, messages, notes and tasks show of themselves. Pure."""

from __future__ import annotations

from typing import Any

from schemas.facts import Call, Email, Message, Note, Task, is_deleted
from services.query.fact_rows_values import day, moment, time_of, value_of


def call_fields(fact: Call) -> dict[str, Any]:
    """Return what a list shows of a call; `customers` are those it is with, also by number."""
    nobody = (0, None, None, None, None, None, "")
    _, direction, _, customer, phone, extension, number = fact.who or nobody
    wait = None
    if fact.started is not None and fact.connected is not None:
        wait = (fact.connected[1] - fact.started[1]) // 1000
    return {
        "direction": direction,
        "customer_id": customer,
        "customers": list(fact.customers),
        "phone": phone,
        "number": number or None,
        "extension": extension,
        "started_at": time_of(fact.started),
        "connected_at": time_of(fact.connected),
        "ended_at": time_of(fact.ended),
        "talk_seconds": None if fact.ended is None else fact.ended[3],
        "wait_seconds": wait if wait is not None and wait >= 0 else None,
    }


def email_fields(fact: Email) -> dict[str, Any]:
    """Return what a list shows of an e-mail to one recipient."""
    _, _, customer = fact.who or (0, None, None)
    return {
        "customer_id": customer,
        "recipient": fact.id.partition("|")[2],
        "opened_at": None if fact.opened is None else moment(fact.opened[0]),
        "clicked_at": None if fact.clicked is None else moment(fact.clicked[0]),
    }


def message_fields(fact: Message) -> dict[str, Any]:
    """Return what a list shows of a message."""
    _, channel, sender, customer, phone = fact.who or (0, None, None, None, None)
    return {
        "channel": channel,
        "sender_id": sender,
        "customer_id": customer,
        "phone": phone,
        "sent_at": time_of(fact.sent),
        "status": None if fact.outcome is None else "success" if fact.outcome[1] else "failed",
    }


def note_fields(fact: Note) -> dict[str, Any]:
    """Return what a list shows of a note."""
    _, at_ms, _, author, customer, is_automatic = fact.added or (0, None, 0, None, None, False)
    return {
        "customer_id": customer,
        "author_id": author,
        "created_at": moment(at_ms),
        "automatic": is_automatic,
        "deleted": is_deleted(fact.deleted),
    }


def task_fields(fact: Task) -> dict[str, Any]:
    """Return what a list shows of a task; `due_at` is the last moment in time."""
    _, status, changed_ms, _ = fact.status or (0, "open", None, 0)
    _, end, due_ms = fact.end or (0, 0, 0)
    return {
        "type": value_of(fact.type),
        "title": value_of(fact.title),
        "status": status,
        "status_changed_at": moment(changed_ms),
        "start": day(value_of(fact.start)),
        "end": day(end),
        "due_at": moment(due_ms or None),
        "assignees": sorted(set(fact.assignees[1])) if fact.assignees is not None else [],
        "customer_id": value_of(fact.customer),
        "project_id": value_of(fact.project),
        "created_at": time_of(fact.created),
        "creator_id": None if fact.created is None else fact.created[3],
        "deleted": is_deleted(fact.deleted),
    }
