"""`GET /v1/reports/<name>/stream`: a report as it changes, as server-sent events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Query
from starlette.requests import Request

from schemas.access import Decision
from schemas.calendar import day_end
from services.query.api.answer import declares, enter
from services.query.api.responses import PROBLEMS
from services.query.api.stream import EventStream, following_of, open_stream
from services.query.cohorts import answers
from services.query.cohorts.asking import ask_of
from services.query.cohorts.call_answers import calls
from services.query.cohorts.call_rows import still
from services.query.cohorts.parameters import (
    CallsParameters,
    CohortParameters,
    JourneyParameters,
    LifecycleParameters,
    SalesPerformancePage,
    TelesalesParameters,
)
from services.query.granted import Granted
from services.query.parameters import FollowParameters
from services.query.problems import invalid
from services.query.services import Services
from services.query.stream.difference import as_it_is
from services.query.stream.follower import Answered, Report

router = APIRouter(tags=["stream"])
_RESPONSES: Final = PROBLEMS | {
    200: {
        "description": "Server-sent events: `snapshot` (the report), then `change` (rows that "
        "differ, ids that are `gone`, other members that differ), `heartbeat`, `reset`, and "
        "`denied` where the right to it was lost.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_OF_ONE_LISTENER: Final = {"key", "lang", "last_event_id"}
"""What does not tell one question from another."""
Document = dict[str, Any]
Asked = TypeVar("Asked", bound=CallsParameters | CohortParameters)


class TelesalesStream(FollowParameters, TelesalesParameters):
    """Parameters of `/v1/reports/telesales/stream`."""


class LifecycleStream(FollowParameters, LifecycleParameters):
    """Parameters of `/v1/reports/lifecycle/stream`."""


class JourneyStream(FollowParameters, JourneyParameters):
    """Parameters of `/v1/reports/journey/stream`."""


class SalesPerformanceStream(FollowParameters, SalesPerformancePage):
    """Parameters of `/v1/reports/sales-performance/stream`, which follows the first page."""


class CallsStream(FollowParameters, CallsParameters):
    """Parameters of `/v1/reports/calls/stream`."""


Given = TypeVar(
    "Given", bound=TelesalesStream | LifecycleStream | JourneyStream | SalesPerformanceStream
    | CallsStream
)  # fmt: skip


@router.get("/v1/reports/telesales/stream", responses=_RESPONSES, response_model=None)
@declares("telesales")
async def telesales_stream(
    request: Request, parameters: Annotated[TelesalesStream, Query()]
) -> EventStream:
    """Follow the telesales report."""
    return await _opened(request, parameters, "telesales", _until_midnight(answers.telesales))


@router.get("/v1/reports/lifecycle/stream", responses=_RESPONSES, response_model=None)
@declares("figures")
async def lifecycle_stream(
    request: Request, parameters: Annotated[LifecycleStream, Query()]
) -> EventStream:
    """Follow the lifecycle report; rows are told apart by their day."""
    evaluate = _until_midnight(answers.lifecycle)
    return await _opened(request, parameters, "lifecycle", evaluate, id_of="day")


@router.get("/v1/reports/journey/stream", responses=_RESPONSES, response_model=None)
@declares("figures")
async def journey_stream(
    request: Request, parameters: Annotated[JourneyStream, Query()]
) -> EventStream:
    """Follow the journey report; rows are told apart by their day."""
    evaluate = _until_midnight(answers.journey)
    return await _opened(request, parameters, "journey", evaluate, id_of="day")


@router.get("/v1/reports/sales-performance/stream", responses=_RESPONSES, response_model=None)
@declares("figures")
async def sales_performance_stream(
    request: Request, parameters: Annotated[SalesPerformanceStream, Query()]
) -> EventStream:
    """Follow the first page of the sales performance report."""
    if parameters.cursor:
        detail = "a stream follows the first page and takes no cursor"
        raise invalid("conflicting_parameters", detail, "cursor")
    evaluate = _until_midnight(answers.sales_performance)
    return await _opened(request, parameters, "sales-performance", evaluate)


@router.get("/v1/reports/calls/stream", responses=_RESPONSES, response_model=None)
@declares("telesales")
async def calls_stream(
    request: Request, parameters: Annotated[CallsStream, Query()]
) -> EventStream:
    """Follow the live call view.

    What the clock alone moves (provisional seconds, calls per hour) is no change: a page counts
    it on from the instant that stands beside it.
    """
    return await _opened(request, parameters, "calls", _calls, still=still)


async def _calls(services: Services, granted: Granted, given: CallsParameters) -> Answered:
    return Answered(*await calls(services, granted, given))


def _until_midnight(
    evaluate: Callable[[Services, Granted, Asked], Awaitable[Document]],
) -> Callable[[Services, Granted, Asked], Awaitable[Answered]]:
    """Return an evaluation that holds until the tenant's midnight."""

    async def evaluated(services: Services, granted: Granted, given: Asked) -> Answered:
        document = await evaluate(services, granted, given)
        basis = services.reader.known(granted.partition, granted.tenant)
        return Answered(document, day_end(basis.today, basis.settings.time_zone) + 1)

    return evaluated


async def _opened(
    request: Request,
    given: Given,
    name: str,
    evaluate: Callable[[Services, Granted, Given], Awaitable[Answered]],
    *,
    id_of: str = "id",
    still: Callable[[Any], Any] = as_it_is,
) -> EventStream:
    """Open a stream of a report; equal questions of who sees the same share a follower."""
    entered = await enter(request)
    services, caller = entered.services, entered.caller
    asked = given.model_dump_json(exclude=_OF_ONE_LISTENER)

    def report(decision: Decision) -> Report:
        place = (caller.partition, caller.tenant)
        granted = Granted(services.reader, services.books, *place, decision)
        return Report(partial(evaluate, services, granted, given), id_of, still)

    visit = entered.visit(ask_of(entered.subject, "stream", given))
    following = following_of(entered, name, asked, report)
    return await open_stream(request, entered, visit, following, last_event_id=given.last_event_id)
