"""Facts which contradict themselves, or name what nobody knows: parked, and listed by code."""

from __future__ import annotations

from typing import Literal

from schemas.calendar import NOW
from schemas.facts import Contract, Fact, Order, Payment, Task, is_deleted
from services.aggregator.core.contributions.papers import is_contract_live, payer
from services.aggregator.core.contributions.place import (
    Contributions,
    People,
    issue,
    place_of,
)

Doubt = Literal["end_before_start", "lines_do_not_add_up", "unknown_order"]


def doubt(fact: Fact, people: People) -> Doubt | None:
    """Return why a live fact cannot be believed whole, None if it can.

    Laws:   what is in doubt is left out of the figures that rest on it, and of no others.
    """
    match fact:
        case Task(start=start, end=end):
            is_reversed = start and end and 0 < end[1] < start[1]
            return "end_before_start" if is_reversed else None
        case Contract(start=start, end=end):
            is_reversed = start and end and 0 < end[1] < start[1]
            return "end_before_start" if is_reversed else None
        case Order():
            return None if _adds_up(fact) else "lines_do_not_add_up"
        case Payment(received=received, order=order) if received and order and order[1]:
            known = people.order(order[1])
            is_known = known is not None and known.created is not None
            return None if is_known else "unknown_order"
        case _:
            return None


def _adds_up(fact: Order) -> bool:
    if fact.lines is None or fact.total is None:
        return True
    total = fact.total[1]
    discount = None if fact.discount is None else fact.discount[1]
    currencies = {line.currency for line in fact.lines[1]}
    amount = sum(line.amount for line in fact.lines[1])
    if discount is not None:
        currencies.add(discount.currency)
        amount -= discount.amount
    return currencies <= {total.currency} and amount == total.amount


def doubts(fact: Fact, people: People, found: Contributions) -> None:
    """Add the issue that a fact in doubt is."""
    employee: str | None
    match fact:
        case Task():
            if not is_task_live(fact):
                return
            employee = min(fact.assignees[1], default=None) if fact.assignees else None
        case Contract(owner=owner):
            if not is_contract_live(fact):
                return
            employee = owner and owner[1]
        case Order(owner=owner):
            if not is_order_live(fact):
                return
            employee = owner and owner[1]
        case Payment():
            employee = payer(fact, people)
        case _:
            return
    code = doubt(fact, people)
    if code is not None:
        issue(found, place_of(people, employee, NOW), code)


def is_order_live(fact: Order) -> bool:
    """Say whether an order counts: entered, not cancelled, deleted or rejected."""
    is_rejected = fact.approval is not None and fact.approval[1] == "rejected"
    is_off = is_rejected or fact.cancelled is not None or is_deleted(fact.deleted)
    return fact.created is not None and not is_off


def is_task_live(fact: Task) -> bool:
    """Say whether a task counts: entered, not deleted, not cancelled."""
    is_cancelled = fact.status is not None and fact.status[1] == "cancelled"
    return fact.created is not None and not is_deleted(fact.deleted) and not is_cancelled
