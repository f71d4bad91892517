"""Whom a report is about: the subject, its people, and what each is compared with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from services.query.basis import Basis
from services.query.periods import Comparison
from services.query.reports.cells import Aim
from services.query.reports.people import Person, people_of
from services.query.selection import targets

Compared = tuple[Aim, Aim]
"""The elapsed part of the range, and the same part of the one before (A-08)."""


@dataclass(frozen=True)
class Scene:
    """The subject of a report at one moment."""

    basis: Basis
    aim: Aim
    comparison: Comparison | None

    @cached_property
    def departments(self) -> frozenset[str] | None:
        """Return the departments of the subject, None for the whole company."""
        if self.aim.scope == "company":
            return None
        return frozenset(targets(self.basis.org, "department", self.aim.scope_id, self.aim.sub))

    @cached_property
    def people(self) -> list[Person]:
        """Return who may have a row."""
        basis = self.basis
        return people_of(basis.org, basis.pairs.employees, self.departments, self.aim.period)

    def of_person(self, person: Person) -> Aim:
        """Return the aim at one person: only what counts for the subject, on its days."""
        aim = self.aim
        if person.is_settled:
            return Aim("employee", person.id, aim.period, False, aim.basis)
        return Aim(
            "employee", person.id, aim.period, aim.sub, aim.basis, aim.scope_id, self.departments
        )

    def compared(self, aim: Aim) -> Compared | None:
        """Return what an aim over the whole range is compared with."""
        if self.comparison is None:
            return None
        if aim.scope == "employee" and self.aim.scope == "department":
            aim = aim._replace(
                sub=self.aim.sub, department=self.aim.scope_id, departments=self.departments
            )
        return (
            aim._replace(period=self.comparison.elapsed),
            aim._replace(period=self.comparison.previous),
        )
