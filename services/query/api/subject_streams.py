"""The report of a department or an employee as it changes, as server-sent events."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request

from schemas.access import Decision
from schemas.calendar import day_end
from services.query.api.answer import declares, enter
from services.query.api.report_streams import RESPONSES
from services.query.api.reports import Parameters, question_of
from services.query.api.stream import EventStream, Wanted, following_of, open_stream
from services.query.granted import Granted
from services.query.parameters import FollowParameters
from services.query.reports.parameters import (
    DepartmentReportParameters,
    EmployeeReportParameters,
)
from services.query.reports.question import ReportQuestion
from services.query.stream.follower import Answered, Report

router = APIRouter(tags=["stream"])
_OF_ONE_LISTENER: Final = {"key", "lang", "last_event_id"}
"""What does not tell one question from another."""


class DepartmentStream(FollowParameters, DepartmentReportParameters):
    """Parameters of `/v1/reports/department/stream`."""


class EmployeeStream(FollowParameters, EmployeeReportParameters):
    """Parameters of `/v1/reports/employee/stream`."""


@router.get("/v1/reports/department/stream", responses=RESPONSES, response_model=None)
@declares("figures")
async def department_stream(
    request: Request, parameters: Annotated[DepartmentStream, Query()]
) -> EventStream:
    """Follow the department report; its rows are the blocks."""
    return await _opened(request, "department", parameters, parameters.last_event_id)


@router.get("/v1/reports/employee/stream", responses=RESPONSES, response_model=None)
@declares("figures")
async def employee_stream(
    request: Request, parameters: Annotated[EmployeeStream, Query()]
) -> EventStream:
    """Follow the employee report; its rows are the blocks."""
    return await _opened(request, "employee", parameters, parameters.last_event_id)


async def _opened(request: Request, name: str, given: Parameters, since: str) -> EventStream:
    """Open a stream; equal questions of who sees the same share a follower."""
    entered = await enter(request)
    services, caller = entered.services, entered.caller
    question = question_of(given, services)
    visit = entered.visit(partial(question.ask, "stream"))

    def report(decision: Decision) -> Report:
        place = (caller.partition, caller.tenant)
        granted = Granted(services.reader, services.books, *place, decision, question.ask("stream"))
        return Report(partial(_evaluated, granted, question), id_of="block")

    asked = given.model_dump_json(exclude=_OF_ONE_LISTENER)
    following = following_of(entered, name, asked, report)
    return await open_stream(request, entered, [Wanted(visit, following)], since)


async def _evaluated(granted: Granted, question: ReportQuestion) -> Answered:
    """Return the report with `rows` in place of `blocks`; it holds until midnight."""
    reading = await granted.read(question.plan)
    document: dict[str, Any] = granted.opened(reading, question.answer(reading))
    blocks = document.pop("blocks")
    basis = reading.basis
    until_ms = day_end(basis.today, basis.settings.time_zone) + 1
    return Answered({**document, "rows": blocks}, until_ms)
