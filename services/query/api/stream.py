"""`GET /v1/stream`: figures as they change, as server-sent events."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.query.access import Caller
from services.query.api.answer import services_of
from services.query.parameters import StreamParameters
from services.query.problems import Problem, invalid
from services.query.selection import kpis_named
from services.query.stream.audience import Audience
from services.query.stream.cast import Subscription
from services.query.stream.channel import Channel
from services.query.stream.hub import Stream
from services.query.stream.scene import Scene

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(request: Request) -> EventStream:
    """Open a stream."""
    services = services_of(request)
    caller = await services.access.caller(request)
    parameters = StreamParameters.model_validate(dict(request.query_params))
    subscription = Subscription(
        caller.tenant,
        parameters.scope,
        parameters.id,
        *_wanted(parameters.metrics),
        parameters.sub and parameters.scope == "department",
    )

    def channel() -> Channel:
        settings = services.settings
        return Channel(
            Scene(subscription),
            caller.partition,
            services.reader,
            busy=settings.busy_records_per_s,
            gap_s=1 / settings.flushes_per_s,
            pushed=services.telemetry.pushed,
        )

    return await open_stream(request, caller, subscription, channel, parameters.last_event_id)


async def open_stream(
    request: Request,
    caller: Caller,
    question: Hashable,
    make: Callable[[], Audience],
    last_event_id: str,
) -> EventStream:
    """Open a stream of a question, for as long as the token of the request is good.

    Shape:  `make` makes the audience where nobody follows the question yet; `last_event_id` is
            that of the address, the header goes before it.
    """
    services = services_of(request)

    async def still_allowed() -> bool:
        try:
            await services.access.caller(request)
        except Problem as problem:
            return problem.status == 503
        except (RedisError, OSError):
            return True  # nobody can tell now: the heartbeats say that the store is away
        return True

    since = request.headers.get("last-event-id") or last_event_id
    hub, partition = services.hub, caller.partition
    return EventStream(await hub.open(partition, question, make, since, still_allowed))


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


def _wanted(metrics: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the KPIs to be shown of the scope, and of each employee.

    Errors: Problem `not_streamed` names those that cannot be followed.
    Laws:   those that were named are shown of everybody; by default all of the scope, and of each
            employee what adds over people, because a snapshot has to stay small.
    """
    kpis = kpis_named(metrics)
    if not metrics.strip(" ,"):
        shown = [kpi for kpi in kpis if kpi.streamed]
        people = [kpi.name for kpi in shown if kpi.adds_over_people]
        return tuple(kpi.name for kpi in shown), tuple(people)
    lacking = [kpi.name for kpi in kpis if not kpi.streamed]
    if lacking:
        detail = f"not followed live, ask /v1/kpis for: {', '.join(lacking)}"
        raise invalid("not_streamed", detail, "metrics", metrics=lacking)
    names = tuple(kpi.name for kpi in kpis)
    return names, names
