"""`GET /v1/stream`: figures as they change, as server-sent events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import Final, NamedTuple

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from schemas.access import Ask, Board, Decision, Viewer, decide
from schemas.kpis import CATALOGUE, Kpi
from schemas.tree import Tree
from services.query.access import presented_key
from services.query.alerts.sight import AlertSight, Place
from services.query.api.answer import Entered, declares, enter
from services.query.basis import Basis
from services.query.catalogue import metrics_named, names_of
from services.query.door import Visit, viewer_of
from services.query.parameters import StreamParameters
from services.query.problems import Problem, invalid
from services.query.reader import Reading
from services.query.selection import kpis_named
from services.query.stream.alarms import Alerted, SightOf
from services.query.stream.cast import Subscription
from services.query.stream.channel import Channel
from services.query.stream.connection import Stream
from services.query.stream.follower import Follower, Question, Report
from services.query.stream.right import Right
from services.query.stream.scene import Scene
from services.query.stream.view import Following, View

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
    caller = entered.caller
    parameters = StreamParameters.model_validate(dict(request.query_params))
    kpis, of_people = _wanted(await _figures(entered, parameters), caller.board, parameters)
    subscription = Subscription(
        caller.tenant,
        parameters.scope,
        parameters.id,
        tuple(kpi.name for kpi in kpis),
        of_people,
        parameters.sub and parameters.scope == "department",
        has_amounts=caller.board is None or any(kpi.unit == "money" for kpi in kpis),
        celebrates=parameters.moments,
    )
    place, sub, names = subscription.subject, subscription.sub, frozenset(subscription.kpis)
    visit = entered.visit(Ask("figures", "stream", *place, sub, metrics=names))

    has_names = caller.board is None or caller.board.has_names
    sight = AlertSight(frozenset({Place(*place, sub)}), has_names=has_names)
    alerts = (lambda _: sight) if parameters.alerts else None
    wanted = [Wanted(visit, following_of_figures(entered, subscription))]
    return await open_stream(request, entered, wanted, parameters.last_event_id, alerts)


def following_of_figures(entered: Entered, subscription: Subscription) -> Following:
    """Return how figures are followed; equal subscriptions of those who see the same share it."""
    services = entered.services

    def channel(decision: Decision) -> Channel:
        settings = services.settings
        shown = subscription._replace(
            people=decision.people, within=decision.within, is_unnamed=decision.is_unnamed
        )
        return Channel(
            Scene(shown),
            entered.caller.partition,
            services.reader,
            busy=settings.busy_records_per_s,
            gap_s=1 / settings.flushes_per_s,
            pushed=services.telemetry.pushed,
        )

    return Following(subscription, channel)


class Wanted(NamedTuple):
    """What somebody wants to follow, and what has to be allowed for it.

    Shape:  `read` reads what has to be known for the decision where the organisation alone does
            not tell; `beside` are other questions that have to be allowed as well; `view` names
            it where it is one of several in a stream.
    """

    visit: Visit
    following: Following
    read: Read | None = None
    beside: tuple[Visit, ...] = ()
    view: str = ""

    async def admitted(self) -> View:
        """Return the view of who may see all of it; Problem 403 with the decision."""
        decision = await _admitted(self.visit, self.read or self.visit.read)
        for each in self.beside:
            await _admitted(each, each.read)
        return View(self.view, self.following, self.judge, decision)

    async def judge(self, basis: Basis) -> Decision:
        """Decide on what is known now."""
        if self.read is not None:
            return await _decided(self.read)
        refused = [each.decide(basis) for each in self.beside]
        decision = self.visit.decide(basis)
        return next((each for each in refused if not each.is_allowed), decision)


async def open_stream(
    request: Request,
    entered: Entered,
    wanted: Sequence[Wanted],
    last_event_id: str,
    alerts: SightOf | None = None,
) -> EventStream:
    """Open a stream, for as long as its caller is good and may see all that is asked for.

    Shape:  `last_event_id` is that of the address, the header goes before it; `alerts` says which
            open alerts are told too, as far as the caller may see what they watch.
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

    right = Right(
        caller.tenant,
        still_allowed,
        is_over=lambda: caller.until is not None and services.now_ms() >= caller.until,
        is_fixed=caller.kind != "person" and not (caller.board and caller.board.board_id),
        moves_with_facts=any(each.read is not None for each in wanted),
    )
    since = request.headers.get("last-event-id") or last_event_id
    views = [await each.admitted() for each in wanted]
    alerted = None if alerts is None else Alerted(alerts, partial(viewer_of, caller))
    return EventStream(await services.hub.open(caller.partition, views, right, since, alerted))


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


async def _figures(entered: Entered, parameters: StreamParameters) -> list[Kpi]:
    """Return the figures asked for; only those of the tenant's own have to be looked up."""
    if all(name in CATALOGUE for name in names_of(parameters.metrics)):
        return kpis_named(parameters.metrics)
    names = frozenset(names_of(parameters.metrics))
    place = (parameters.scope, parameters.id)
    sub = parameters.sub and parameters.scope == "department"
    ask = Ask("figures", "stream", *place, sub, metrics=names)
    reading = await entered.visit(ask).read()
    return metrics_named(reading.basis, parameters.metrics)


def _wanted(
    kpis: list[Kpi], board: Board | None, parameters: StreamParameters
) -> tuple[list[Kpi], tuple[str, ...]]:
    """Return the KPIs to be shown of the scope, and the names of those of each employee.

    Errors: Problem `not_streamed` names those that cannot be followed.
    Laws:   those that were named are shown of everybody; by default all of the scope, of a kiosk
            those of its board, and of each employee what adds over people, because a snapshot has
            to stay small.
    """
    if not parameters.metrics.strip(" ,"):
        shown = [kpi for kpi in kpis if kpi.streamed and (not board or kpi.name in board.metrics)]
        return shown, tuple(kpi.name for kpi in shown if kpi.adds_over_people)
    lacking = [kpi.name for kpi in kpis if not kpi.streamed]
    if lacking:
        detail = f"not followed live, ask /v1/kpis for: {', '.join(lacking)}"
        raise invalid("not_streamed", detail, "metrics", metrics=lacking)
    return kpis, tuple(kpi.name for kpi in kpis)
