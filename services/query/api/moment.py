"""`/v1/hours` and `/v1/running-calls`: what boards show of this moment that is no cell.

Both are the list behind a figure, told without what a list tells of customers; whoever may see
the figures of the people of a place may see them, a kiosk for its board too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask, Form
from schemas.calendar import format_time, from_date, to_date
from schemas.tables import NOBODY
from services.query import lists
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.basis import Basis, Command
from services.query.board_answers import HoursAnswer, RunningCallsAnswer
from services.query.boards.faults import HOURLY, RUNNING
from services.query.door import Visit
from services.query.fact_rows_dealings import call_fields
from services.query.hours import COURSES, HOURS, Course, hour_now, hours_of, told
from services.query.list_sources import Question, moment_of, source_of
from services.query.parameters import HoursParameters, PlaceParameters
from services.query.periods import Period
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.selection import check_known, kpi_named, targets

router = APIRouter()
_MOST_CALLS: Final = 500
_MOST_ROWS: Final = 50_000
_FACTS_AT_ONCE: Final = 2_000
_WEEK: Final = timedelta(days=7)


@router.get("/v1/hours", response_model=HoursAnswer, responses=PROBLEMS, tags=["figures"])
@declares("figures")
async def hours(request: Request, parameters: Annotated[HoursParameters, Query()]) -> Response:
    """Show the course of today beside the same day a week ago, by the hour.

    The hours of a day add up to its figure, of money to that in the currency of the tenant. Only
    figures of what happens at an instant have a course (`/v1/boards` lists them);
    `list_too_long` where a day has more than 50,000.
    """
    entered = await enter(request)
    question = HoursQuestion(parameters)
    visit = entered.visit(_ask(parameters, "figure", parameters.metric))
    reading = await visit.read(question.plan)
    return answer(await question.answer(visit, reading))


@router.get(
    "/v1/running-calls", response_model=RunningCallsAnswer, responses=PROBLEMS, tags=["figures"]
)
@declares("figures")
async def running_calls(
    request: Request, parameters: Annotated[PlaceParameters, Query()]
) -> Response:
    """Show who is on the telephone and since when; of customers nothing is told."""
    entered = await enter(request)

    def plan(basis: Basis) -> Sequence[Command]:
        today = Period(basis.today, basis.today)
        return [_list_of(basis, parameters, RUNNING, today, limit=_MOST_CALLS)]

    reading = await entered.visit(_ask(parameters, "rows", RUNNING)).read(plan)
    total, rows, _ = lists.page(reading.replies[0], _MOST_CALLS, _MOST_ROWS)
    calls = [_running(reading, row) for row in rows if reading.shows(_caller_of(row))]
    return answer({**reading.head(), **_place(parameters), "total": total, "calls": calls})


class HoursQuestion:
    """One question for the course of a day."""

    def __init__(self, parameters: HoursParameters) -> None:
        self.kpi = kpi_named(parameters.metric)
        if self.kpi.name not in HOURLY:
            detail = f"'{self.kpi.name}' has no hours"
            raise invalid("no_hours", detail, "metric", known=sorted(HOURLY))
        self.parameters = parameters
        self._courses = COURSES[self.kpi.name]

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read: the rows of both days, without their facts."""
        return [
            _list_of(basis, self.parameters, course.listed, Period(day, day))
            for day in _days(basis)
            for course in self._courses
        ]

    async def answer(self, visit: Visit, reading: Reading) -> dict[str, Any]:
        """Read the facts and return the answer document."""
        basis, days, replies = reading.basis, [], iter(reading.replies)
        time_zone, currency = basis.settings.time_zone, basis.settings.currency
        now = hour_now(basis.now_ms, time_zone)
        for day in _days(basis):
            found: list[tuple[Course, list[lists.Row]]] = []
            for course in self._courses:
                keys = lists.all_numbers(next(replies), _MOST_ROWS)
                rows = [row for part in _parts(keys) for row in await _facts(visit, part)]
                found.append((course, rows))
            counts = hours_of(found, day, time_zone, currency)
            days.append(told(day, counts, now if day == basis.today else HOURS - 1))
        head = {"metric": self.kpi.name, "label": self.kpi.label_en, "unit": self.kpi.unit}
        money = {"currency": currency} if self.kpi.unit == "money" else {}
        return {**reading.head(), **head, **money, **_place(self.parameters), "days": days}


def _ask(given: PlaceParameters, form: Form, metric: str) -> Ask:
    return Ask("figures", form, given.scope, given.id, given.sub, metrics=frozenset({metric}))


def _place(given: PlaceParameters) -> dict[str, Any]:
    return {"scope": given.scope, "id": given.id, "sub": given.sub}


def _days(basis: Basis) -> tuple[int, int]:
    return basis.today, from_date(to_date(basis.today) - _WEEK)


def _list_of(
    basis: Basis, given: PlaceParameters, metric: str, period: Period, limit: int = 0
) -> Command:
    """Return what reads a list: all its rows without facts, or a page with them."""
    check_known(basis, given.scope, given.id)
    whose = lists.Whose(given.scope, targets(basis.org, given.scope, given.id, given.sub))
    source = source_of(Question(kpi_named(metric)), period, moment_of(basis))
    if not limit:
        return lists.numbers_command(basis.keys, source, whose, _MOST_ROWS)
    return lists.command(basis.keys, source, whose, lists.START, limit, _MOST_ROWS)


def _parts(keys: Sequence[lists.RowKey]) -> list[Sequence[lists.RowKey]]:
    return [keys[at : at + _FACTS_AT_ONCE] for at in range(0, len(keys), _FACTS_AT_ONCE)]


async def _facts(visit: Visit, keys: Sequence[lists.RowKey]) -> list[lists.Row]:
    reading = await visit.read(lambda basis: [lists.facts_command(basis.keys, keys)])
    return lists.rows_of(keys, reading.replies[0])


def _caller_of(row: lists.Row) -> str:
    return NOBODY if row.place is None else row.place[1]


def _running(reading: Reading, row: lists.Row) -> dict[str, Any]:
    employee, fields = _caller_of(row), call_fields(row.fact)  # type: ignore[arg-type]
    is_somebody = employee != NOBODY
    return {
        "call_id": row.fact.id,
        "employee_id": employee if is_somebody else None,
        "name": reading.basis.org.employee_name(employee) if is_somebody else None,
        "direction": fields["direction"],
        "since": fields["started_at"] or fields["connected_at"] or format_time(row.key.day),
        "talking_since": fields["connected_at"],
    }
