"""What a fact shows of itself in a list or a journey. Pure."""

from __future__ import annotations

from typing import Any

from schemas.calendar import format_day, format_time
from schemas.facts import (
    KINDS,
    Amount,
    AnyFact,
    Call,
    Customer,
    Email,
    Opportunity,
    Order,
    owner_of,
    stage_of,
)
from schemas.tables import NOBODY
from services.query.lists import Row


def row_of(row: Row) -> dict[str, Any]:
    """Return one row of a list, as `/v1/facts` shows it."""
    return {
        "kind": KINDS[type(row.fact)],
        "id": row.fact.id,
        "day": format_day(row.day) if row.day else None,
        "employee_id": None if row.employee == NOBODY else row.employee,
        "department_id": None if row.department == NOBODY else row.department,
        **own_fields(row.fact),
    }


def own_fields(fact: AnyFact) -> dict[str, Any]:
    """Return the fields of a fact's own kind."""
    match fact:
        case Customer():
            return customer_fields(fact)
        case Call():
            return _call(fact)
        case Email():
            return _email(fact)
        case Opportunity():
            return _opportunity(fact)
        case Order():
            return _order(fact)
        case _:
            return {}


def moment(at_ms: int | None) -> str | None:
    """Return an instant as text, None for none."""
    return None if at_ms is None else format_time(at_ms)


def money(register: tuple[int, Amount] | None) -> dict[str, Any]:
    """Return amount and currency of a register, nulls for none."""
    found = None if register is None else register[1]
    return {
        "amount": None if found is None else found.amount,
        "currency": None if found is None else found.currency,
    }


def customer_fields(fact: Customer) -> dict[str, Any]:
    """Return what a list shows of a customer."""
    profile = {name: value for name, (_, value) in fact.profile.items()}
    return {
        "name": profile.get("name"),
        "created_at": None if fact.created is None else format_time(fact.created[1]),
        "creator_id": None if fact.created is None else fact.created[3],
        "owner_id": owner_of(fact),
        "stage": stage_of(fact),
        "source_ids": profile.get("source_ids") or [],
        "industry": profile.get("industry"),
        "deleted": fact.deleted is not None,
    }


def _call(fact: Call) -> dict[str, Any]:
    _, direction, _, customer, phone, extension = fact.who or (0, None, None, None, None, None)
    wait = None
    if fact.started is not None and fact.connected is not None:
        wait = (fact.connected[1] - fact.started[1]) // 1000
    return {
        "direction": direction,
        "customer_id": customer,
        "phone": phone,
        "extension": extension,
        "started_at": None if fact.started is None else format_time(fact.started[1]),
        "connected_at": None if fact.connected is None else format_time(fact.connected[1]),
        "ended_at": None if fact.ended is None else format_time(fact.ended[1]),
        "talk_seconds": None if fact.ended is None else fact.ended[3],
        "wait_seconds": wait if wait is not None and wait >= 0 else None,
    }


def _email(fact: Email) -> dict[str, Any]:
    _, _, customer = fact.who or (0, None, None)
    return {
        "customer_id": customer,
        "recipient": fact.id.partition("|")[2],
        "opened_at": None if fact.opened is None else format_time(fact.opened[0]),
    }


def _opportunity(fact: Opportunity) -> dict[str, Any]:
    return {
        "created_at": None if fact.created is None else moment(fact.created[1]),
        "closed_at": None if fact.closed is None else format_time(fact.closed[1]),
        "outcome": None if fact.closed is None else fact.closed[3],
        "customer_id": None if fact.customer is None else fact.customer[1],
        "product": None if fact.product is None else fact.product[1],
        "campaign": None if fact.campaign is None else fact.campaign[1],
        **money(fact.value),
    }


def _order(fact: Order) -> dict[str, Any]:
    approval = fact.approval if fact.approval is not None and fact.approval[1] else None
    return {
        "created_at": None if fact.created is None else format_time(fact.created[1]),
        "order_day": None if fact.order_day is None else format_day(fact.order_day[1]),
        "customer_id": None if fact.customer is None else fact.customer[1],
        "approved_at": None if approval is None else format_time(approval[2]),
        "approver_id": None if approval is None else approval[3],
        "cancelled_at": None if fact.cancelled is None else format_time(fact.cancelled[1]),
        **money(fact.total),
    }
