"""Who works in the made-up company: a tree of departments with heads, and their people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from services.ingestor.importers.demo.names import person
from services.ingestor.translate.moments import utc_text

SMALLEST = 3
_BRANCHES_FROM = 12
_PEOPLE_PER_TEAM = 5
_ROOT = ("kd", "Khối Kinh doanh", "")
_BRANCHES = (("kd-hn", "Chi nhánh Hà Nội", "kd"), ("kd-hcm", "Chi nhánh TP. Hồ Chí Minh", "kd"))
_TEAMS = (
    ("ts-hn-1", "Telesales Hà Nội 1", "kd-hn"),
    ("ts-hcm-1", "Telesales Sài Gòn 1", "kd-hcm"),
    ("cskh", "Chăm sóc khách hàng", "kd"),
    ("ts-hn-2", "Telesales Hà Nội 2", "kd-hn"),
    ("ts-hcm-2", "Telesales Sài Gòn 2", "kd-hcm"),
)
CARE = "cskh"
"""The team that mostly answers calls."""


@dataclass(frozen=True, slots=True)
class Employee:
    """One of the people, in the team where the story begins."""

    id: str
    name: str
    team: str
    extension: str


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the tree; the root has no parent."""

    id: str
    name: str
    parent: str
    head: str


@dataclass(frozen=True)
class Company:
    """The departments, parents first, and the people, in order of their ids."""

    departments: tuple[Department, ...]
    people: tuple[Employee, ...]
    left: Employee | None = None
    """Somebody who left just before the story begins; the customers are still theirs."""

    @cached_property
    def callers(self) -> tuple[Employee, ...]:
        """Return those who work in a team, which is where calls are made."""
        teams = {team for team, _, _ in _TEAMS}
        return tuple(one for one in self.people if one.team in teams and one is not self.left)

    @cached_property
    def by_id(self) -> dict[str, Employee]:
        """Return everybody by id."""
        return {one.id: one for one in self.people}

    def head_of(self, team: str) -> str:
        """Return the head of a department."""
        return next(one.head for one in self.departments if one.id == team)


def found(seed: int, employees: int) -> Company:
    """Return the company of a seed.

    Errors: ValueError for fewer than three people: a head, and two who sell.
    """
    if employees < SMALLEST:
        raise ValueError(f"a company needs at least {SMALLEST} employees")
    rng = Random(f"{seed}:company")
    teams = _TEAMS[: max(1, min(len(_TEAMS), employees // _PEOPLE_PER_TEAM))]
    upper = (_ROOT, *_BRANCHES) if employees >= _BRANCHES_FROM else (_ROOT,)
    known = {one[0] for one in upper}
    people: list[Employee] = []
    for number in range(employees):
        offices = [department for department, _, _ in upper]
        seat = number - len(offices)
        team = offices[number] if seat < 0 else teams[seat % len(teams)][0]
        people.append(Employee(f"nv{number + 1:03d}", person(rng)[0], team, str(101 + number)))
    departments = [
        Department(
            department,
            name,
            parent if parent in known else ("kd" if parent else ""),
            next(one.id for one in people if one.team == department),
        )
        for department, name, parent in (*upper, *teams)
    ]
    members = [one for one in people if one.team == teams[0][0]]
    left = members[-1] if employees >= _BRANCHES_FROM else None
    return Company(tuple(departments), tuple(people), left)


def organisation(company: Company) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (event type, subject, data) of every department and every employee."""
    for one in company.departments:
        data: dict[str, Any] = {"name": one.name, "head_id": one.head}
        if one.parent:
            data["parent_id"] = one.parent
        yield "department.upserted", one.id, data
    for member in company.people:
        if member is not company.left:
            yield "employee.upserted", member.id, placed(company, member, member.team)


def departure(company: Company, start: datetime) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the events of who left before the start, and gave an extension back."""
    gone = company.left
    if gone is None:
        return
    data = {**placed(company, gone, gone.team), "active": False}
    del data["extension"]
    yield "employee.upserted", gone.id, data
    for extension, days in ((gone.extension, 400), (None, 1)):
        moment = utc_text(start - timedelta(days=days))
        change = {"extension": extension, "changed_at": moment}
        yield "employee.extension_changed", gone.id, change


def placed(
    company: Company, member: Employee, team: str, extension: str | None = None
) -> dict[str, Any]:
    """Return the data of an employee who works in a team, with their own or another extension."""
    head = company.head_of(team)
    data: dict[str, Any] = {
        "name": member.name,
        "department_id": team,
        "extension": extension or member.extension,
    }
    if head != member.id:
        data["manager_id"] = head
    return data
