"""What a fact knows from the facts that refer to it (docs/rules.md, section 2, 'derived').

Marks are counts that a fact leaves on another one, taken back when it changes: sums, so order
does not matter. Extremes (last contact, first call) are the largest or smallest over the facts
that refer to a customer; when the one that holds is taken back, the others are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from schemas.facts import (
    TAGS,
    AnyFact,
    Call,
    Contract,
    Customer,
    Email,
    Fact,
    Message,
    Order,
    Payment,
    Task,
)
from services.aggregator.core.contributions.doubts import is_order_live
from services.aggregator.core.contributions.papers import is_contract_live
from services.aggregator.core.fold import EntityKey, customer_ref

APPOINTMENT: Final = "appointment"
_MARKING: Final = frozenset({Order, Payment, Contract, Customer})
"""The kinds that leave marks."""
_SAYING: Final = frozenset({Call, Email, Message, Order, Contract, Payment, Task})
"""The kinds that say when their customer was contacted."""


class Mark(NamedTuple):
    """Where a fact leaves a count: the entity, its derived field, the item counted."""

    target: EntityKey
    field: str
    item: Any


def marks(fact: Fact | None) -> dict[Mark, int]:
    """Return the counts that a fact leaves on others."""
    return {} if type(fact) not in _MARKING else _marks(fact)


def _marks(fact: Fact | None) -> dict[Mark, int]:
    match fact:
        case Order(customer=customer, order_day=day):
            is_bought = is_order_live(fact) and fact.approval and fact.approval[1] == "approved"
            if is_bought and customer and customer[1] and day:
                return {Mark((TAGS[Customer], customer[1]), "bought", day[1]): 1}
        case Payment(received=received, order=order) if received and order and order[1]:
            return _paid(fact, (TAGS[Order], order[1]))
        case Contract(renewed=renewed, start=start) if renewed and start and start[1]:
            if is_contract_live(fact):
                return {Mark((TAGS[Contract], renewed[3]), "renewals", start[1]): 1}
        case Customer(merged=merged) if merged and merged[1] != fact.id:
            return {Mark((TAGS[Customer], merged[1]), "absorbed", fact.id): 1}
        case _:
            pass
    return {}


def _paid(fact: Payment, target: EntityKey) -> dict[Mark, int]:
    found: dict[Mark, int] = {}
    if fact.received is None:  # pragma: no cover - the caller has looked
        return found
    _, _, day, money = fact.received
    found[Mark(target, "paid", (day, money.currency))] = money.amount
    if fact.reversed is not None:
        _, _, day, back = fact.reversed
        back = back or money
        mark = Mark(target, "paid", (day, back.currency))
        found[mark] = found.get(mark, 0) - back.amount
    return found


def changed_marks(before: Fact | None, after: Fact) -> dict[Mark, int]:
    """Return what a change of a fact changes on others."""
    old, new = marks(before), marks(after)
    if old == new:
        return {}
    deltas = {mark: new.get(mark, 0) - old.get(mark, 0) for mark in {**old, **new}}
    return {mark: delta for mark, delta in deltas.items() if delta}


def with_mark(fact: AnyFact, mark: Mark, delta: int) -> AnyFact:
    """Return the fact with a count changed; a count of 0 is gone."""
    held = getattr(fact, mark.field)
    match mark.field:
        case "absorbed":
            names = {*held, mark.item} if delta > 0 else {*held} - {mark.item}
            return replace(fact, absorbed=tuple(sorted(names)))
        case "paid":
            sums = {(day, currency): amount for day, currency, amount in held}
            return replace(fact, paid=tuple((*k, v) for k, v in _sum(sums, mark.item, delta)))
        case name:
            return replace(fact, **{name: _sum(dict(held), mark.item, delta)})


def _sum(counts: dict[Any, int], item: Any, delta: int) -> tuple[tuple[Any, int], ...]:
    counts[item] = counts.get(item, 0) + delta
    return tuple(sorted((key, count) for key, count in counts.items() if count))


class Extremes(NamedTuple):
    """What one fact says of its customer. Units: a day (yyyymmdd), ms; 0 = nothing."""

    customer: str | None = None
    contacted: int = 0
    first_call: int = 0


_NOTHING: Final = Extremes()


def extremes(fact: Fact | None) -> Extremes:
    """Return the last day of contact and the first call that a fact stands for."""
    return _NOTHING if type(fact) not in _SAYING else _extremes(fact)


def _extremes(fact: Fact | None) -> Extremes:
    days: Iterable[int] = ()
    call = 0
    match fact:
        case Call():
            moments = [m for m in (fact.started, fact.connected, fact.ended) if m is not None]
            days = [moment[2] for moment in moments]
            if moments and fact.who is not None and fact.who[1] == "outbound":
                call = moments[0][1]
        case Email(opened=opened, clicked=clicked):
            days = (moment[1] for moment in (opened, clicked) if moment is not None)
        case Message(sent=moment) | Order(created=moment) | Contract(created=moment):
            days = () if moment is None else (moment[2],)
        case Payment(received=received):
            days = () if received is None else (received[2],)
        case Task(status=status) if _is_appointment_kept(fact) and status:
            days = (status[3],)
        case _:
            return _NOTHING
    day = max(days, default=0)
    return Extremes(customer_ref(fact), day, call) if day else _NOTHING


def _is_appointment_kept(fact: Task) -> bool:
    is_appointment = fact.type is not None and fact.type[1] == APPOINTMENT
    return is_appointment and fact.status is not None and fact.status[1] == "completed"


def with_extremes(fact: Customer, said: Extremes) -> Customer:
    """Return the customer with what one more fact says."""
    contacted = max(fact.contacted, said.contacted)
    first = min(filter(None, (fact.first_call, said.first_call)), default=0)
    if (contacted, first) == (fact.contacted, fact.first_call):
        return fact
    return replace(fact, contacted=contacted, first_call=first)


def rests_on(fact: Customer, said: Extremes, now: Extremes) -> bool:
    """Say whether a customer may lose an extreme when a fact says `now` what it said not before."""
    if said.customer != fact.id:
        return False
    kept = now if now.customer == fact.id else _NOTHING
    loses_day = said.contacted == fact.contacted and kept.contacted < said.contacted
    is_later = kept.first_call == 0 or kept.first_call > said.first_call
    loses_call = bool(said.first_call) and said.first_call == fact.first_call and is_later
    return loses_day or loses_call


def counted_again(fact: Customer, others: Iterable[Fact]) -> Customer:
    """Return the customer with its extremes taken anew from all facts about it."""
    blank = replace(fact, contacted=0, first_call=0)
    for other in others:
        said = extremes(other)
        if said.customer == fact.id:
            blank = with_extremes(blank, said)
    return blank
