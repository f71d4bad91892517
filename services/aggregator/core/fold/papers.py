"""Payments, contracts, vouchers, terms, targets: from an event to the next state of the fact."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from schemas.calendar import parse_day, parse_time
from schemas.envelope import LogEvent
from schemas.facts import Amount, Contract, Payment, Target, Term, Voucher
from services.aggregator.core.fold.reading import (
    amount,
    day_or_none,
    deleted,
    goods,
    moment,
    money_registers,
    registers,
)
from services.aggregator.core.registers import latest

_PAYMENT: Final = {"order": "order_id", "customer": "customer_id"}
_CONTRACT: Final = {"owner": "owner_id", "customer": "customer_id"}
_DAYS: Final = {"start": "effective_from", "end": "effective_to"}


def payment_received(fact: Payment, event: LogEvent, zone: str) -> Payment:
    """Fold payment.received."""
    money = event.data["amount"]
    entry = (*moment(event, "paid_at", zone), Amount(money["amount"], money["currency"]))
    changes = registers(fact, event, _PAYMENT)
    return replace(fact, received=latest(fact.received, entry), **changes)


def payment_reversed(fact: Payment, event: LogEvent, zone: str) -> Payment:
    """Fold payment.reversed."""
    entry = (*moment(event, "reversed_at", zone), amount(event.data.get("amount")))
    return replace(fact, reversed=latest(fact.reversed, entry))


def contract_terms(fact: Contract, event: LogEvent, zone: str) -> Contract:
    """Fold contract.updated, and the terms of contract.created and contract.renewed."""
    del zone
    data, version = event.data, event.version
    changes: dict[str, Any] = registers(fact, event, _CONTRACT)
    changes |= money_registers(fact, event, {"value": "value"})
    for register, field in _DAYS.items():
        if field in data:
            entry = (version, day_or_none(data[field]))
            changes[register] = latest(getattr(fact, register), entry)
    if "draft" in data:
        changes["draft"] = latest(fact.draft, (version, bool(data["draft"])))
    return replace(fact, **changes)


def contract_created(fact: Contract, event: LogEvent, zone: str) -> Contract:
    """Fold contract.created."""
    fact = contract_terms(fact, event, zone)
    return replace(fact, created=latest(fact.created, moment(event, "created_at", zone)))


def contract_renewed(fact: Contract, event: LogEvent, zone: str) -> Contract:
    """Fold contract.renewed."""
    entry = (*moment(event, "renewed_at", zone), event.data["previous_contract_id"])
    return replace(contract_terms(fact, event, zone), renewed=latest(fact.renewed, entry))


def contract_cancelled(fact: Contract, event: LogEvent, zone: str) -> Contract:
    """Fold contract.cancelled."""
    del zone
    at = parse_time(event.data["cancelled_at"])
    return replace(fact, cancelled=latest(fact.cancelled, (event.version, at)))


def contract_deleted(fact: Contract, event: LogEvent, zone: str) -> Contract:
    """Fold contract.deleted."""
    del zone
    return replace(fact, deleted=deleted(fact, event))


def _voucher(fact: Voucher, event: LogEvent, way: str, reason: str) -> Voucher:
    data = event.data
    paper = (
        event.version,
        way,
        parse_day(data["voucher_date"]),
        data.get("reason", reason),
        data.get("employee_id"),
        data.get("customer_id"),
        goods(data["lines"]),
    )
    return replace(fact, paper=latest(fact.paper, paper))


def stock_issued(fact: Voucher, event: LogEvent, zone: str) -> Voucher:
    """Fold stock.issued."""
    del zone
    return _voucher(fact, event, "out", "sale")


def stock_received(fact: Voucher, event: LogEvent, zone: str) -> Voucher:
    """Fold stock.received."""
    del zone
    return _voucher(fact, event, "in", "purchase")


def stock_voided(fact: Voucher, event: LogEvent, zone: str) -> Voucher:
    """Fold stock.voided."""
    del zone
    return replace(fact, voided=latest(fact.voided, (event.version, True)))


def taxonomy_upserted(fact: Term, event: LogEvent, zone: str) -> Term:
    """Fold taxonomy.upserted."""
    del zone
    data = event.data
    profile = (
        event.version,
        data["name"],
        tuple(sorted(set(data.get("tags") or ()))),
        data.get("position") or 0,
        data.get("active", True),
    )
    return replace(fact, profile=latest(fact.profile, profile))


def definition_changed(fact: Term, event: LogEvent, zone: str) -> Term:
    """Fold metric.definition_changed."""
    del zone
    text = event.data["definition"]
    return replace(fact, definition=latest(fact.definition, (event.version, text)))


def target_set(fact: Target, event: LogEvent, zone: str) -> Target:
    """Fold target.set."""
    del zone
    data = event.data
    value = data["value"]
    aim = (
        event.version,
        Amount(value, "") if isinstance(value, int) else Amount(value["amount"], value["currency"]),
        data.get("weight") or 0,
        tuple(sorted(set(data.get("thresholds") or ()))),
        data.get("set_by"),
    )
    return replace(fact, aim=latest(fact.aim, aim))


def target_removed(fact: Target, event: LogEvent, zone: str) -> Target:
    """Fold target.removed."""
    del zone
    aim = (event.version, None, 0, (), event.data.get("removed_by"))
    return replace(fact, aim=latest(fact.aim, aim))
