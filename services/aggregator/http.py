"""/metrics, /healthz and /readyz of the aggregator."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schemas.edge.headers import NO_PAGES
from services.aggregator.app import Aggregator

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": NO_PAGES,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


async def serve(aggregator: Aggregator) -> web.AppRunner:
    """Start the HTTP server; the caller cleans the runner up."""

    async def metrics(_: web.Request) -> web.Response:
        body = generate_latest(aggregator.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        state = {
            "ready": aggregator.is_ready,
            "partitions": {str(p): w.position for p, w in sorted(aggregator.workers.items())},
        }
        return web.json_response(state, status=200 if aggregator.is_ready else 503)

    async def harden(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_HEADERS)

    app = web.Application()
    app.on_response_prepare.append(harden)
    app.add_routes(
        [web.get("/metrics", metrics), web.get("/healthz", healthz), web.get("/readyz", readyz)]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    settings = aggregator.settings
    await web.TCPSite(runner, settings.http_host, settings.http_port).start()
    return runner
