"""Opportunities, orders and what follows them: from an event to the next state of the fact."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec.structs import replace

from schemas.calendar import parse_day, parse_time
from schemas.envelope import LogEvent
from schemas.facts import Opportunity, Order
from services.aggregator.core.fold.reading import (
    deleted,
    goods,
    instant,
    moment,
    money_registers,
    registers,
)
from services.aggregator.core.registers import latest

_OPPORTUNITY: Final = {
    "owner": "owner_id",
    "customer": "customer_id",
    "product": "product_id",
    "campaign": "campaign_id",
}
_ORDER: Final = {"owner": "owner_id", "customer": "customer_id"}
_AMOUNTS: Final = {name: name for name in ("total", "discount", "vat", "shipping")}


def _opportunity(fact: Opportunity, event: LogEvent) -> Opportunity:
    value = money_registers(fact, event, {"value": "value"})
    return replace(fact, **registers(fact, event, _OPPORTUNITY), **value)


def opportunity_created(fact: Opportunity, event: LogEvent, zone: str) -> Opportunity:
    """Fold opportunity.created."""
    at: int | None = None
    day: int | None = None
    if event.data.get("created_at") is not None:
        at, day = instant(event, "created_at", zone)
    fact = _opportunity(fact, event)
    return replace(fact, created=latest(fact.created, (event.version, at, day)))


def opportunity_assigned(fact: Opportunity, event: LogEvent, zone: str) -> Opportunity:
    """Fold opportunity.assigned."""
    del zone
    return replace(fact, **registers(fact, event, {"owner": "owner_id"}))


def opportunity_closed(fact: Opportunity, event: LogEvent, zone: str) -> Opportunity:
    """Fold opportunity.closed."""
    closed = (*moment(event, "closed_at", zone), event.data["outcome"])
    return replace(_opportunity(fact, event), closed=latest(fact.closed, closed))


def opportunity_deleted(fact: Opportunity, event: LogEvent, zone: str) -> Opportunity:
    """Fold opportunity.deleted."""
    del zone
    return replace(fact, deleted=deleted(fact, event))


def order_fields(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.updated, and the fields of order.created."""
    del zone
    data, version = event.data, event.version
    changes: dict[str, Any] = registers(fact, event, _ORDER)
    changes |= money_registers(fact, event, _AMOUNTS)
    if data.get("order_date") is not None:
        changes["order_day"] = latest(fact.order_day, (version, parse_day(data["order_date"])))
    if data.get("lines") is not None:
        changes["lines"] = latest(fact.lines, (version, goods(data["lines"])))
    return replace(fact, **changes)


def order_created(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.created."""
    fact = order_fields(fact, event, zone)
    return replace(fact, created=latest(fact.created, moment(event, "created_at", zone)))


def _judged(
    fact: Order,
    event: LogEvent,
    zone: str,
    state: Literal["approved", "revoked", "rejected"],
) -> Order:
    at, day = instant(event, f"{state}_at", zone)
    entry = (event.version, state, at, day, event.data.get("actor_id"))
    return replace(fact, approval=latest(fact.approval, entry))


def order_approved(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.approved."""
    return _judged(fact, event, zone, "approved")


def order_approval_revoked(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.approval_revoked."""
    return _judged(fact, event, zone, "revoked")


def order_rejected(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.rejected."""
    return _judged(fact, event, zone, "rejected")


def order_cancelled(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.cancelled."""
    del zone
    at = parse_time(event.data["cancelled_at"])
    return replace(fact, cancelled=latest(fact.cancelled, (event.version, at)))


def order_deleted(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.deleted."""
    del zone
    return replace(fact, deleted=deleted(fact, event))


def order_returned(fact: Order, event: LogEvent, zone: str) -> Order:
    """Fold order.returned."""
    name = event.data["return_id"]
    entry = (*moment(event, "returned_at", zone), goods(event.data["lines"]))
    return replace(fact, returns={**fact.returns, name: latest(fact.returns.get(name), entry)})
