"""The ticker: what happened, in one line each, for the boards."""

from __future__ import annotations

from typing import Final, NamedTuple, cast

from schemas.changes import Occurrence
from schemas.envelope import LogEvent
from schemas.facts import (
    TAGS,
    Amount,
    AnyFact,
    Call,
    Customer,
    Email,
    Employee,
    Opportunity,
    Order,
    department_on,
    owner_of,
)
from schemas.tables import NOBODY
from services.aggregator.core.fold import RULES, customer_ref, entity_id
from services.aggregator.core.tenant import Tenant

RECENT: Final = 30
"""How many occurrences a tenant keeps."""

SHOWN: Final = frozenset(
    {
        "customer.created",
        "customer.status_changed",
        "call.connected",
        "call.ended",
        "email.opened",
        "opportunity.closed",
        "order.created",
        "order.approved",
        "order.approval_revoked",
        "order.cancelled",
    }
)
"""The event types that have a line."""


class Sighting(NamedTuple):
    """A shown event with the facts as they stood when it was applied; facts never change."""

    event: LogEvent
    fact: AnyFact
    employee: str | None
    person: Employee | None


def sighting(tenant: Tenant, event: LogEvent) -> Sighting:
    """Remember a shown event that was just applied."""
    fact = cast("AnyFact", tenant.entities[TAGS[RULES[event.type].kind], entity_id(event)])
    employee = _actor(fact)
    return Sighting(event, fact, employee, None if employee is None else tenant.employee(employee))


def occurrence(seen: Sighting) -> Occurrence:
    """Return the ticker line of a sighting.

    Units:  amount in minor units; seconds of talk.
    """
    event, fact, employee, person = seen
    amount = _amount(fact)
    return {
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "at_ms": event.time_ms,
        "employee": employee or NOBODY,
        "department": department_on(person, 0) or NOBODY,
        "customer": fact.id if isinstance(fact, Customer) else customer_ref(fact) or "",
        "amount": 0 if amount is None else amount.amount,
        "currency": "" if amount is None else amount.currency,
        "seconds": fact.ended[3] if isinstance(fact, Call) and fact.ended else 0,
    }


def _actor(fact: AnyFact) -> str | None:
    match fact:
        case Customer():
            return owner_of(fact)
        case Call(who=call) if call is not None:
            return call[2]
        case Email(who=mail) if mail is not None:
            return mail[1]
        case Opportunity(owner=owner) | Order(owner=owner) if owner is not None:
            return owner[1]
        case _:
            return None


def _amount(fact: AnyFact) -> Amount | None:
    match fact:
        case Order(total=total) if total is not None:
            return total[1]
        case Opportunity(value=value) if value is not None:
            return value[1]
        case _:
            return None
