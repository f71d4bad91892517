"""Where a contribution counts, and how contributions are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from schemas.calendar import NOW
from schemas.facts import Customer, Employee, Order, department_on
from schemas.kpis import CATALOGUE, LISTS
from schemas.tables import ALL_SCOPES, NOBODY, dimension, field, visit

EMPLOYEE_ONLY: Final = 1
NOT_COMPANY: Final = 3
SCORE: Final = "~"
"""First sign of a name that is a scored list; its value is a score."""
COHORT: Final = "#"
"""First sign of a name that is a cohort: the customer belongs to that day."""
VISIT: Final = "@"
"""First sign of a name that is a visit: '@<metric>|<field of the visit>'."""


class Place(NamedTuple):
    """Where a contribution counts.

    Units:  day is yyyymmdd, 0 = now; scopes is a sum of 1 employee, 2 department, 4 company.
    """

    department: str
    employee: str
    day: int
    scopes: int = ALL_SCOPES


Contributions = dict[tuple[Place, str], int]


class People(Protocol):
    """What contributions need to know besides the fact itself."""

    places: dict[tuple[str, int], Place]
    """Places that were worked out, by employee and day; good until an employee changes."""

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee, None if unknown."""

    def survivor(self, customer_id: str) -> Customer | None:
        """Return the customer that a customer stands for, None if unknown."""

    def group(self, survivor: Customer) -> Sequence[Customer]:
        """Return a survivor and all customers that stand for it."""

    def order(self, order_id: str) -> Order | None:
        """Return an order, None if unknown."""


_LISTS: Final = frozenset(LISTS)


@lru_cache(maxsize=65536)
def is_listed(name: str) -> bool:
    """Whether a field is a counting KPI which keeps the list of its facts."""
    metric, _, text = name.partition("|")
    if metric not in _LISTS:
        return False
    unlisted = CATALOGUE[metric.partition("@")[0]].unlisted
    return not unlisted or text.partition(":")[0] not in unlisted


@lru_cache(maxsize=65536)
def named(metric: str, **values: str) -> str:
    """Return the field of a metric with dimensions."""
    return field(metric, dimension(**values))


def place_of(people: People, employee_id: str | None, day: int, *, current: bool = False) -> Place:
    """Return where a contribution counts: the employee and their department that day.

    `current` takes the department of now although the contribution has a day (cohorts: G3).
    """
    if employee_id is None:
        return Place(NOBODY, NOBODY, day)
    if current:
        department = department_on(people.employee(employee_id), NOW)
        return Place(department or NOBODY, employee_id, day)
    known = people.places.get((employee_id, day))
    if known is None:
        department = department_on(people.employee(employee_id), day)
        known = Place(department or NOBODY, employee_id, day)
        people.places[employee_id, day] = known
    return known


def places_of(people: People, assignees: Iterable[str], day: int) -> list[Place]:
    """Return where a task counts: once in every scope, however many assignees (G11).

    Laws:   in order of id, the first one counts for the company, the first one of each
            department for that department, everyone for themselves.
    """
    found: list[Place] = []
    seen: set[str] = set()
    for name in sorted(set(assignees)):
        place = place_of(people, name, day)
        scopes = EMPLOYEE_ONLY if place.department in seen else NOT_COMPANY
        found.append(place._replace(scopes=scopes if found else ALL_SCOPES))
        seen.add(place.department)
    return found or [Place(NOBODY, NOBODY, day)]


def add(found: Contributions, place: Place, name: str, value: int) -> None:
    """Add a value to what a place has under a name; a sum of 0 is nothing."""
    key = (place, name)
    total = found.get(key, 0) + value
    if total:
        found[key] = total
    else:
        found.pop(key, None)


def split(
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
    add(found, place, named(metric, **base), value)
    for name, segment in by.items():
        add(found, place, named(metric, **base, **{name: segment}), value)


def visited(
    found: Contributions,
    place: Place,
    metric: str,
    customer: Customer | None,
    value: str | None = None,
) -> None:
    """Remember the customer behind a contribution, if there is one."""
    if customer is not None:
        add(found, place, f"{VISIT}{metric}|{visit(place.day, customer.number, value)}", 1)


def issue(found: Contributions, place: Place, code: str) -> None:
    """Add what is wrong with a fact, in all and by code."""
    found[place, "issues"] = 1
    found[place, named("issues", code=code)] = 1


def profile_value(customer: Customer | None, name: str) -> Any:
    """Return a field of a customer's profile, None if it was never set."""
    if customer is None:
        return None
    register = customer.profile.get(name)
    return None if register is None else register[1]


def segments(customer: Customer | None) -> dict[str, str]:
    """Return the dimensions which sales take from their customer."""
    sources = profile_value(customer, "source_ids") or [""]
    return {
        "source": sources[0],
        "industry": profile_value(customer, "industry") or "",
        "province": profile_value(customer, "province") or "",
    }


def survivor_of(people: People, customer_id: str | None) -> Customer | None:
    """Return the customer a fact counts for, None if it names none."""
    return None if customer_id is None else people.survivor(customer_id)
