"""What payments, contracts and stock vouchers contribute."""

from __future__ import annotations

from datetime import timedelta

from schemas.calendar import from_date, to_date
from schemas.facts import Contract, Goods, Payment, Voucher, is_deleted, owner_of
from services.aggregator.core.contributions.place import (
    Contributions,
    People,
    Place,
    add,
    named,
    place_of,
    survivor_of,
)


def payer(fact: Payment, people: People) -> str | None:
    """Return whom a payment counts for: the order's owner, else the customer's."""
    order = people.order(fact.order[1]) if fact.order and fact.order[1] else None
    if order is not None and order.created is not None:
        return None if order.owner is None else order.owner[1]
    customer = survivor_of(people, fact.customer[1] if fact.customer else None)
    return None if customer is None else owner_of(customer)


def payment(fact: Payment, people: People, found: Contributions) -> None:
    """Add what a payment contributes, and what was taken back on its own day (D-13)."""
    if fact.received is None:
        return
    _, _, day, money = fact.received
    employee = payer(fact, people)
    place = place_of(people, employee, day)
    found[place, "payments"] = 1
    add(found, place, named("collections", currency=money.currency), money.amount)
    if fact.reversed is not None:
        _, _, day, back = fact.reversed
        back = back or money
        place = place_of(people, employee, day)
        add(found, place, "payments_reversed", 1)
        add(found, place, named("collections", currency=back.currency), -back.amount)


def is_contract_live(fact: Contract) -> bool:
    """Say whether a contract counts: no draft, not cancelled, not deleted."""
    return not (is_deleted(fact.draft) or fact.cancelled is not None or is_deleted(fact.deleted))


def contract(fact: Contract, people: People, found: Contributions) -> None:
    """Add what a contract contributes: made, renewed, ending."""
    if not is_contract_live(fact):
        return
    owner = None if fact.owner is None else fact.owner[1]
    if fact.created is not None:
        place = place_of(people, owner, fact.created[2])
        found[place, "contracts"] = 1
        if fact.value is not None and fact.value[1].amount:
            value = fact.value[1]
            found[place, named("contract_value", currency=value.currency)] = value.amount
    if fact.renewed is not None:
        found[place_of(people, owner, fact.renewed[2]), "contracts_renewed"] = 1
    start, end = (0 if day is None else day[1] for day in (fact.start, fact.end))
    is_known = fact.created is not None or fact.renewed is not None
    if is_known and end and start <= end:
        place = place_of(people, owner, end)
        found[place, "contracts_ending"] = 1
        following = from_date(to_date(end) + timedelta(days=1))
        if not any(day <= following for day, _ in fact.renewals):
            found[place, "contracts_ending_unrenewed"] = 1


def voucher(fact: Voucher, people: People, found: Contributions) -> None:
    """Add what a stock voucher contributes; transfers in count by reason only (D-54)."""
    if fact.paper is None or is_deleted(fact.voided):
        return
    _, way, day, reason, employee, _, lines = fact.paper
    place = place_of(people, employee, day)
    _stock(found, place, f"stock_{way}", lines, {"reason": reason})
    if way == "out" or reason != "transfer":
        _stock(found, place, f"stock_{way}", lines, {})


def _stock(
    found: Contributions, place: Place, metric: str, lines: tuple[Goods, ...], by: dict[str, str]
) -> None:
    add(found, place, named(metric, **by), 1)
    for line in lines:
        add(found, place, named(f"{metric}_units", **by), line.thousandths)
        if line.amount:
            name = named(f"{metric}_value", currency=line.currency, **by)
            add(found, place, name, line.amount)
