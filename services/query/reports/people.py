"""Who stands in a report of a department. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from schemas.kpis import CATALOGUE
from schemas.tables import NOBODY
from services.query.organisation import Organisation
from services.query.periods import Period
from services.query.ranking import spans

_BY_DAY = CATALOGUE["orders"]
"""A figure that counts for the department of the day."""


@dataclass(frozen=True, slots=True)
class Person:
    """One row of a table of people.

    Laws:   `is_member` are shown without any value: the active who are there now, or were there
            in the period. `is_settled` were nowhere else in the period, nor are now, so all that
            counts for them counts for the department.
    """

    id: str
    name: str
    department: str
    is_active: bool
    is_member: bool
    is_settled: bool
    former: int | None = None


def people_of(
    org: Organisation,
    counted: Collection[str],
    departments: frozenset[str] | None,
    period: Period,
) -> list[Person]:
    """Return all who are, were, or may have facts in some departments, by name; nobody last.

    Shape:  `counted` are the employees who have, or had, facts; departments None: the company.
    Source: D-15, D-70; docs/rules.md section 3.
    """
    found: list[Person] = []
    for person in {*counted, *org.employees}:
        days = spans(org, person, departments, period, _BY_DAY)
        now = org.department_of(person)
        is_here = departments is None or now in departments
        if days or is_here:
            is_active = org.is_active(person)
            found.append(
                Person(
                    id=person,
                    name=org.employee_name(person),
                    department=now,
                    is_active=is_active,
                    is_member=is_active,
                    is_settled=departments is None or (is_here and days == [period]),
                    former=org.former(person),
                )
            )
    return sorted(found, key=lambda one: (one.id == NOBODY, one.name, one.id))
