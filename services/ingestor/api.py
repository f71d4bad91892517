"""The ingestor's HTTP application: routes, health, problems."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schemas.edge.guard import Guard
from schemas.edge.headers import NO_PAGES, SecurityHeaders
from schemas.keystore import KeyStoreError
from services.ingestor.admin_api import admin_router
from services.ingestor.dead_letters_api import dead_letters_router
from services.ingestor.edge import policy_of, refused
from services.ingestor.erasure_api import erasure_router
from services.ingestor.events_api import EventsRoute
from services.ingestor.openapi import document
from services.ingestor.parts import Ingestor
from services.ingestor.people_api import people_router
from services.ingestor.problems import Problem, on_bug, on_http_error, on_invalid, on_problem
from services.ingestor.producer import BROKER_ERRORS
from services.ingestor.settings import IngestorSettings
from services.ingestor.store import REDIS_ERRORS

_PROBE_S = 2.0


def make_app(settings: IngestorSettings) -> FastAPI:
    """Return the application; it connects when it starts and drains when it stops."""
    ingestor = Ingestor(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with ingestor.running():
            yield

    app = FastAPI(
        title="Salespulse ingestor", version="1", lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.openapi = partial(document, app)  # type: ignore[method-assign]
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_bug)
    events = EventsRoute(ingestor)
    app.add_route("/v1/events", events.with_key, methods=["POST"])
    app.add_route("/v1/tenants/{tenant}/events", events.as_admin, methods=["POST"])
    app.include_router(admin_router(ingestor))
    app.include_router(dead_letters_router(ingestor))
    app.include_router(people_router(ingestor))
    app.include_router(erasure_router(ingestor))

    async def healthz(_request: Request) -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    async def readyz(_request: Request) -> Response:
        failing = {name: reason for name, reason in (await _checks(ingestor)).items() if reason}
        body = {"status": "failing" if failing else "ready", "failing": failing}
        status = 503 if failing else 200
        return Response(orjson.dumps(body), status, media_type="application/json")

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(ingestor.registry), media_type=CONTENT_TYPE_LATEST)

    app.add_route("/healthz", healthz, methods=["GET"])
    app.add_route("/readyz", readyz, methods=["GET"])
    app.add_route("/metrics", metrics, methods=["GET"])
    app.add_middleware(Guard, settings=settings, policy=policy_of(settings), refuse=refused)
    # around everything: also what nobody foresaw is answered with these headers
    app.middleware_stack = SecurityHeaders(app.build_middleware_stack(), NO_PAGES)
    return app


async def _checks(ingestor: Ingestor) -> dict[str, str]:
    kafka, redis, keys = await asyncio.gather(_kafka(ingestor), _redis(ingestor), _keys(ingestor))
    directory = "" if ingestor.directory.ready else "the tenants are still being read"
    return {"kafka": kafka, "redis": redis, "keys": keys, "directory": directory}


async def _kafka(ingestor: Ingestor) -> str:
    publisher = ingestor.publisher
    if not publisher.ready:
        return publisher.reason
    if publisher.waiting_s > ingestor.settings.publish_timeout_s:
        return "records are waiting for their acknowledgement"
    try:
        async with asyncio.timeout(_PROBE_S):
            return "" if await publisher.producer.probe() else "not connected"
    except (*BROKER_ERRORS, TimeoutError):
        return "the broker does not answer"


async def _keys(ingestor: Ingestor) -> str:
    try:
        async with asyncio.timeout(_PROBE_S):
            await asyncio.to_thread(ingestor.seals.keys.store.check)
    except (KeyStoreError, TimeoutError):
        return "the key store does not answer"
    return ""


async def _redis(ingestor: Ingestor) -> str:
    try:
        async with asyncio.timeout(_PROBE_S):
            await ingestor.store.ping()
    except REDIS_ERRORS:
        return "the store does not answer"
    return ""
