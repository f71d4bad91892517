"""`GET /v1/stream`: figures as they change, as server-sent events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Final

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from schemas.access import Ask, Board, Decision, Tree, Viewer, decide
from schemas.kpis import CATALOGUE
from services.query.access import presented_key
from services.query.api.answer import Entered, declares, enter
from services.query.basis import Basis
from services.query.door import Visit
from services.query.parameters import StreamParameters
from services.query.problems import Problem, invalid
from services.query.reader import Reading
from services.query.selection import kpis_named
from services.query.stream.cast import Subscription
from services.query.stream.channel import Channel
from services.query.stream.connection import Following, Stream
from services.query.stream.follower import Follower, Question, Report
from services.query.stream.right import Right
from services.query.stream.scene import Scene

Read = Callable[[], Awaitable[Reading]]
_WHOLE: Final = decide(Viewer("machine"), Ask("figures"), Tree())
"""What a machine is shown."""
_FORBIDDEN: Final = 403
_UNAVAILABLE: Final = 503
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@declares("figures")
async def stream(request: Request) -> EventStream:
    """Open a stream."""
    entered = await enter(request)
    services, caller = entered.services, entered.caller
    parameters = StreamParameters.model_validate(dict(request.query_params))
    kpis, of_people = _wanted(parameters.metrics, caller.board)
    subscription = Subscription(
        caller.tenant,
        parameters.scope,
        parameters.id,
        kpis,
        of_people,
        parameters.sub and parameters.scope == "department",
        has_amounts=caller.board is None or any(CATALOGUE[k].unit == "money" for k in kpis),
    )
    place, sub, names = subscription.subject, subscription.sub, frozenset(kpis)
    visit = entered.visit(Ask("figures", "stream", *place, sub, metrics=names))

    def channel(decision: Decision) -> Channel:
        settings = services.settings
        return Channel(
            Scene(subscription._replace(people=decision.people)),
            caller.partition,
            services.reader,
            busy=settings.busy_records_per_s,
            gap_s=1 / settings.flushes_per_s,
            pushed=services.telemetry.pushed,
        )

    following = Following(subscription, channel)
    since = parameters.last_event_id
    return await open_stream(request, entered, visit, following, last_event_id=since)


async def open_stream(
    request: Request,
    entered: Entered,
    visit: Visit,
    following: Following,
    *,
    last_event_id: str,
    read: Read | None = None,
) -> EventStream:
    """Open a stream, for as long as its caller is good and may see what is asked for.

    Shape:  `last_event_id` is that of the address, the header goes before it; `read` reads what
            has to be known for the decision where the organisation alone does not tell.
    Errors: Problem 403 with code and detail of the decision; those of `Hub.open`.
    """
    services, caller = entered.services, entered.caller
    key = presented_key(request)

    async def still_allowed() -> bool:
        try:
            await services.access.check(key, caller.address)
        except Problem as problem:
            return problem.status == 503
        except (RedisError, OSError):
            return True  # nobody can tell now: the heartbeats say that the store is away
        return True

    async def on(basis: Basis) -> Decision:
        return visit.decide(basis) if read is None else await _decided(read)

    right = Right(
        caller.tenant,
        on,
        still_allowed,
        is_over=lambda: caller.until is not None and services.now_ms() >= caller.until,
        is_fixed=caller.kind != "person",
        moves_with_facts=read is not None,
    )
    since = request.headers.get("last-event-id") or last_event_id
    decision = await _admitted(visit, read or visit.read)
    opened = await services.hub.open(caller.partition, following, right, decision, since)
    return EventStream(opened)


async def _admitted(visit: Visit, read: Read) -> Decision:
    """Return the decision at the beginning.

    Errors: Problem 403 where it is no; but for a machine what `read` raises.
    Laws:   a machine may listen while there are no figures: heartbeats say so.
    """
    try:
        return (await read()).decision
    except Problem as problem:
        if visit.caller.kind != "machine" or problem.status != _UNAVAILABLE:
            raise
        return _WHOLE


def following_of(
    entered: Entered, name: str, parameters: Hashable, report: Callable[[Decision], Report]
) -> Following:
    """Return how a report is followed; equal questions of those who see the same share it."""
    services = entered.services
    question = Question(entered.caller.tenant, name, parameters)

    def follower(decision: Decision) -> Follower:
        return Follower(question, report(decision), services.now_ms, services.telemetry)

    return Following(question, follower)


async def _decided(read: Read) -> Decision:
    """Return the decision with which something is read, be it no."""
    try:
        return (await read()).decision
    except Problem as problem:
        if problem.status != _FORBIDDEN:
            raise
        return Decision(False, problem.code, problem.detail)


class EventStream(StreamingResponse):
    """The answer that goes on until the listener leaves."""

    def __init__(self, opened: Stream) -> None:
        super().__init__(opened.frames(), headers=_HEADERS, media_type="text/event-stream")
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and leave whatever happens."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._opened.leave()


def _wanted(metrics: str, board: Board | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the KPIs to be shown of the scope, and of each employee.

    Errors: Problem `not_streamed` names those that cannot be followed.
    Laws:   those that were named are shown of everybody; by default all of the scope, of a kiosk
            those of its board, and of each employee what adds over people, because a snapshot has
            to stay small.
    """
    kpis = kpis_named(metrics)
    if not metrics.strip(" ,"):
        shown = [kpi for kpi in kpis if kpi.streamed and (not board or kpi.name in board.metrics)]
        people = [kpi.name for kpi in shown if kpi.adds_over_people]
        return tuple(kpi.name for kpi in shown), tuple(people)
    lacking = [kpi.name for kpi in kpis if not kpi.streamed]
    if lacking:
        detail = f"not followed live, ask /v1/kpis for: {', '.join(lacking)}"
        raise invalid("not_streamed", detail, "metrics", metrics=lacking)
    names = tuple(kpi.name for kpi in kpis)
    return names, names
