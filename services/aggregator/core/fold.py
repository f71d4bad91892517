"""From one event to the next state of the fact it is about (docs/rules.md, section 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from schemas.calendar import local_day, parse_day, parse_time
from schemas.envelope import LogEvent
from schemas.facts import (
    Amount,
    AnyFact,
    Call,
    Customer,
    Department,
    Email,
    Employee,
    Fact,
    Opportunity,
    Order,
)
from services.aggregator.core.registers import latest, with_entry

_PROFILE: Final = (
    "name",
    "phones",
    "source_ids",
    "group_ids",
    "industry",
    "province",
    "gender",
    "birthday",
)


def _instant(event: LogEvent, field: str, zone: str) -> tuple[int, int]:
    """Return (ms, local day) of a time in `data`."""
    at = parse_time(event.data[field])
    return at, local_day(at, zone)


def _amount(money: dict[str, Any] | None) -> Amount | None:
    return None if money is None else Amount(money["amount"], money["currency"])


def _customer_created(fact: Customer, event: LogEvent, zone: str) -> Customer:
    data, version = event.data, event.version
    at, day = _instant(event, "created_at", zone)
    fact = replace(
        _customer_profile(fact, event, zone),
        created=latest(fact.created, (version, at, day, data.get("creator_id"))),
    )
    if "owner_id" in data:
        fact = replace(fact, owners=with_entry(fact.owners, (version, at, day, data["owner_id"])))
    stage = data.get("relationship_id")
    if stage is not None:
        entry = (version, at, day, stage, data.get("owner_id"))
        fact = replace(fact, stages=with_entry(fact.stages, entry))
    return fact


def _customer_profile(fact: Customer, event: LogEvent, zone: str) -> Customer:
    del zone
    profile = dict(fact.profile)
    for name in _PROFILE:
        if name in event.data:
            profile[name] = latest(profile.get(name), (event.version, event.data[name]))
    return replace(fact, known=True, profile=profile)


def _customer_assigned(fact: Customer, event: LogEvent, zone: str) -> Customer:
    if event.data.get("assigned_at") is None:
        at, day = event.time_ms, local_day(event.time_ms, zone)
    else:
        at, day = _instant(event, "assigned_at", zone)
    entry = (event.version, at, day, event.data["owner_id"])
    return replace(fact, owners=with_entry(fact.owners, entry))


def _customer_status_changed(fact: Customer, event: LogEvent, zone: str) -> Customer:
    at, day = _instant(event, "changed_at", zone)
    data = event.data
    entry = (event.version, at, day, data["relationship_id"], data.get("actor_id"))
    return replace(fact, stages=with_entry(fact.stages, entry))


def _customer_deleted(fact: Customer, event: LogEvent, zone: str) -> Customer:
    del zone
    return replace(fact, deleted=latest(fact.deleted, (event.version, True)))


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
        ),
    )


def _started(fact: Call, event: LogEvent, zone: str) -> tuple[int, int, int] | None:
    if event.data.get("started_at") is None:
        return fact.started
    return latest(fact.started, (event.version, *_instant(event, "started_at", zone)))


def _call_connected(fact: Call, event: LogEvent, zone: str) -> Call:
    connected = (event.version, *_instant(event, "connected_at", zone))
    return replace(
        fact,
        who=_who(fact, event),
        started=_started(fact, event, zone),
        connected=latest(fact.connected, connected),
    )


def _call_ended(fact: Call, event: LogEvent, zone: str) -> Call:
    data, version = event.data, event.version
    at, day = _instant(event, "ended_at", zone)
    seconds: int = data["duration_s"]
    connected = fact.connected
    if data.get("connected_at") is not None:
        connected = latest(connected, (version, *_instant(event, "connected_at", zone)))
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


def _email_opened(fact: Email, event: LogEvent, zone: str) -> Email:
    data = event.data
    who = (event.version, data.get("sender_id"), data.get("customer_id"))
    fact = replace(fact, who=latest(fact.who, who))
    if data.get("machine"):
        return fact
    opened = _instant(event, "opened_at", zone)
    return replace(fact, opened=opened if fact.opened is None else min(fact.opened, opened))


def _opportunity(fact: Opportunity, event: LogEvent) -> Opportunity:
    data, version = event.data, event.version
    changes: dict[str, Any] = {}
    for register, field in (
        ("owner", "owner_id"),
        ("customer", "customer_id"),
        ("product", "product_id"),
        ("campaign", "campaign_id"),
    ):
        if field in data:
            changes[register] = latest(getattr(fact, register), (version, data[field]))
    value = _amount(data.get("value"))
    if value is not None:
        changes["value"] = latest(fact.value, (version, value))
    return replace(fact, **changes)


def _opportunity_created(fact: Opportunity, event: LogEvent, zone: str) -> Opportunity:
    at: int | None = None
    day: int | None = None
    if event.data.get("created_at") is not None:
        at, day = _instant(event, "created_at", zone)
    fact = _opportunity(fact, event)
    return replace(fact, created=latest(fact.created, (event.version, at, day)))


def _opportunity_closed(fact: Opportunity, event: LogEvent, zone: str) -> Opportunity:
    closed = (event.version, *_instant(event, "closed_at", zone), event.data["outcome"])
    fact = _opportunity(fact, event)
    return replace(fact, closed=latest(fact.closed, closed))


def _order_fields(fact: Order, event: LogEvent, zone: str) -> Order:
    del zone
    data, version = event.data, event.version
    changes: dict[str, Any] = {}
    if data.get("order_date") is not None:
        changes["order_day"] = latest(fact.order_day, (version, parse_day(data["order_date"])))
    for register, field in (("owner", "owner_id"), ("customer", "customer_id")):
        if field in data:
            changes[register] = latest(getattr(fact, register), (version, data[field]))
    total = _amount(data.get("total"))
    if total is not None:
        changes["total"] = latest(fact.total, (version, total))
    return replace(fact, **changes)


def _order_created(fact: Order, event: LogEvent, zone: str) -> Order:
    created = (event.version, *_instant(event, "created_at", zone))
    fact = _order_fields(fact, event, zone)
    return replace(fact, created=latest(fact.created, created))


def _approval(fact: Order, event: LogEvent, *, approved: bool, field: str) -> Order:
    at = parse_time(event.data[field])
    entry = (event.version, approved, at, event.data.get("actor_id"))
    return replace(fact, approval=latest(fact.approval, entry))


def _order_approved(fact: Order, event: LogEvent, zone: str) -> Order:
    del zone
    return _approval(fact, event, approved=True, field="approved_at")


def _order_approval_revoked(fact: Order, event: LogEvent, zone: str) -> Order:
    del zone
    return _approval(fact, event, approved=False, field="revoked_at")


def _order_cancelled(fact: Order, event: LogEvent, zone: str) -> Order:
    del zone
    at = parse_time(event.data["cancelled_at"])
    return replace(fact, cancelled=latest(fact.cancelled, (event.version, at)))


def _employee_upserted(fact: Employee, event: LogEvent, zone: str) -> Employee:
    data, version = event.data, event.version
    profile = (version, data["name"], data.get("active", True), data.get("extension"))
    text = data.get("valid_from")
    day = local_day(event.time_ms, zone) if text is None else parse_day(text)
    place = (version, data.get("department_id"), data.get("manager_id"))
    places = {entry[0]: entry[1:] for entry in fact.places}
    places[day] = latest(places.get(day), place)
    return replace(
        fact,
        profile=latest(fact.profile, profile),
        places=tuple((since, *places[since]) for since in sorted(places)),
    )


def _department_upserted(fact: Department, event: LogEvent, zone: str) -> Department:
    del zone
    data = event.data
    profile = (
        event.version,
        data["name"],
        data.get("parent_id"),
        data.get("head_id"),
        data.get("active", True),
    )
    return replace(fact, profile=latest(fact.profile, profile))


class Rule(NamedTuple):
    """How one event type changes its fact."""

    kind: type[Fact]
    fold: Callable[[Any, LogEvent, str], AnyFact]


RULES: Final[dict[str, Rule]] = {
    "department.upserted": Rule(Department, _department_upserted),
    "employee.upserted": Rule(Employee, _employee_upserted),
    "customer.created": Rule(Customer, _customer_created),
    "customer.updated": Rule(Customer, _customer_profile),
    "customer.assigned": Rule(Customer, _customer_assigned),
    "customer.status_changed": Rule(Customer, _customer_status_changed),
    "customer.deleted": Rule(Customer, _customer_deleted),
    "call.connected": Rule(Call, _call_connected),
    "call.ended": Rule(Call, _call_ended),
    "email.opened": Rule(Email, _email_opened),
    "opportunity.created": Rule(Opportunity, _opportunity_created),
    "opportunity.closed": Rule(Opportunity, _opportunity_closed),
    "order.created": Rule(Order, _order_created),
    "order.updated": Rule(Order, _order_fields),
    "order.approved": Rule(Order, _order_approved),
    "order.approval_revoked": Rule(Order, _order_approval_revoked),
    "order.cancelled": Rule(Order, _order_cancelled),
}
"""Event type -> its rule; configuration events have none, they change the tenant."""


def entity_id(event: LogEvent) -> str:
    """Return the id of the fact an event is about."""
    if event.type == "email.opened":
        return f"{event.subject}|{event.data['recipient']}"
    return event.subject


def customer_ref(fact: Fact) -> str | None:
    """Return the id of the customer a fact refers to, if any."""
    match fact:
        case Call(who=who):
            return None if who is None else who[3]
        case Email(who=sent):
            return None if sent is None else sent[2]
        case Opportunity(customer=customer) | Order(customer=customer):
            return None if customer is None else customer[1]
        case _:
            return None
