"""`GET /v1/facts`: the list behind a figure, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.calendar import NOW, format_day
from schemas.kpis import CATALOGUE, Kpi
from schemas.tables import dimension, encode, field, parse_dimension
from services.query import lists
from services.query.answers import FactsAnswer
from services.query.api.answer import answer, services_of
from services.query.api.responses import PROBLEMS
from services.query.fact_rows import row_of
from services.query.parameters import FactsParameters
from services.query.problems import invalid
from services.query.reader import Basis, Command, Reading
from services.query.selection import (
    is_known,
    is_mentioned,
    kpi_named,
    period_of,
    targets,
    unknown_id,
)
from services.query.settings import QuerySettings

router = APIRouter()


@router.get("/v1/facts", response_model=FactsAnswer, responses=PROBLEMS, tags=["lists"])
async def facts(request: Request, parameters: Annotated[FactsParameters, Query()]) -> Response:
    """Open a figure into the facts behind it.

    `total` is the figure of the counting KPI (`list`), always counted from the list itself. Rows
    are ordered by day and then by when we first heard of them.
    """
    services = services_of(request)
    caller = await services.access.caller(request)
    question = FactsQuestion(parameters, services.settings)
    reading = await services.reader.read(caller.partition, caller.tenant, question.plan)
    return answer(question.answer(reading))


class FactsQuestion:
    """One question for a page of a list."""

    def __init__(self, parameters: FactsParameters, settings: QuerySettings) -> None:
        self.parameters = parameters
        self.settings = settings
        self.kpi = kpi_named(parameters.metric)
        self.list = CATALOGUE[self.kpi.list_name]
        self.name, self.currency = _list_field(self.kpi, self.list, parameters.dimension)
        if parameters.limit > settings.max_rows:
            detail = f"at most {settings.max_rows} rows on a page"
            raise invalid("limit_too_large", detail, "limit", limit=settings.max_rows)

    def _wanted(self, basis: Basis) -> lists.Wanted:
        given = self.parameters
        first = last = NOW
        if self.list.additivity != "gauge":
            longest = self.settings.max_range_days
            first, last = period_of(given.from_, given.to, basis.today, longest)
        ids = targets(basis.org, given.scope, given.id, given.sub)
        return lists.Wanted(self.name, given.scope, ids, first, last, self.currency)

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: the page, and who is mentioned if unknown."""
        wanted, given = self._wanted(basis), self.parameters
        after = lists.read_cursor(given.cursor, basis.generation, wanted)
        longest = self.settings.max_filtered_rows
        commands = [lists.command(basis.keys, wanted, after, given.limit, longest)]
        if not is_known(basis.org, given.scope, given.id):
            commands.append(("SMEMBERS", basis.keys.pairs))
        return commands

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis, given = reading.basis, self.parameters
        wanted = self._wanted(basis)
        if not is_known(basis.org, given.scope, given.id) and not is_mentioned(
            reading.replies[1], given.scope, encode(given.id)
        ):
            raise unknown_id(given.scope, given.id)
        longest = self.settings.max_filtered_rows
        total, rows, has_more = lists.page(reading.replies[0], given.limit, longest)
        is_gauge = self.list.additivity == "gauge"
        return {
            **reading.head(),
            "metric": self.kpi.name,
            "list": self.list.name,
            "scope": given.scope,
            "id": given.id,
            "sub": given.sub and given.scope == "department",
            "from": None if is_gauge else format_day(wanted.first),
            "to": None if is_gauge else format_day(wanted.last),
            "dimension": given.dimension,
            "total": total,
            "rows": [row_of(row) for row in rows],
            "next": lists.write_cursor(basis.generation, wanted, rows[-1]) if has_more else None,
        }


def _list_field(kpi: Kpi, counting: Kpi, text: str) -> tuple[str, str]:
    """Return (field of the list, currency) that a dimension asks for."""
    try:
        wanted = parse_dimension(text)
    except ValueError:
        raise invalid("bad_dimension", "write it as 'source:web'", "dimension") from None
    wanted = dict(wanted)
    currency = wanted.pop("currency", "")
    if currency and kpi.unit not in ("money", "money_mean"):
        raise invalid("unknown_dimension", f"{kpi.name} has no currency", "dimension")
    unknown = wanted.keys() - set(counting.dimensions)
    if unknown or len(wanted) > 1:
        known = [*counting.dimensions, *(["currency"] if kpi.unit == "money" else [])]
        detail = f"{counting.name} is listed by one of its dimensions, not by '{text}'"
        raise invalid("unknown_dimension", detail, "dimension", known=known)
    return field(counting.name, dimension(**wanted)), currency
