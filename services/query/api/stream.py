"""`GET /v1/stream`: figures as they change, as server-sent events."""

from __future__ import annotations

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.query.access import presented_key
from services.query.api.answer import services_of
from services.query.parameters import StreamParameters
from services.query.problems import Problem, invalid
from services.query.selection import kpis_named
from services.query.stream.cast import Subscription
from services.query.stream.hub import Stream

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(request: Request) -> StreamingResponse:
    """Open a stream."""
    services = services_of(request)
    key = presented_key(request)
    caller = await services.access.check(key)
    parameters = StreamParameters.model_validate(dict(request.query_params))
    subscription = Subscription(
        caller.tenant,
        parameters.scope,
        parameters.id,
        *_wanted(parameters.metrics),
        parameters.sub and parameters.scope == "department",
    )

    async def still_allowed() -> bool:
        try:
            await services.access.check(key)
        except Problem as problem:
            return problem.status == 503
        except (RedisError, OSError):
            return True  # nobody can tell now: the heartbeats say that the store is away
        return True

    last_event_id = request.headers.get("last-event-id") or parameters.last_event_id
    opened = await services.hub.open(caller.partition, subscription, last_event_id, still_allowed)
    return EventStream(opened)


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
