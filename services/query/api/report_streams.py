"""`GET /v1/reports/<name>/stream`: a report as it changes, as server-sent events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Final, Generic, NamedTuple, TypeVar

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from schemas.access import Decision
from schemas.calendar import day_end
from services.query.alerts.sight import AlertSight, Place
from services.query.api.answer import Entered, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.api.stream import EventStream, Wanted, following_of, open_stream
from services.query.basis import Basis
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
RESPONSES: Final = PROBLEMS | {
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


class SupervisorStream(TelesalesStream):
    """Parameters of `/v1/reports/supervisor/stream`: of the telesales report, and whose calls."""

    calls_department: str = Field("", description="Department of the calls; default all.")
    calls_sub: bool = Field(False, description="Their department with all below it.")
    alerts: bool = Field(
        False,
        description="With the open alerts of that department, of what is below it, of its people.",
    )

    @property
    def calls(self) -> CallsParameters:
        """Return the question for the live call view."""
        asked = {"department": self.calls_department, "sub": self.calls_sub}
        return CallsParameters.model_validate(asked)

    @property
    def telesales(self) -> TelesalesParameters:
        """Return the question for the telesales report."""
        asked = self.model_dump(include=set(TelesalesParameters.model_fields))
        return TelesalesParameters.model_validate(asked)


Given = TypeVar(
    "Given", bound=TelesalesStream | LifecycleStream | JourneyStream | SalesPerformanceStream
    | CallsStream
)  # fmt: skip


@router.get("/v1/reports/telesales/stream", responses=RESPONSES, response_model=None)
@declares("telesales")
async def telesales_stream(
    request: Request, parameters: Annotated[TelesalesStream, Query()]
) -> EventStream:
    """Follow the telesales report."""
    return await _opened(request, parameters, _telesales())


@router.get("/v1/reports/lifecycle/stream", responses=RESPONSES, response_model=None)
@declares("figures")
async def lifecycle_stream(
    request: Request, parameters: Annotated[LifecycleStream, Query()]
) -> EventStream:
    """Follow the lifecycle report; rows are told apart by their day."""
    lifecycle = _Followed("lifecycle", _until_midnight(answers.lifecycle), id_of="day")
    return await _opened(request, parameters, lifecycle)


@router.get("/v1/reports/journey/stream", responses=RESPONSES, response_model=None)
@declares("figures")
async def journey_stream(
    request: Request, parameters: Annotated[JourneyStream, Query()]
) -> EventStream:
    """Follow the journey report; rows are told apart by their day."""
    journey = _Followed("journey", _until_midnight(answers.journey), id_of="day")
    return await _opened(request, parameters, journey)


@router.get("/v1/reports/sales-performance/stream", responses=RESPONSES, response_model=None)
@declares("figures")
async def sales_performance_stream(
    request: Request, parameters: Annotated[SalesPerformanceStream, Query()]
) -> EventStream:
    """Follow the first page of the sales performance report."""
    if parameters.cursor:
        detail = "a stream follows the first page and takes no cursor"
        raise invalid("conflicting_parameters", detail, "cursor")
    listing = _Followed("sales-performance", _until_midnight(answers.sales_performance))
    return await _opened(request, parameters, listing)


@router.get("/v1/reports/calls/stream", responses=RESPONSES, response_model=None)
@declares("telesales")
async def calls_stream(
    request: Request, parameters: Annotated[CallsStream, Query()]
) -> EventStream:
    """Follow the live call view.

    What the clock alone moves (provisional seconds, calls per hour) is no change: a page counts
    it on from the instant that stands beside it.
    """
    return await _opened(request, parameters, _floor())


@router.get("/v1/reports/supervisor/stream", responses=RESPONSES, response_model=None)
@declares("telesales")
async def supervisor_stream(
    request: Request, parameters: Annotated[SupervisorStream, Query()]
) -> EventStream:
    """Follow the live call view and the telesales report in one stream, as a supervisor does.

    Its events are those of both with the name of the report before them (`calls.snapshot`,
    `telesales.change`, ...), each of its own version; `alerts` and `denied` are of both.
    """
    entered = await enter(request)
    wanted = [
        _wanted(entered, parameters.calls, _floor(), view="calls"),
        _wanted(entered, parameters.telesales, _telesales(), view="telesales"),
    ]
    alerts = partial(_alerts_of, parameters.calls) if parameters.alerts else None
    return await open_stream(request, entered, wanted, parameters.last_event_id, alerts)


def _alerts_of(given: CallsParameters, _: Basis) -> AlertSight:
    """Return whose alerts a supervisor is shown: of all whose calls, as far as they may look."""
    ask = ask_of("figures", "stream", given)
    return AlertSight(frozenset({Place(ask.scope, ask.scope_id, ask.sub)}), is_wide=True)


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


class _Followed(NamedTuple, Generic[Asked]):
    """A report that is followed.

    Shape:  rows are told apart by their `id_of`; `still` takes out of an answer what the clock
            alone moves.
    """

    name: str
    evaluate: Callable[[Services, Granted, Asked], Awaitable[Answered]]
    id_of: str = "id"
    still: Callable[[Any], Any] = as_it_is


def _telesales() -> _Followed[TelesalesParameters]:
    return _Followed("telesales", _until_midnight(answers.telesales))


def _floor() -> _Followed[CallsParameters]:
    return _Followed("calls", _calls, still=still)


async def _opened(request: Request, given: Given, followed: _Followed[Any]) -> EventStream:
    """Open a stream of a report; equal questions of who sees the same share a follower."""
    entered = await enter(request)
    wanted = [_wanted(entered, given, followed)]
    return await open_stream(request, entered, wanted, given.last_event_id)


def _wanted(entered: Entered, given: Asked, followed: _Followed[Asked], view: str = "") -> Wanted:
    """Return a report as it is followed by those who ask the same."""
    services, caller = entered.services, entered.caller
    asked = given.model_dump_json(exclude=_OF_ONE_LISTENER)

    def report(decision: Decision) -> Report:
        place = (caller.partition, caller.tenant)
        granted = Granted(services.reader, services.books, *place, decision, ask)
        return Report(
            partial(followed.evaluate, services, granted, given), followed.id_of, followed.still
        )

    ask = ask_of(entered.subject, "stream", given)
    visit = entered.visit(ask)
    return Wanted(visit, following_of(entered, followed.name, asked, report), view=view)
