"""What one fact contributes to the figures (docs/rules.md, section 3).

```
contributions(fact, people) -> {(place, field): integer}      place = (department, employee, day)
delta                       =  contributions(after) - contributions(before)
```
An un-approval, a cancellation, a new owner or date is nothing special: another version of the
fact, hence a delta.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from schemas.calendar import NOW
from schemas.facts import (
    Call,
    Customer,
    Email,
    Employee,
    Fact,
    Opportunity,
    Order,
    department_on,
    owner_of,
    stage_of,
)
from schemas.kpis import LISTS
from schemas.tables import NOBODY, dimension, field


class Place(NamedTuple):
    """Where a contribution counts. Units: day is yyyymmdd, 0 = now."""

    department: str
    employee: str
    day: int


Contributions = dict[tuple[Place, str], int]


class People(Protocol):
    """What contributions need to know besides the fact itself."""

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee, None if unknown."""

    def customer(self, customer_id: str) -> Customer | None:
        """Return a customer, None if unknown."""


_LISTS: Final = frozenset(LISTS)


@lru_cache(maxsize=65536)
def is_listed(name: str) -> bool:
    """Whether a field is a counting KPI which keeps the list of its facts."""
    return name.partition("|")[0] in _LISTS


@lru_cache(maxsize=65536)
def _field(metric: str, **values: str) -> str:
    return field(metric, dimension(**values))


def _place(people: People, employee_id: str | None, day: int, *, current: bool = False) -> Place:
    """Return where a contribution counts: the employee and their department that day.

    `current` takes the department of now although the contribution has a day (cohorts: G3).
    """
    if employee_id is None:
        return Place(NOBODY, NOBODY, day)
    department = department_on(people.employee(employee_id), NOW if current else day)
    return Place(department or NOBODY, employee_id, day)


def contributions(fact: Fact | None, people: People) -> Contributions:
    """Return everything a fact adds to the figures.

    Shape:  (fact or None, people) -> {(place, field): integer, never 0}.
    Units:  money in minor units, talk in seconds.
    Laws:   a function of the facts alone; None and stubs contribute nothing.
    Source: docs/rules.md, section 3.
    """
    found: Contributions = {}
    match fact:
        case Call():
            _call(fact, people, found)
        case Customer():
            _customer(fact, people, found)
        case Email(opened=(_, day), who=who):
            sender = None if who is None else who[1]
            found[_place(people, sender, day), "emails_opened"] = 1
        case Opportunity():
            _opportunity(fact, people, found)
        case Order():
            _order(fact, people, found)
        case _:
            pass
    return found


def profile_value(customer: Customer | None, name: str) -> Any:
    """Return a field of a customer's profile, None if it was never set."""
    if customer is None:
        return None
    register = customer.profile.get(name)
    return None if register is None else register[1]


def segments(customer: Customer | None) -> Mapping[str, str]:
    """Return the dimensions which sales take from their customer: first source, industry."""
    sources = profile_value(customer, "source_ids") or [""]
    return {"source": sources[0], "industry": profile_value(customer, "industry") or ""}


def _customer(fact: Customer, people: People, found: Contributions) -> None:
    owner = owner_of(fact)
    sources = dict.fromkeys(profile_value(fact, "source_ids") or [""])
    is_alive = fact.deleted is None
    if fact.created is not None:
        _, _, day, creator = fact.created
        found[_place(people, creator, day), "customers_found"] = 1
        if is_alive:
            place = _place(people, owner, day, current=True)
            found[place, "customers_new"] = 1
            for source in sources:
                found[place, _field("customers_new", source=source)] = 1
    if fact.known and is_alive:
        place = _place(people, owner, NOW)
        found[place, "customers_assigned"] = 1
        found[place, _field("customers_assigned", stage=stage_of(fact) or "")] = 1
        for source in sources:
            found[place, _field("customers_assigned", source=source)] = 1
    before: str | None = None
    for _, at, day, stage, actor in fact.stages:
        if stage is not None and stage != before:
            place = _place(people, actor or _owner_at(fact, at), day)
            for name in ("stage_entries", _field("stage_entries", stage=stage)):
                found[place, name] = found.get((place, name), 0) + 1
        before = stage


def _owner_at(fact: Customer, at: int) -> str | None:
    past = [entry for entry in fact.owners if entry[1] <= at]
    return max(past, key=lambda e: (e[1], e[0], e[3] or ""))[3] if past else None


def _call(fact: Call, people: People, found: Contributions) -> None:
    if fact.who is None:
        return
    _, direction, employee, _, _, _ = fact.who
    connected, ended = fact.connected, fact.ended
    seconds = 0 if ended is None else ended[3]
    spoke = connected is not None and not (ended is not None and seconds == 0)
    if direction == "outbound":
        if connected is not None and spoke:
            place = _place(people, employee, connected[2])
            found[place, "calls_outbound"] = 1
            if seconds:
                found[place, "talk_seconds_outbound"] = seconds
        return
    began = fact.started or connected or (None if ended is None else ended[:3])
    if began is None:
        return
    place = _place(people, employee, began[2])
    found[place, "calls_inbound_offered"] = 1
    if connected is not None and spoke:
        found[place, "calls_inbound_answered"] = 1
        if seconds:
            found[place, "talk_seconds_inbound"] = seconds
        wait = 0 if fact.started is None else (connected[1] - fact.started[1]) // 1000
        if wait > 0:
            found[place, "answer_wait_seconds_inbound"] = wait
    elif ended is not None:
        found[place, "calls_inbound_missed"] = 1


def _opportunity(fact: Opportunity, people: People, found: Contributions) -> None:
    owner = None if fact.owner is None else fact.owner[1]
    value = None if fact.value is None else fact.value[1]
    if fact.created is not None and fact.created[2] is not None:
        found[_place(people, owner, fact.created[2]), "opportunities_created"] = 1
    if fact.closed is None:
        if fact.created is not None:
            place = _place(people, owner, NOW)
            found[place, "pipeline_open"] = 1
            if value is not None and value.amount:
                found[place, _field("pipeline_value", currency=value.currency)] = value.amount
        return
    _, _, day, outcome = fact.closed
    place = _place(people, owner, day)
    product = "" if fact.product is None else fact.product[1] or ""
    found[place, "opportunities_closed"] = 1
    if outcome == "lost":
        found[place, "opportunities_lost"] = 1
        found[place, _field("opportunities_lost", product=product)] = 1
        return
    by: dict[str, str] = {"product": product}
    customer = None if fact.customer is None else fact.customer[1]
    if customer is not None:
        by |= segments(people.customer(customer))
    _split(found, place, "opportunities_won", 1, by)
    if value is not None and value.amount:
        _split(found, place, "opportunity_value_won", value.amount, by, currency=value.currency)


def _order(fact: Order, people: People, found: Contributions) -> None:
    if fact.created is None or fact.cancelled is not None:
        return
    if fact.order_day is None or fact.total is None:  # pragma: no cover - created carries both
        return
    owner = None if fact.owner is None else fact.owner[1]
    place = _place(people, owner, fact.order_day[1])
    total = fact.total[1]
    found[place, "orders"] = 1
    if total.amount:
        found[place, _field("sales", currency=total.currency)] = total.amount
    if fact.approval is None or not fact.approval[1]:
        found[place, "orders_pending"] = 1
        return
    customer = None if fact.customer is None else fact.customer[1]
    by = segments(None if customer is None else people.customer(customer))
    _split(found, place, "orders_approved", 1, by)
    if total.amount:
        _split(found, place, "revenue", total.amount, by, currency=total.currency)


def _split(
    found: Contributions,
    place: Place,
    metric: str,
    value: int,
    by: Mapping[str, str],
    *,
    currency: str | None = None,
) -> None:
    """Add a value under a metric, and once more under each of its dimensions."""
    base = {} if currency is None else {"currency": currency}
    found[place, _field(metric, **base)] = value
    for name, segment in by.items():
        found[place, _field(metric, **base, **{name: segment})] = value
