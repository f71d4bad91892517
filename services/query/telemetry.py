"""What the service measures about itself, as `schemas.telemetry` declares it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Literal

from prometheus_client import CollectorRegistry, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.telemetry import counter, gauge, histogram

_STREAM = "/stream"


class Telemetry:
    """The metrics of this process."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._now_ms = now_ms
        self._requests = counter("salespulse_query_requests_total", self.registry)
        self._seconds = histogram("salespulse_query_seconds", self.registry)
        self._listeners = gauge("salespulse_stream_listeners", self.registry)
        self._push = histogram("salespulse_stream_push_seconds", self.registry)
        self._evaluations = counter("salespulse_report_evaluations_total", self.registry)
        self._evaluation = histogram("salespulse_report_evaluation_seconds", self.registry)
        self._audit = counter("salespulse_audit_records_total", self.registry)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Take one answered request; a stream counts, but has no duration worth knowing."""
        self._requests.labels(route, f"{status // 100}xx").inc()
        if not route.endswith(_STREAM):
            self._seconds.labels(route).observe(seconds)

    def listeners(self, count: int) -> None:
        """Take the number of open streams."""
        self._listeners.set(count)

    def pushed(self, committed_ms: int) -> None:
        """Take the commit time of a change that was pushed now."""
        self._push.observe(max(0, self._now_ms() - committed_ms) / 1000)

    def evaluated(self, report: str, outcome: str, seconds: float) -> None:
        """Take an evaluation of a followed report."""
        self._evaluations.labels(report, outcome).inc()
        self._evaluation.labels(report).observe(seconds)

    def audited(self, outcome: Literal["kept", "lost"], count: int) -> None:
        """Take audit records that were written, or could not be."""
        self._audit.labels(outcome).inc(count)

    def exposition(self) -> bytes:
        """Return the metrics as Prometheus reads them."""
        return generate_latest(self.registry)


class Edge:
    """ASGI middleware: measures every request."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry, patterns: Mapping[object, str]) -> None:
        self._app = app
        self._telemetry = telemetry
        self._patterns = patterns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            self._telemetry.answered(self._route(scope), status, perf_counter() - began)

    def _route(self, scope: Scope) -> str:
        """Return the pattern of the route, which comes from a closed set; never the address."""
        path: str = getattr(scope.get("route"), "path", "")
        return path or self._patterns.get(scope.get("endpoint"), "other")
