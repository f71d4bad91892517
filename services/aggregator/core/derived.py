"""What a fact knows from the facts that refer to it (docs/rules.md, section 2, 'derived').

Marks are what a fact leaves on another one, taken back when it changes: sums and sets, so order
does not matter. The last contact is the largest day over the facts that refer to a customer; when
the one that holds is taken back, the others are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from schemas.facts import (
    TAGS,
    AnyFact,
    Call,
    Contact,
    Contract,
    Customer,
    Email,
    Employee,
    Fact,
    Message,
    Opportunity,
    Order,
    Payment,
    PhoneNumber,
    Task,
    is_deleted,
)
from services.aggregator.core.contributions.dealings import began, is_spoken
from services.aggregator.core.contributions.doubts import is_order_live, is_task_live
from services.aggregator.core.contributions.papers import is_contract_live
from services.aggregator.core.fold import (
    EXTENSION_TAG,
    PHONE_TAG,
    EntityKey,
    customer_ref,
)
from services.aggregator.core.telephone import holdings

APPOINTMENT: Final = "appointment"
_CUSTOMER: Final = TAGS[Customer]
_DEAD, _PENDING, _APPROVED = 0, 1, 2


class Mark(NamedTuple):
    """What a fact leaves on another: the entity, its derived field, the item."""

    target: EntityKey
    field: str
    item: Any


Marked = Iterator[tuple[Mark, int]]


def _of_order(fact: Order) -> Marked:
    customer = fact.customer and fact.customer[1]
    if not customer or fact.created is None:
        return
    target = (_CUSTOMER, customer)
    state = _DEAD
    if is_order_live(fact):
        is_approved = fact.approval is not None and fact.approval[1] == "approved"
        state = _APPROVED if is_approved else _PENDING
    day = fact.order_day[1] if fact.order_day else 0
    if state == _APPROVED and day:
        yield Mark(target, "bought", day), 1
    paid: dict[str, int] = {}
    for _, currency, amount in fact.paid:
        paid[currency] = paid.get(currency, 0) + amount
    sums = tuple(sorted((name, amount) for name, amount in paid.items() if amount))
    if state != _DEAD or sums:
        _, at, created = fact.created
        total = (0, "") if fact.total is None else (fact.total[1].amount, fact.total[1].currency)
        yield Mark(target, "orders", (fact.number, at, created, day, state, *total, sums)), 1


def _of_payment(fact: Payment) -> Marked:
    if fact.received is None:
        return
    amounts = [(fact.received[2], fact.received[3].currency, fact.received[3].amount)]
    if fact.reversed is not None:
        _, _, day, back = fact.reversed
        back = back or fact.received[3]
        amounts.append((day, back.currency, -back.amount))
    if fact.order and fact.order[1]:
        for day, currency, amount in amounts:
            yield Mark((TAGS[Order], fact.order[1]), "paid", (day, currency)), amount
    elif fact.customer and fact.customer[1]:
        sums: dict[str, int] = {}
        for _, currency, amount in amounts:
            sums[currency] = sums.get(currency, 0) + amount
        for currency, amount in sums.items():
            if amount:
                item = (fact.number, currency, amount)
                yield Mark((_CUSTOMER, fact.customer[1]), "payments", item), 1


def _of_contract(fact: Contract) -> Marked:
    if fact.renewed and fact.start and fact.start[1] and is_contract_live(fact):
        yield Mark((TAGS[Contract], fact.renewed[3]), "renewals", fact.start[1]), 1


def _of_customer(fact: Customer) -> Marked:
    if fact.merged and fact.merged[1] != fact.id:
        yield Mark((_CUSTOMER, fact.merged[1]), "absorbed", fact.id), 1
    for number in fact.profile.get("numbers", (0, ()))[1]:
        if number:
            yield Mark((PHONE_TAG, number), "holders", fact.id), 1


def _of_contact(fact: Contact) -> Marked:
    customer = fact.profile.get("customer_id", (0, None))[1]
    if customer and not is_deleted(fact.deleted):
        for number in fact.profile.get("numbers", (0, ()))[1]:
            if number:
                yield Mark((PHONE_TAG, number), "holders", customer), 1


def _of_employee(fact: Employee) -> Marked:
    for extension, holding in holdings(fact):
        yield Mark((EXTENSION_TAG, extension), "holders", holding), 1


def _of_call(fact: Call) -> Marked:
    start = began(fact)
    if start is None or fact.who is None or fact.who[1] != "outbound":
        return
    talk = 0 if fact.ended is None else fact.ended[3]
    item = (fact.number, start[1], start[2], fact.agent, is_spoken(fact), talk)
    for name in fact.customers:
        yield Mark((_CUSTOMER, name), "calls", item), 1


def _of_task(fact: Task) -> Marked:
    is_appointment = fact.type is not None and fact.type[1] == APPOINTMENT
    if is_appointment and is_task_live(fact) and fact.customer and fact.customer[1]:
        _, at, day, _ = fact.created or (0, 0, 0, None)
        is_kept = fact.status is not None and fact.status[1] == "completed"
        yield (
            Mark((_CUSTOMER, fact.customer[1]), "appointments", (fact.number, at, day, is_kept)),
            1,
        )


def _of_opportunity(fact: Opportunity) -> Marked:
    customer = fact.customer and fact.customer[1]
    if is_deleted(fact.deleted) or not customer or fact.created is None:
        return
    _, at, day = fact.created
    if at is not None:
        campaign = (fact.campaign and fact.campaign[1]) or ""
        item = (fact.number, at, day, campaign, fact.owner and fact.owner[1])
        yield Mark((_CUSTOMER, customer), "opportunities", item), 1


_MARKS: Final[dict[type[Fact], Any]] = {
    Call: _of_call,
    Contact: _of_contact,
    Contract: _of_contract,
    Customer: _of_customer,
    Employee: _of_employee,
    Opportunity: _of_opportunity,
    Order: _of_order,
    Payment: _of_payment,
    Task: _of_task,
}
_SETS: Final = frozenset({"calls", "appointments", "orders", "payments", "opportunities"})


def changed_marks(before: Fact | None, after: Fact) -> list[tuple[Mark, int]]:
    """Return what a change of a fact changes on others, what is taken back first."""
    rule = _MARKS.get(type(after))
    if rule is None:
        return []
    old: list[tuple[Mark, int]] = [] if before is None else list(rule(before))
    new: list[tuple[Mark, int]] = list(rule(after))
    if old == new:
        return []
    deltas: dict[Mark, int] = {}
    for mark, count in old:
        deltas[mark] = deltas.get(mark, 0) - count
    for mark, count in new:
        deltas[mark] = deltas.get(mark, 0) + count
    return [(mark, delta) for mark, delta in deltas.items() if delta]


def with_mark(fact: AnyFact, mark: Mark, delta: int) -> AnyFact:
    """Return the fact with a mark changed; a count of 0 is gone."""
    held = getattr(fact, mark.field)
    if mark.field == "paid":
        sums = {(day, currency): amount for day, currency, amount in held}
        return replace(fact, paid=tuple((*k, v) for k, v in _sum(sums, mark.item, delta)))
    if mark.field in _SETS or mark.field == "absorbed":
        return replace(fact, **{mark.field: _among(held, mark.item, is_there=delta > 0)})
    if mark.field == "holders" and not isinstance(fact, PhoneNumber):
        return replace(fact, holders=_among(held, mark.item, is_there=delta > 0))
    return replace(fact, **{mark.field: _sum(dict(held), mark.item, delta)})


def _among(items: tuple[Any, ...], item: Any, *, is_there: bool) -> tuple[Any, ...]:
    if is_there:
        return tuple(sorted((*items, item))) if items and item < items[-1] else (*items, item)
    return tuple(other for other in items if other != item)


def _sum(counts: dict[Any, int], item: Any, delta: int) -> tuple[tuple[Any, int], ...]:
    counts[item] = counts.get(item, 0) + delta
    return tuple(sorted((key, count) for key, count in counts.items() if count))


class Said(NamedTuple):
    """What one fact says of its customers: the last day of contact. Units: yyyymmdd."""

    customers: tuple[str, ...] = ()
    day: int = 0


NOTHING: Final = Said()
_SAYING: Final = frozenset({Call, Email, Message, Order, Contract, Payment, Task})


def said(fact: Fact | None) -> Said:
    """Return the last day of contact that a fact stands for."""
    if type(fact) not in _SAYING:
        return NOTHING
    day = max(_days(fact), default=0)
    if not day:
        return NOTHING
    if isinstance(fact, Call):
        return Said(fact.customers, day)
    name = None if fact is None else customer_ref(fact)
    return NOTHING if name is None else Said((name,), day)


def _days(fact: Fact | None) -> Iterable[int]:
    match fact:
        case Call():
            moments = (fact.started, fact.connected, fact.ended)
            return [moment[2] for moment in moments if moment is not None]
        case Email(opened=opened, clicked=clicked):
            return [moment[1] for moment in (opened, clicked) if moment is not None]
        case Message(sent=moment) | Order(created=moment) | Contract(created=moment):
            return () if moment is None else (moment[2],)
        case Payment(received=received):
            return () if received is None else (received[2],)
        case Task(type=kind, status=status) if kind and status:
            is_kept = kind[1] == APPOINTMENT and status[1] == "completed"
            return (status[3],) if is_kept else ()
        case _:
            return ()


def rests_on(fact: Customer, before: Said, now: Said) -> bool:
    """Say whether a customer may lose its last contact when a fact no longer says `before`."""
    if fact.id not in before.customers or before.day != fact.contacted:
        return False
    return fact.id not in now.customers or now.day < before.day


def counted_again(fact: Customer, others: Iterable[Fact]) -> Customer:
    """Return the customer with its last contact taken anew from all facts about it."""
    days = (one.day for one in map(said, others) if fact.id in one.customers)
    return replace(fact, contacted=max(days, default=0))
