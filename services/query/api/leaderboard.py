"""`GET /v1/leaderboard`: people ranked by one KPI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.calendar import format_day
from schemas.kpis import Kpi
from schemas.tables import COMPANY_ID, NOBODY
from schemas.target_periods import span_of
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.basis import Basis, Command
from services.query.catalogue import metric_named
from services.query.evaluation import Evaluation, Value, Wish
from services.query.figure_answers import LeaderboardAnswer
from services.query.organisation import Organisation
from services.query.parameters import LeaderboardParameters
from services.query.periods import Comparison, Period, compared
from services.query.presentation import presentation
from services.query.problems import invalid
from services.query.ranking import around, ranked, top, unnamed
from services.query.reader import Reading
from services.query.selection import check_known, facts_link, period_of
from services.query.settings import QuerySettings
from services.query.targets.held import Held, Wanted
from services.query.targets.question import period_named

router = APIRouter()
_RANKED_BY: Final = {"value": "value", "attainment": "attainment", "improved": "improvement"}


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
    there are. A kiosk without names sees all ranks and values and nothing that tells whose they
    are; `around` is passed over. With mode `improved` who has no figure to compare has no rank.
    """
    entered = await enter(request)
    question = LeaderboardQuestion(parameters, entered.settings)
    visit = entered.visit(question.ask)
    reading = await visit.read(question.plan)
    return answer(visit.opened(reading, question.answer(reading)))


class LeaderboardQuestion:
    """One question for a ranking."""

    def __init__(self, parameters: LeaderboardParameters, settings: QuerySettings) -> None:
        self.parameters = parameters
        self.settings = settings
        self.kpi: Kpi
        self._planned: Evaluation
        self._targets: list[Wanted] = []

    @property
    def ask(self) -> Ask:
        """Return what is asked for, for whoever decides who may see it."""
        given, metrics = self.parameters, frozenset({self.parameters.metric})
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
        name = self._period_name(basis)
        if name:
            return Period(*span_of(name))
        return period_of(given.from_, given.to, basis.today, self.settings.max_range_days)

    def _period_name(self, basis: Basis) -> str:
        """Return the period asked for by name, '' for a range of days."""
        given = self.parameters
        wanted = given.period or ("day" if given.mode == "attainment" else "")
        if wanted and (given.from_ or given.to):
            detail = "give a period, or a range; targets are of a period"
            raise invalid("conflicting_parameters", detail, "period")
        return period_named(wanted, basis.today) if wanted else ""

    def _people(self, basis: Basis) -> list[str]:
        return sorted({*basis.pairs.employees, *basis.org.employees} - {NOBODY})

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read."""
        self.kpi = metric_named(basis, self.parameters.metric, "metric")
        period, departments = self._period(basis), self._departments(basis)
        wishes = (
            Wish(self.kpi, "employee", person, period, departments=departments)
            for person in self._people(basis)
        )
        self._planned = Evaluation(
            basis, [*wishes, *self._wishes_before(basis)], self.settings.max_hashes
        )
        self._targets = list(self._wanted(basis))
        return [*self._planned.commands, *(wanted.command for wanted in self._targets)]

    def _wanted(self, basis: Basis) -> Iterator[Wanted]:
        """Yield whose targets are read: everybody's, for the mode `attainment`."""
        if self.parameters.mode == "attainment":
            period = self._period_name(basis)
            for person in self._people(basis):
                yield Wanted(basis, ("employee", person), period, [self.kpi.name])

    def _comparison(self, basis: Basis) -> Comparison | None:
        """Return what is compared for the mode `improved`; what is as of now has no before."""
        if self.parameters.mode != "improved":
            return None
        if self.kpi.is_now:
            detail = f"{self.kpi.name} is as of now, it has no previous period"
            raise invalid("no_previous", detail, "mode")
        return compared(self._period(basis), basis.today)

    def _wishes_before(self, basis: Basis) -> list[Wish]:
        comparison, departments = self._comparison(basis), self._departments(basis)
        return [
            Wish(self.kpi, "employee", person, comparison.previous, departments=departments)
            for person in self._people(basis)
            if comparison is not None
        ]

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis, org = reading.basis, reading.basis.org
        department, departments = self.parameters.department, self._departments(basis)
        if department:
            check_known(basis, "department", department)
        people, count = self._people(basis), len(reading.replies) - len(self._targets)
        values = self._planned.answer(reading.replies[:count])
        aims = [
            wanted.held(reply).get(self.kpi.name)
            for wanted, reply in zip(self._targets, reading.replies[count:], strict=True)
        ] or [None] * len(people)
        before: Sequence[Value | None] = values[len(people) :] or [None] * len(people)
        rows = ranked(
            [
                {
                    **self._row(basis, person, value),
                    **_improved(value, earlier),
                    **(_attained(value, aim) if self._targets else {}),
                }
                for person, value, earlier, aim in zip(people, values, before, aims, strict=False)
                if value.has_facts or _is_member(org, person, departments)
            ],
            _RANKED_BY[self.parameters.mode],
        )
        period, comparison = self._period(basis), self._comparison(basis)
        if reading.decision.is_unnamed:
            shown = [unnamed(row) for row in self._of_the_top(rows)]
        else:
            shown = [row for row in self._chosen(rows) if reading.shows(row["id"])]
        return {
            **reading.head(),
            **presentation(self.kpi, basis.words),
            "department": department or COMPANY_ID,
            "sub": self.parameters.sub,
            "from": format_day(period.first),
            "to": format_day(period.last),
            "mode": self.parameters.mode,
            **({} if comparison is None else {"compared": comparison.days()}),
            "total": len(rows),
            "rows": shown[: self.parameters.limit],
        }

    def _chosen(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        person, rows = self.parameters.around, self._of_the_top(rows)
        return around(rows, person) if person else rows

    def _of_the_top(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        count = self.parameters.top
        return rows if count is None else top(rows, count)

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
            )
            or None,
        }


def _is_member(org: Organisation, person: str, departments: frozenset[str] | None) -> bool:
    return org.is_active(person) and (
        departments is None or org.department_of(person) in departments
    )


def _improved(value: Value, before: Value | None) -> dict[str, Any]:
    """Return what a row says of the time before, where that was asked for."""
    if before is None:
        return {}
    now, then = value.figure["value"], before.figure["value"]
    is_known = now is not None and then is not None
    return {"previous": then, "improvement": now - then if is_known else None}


def _attained(value: Value, held: Held | None) -> dict[str, Any]:
    """Return what a row says of one's target; money only in the currency of the target."""
    now, aim = value.figure["value"], None if held is None else held.aim
    if aim is None or not aim.value or aim.currency != value.figure.get("currency", ""):
        return {"target": None, "attainment": None}
    return {"target": aim.value, "attainment": None if now is None else now / aim.value}
