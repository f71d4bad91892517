"""The made-up company as a stream of events: its past, and its present at a given rate.

    demo_history(seed, today, days=14, employees=24, until=None)   finite, in order of arrival
    live(seed, start, rate, employees=24)                          endless, one event per 1/rate s

Pure: the caller says what day it is. The same arguments give the same bytes. Events carry no
`tenantid`: it is set where they are written. Both build the same company and the same first
customers from the seed, so `live` continues `demo_history` in the same tenant; ids of events,
calls and orders differ between runs with other arguments, but a history that ends later has the
shorter one in it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random

from schemas.calendar import zone
from services.ingestor.importers.demo import (
    contracts,
    customers,
    deals,
    desk,
    goods,
    money,
    tasks,
    telephone,
)
from services.ingestor.importers.demo.company import (
    CARE,
    Company,
    Employee,
    departure,
    found,
    organisation,
    placed,
)
from services.ingestor.importers.demo.floor import TIME_ZONE, Floor, day_of
from services.ingestor.importers.demo.targets import targets
from services.ingestor.importers.demo.words import vocabulary
from services.ingestor.translate.item import Event
from services.ingestor.translate.moments import utc_text

Activity = Callable[[Floor, datetime, Employee], None]

_SELLING: dict[Activity, float] = {
    telephone.outbound: 50,
    telephone.reported: 18,
    telephone.inbound: 6,
    telephone.email: 8,
    customers.arrival: 6,
    customers.upkeep: 2.5,
    deals.deal: 3,
    tasks.task: 2.2,
    desk.note: 2.5,
    desk.message: 2.5,
    money.deposit: 0.3,
    contracts.sign: 0.5,
    contracts.tend: 0.4,
    goods.restock: 0.3,
}
_CARING: dict[Activity, float] = {
    **_SELLING,
    telephone.outbound: 12,
    telephone.reported: 6,
    telephone.inbound: 60,
}
_HOURS = {8: 0.8, 9: 1.3, 10: 1.4, 11: 0.9, 13: 0.6, 14: 1.2, 15: 1.3, 16: 1.1, 17: 0.5}
"""How busy each hour of an office day is; noon is lunch."""
_SATURDAY_HOURS = {8: 0.8, 9: 1.2, 10: 1.2, 11: 0.6}
_FIRST_CUSTOMERS_EACH = 12
_VISITORS = 5
_LONGEST = timedelta(hours=2)
"""Longer than any call, from the first ring on."""
_DUPLICATED, _DELAYED = 0.015, 0.02


def demo_history(
    seed: int, today: date, days: int = 14, employees: int = 24, until: datetime | None = None
) -> Iterator[Event]:
    """Yield the organisation, its first customers and what happened on the days before today.

    Shape:  with `until`, today's office hours up to that moment too.
    Laws:   deterministic; every event is valid; some arrive twice, some late.
    """
    company, label = found(seed, employees), f"{seed}.{employees}-{today:%Y%m%d}h{days}"
    floor = Floor(company, Random(f"{seed}:{label}"), label)
    opening = _opening(seed, floor, _at(today - timedelta(days=days), 7))
    yield from opening
    end = _at(today, 0) if until is None else until
    past = _over(_past(floor, today, days, until), end)
    yield from _disturbed(past, Random(f"{seed}:{label}:disturbed"), 300)


def live(seed: int, start: datetime, rate: float, employees: int = 24) -> Iterator[Event]:
    """Yield what happens from `start` on, without end: event k at start + k/rate.

    Shape:  (seed, aware moment, events per second) -> events; what takes hours is hurried.
    """
    label = f"{seed}.{employees}-{start.astimezone(UTC):%Y%m%dT%H%M%S}r{rate:g}"
    company = found(seed, employees)
    floor = Floor(company, Random(f"{seed}:{label}"), label, hurry=0.02)
    _opening(seed, floor, start)
    floor.contracts.clear()
    yield from _disturbed(_present(floor, start, rate), Random(f"{seed}:{label}:disturbed"), 60)


def opening(seed: int, start: datetime, employees: int = 24) -> Iterator[Event]:
    """Yield only the organisation and its first customers, for a `live` without a history."""
    label = f"{seed}.{employees}-{start.astimezone(UTC):%Y%m%dT%H%M%S}o"
    yield from _opening(seed, Floor(found(seed, employees), Random(seed), label), start)


def _opening(seed: int, floor: Floor, start: datetime) -> list[Event]:
    own, floor.rng = floor.rng, Random(f"{seed}:opening")
    for kind, subject, data in (*organisation(floor.company), *vocabulary()):
        floor.write(kind, subject, start, data)
    for kind, subject, data in departure(floor.company, start):
        floor.write(kind, subject, start, data)
    left = floor.company.left
    sellers = [one for one in floor.company.callers if one.team != CARE]
    sellers += [] if left is None else [left]
    numbers = count(1)
    for _ in range(_FIRST_CUSTOMERS_EACH):
        for who in sellers:
            made = start - timedelta(minutes=floor.rng.randint(60, 60 * 24 * 45))
            customers.newcomer(floor, made, f"kh{next(numbers):05d}", who.id, who.id)
    for one in floor.customers[::5]:
        contracts.running(floor, start, one)
    for kind, subject, data in targets(floor.company, floor.rng, day_of(start)):
        floor.write(kind, subject, start, data)
    floor.rng = own
    return floor.take()


def _past(floor: Floor, today: date, days: int, until: datetime | None) -> Iterator[Event]:
    last = days if until is None else days + 1
    end = _at(today, 0) if until is None else until
    for number in range(last):
        day = today - timedelta(days=days - number)
        _night(floor, day)
        if number == days // 2:
            _move(floor, day)
        if number == days // 3:
            _lend_telephone(floor, day, _at(today - timedelta(days=days - 2 * days // 3), 12))
        for at, who in _workday(floor, day):
            if at > end:
                break
            yield from _due(floor, at)
            _act(floor, at, who)
            yield from floor.take()
    yield from _due(floor, end)


def _present(floor: Floor, start: datetime, rate: float) -> Iterator[Event]:
    waiting: list[Event] = []
    for number in count():
        at = start + timedelta(seconds=number / rate)
        while not waiting:
            due = floor.next_due()
            if due is not None and due <= at:
                floor.run_next()
            else:
                _act(floor, at, floor.rng.choice(floor.company.callers))
            waiting = floor.take()
        yield waiting.pop(0)


def _workday(floor: Floor, day: date) -> list[tuple[datetime, Employee]]:
    if day.weekday() == 6:
        return []
    hours = _SATURDAY_HOURS if day.weekday() == 5 else _HOURS
    moments: list[tuple[datetime, Employee]] = []
    mean = 40 * sum(hours.values()) / sum(_HOURS.values())
    for who in floor.company.callers:
        deeds = max(0, round(floor.rng.gauss(mean, mean / 6)))
        for hour in floor.rng.choices(list(hours), list(hours.values()), k=deeds):
            second = floor.rng.randrange(1800 if hour == 13 else 0, 3600)
            moments.append((_at(day, hour) + timedelta(seconds=second), who))
    return sorted(moments, key=lambda one: (one[0], one[1].id))


def _act(floor: Floor, at: datetime, who: Employee) -> None:
    kinds = _CARING if who.team == CARE else _SELLING
    activity = floor.rng.choices(list(kinds), list(kinds.values()))[0]
    activity(floor, at, who)


def _due(floor: Floor, at: datetime) -> Iterator[Event]:
    while (due := floor.next_due()) is not None and due <= at:
        floor.run_next()
        yield from floor.take()


def _move(floor: Floor, day: date) -> None:
    heads = {one.head for one in floor.company.departments}
    members = [one for one in floor.company.callers if one.id not in heads]
    teams = sorted({one.team for one in floor.company.callers})
    if not members or len(teams) < 2:
        return
    who = floor.rng.choice(members)
    team = floor.rng.choice([one for one in teams if one != who.team])
    own = floor.extension_of(who)
    place = {**placed(floor.company, who, team, own), "valid_from": day.isoformat()}
    floor.write("employee.upserted", who.id, _at(day, 7), place)


def _night(floor: Floor, day: date) -> None:
    """Let a few people leave their number on the website before the office opens."""
    for _ in range(_VISITORS):
        visit = partial(customers.visitor, floor, opens=_at(day, 8))
        floor.after(_at(day, 0), floor.rng.uniform(0, _at(day, 8).hour * 3600), visit)


def _lend_telephone(floor: Floor, day: date, until: datetime) -> None:
    """Give somebody the extension of who left from a morning on, and the own one back later."""
    who = floor.rng.choice(floor.company.callers)
    left = floor.company.left
    other = f"9{who.extension}" if left is None else left.extension

    def change(at: datetime, extension: str) -> None:
        floor.extensions[who.id] = extension
        data = {"extension": extension, "changed_at": utc_text(at)}
        floor.write("employee.extension_changed", who.id, at, data)

    floor.after(_at(day, 7), 0, lambda at: change(at, other))
    floor.after(until, 0, lambda at: change(at, who.extension))


def _over(events: Iterable[Event], end: datetime) -> Iterator[Event]:
    """Yield all but calls which last beyond the end: nobody would ever hang up."""
    since, held = utc_text(end - _LONGEST), list[Event]()
    for one in events:
        if held or one["time"] >= since:
            held.append(one)
        else:
            yield one
    ended = {one["subject"] for one in held if one["type"] == "call.ended"}
    for one in held:
        if one["subject"] in ended or one["type"] not in {"call.started", "call.connected"}:
            yield one


def _disturbed(events: Iterable[Event], rng: Random, reach: int) -> Iterator[Event]:
    held: list[tuple[int, int, Event]] = []
    for place, one in enumerate(events):
        while held and held[0][0] <= place:
            yield heapq.heappop(held)[2]
        luck = rng.random()
        if luck < _DELAYED:
            heapq.heappush(held, (place + rng.randint(2, reach), place, one))
            continue
        yield one
        if luck < _DELAYED + _DUPLICATED:
            heapq.heappush(held, (place + rng.randint(1, reach), place, one))
    while held:
        yield heapq.heappop(held)[2]


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), zone(TIME_ZONE))


def company_of(seed: int, employees: int = 24) -> Company:
    """Return the company of a seed, to name a department for a board."""
    return found(seed, employees)
