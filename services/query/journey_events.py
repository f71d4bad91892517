"""What happened to a customer, moment by moment, read off the facts about it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time
from typing import Any, Final

from schemas.calendar import to_date, zone
from schemas.facts import (
    KINDS,
    AnyFact,
    Call,
    Contract,
    Customer,
    Email,
    Message,
    Note,
    Opportunity,
    Order,
    Payment,
    Task,
    Voucher,
)
from services.query.fact_rows import own_fields

_MEETING: Final = "appointment"
"""The type of a task that is one."""

Moment = tuple[int, str, str | None]
"""(ms since 1970 UTC, what happened, employee id)"""


def changes(entries: Iterable[tuple[int, str | None]]) -> Iterator[tuple[int, str | None]]:
    """Yield the entries whose value differs from the one before."""
    before: str | None = None
    for at, value in entries:
        if value != before:
            yield at, value
        before = value


def order_of(entry: tuple[Any, ...]) -> tuple[int, int, str]:
    """Return what sorts a history: version, time, value."""
    return (entry[0], entry[1], entry[3] or "")


def customer_events(fact: Customer) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what happened to the customer itself, under the id it had then."""
    base = {"kind": "customer", "id": fact.id}
    if fact.created is not None:
        yield fact.created[1], {**base, "what": "created", "employee_id": fact.created[3]}
    entries = sorted(fact.owners, key=order_of)
    for at, owner in changes([(at, owner) for _, at, _, owner in entries]):
        yield at, {**base, "what": "assigned", "employee_id": owner}
    stages = sorted(fact.stages, key=order_of)
    actors = {(at, stage): actor for _, at, _, stage, actor in stages}
    for at, stage in changes([(at, stage) for _, at, _, stage, _ in stages]):
        yield at, {**base, "what": "stage", "stage": stage, "employee_id": actors[at, stage]}


def events_of(fact: AnyFact, time_zone: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the moments of a fact about the customer; a day stands for its first moment."""
    base = {"kind": _kind(fact), "id": fact.id}
    fields = own_fields(fact)
    fields.pop("customer_id", None)
    for at, what, employee in _moments(fact, time_zone):
        yield at, {**base, "what": what, "employee_id": employee, **fields}


def _kind(fact: AnyFact) -> str:
    is_appointment = isinstance(fact, Task) and fact.type is not None and fact.type[1] == _MEETING
    return _MEETING if is_appointment else KINDS[type(fact)]


def _moments(fact: AnyFact, time_zone: str) -> Iterable[Moment]:
    if isinstance(fact, Voucher):
        return _of_voucher(fact, time_zone)
    found = _MOMENTS.get(type(fact))
    return () if found is None else found(fact)


def _of_call(fact: Call) -> Iterator[Moment]:
    began = fact.started or fact.connected or fact.ended
    if began is not None:
        was_missed = fact.connected is None and fact.ended is not None
        yield began[1], "missed" if was_missed else "call", fact.agent


def _of_email(fact: Email) -> Iterator[Moment]:
    sender = fact.who and fact.who[1]
    if fact.opened is not None:
        yield fact.opened[0], "opened", sender
    if fact.clicked is not None:
        yield fact.clicked[0], "clicked", sender


def _of_message(fact: Message) -> Iterator[Moment]:
    if fact.sent is not None:
        has_failed = fact.outcome is not None and not fact.outcome[1]
        yield fact.sent[1], "failed" if has_failed else "sent", fact.who and fact.who[2]


def _of_note(fact: Note) -> Iterator[Moment]:
    if fact.added is not None:
        yield fact.added[1], "added", fact.added[3]


def _of_task(fact: Task) -> Iterator[Moment]:
    if fact.created is not None:
        yield fact.created[1], "created", fact.created[3]
    if fact.status is not None:
        people = sorted(fact.assignees[1]) if fact.assignees is not None else []
        yield fact.status[2], fact.status[1], people[0] if people else None


def _of_opportunity(fact: Opportunity) -> Iterator[Moment]:
    owner = fact.owner and fact.owner[1]
    if fact.created is not None and fact.created[1] is not None:
        yield fact.created[1], "created", owner
    if fact.closed is not None:
        yield fact.closed[1], fact.closed[3], owner


def _of_order(fact: Order) -> Iterator[Moment]:
    owner = fact.owner and fact.owner[1]
    if fact.created is not None:
        yield fact.created[1], "created", owner
    if fact.approval is not None:
        yield fact.approval[2], fact.approval[1], owner
    if fact.cancelled is not None:
        yield fact.cancelled[1], "cancelled", owner
    for _, at, _, _ in fact.returns.values():
        yield at, "returned", owner


def _of_payment(fact: Payment) -> Iterator[Moment]:
    if fact.received is not None:
        yield fact.received[1], "received", None
    if fact.reversed is not None:
        yield fact.reversed[1], "reversed", None


def _of_contract(fact: Contract) -> Iterator[Moment]:
    owner = fact.owner and fact.owner[1]
    if fact.created is not None:
        yield fact.created[1], "created", owner
    if fact.renewed is not None:
        yield fact.renewed[1], "renewed", owner
    if fact.cancelled is not None:
        yield fact.cancelled[1], "cancelled", owner


def _of_voucher(fact: Voucher, time_zone: str) -> Iterator[Moment]:
    if fact.paper is not None:
        _, way, day, _, employee, _, _ = fact.paper
        began = datetime.combine(to_date(day), time(), zone(time_zone))
        what = "issued" if way == "out" else "received"
        yield round(began.timestamp() * 1000), what, employee


_MOMENTS: dict[type, Callable[[Any], Iterator[Moment]]] = {
    Call: _of_call,
    Email: _of_email,
    Message: _of_message,
    Note: _of_note,
    Task: _of_task,
    Opportunity: _of_opportunity,
    Order: _of_order,
    Payment: _of_payment,
    Contract: _of_contract,
}
