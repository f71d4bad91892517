"""Ranking people: on which days one counts for a department, and who shares a rank. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from schemas.calendar import from_date, to_date
from schemas.facts import Employee
from schemas.kpis import CATALOGUE, Kpi
from schemas.tables import NOBODY
from services.query.organisation import Organisation
from services.query.periods import Period


def counts_where_owned_now(kpi: Kpi) -> bool:
    """Whether a KPI counts for the department its employee is in now, whatever the day."""
    made_of = kpi.numerator or kpi.of or (kpi.parts[0] if kpi.parts else "")
    if kpi.additivity == "stock":
        made_of = kpi.parts[0]
    if made_of in CATALOGUE and made_of != kpi.name:
        return counts_where_owned_now(CATALOGUE[made_of])
    return kpi.is_now or kpi.additivity == "cohort"


def counts_the_day_before(kpi: Kpi) -> bool:
    """Whether a KPI counts for who was in charge before, in the department they were in then."""
    return kpi.attribution == "owner the day before"


def spans(
    org: Organisation,
    employee_id: str,
    departments: frozenset[str] | None,
    period: Period,
    kpi: Kpi,
) -> list[Period]:
    """Return the parts of a period in which an employee counts for some departments.

    Shape:  departments None means the company: the whole period.
    Laws:   what counts for the owner of the day before counts where that one was then.
    Source: docs/rules.md, section 3 (the department on the day of the contribution).
    """
    if departments is None:
        return [period]
    employee = org.employees.get(employee_id)
    if employee is None or not employee.places or counts_where_owned_now(kpi):
        return [period] if org.department_of(employee_id) in departments else []
    if counts_the_day_before(kpi):
        before = Period(_day_before(period.first), _day_before(period.last))
        return [
            Period(_next_day(first), _next_day(last))
            for first, last in _spans(employee, departments, before)
        ]
    return _spans(employee, departments, period)


def _spans(employee: Employee, departments: frozenset[str], period: Period) -> list[Period]:
    found: list[Period] = []
    for first, last, department in _places(employee, period):
        if (department or NOBODY) not in departments:
            continue
        if found and _next_day(found[-1].last) == first:
            found[-1] = Period(found[-1].first, last)
        else:
            found.append(Period(first, last))
    return found


def _places(employee: Employee, period: Period) -> list[tuple[int, int, str | None]]:
    starts = [period.first, *(place[0] for place in employee.places[1:])]
    found = []
    for index, place in enumerate(employee.places):
        is_last = index + 1 == len(starts)
        first = max(period.first, starts[index])
        last = period.last if is_last else min(period.last, _day_before(starts[index + 1]))
        if first <= last:
            found.append((first, last, place[2]))
    return found


def _next_day(day: int) -> int:
    return from_date(to_date(day) + timedelta(days=1))


def _day_before(day: int) -> int:
    return from_date(to_date(day) - timedelta(days=1))


def ranked(rows: Sequence[dict[str, Any]], by: str = "value") -> list[dict[str, Any]]:
    """Sort rows by one of their members, best first, and give each its rank.

    Laws:   equals share a rank and the next one is skipped (1, 1, 3); nothing there, no rank.
    """
    ordered = sorted(
        rows,
        key=lambda row: (row[by] is None, -(row[by] or 0), row["name"], row["id"]),
    )
    found: list[dict[str, Any]] = []
    for place, row in enumerate(ordered, start=1):
        rank: int | None = place
        if row[by] is None:
            rank = None
        elif found and found[-1][by] == row[by]:
            rank = found[-1]["rank"]
        found.append({"rank": rank, **row})
    return found


def top(rows: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Return the first ranks of ranked rows; who ties with the last of them is among them."""
    return [row for row in rows if row["rank"] is not None and row["rank"] <= count]


_TOLD: Final = ("rank", "value", "currency", "others", "why", "attainment", "improvement")
"""Of somebody who is not named: what a row says, and nothing else."""


def unnamed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a ranking that does not tell whose it is."""
    nobody = {"id": "", "name": "", "department_id": "", "active": True}
    return nobody | {name: row[name] for name in _TOLD if name in row}


def ranked_unnamed(figures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rank values of which nothing tells whose they are, not even their order where they tie."""
    rows = sorted(figures, key=repr)
    nobody = {"id": "", "name": ""}
    return [
        {name: row[name] for name in _TOLD if name in row}
        for row in ranked([{**row, **nobody} for row in rows])
    ]


def around(rows: Sequence[dict[str, Any]], person: str, reach: int = 2) -> list[dict[str, Any]]:
    """Return a person of ranked rows with the neighbours above and below; nobody for a stranger.

    Laws:   at the ends there are as many rows as in the middle, where there are so many.
    """
    places = [at for at, row in enumerate(rows) if row["id"] == person]
    if not places:
        return []
    first = max(0, min(places[0] - reach, len(rows) - 2 * reach - 1))
    return list(rows[first : first + 2 * reach + 1])
