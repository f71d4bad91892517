"""`GET /v1/leaderboard`: people ranked by one KPI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.calendar import format_day
from schemas.kpis import Kpi
from schemas.tables import COMPANY_ID, NOBODY, encode, parse_pair
from services.query.answers import LeaderboardAnswer
from services.query.api.answer import answer, services_of
from services.query.api.responses import PROBLEMS
from services.query.figures import Sums, add, figure, has_value
from services.query.parameters import LeaderboardParameters
from services.query.periods import Period, slices
from services.query.problems import Problem, invalid
from services.query.ranking import ranked, spans
from services.query.reader import Basis, Command, Reading
from services.query.selection import (
    cells_of,
    facts_link,
    gauge_key,
    is_known,
    is_mentioned,
    kpi_named,
    period_of,
    read_cells,
    unknown_id,
)
from services.query.settings import QuerySettings

router = APIRouter()
_ATTEMPTS = 5


@router.get(
    "/v1/leaderboard",
    response_model=LeaderboardAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["figures"],
)
async def leaderboard(
    request: Request, parameters: Annotated[LeaderboardParameters, Query()]
) -> Response:
    """Rank people by one KPI.

    A person counts on the days on which they were in the department, so that the rows add up to
    the department's figure. Members with nothing are shown with 0; ties share a rank (1, 1, 3).
    """
    services = services_of(request)
    caller = await services.access.caller(request)
    kpi = kpi_named(parameters.metric)
    pairs: frozenset[bytes] = frozenset()
    for _ in range(_ATTEMPTS):
        question = LeaderboardQuestion(kpi, parameters, services.settings, pairs)
        reading = await services.reader.read(caller.partition, caller.tenant, question.plan)
        pairs = frozenset(reading.replies[0])
        if question.pairs == pairs:
            return answer(question.answer(reading))
    raise Problem(503, "busy", "the organisation changes too fast to read", retry_after=1)


@dataclass(frozen=True, slots=True)
class LeaderboardQuestion:
    """One question for a ranking; `pairs` are those of the last look, checked by the caller."""

    kpi: Kpi
    parameters: LeaderboardParameters
    settings: QuerySettings
    pairs: frozenset[bytes]

    def _departments(self, basis: Basis) -> frozenset[str] | None:
        department = self.parameters.department
        if not department:
            return None
        sub = self.parameters.sub
        return frozenset(basis.org.subtree(department) if sub else (department,))

    def _period(self, basis: Basis) -> Period:
        given = self.parameters
        return period_of(given.from_, given.to, basis.today, self.settings.max_range_days)

    def _people(self, basis: Basis) -> list[str]:
        seen = {parse_pair(pair.decode())[1] for pair in self.pairs}
        return sorted((seen | basis.org.employees.keys()) - {NOBODY})

    def _keys(self, basis: Basis) -> list[tuple[str, str]]:
        """Return (employee, hash) of everything to add up."""
        period, departments = self._period(basis), self._departments(basis)
        found: list[tuple[str, str]] = []
        for person in self._people(basis):
            parts = spans(basis.org, person, departments, period, self.kpi)
            if self.kpi.additivity == "gauge":
                found += [(person, gauge_key(basis, "employee", person)) for _ in parts]
                continue
            for part in parts:
                for cut in slices(part, "none"):
                    hash_of = basis.keys.month if cut.is_month else basis.keys.cells
                    found.append((person, hash_of("employee", person, cut.at)))
        return found

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: who there is, then the cells of each."""
        keys = self._keys(basis)
        if len(keys) > self.settings.max_hashes:
            detail = "so many people over so many days are too much; take whole months"
            raise invalid("too_many_cells", detail, "from", limit=self.settings.max_hashes)
        cells = [read_cells(key, [self.kpi]) for _, key in keys]
        return [("SMEMBERS", basis.keys.pairs), *cells]

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis, period = reading.basis, self._period(reading.basis)
        department, departments = self.parameters.department, self._departments(basis)
        if department and not is_known(basis.org, "department", department):
            pairs: set[bytes] = set(reading.replies[0])
            if not is_mentioned(pairs, "department", encode(department)):
                raise unknown_id("department", department)
        sums: dict[str, Sums] = {}
        for (person, _), reply in zip(self._keys(basis), reading.replies[1:], strict=True):
            add(sums.setdefault(person, {}), cells_of(reply, [self.kpi]))
        org = basis.org
        members = {
            person
            for person in org.employees
            if org.is_active(person)
            and (departments is None or org.department_of(person) in departments)
        }
        shown = sorted(members | {p for p, found in sums.items() if has_value(self.kpi, found)})
        rows = ranked([self._row(basis, period, person, sums.get(person, {})) for person in shown])
        return {
            **reading.head(),
            "metric": self.kpi.name,
            "unit": self.kpi.unit,
            "definition": self.kpi.definition,
            "department": department or COMPANY_ID,
            "sub": self.parameters.sub,
            "from": format_day(period.first),
            "to": format_day(period.last),
            "total": len(rows),
            "rows": rows[: self.parameters.limit],
        }

    def _row(self, basis: Basis, period: Period, person: str, sums: Sums) -> dict[str, Any]:
        row = {
            "id": person,
            "name": basis.org.employee_name(person),
            "department_id": basis.org.department_of(person),
            "active": basis.org.is_active(person),
            **figure(self.kpi, sums, basis.settings.currency),
        }
        parts = spans(basis.org, person, self._departments(basis), period, self.kpi)
        if parts == [period]:
            row["facts"] = facts_link(self.kpi, "employee", person, period, sub=False)
        return row
