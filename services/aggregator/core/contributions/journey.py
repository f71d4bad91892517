"""What a customer contributes to the journey: its stage and owner at the end of each day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from schemas.facts import Customer, department_on, owner_of, value_of
from schemas.tables import ALL_SCOPES, NOBODY
from services.aggregator.core.contributions.place import (
    Contributions,
    People,
    Place,
    add,
    named,
    place_of,
)

_EMPLOYEE: Final = 1
_DEPARTMENT: Final = 2
_COMPANY: Final = 4


class Standing(NamedTuple):
    """Where a customer stands at the end of a day."""

    stage: str
    department: str
    employee: str


def journey(fact: Customer, created: int | None, people: People, found: Contributions) -> None:
    """Add the entries and exits of a customer that counts.

    Units:  created is the local day (yyyymmdd) of its group, None if unknown.
    Laws:   the customers in a stage on a day = those of now - entries after it + exits after it.
    Source: D-100, E-70, E-71.
    """
    before: Standing | None = None
    now = owner_of(fact)
    for day in _days(fact, created, people):
        standing = _standing(fact, day, people)
        if before is None:
            if created is not None:
                _flow(found, "journey_entries", standing, day, ALL_SCOPES)
                _owned(found, "owned_entries", standing, place_of(people, now, day, current=True))
        elif standing != before:
            scopes = _scopes(before, standing)
            _flow(found, "journey_entries", standing, day, scopes)
            _flow(found, "journey_exits", before, day, scopes)
            if standing.stage != before.stage:
                place = place_of(people, now, day, current=True)
                _owned(found, "owned_entries", standing, place)
                _owned(found, "owned_exits", before, place)
        before = standing


def _days(fact: Customer, created: int | None, people: People) -> list[int]:
    """Return the days on which something may change, the first one first."""
    days = {entry[2] for entry in fact.owners} | {entry[2] for entry in fact.stages}
    if created is None and not days:
        return []
    first = min(days) if created is None else created
    days.update(_moves(fact.owners, people))
    return [first, *sorted(day for day in days if day > first)]


def _moves(owners: Iterable[tuple[int, int, int, str | None]], people: People) -> Iterator[int]:
    for name in {entry[3] for entry in owners if entry[3] is not None}:
        employee = people.employee(name)
        if employee is not None and len(employee.places) > 1:
            yield from (place[0] for place in employee.places[1:])


def _standing(fact: Customer, day: int, people: People) -> Standing:
    owner = _value_on(fact.owners, day)
    stage = _value_on(fact.stages, day) or ""
    if owner is None:
        return Standing(stage, NOBODY, NOBODY)
    return Standing(stage, department_on(people.employee(owner), day) or NOBODY, owner)


def _value_on(entries: Sequence[tuple[Any, ...]], day: int) -> str | None:
    """Return what a history says of the end of a day: the latest version dated until then."""
    return value_of([entry for entry in entries if entry[2] <= day])


def _scopes(before: Standing, now: Standing) -> int:
    scopes = _COMPANY if now.stage != before.stage else 0
    if now[:2] != before[:2]:
        scopes |= _DEPARTMENT
    if (now.stage, now.employee) != (before.stage, before.employee):
        scopes |= _EMPLOYEE
    return scopes


def _flow(found: Contributions, metric: str, standing: Standing, day: int, scopes: int) -> None:
    place = Place(standing.department, standing.employee, day, scopes)
    add(found, place, metric, 1)
    add(found, place, named(metric, stage=standing.stage), 1)


def _owned(found: Contributions, metric: str, standing: Standing, place: Place) -> None:
    add(found, place, metric, 1)
    add(found, place, named(metric, stage=standing.stage), 1)
