"""`GET /v1/facts`: the list behind a figure, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask, Form
from schemas.calendar import format_day
from schemas.tables import Scope
from services.query import lists
from services.query.answers import FactsAnswer
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.basis import Basis, Command
from services.query.cursors import mark_of, write_cursor
from services.query.customer_names import with_customers
from services.query.evaluation import Wish
from services.query.evaluation.own import trial_of
from services.query.fact_rows import row_of, window_of
from services.query.links import departments_of
from services.query.list_sources import (
    ListSource,
    Question,
    Scored,
    basis_named,
    counting,
    moment_of,
    source_of,
)
from services.query.parameters import FactsParameters
from services.query.periods import Period
from services.query.problems import Problem, invalid
from services.query.reader import Reading
from services.query.selection import (
    check_known,
    kpi_named,
    period_of,
    targets,
)
from services.query.settings import QuerySettings

router = APIRouter()


@router.get(
    "/v1/facts",
    response_model=FactsAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["lists"],
)
@declares("figures")
async def facts(request: Request, parameters: Annotated[FactsParameters, Query()]) -> Response:
    """Open a figure into the facts behind it; all of them at once with an Accept of CSV or XLSX.

    `total` is the figure of the counting KPI (`list`), always counted from the list itself. Rows
    are ordered by day (or by what they are scored by) and then by when we first heard of them.
    """
    entered = await enter(request)
    question = FactsQuestion(parameters, entered.settings)
    visit = entered.visit(partial(question.ask, "list"))
    document = question.answer(await visit.read(question.plan))
    return answer(document | {"rows": await with_customers(visit, document["rows"])})


class FactsQuestion:
    """One question for a page of a list."""

    def __init__(self, parameters: FactsParameters, settings: QuerySettings) -> None:
        self.parameters = parameters
        self.settings = settings
        self.kpi = kpi_named(parameters.metric)
        self.list = counting(self.kpi)
        basis = basis_named(self.kpi, parameters.basis)
        self.question = Question(self.kpi, parameters.dimension, basis)
        if parameters.limit > settings.max_rows:
            detail = f"at most {settings.max_rows} rows on a page"
            raise invalid("limit_too_large", detail, "limit", limit=settings.max_rows)
        if parameters.department and parameters.scope != "employee":
            detail = "'department' goes with scope=employee; another scope has its 'id'"
            raise invalid("conflicting_parameters", detail, "department")

    def ask(self, form: Form, basis: Basis) -> Ask:
        """Return what is asked for, for whoever decides who may see it."""
        given, metrics = self.parameters, frozenset({self.kpi.name})
        within = departments_of(basis.org, given.department, given.sub)
        return Ask("figures", form, given.scope, given.id, given.sub, within, metrics)

    def _check(self, basis: Basis) -> None:
        """Refuse whom nobody ever heard of: a wrong id must not look like an empty list."""
        given = self.parameters
        asked: list[tuple[Scope, str]] = [(given.scope, given.id)]
        if given.department:
            asked.append(("department", given.department))
        for scope, name in asked:
            check_known(basis, scope, name)

    def _period(self, basis: Basis) -> Period:
        given, longest = self.parameters, self.settings.max_range_days
        return period_of(given.from_, given.to, basis.today, longest)

    def _is_told(self, basis: Basis) -> bool:
        """Say whether the figure is told of whom and when it is asked for: fed, and no trial."""
        wish = Wish(self.kpi, self.parameters.scope, self.parameters.id, self._period(basis))
        trial = trial_of(basis, wish)
        return basis.settings.is_fed(self.kpi.feed) and not (trial and trial.is_outside)

    def _source(self, basis: Basis) -> ListSource:
        return source_of(self.question, self._period(basis), moment_of(basis))

    def _whose(self, basis: Basis) -> lists.Whose:
        given, within = self.parameters, None
        if given.department:
            within = targets(basis.org, "department", given.department, given.sub)
        if basis.within is not None and given.scope == "employee":
            seen = basis.within if within is None else basis.within.intersection(within)
            within = tuple(sorted(seen))
        return lists.Whose(
            given.scope, targets(basis.org, given.scope, given.id, given.sub), within
        )

    def _mark(self, basis: Basis) -> str:
        given, days = self.parameters, None if self.list.is_now else self._period(basis)
        whose = (given.scope, given.id, given.sub, given.department, *sorted(basis.within or ()))
        return mark_of(self.kpi.name, given.dimension, self.question.basis, whose, days)

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: the page with the length of the list."""
        given = self.parameters
        self._check(basis)
        after = lists.place_after(given.cursor, basis.generation, self._mark(basis))
        longest = self.settings.max_filtered_rows
        source, whose = self._source(basis), self._whose(basis)
        return [lists.command(basis.keys, source, whose, after, given.limit, longest)]

    def plan_whole(self, basis: Basis) -> Sequence[Command]:
        """Return what to read for an export: all rows at one version, without their facts."""
        self._check(basis)
        most = self.settings.max_export_rows
        return [lists.numbers_command(basis.keys, self._source(basis), self._whose(basis), most)]

    def whole(self, reading: Reading) -> list[lists.RowKey]:
        """Return all rows of the list, at the version of the reading.

        Errors: Problem `list_too_long`; `not_available` where the figure has no feed, or is on
                trial elsewhere.
        """
        if not self._is_told(reading.basis):
            detail = f"{self.kpi.name} needs a feed that this tenant does not send, or is on trial"
            raise Problem(404, "not_available", detail)
        return lists.all_numbers(reading.replies[0], self.settings.max_export_rows)

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis, given = reading.basis, self.parameters
        longest = self.settings.max_filtered_rows
        total, rows, has_more = lists.page(reading.replies[0], given.limit, longest)
        period = None if self.list.is_now else self._period(basis)
        source = self._source(basis)
        found = {
            **reading.head(),
            "metric": self.kpi.name,
            "list": self.list.name,
            "scope": given.scope,
            "id": given.id,
            "sub": given.sub and given.scope != "company",
            "from": None if period is None else format_day(period.first),
            "to": None if period is None else format_day(period.last),
            "basis": self.question.basis or self.list.date_basis,
            "dimension": given.dimension,
            "total": total,
            "rows": [row_of(row, sight=reading.sight) for row in rows],
            "next": write_cursor(basis.generation, self._mark(basis), rows[-1].key[:4])
            if has_more
            else None,
        }
        if isinstance(source, Scored):
            found["windows"] = [
                window_of(band, scores)
                for band, scores in zip(source.bands, source.windows, strict=True)
            ]
        if not self._is_told(basis):
            found |= {"total": None, "rows": [], "next": None, "why": "not_available"}
        return found
