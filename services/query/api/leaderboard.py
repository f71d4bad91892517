"""`GET /v1/leaderboard`: people ranked by one KPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.calendar import format_day
from schemas.tables import COMPANY_ID, NOBODY
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.basis import Basis, Command
from services.query.evaluation import Evaluation, Value, Wish
from services.query.figure_answers import LeaderboardAnswer
from services.query.organisation import Organisation
from services.query.parameters import LeaderboardParameters
from services.query.periods import Period
from services.query.presentation import presentation
from services.query.ranking import ranked
from services.query.reader import Reading
from services.query.selection import check_known, facts_link, kpi_named, period_of
from services.query.settings import QuerySettings

router = APIRouter()


@router.get(
    "/v1/leaderboard",
    response_model=LeaderboardAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["figures"],
)
@declares("figures")
async def leaderboard(
    request: Request, parameters: Annotated[LeaderboardParameters, Query()]
) -> Response:
    """Rank people by one KPI.

    A person counts on the days on which they were in the department, so that the rows add up to
    the department's figure. Members with nothing are shown with 0; ties share a rank (1, 1, 3).
    Whoever may see a department but not its people sees their own row with its rank, and how many
    there are.
    """
    entered = await enter(request)
    question = LeaderboardQuestion(parameters, entered.settings)
    visit = entered.visit(question.ask)
    reading = await visit.read(question.plan)
    return answer(visit.opened(reading, question.answer(reading)))


class LeaderboardQuestion:
    """One question for a ranking."""

    def __init__(self, parameters: LeaderboardParameters, settings: QuerySettings) -> None:
        self.kpi = kpi_named(parameters.metric)
        self.parameters = parameters
        self.settings = settings
        self._planned: Evaluation

    @property
    def ask(self) -> Ask:
        """Return what is asked for, for whoever decides who may see it."""
        given, metrics = self.parameters, frozenset({self.kpi.name})
        if not given.department:
            return Ask("figures", "rows", metrics=metrics)
        return Ask("figures", "rows", "department", given.department, given.sub, metrics=metrics)

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
        return sorted({*basis.pairs.employees, *basis.org.employees} - {NOBODY})

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read."""
        period, departments = self._period(basis), self._departments(basis)
        wishes = (
            Wish(self.kpi, "employee", person, period, departments=departments)
            for person in self._people(basis)
        )
        self._planned = Evaluation(basis, wishes, self.settings.max_hashes)
        return self._planned.commands

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis, org = reading.basis, reading.basis.org
        department, departments = self.parameters.department, self._departments(basis)
        if department:
            check_known(basis, "department", department)
        values = self._planned.answer(reading.replies)
        rows = ranked(
            [
                self._row(basis, person, value)
                for person, value in zip(self._people(basis), values, strict=True)
                if value.has_facts or _is_member(org, person, departments)
            ]
        )
        period = self._period(basis)
        shown = [row for row in rows if reading.shows(row["id"])]
        return {
            **reading.head(),
            **presentation(self.kpi, basis.words),
            "department": department or COMPANY_ID,
            "sub": self.parameters.sub,
            "from": format_day(period.first),
            "to": format_day(period.last),
            "total": len(rows),
            "rows": shown[: self.parameters.limit],
        }

    def _row(self, basis: Basis, person: str, value: Value) -> dict[str, Any]:
        given = self.parameters
        return {
            "id": person,
            "name": basis.org.employee_name(person),
            "department_id": basis.org.department_of(person),
            "active": basis.org.is_active(person),
            **value.figure,
            "facts": facts_link(
                self.kpi,
                "employee",
                person,
                self._period(basis),
                sub=given.sub,
                department=given.department,
            ),
        }


def _is_member(org: Organisation, person: str, departments: frozenset[str] | None) -> bool:
    return org.is_active(person) and (
        departments is None or org.department_of(person) in departments
    )
