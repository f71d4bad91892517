"""/metrics, /healthz and /readyz of a service that has no other door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from schemas.edge.headers import NO_PAGES

_UNAVAILABLE: Final = 503
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": NO_PAGES,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Readiness(NamedTuple):
    """Whether a service does its work, and what it says of it."""

    is_ready: bool
    document: Mapping[str, Any]


async def serve_health(
    registry: CollectorRegistry, readiness: Callable[[], Readiness], host: str, port: int
) -> web.AppRunner:
    """Start the HTTP server; the caller cleans the runner up.

    Laws:   /healthz is 200 while the process runs; /readyz 200 or 503, with the document.
    Errors: OSError where the address cannot be taken.
    """

    async def metrics(_: web.Request) -> web.Response:
        body = generate_latest(registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        found = readiness()
        status = web.HTTPOk.status_code if found.is_ready else _UNAVAILABLE
        return web.json_response(dict(found.document), status=status)

    async def harden(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_HEADERS)

    app = web.Application()
    app.on_response_prepare.append(harden)
    app.add_routes(
        [web.get("/metrics", metrics), web.get("/healthz", healthz), web.get("/readyz", readyz)]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
