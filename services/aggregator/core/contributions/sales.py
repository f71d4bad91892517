"""What opportunities and orders contribute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas.calendar import NOW
from schemas.facts import Customer, Goods, Opportunity, Order, is_deleted, owner_of
from schemas.kpis import based
from services.aggregator.core.contributions.doubts import doubt, is_order_live
from services.aggregator.core.contributions.place import (
    Contributions,
    People,
    Place,
    add,
    named,
    place_of,
    segments,
    split,
    survivor_of,
    visited,
)

_SPEEDS: Final = (60, 300, 900, 3600, 14_400, 86_400, 259_200, 604_800)


def opportunity(fact: Opportunity, people: People, found: Contributions) -> None:
    """Add what an opportunity contributes."""
    if is_deleted(fact.deleted):
        return
    owner = None if fact.owner is None else fact.owner[1]
    value = None if fact.value is None else fact.value[1]
    if fact.created is not None and fact.created[2] is not None:
        found[place_of(people, owner, fact.created[2]), "opportunities_created"] = 1
    if fact.closed is None:
        if fact.created is not None:
            place = place_of(people, owner, NOW)
            found[place, "pipeline_open"] = 1
            if value is not None and value.amount:
                found[place, named("pipeline_value", currency=value.currency)] = value.amount
        return
    _, _, day, outcome = fact.closed
    place = place_of(people, owner, day)
    product = "" if fact.product is None else fact.product[1] or ""
    found[place, "opportunities_closed"] = 1
    if outcome == "lost":
        split(found, place, "opportunities_lost", 1, {"product": product})
        return
    by: dict[str, str] = {"product": product}
    customer = None if fact.customer is None else fact.customer[1]
    if customer is not None:
        by |= segments(people.survivor(customer))
        del by["province"]
    split(found, place, "opportunities_won", 1, by)
    if value is not None and value.amount:
        split(found, place, "opportunity_value_won", value.amount, by, currency=value.currency)


def order(fact: Order, people: People, found: Contributions) -> None:
    """Add what an order contributes, on both of its dates."""
    _processed(fact, people, found)
    if not is_order_live(fact):
        return
    if fact.order_day is None or fact.created is None:  # pragma: no cover - created has both
        return
    customer = survivor_of(people, fact.customer[1] if fact.customer else None)
    owner = None if fact.owner is None else fact.owner[1]
    place = place_of(people, owner, fact.order_day[1])
    _placed(fact, place, "", customer, found)
    _placed(fact, place_of(people, owner, fact.created[2]), "created_at", customer, found)
    _paid(fact, owner, people, found)
    if fact.approval is None or fact.approval[1] != "approved":
        return
    if customer is not None:
        _of_customer(fact, customer, people, found)
    if fact.lines is not None and fact.lines[1] and doubt(fact, people) is None:
        _sold(found, place, fact.lines[1], 1)
        add(found, place, "products_orders", 1)
        visited(found, place, "products_orders", customer)
        for product in dict.fromkeys(line.product for line in fact.lines[1]):
            add(found, place, named("products_orders", product=product), 1)
            visited(found, place, "products_orders", customer, product)
    for _, _, day, lines in fact.returns.values():
        _sold(found, place_of(people, owner, day), lines, -1)


def _placed(
    fact: Order, place: Place, basis: str, customer: Customer | None, found: Contributions
) -> None:
    """Add the figures of an order on one of its dates."""
    total = None if fact.total is None else fact.total[1]
    orders = based("orders", basis)
    found[place, orders] = 1
    visited(found, place, orders, customer)
    if customer is not None:
        found[place, based("orders_with_customer", basis)] = 1
    if total is not None and total.amount:
        found[place, named(based("sales", basis), currency=total.currency)] = total.amount
    if fact.approval is None or fact.approval[1] != "approved":
        found[place, based("orders_pending", basis)] = 1
        return
    by = segments(customer)
    approved = based("orders_approved", basis)
    split(found, place, approved, 1, by)
    visited(found, place, approved, customer)
    if total is not None and total.amount:
        revenue = based("revenue", basis)
        split(found, place, revenue, total.amount, by, currency=total.currency)


def _of_customer(fact: Order, customer: Customer, people: People, found: Contributions) -> None:
    """Add an approved order to the figures of whoever owns the customer now (E-43)."""
    if fact.order_day is None or fact.total is None:  # pragma: no cover - created has both
        return
    place = place_of(people, owner_of(customer), fact.order_day[1], current=True)
    by = segments(customer)
    del by["province"]
    split(found, place, "orders_of_customers", 1, by)
    total = fact.total[1]
    if total.amount:
        name = "revenue_of_customers"
        split(found, place, name, total.amount, by, currency=total.currency)


def _sold(found: Contributions, place: Place, lines: Sequence[Goods], sign: int) -> None:
    for line in lines:
        by = {"product": line.product}
        for values in ({}, by):
            add(found, place, named("products_quantity", **values), sign * line.thousandths)
            if line.amount:
                name = named("products_value", currency=line.currency, **values)
                add(found, place, name, sign * line.amount)


def _processed(fact: Order, people: People, found: Contributions) -> None:
    """Add the decision on an order, for the person who took it (A-04)."""
    if fact.created is None or fact.approval is None or is_deleted(fact.deleted):
        return
    _, state, at, day, actor = fact.approval
    if state == "revoked":
        return
    place = place_of(people, actor, day)
    seconds = max(0, (at - fact.created[1]) // 1000)
    speed = next((str(limit) for limit in _SPEEDS if seconds <= limit), "more")
    split(found, place, "orders_processed", 1, {"speed": speed})
    if seconds:
        add(found, place, "processing_seconds", seconds)


def _paid(fact: Order, owner: str | None, people: People, found: Contributions) -> None:
    """Add an order to the day on which its payments reached its total (A-05)."""
    if fact.total is None or fact.total[1].amount <= 0:
        return
    total = fact.total[1]
    paid = [(day, amount) for day, currency, amount in fact.paid if currency == total.currency]
    if sum(amount for _, amount in paid) < total.amount:
        return
    reached = 0
    for day, amount in paid:
        reached += amount
        if reached >= total.amount:
            place = place_of(people, owner, day)
            found[place, "orders_paid"] = 1
            found[place, named("paid_goods", currency=total.currency)] = total.amount
            return
