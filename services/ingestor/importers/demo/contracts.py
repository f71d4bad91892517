"""Contracts: signed, some as drafts first; extended, renewed, cancelled as their end comes near."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Contract, Customer, Floor, day_of, dong
from services.ingestor.translate.moments import utc_text

_HOUR, _DAY = 3600, 86400
_TERMS_DAYS = (30, 90, 180, 365)


def running(floor: Floor, start: datetime, customer: Customer) -> None:
    """Write a contract from before the story, which ends in the first weeks of it."""
    first = day_of(start) - timedelta(days=floor.rng.randint(30, 200))
    last = day_of(start) + timedelta(days=floor.rng.randint(0, 50))
    made = Contract(f"hd{len(floor.contracts) + 1:04d}", customer, first, last)
    data = {"created_at": utc_text(start - timedelta(hours=1)), **_terms(floor, made)}
    floor.write("contract.created", made.id, start, data)
    floor.contracts.append(made)


def sign(floor: Floor, at: datetime, who: Employee) -> None:
    """Conclude a contract; some are drafts for a while, some drafts for good."""
    rng, customer = floor.rng, floor.customer_for(who)
    if customer is None:
        return
    first = day_of(at) + timedelta(days=rng.randint(-2, 10))
    made = Contract(floor.next_id("hd"), customer, first, _end(floor, first))
    draft = rng.random() < 0.2
    terms = {**_terms(floor, made), "owner_id": who.id, "draft": draft}
    floor.write("contract.created", made.id, at, {"created_at": utc_text(at), **terms})
    if not draft:
        floor.contracts.append(made)
    elif rng.random() < 0.7:

        def conclude(then: datetime) -> None:
            floor.write("contract.updated", made.id, then, {"draft": False})
            floor.contracts.append(made)

        floor.after(at, rng.uniform(0.2 * _HOUR, 2 * _DAY) * floor.hurry, conclude)


def tend(floor: Floor, at: datetime, who: Employee) -> None:
    """Take a contract: renew it, extend it, seldom cancel or delete it."""
    if not floor.contracts:
        sign(floor, at, who)
        return
    old = floor.rng.choice(floor.contracts)
    floor.contracts.remove(old)
    luck = floor.rng.random()
    if luck < 0.5:
        first = old.last + timedelta(days=1)
        new = Contract(floor.next_id("hd"), old.customer, first, _end(floor, first))
        data = {"previous_contract_id": old.id, "renewed_at": utc_text(at)}
        floor.write("contract.renewed", new.id, at, {**data, **_terms(floor, new)})
        floor.contracts.append(new)
    elif luck < 0.75:
        longer = Contract(old.id, old.customer, old.first, old.last + timedelta(days=60))
        floor.write("contract.updated", old.id, at, {"effective_to": longer.last.isoformat()})
        floor.contracts.append(longer)
    elif luck < 0.89:
        floor.write("contract.cancelled", old.id, at, {"cancelled_at": utc_text(at)})
    else:
        floor.write("contract.deleted", old.id, at, {"deleted_at": utc_text(at)})


def _terms(floor: Floor, contract: Contract) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "customer_id": contract.customer.id,
        "effective_from": contract.first.isoformat(),
        "effective_to": contract.last.isoformat(),
        "value": dong(floor.rng.randint(5, 200) * 1_000_000),
    }
    if contract.customer.owner is not None:
        terms["owner_id"] = contract.customer.owner
    return terms


def _end(floor: Floor, first: date) -> date:
    return first + timedelta(days=floor.rng.choice(_TERMS_DAYS) - 1)
