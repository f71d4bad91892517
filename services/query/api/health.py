"""`/healthz`, `/readyz`, `/metrics`: for those who run the service."""

from __future__ import annotations

import orjson
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response

from services.query.api.answer import answer, services_of


async def healthz(_: Request) -> Response:
    """Say that the process runs."""
    return answer({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether everything needed answers, and name what does not."""
    services = services_of(request)
    failing = []
    try:
        await services.redis.ping()
    except (RedisError, OSError):
        failing.append("store")
    if not services.directory.is_read:
        failing.append("tenant-directory")
    if not failing:
        return answer({"status": "ready"})
    body = orjson.dumps({"status": "not ready", "failing": failing})
    return Response(body, 503, {"Retry-After": "2"}, "application/json")


async def metrics(request: Request) -> Response:
    """Expose the metrics of the process."""
    body = services_of(request).telemetry.exposition()
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")
