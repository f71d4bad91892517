"""The query service put together: parts, routes, and what surrounds every request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from schemas.edge.guard import Guard
from schemas.edge.headers import SecurityHeaders, policy_of_pages
from services.query import openapi
from services.query.access import Access
from services.query.api import (
    alert_stream,
    alerts,
    attainment,
    audit,
    boards,
    calls,
    cohort_exports,
    cohorts,
    company,
    customers,
    exports,
    facts,
    grants,
    keys,
    leaderboard,
    login,
    me,
    moment,
    organisation,
    own_figures,
    people,
    quality,
    report_streams,
    reports,
    sign_in,
    subject_streams,
    targets,
    tenants,
    vocabulary,
    webhooks,
)
from services.query.api.health import healthz, metrics, readyz
from services.query.api.kpis import kpis
from services.query.api.pages import (
    administration,
    board,
    board_editor,
    index,
    reports_page,
    supervisor,
)
from services.query.api.routes import check_declared
from services.query.api.stream import stream
from services.query.assets import Assets
from services.query.audit.audit import Audit
from services.query.cohorts.books import Books
from services.query.cohorts.calls_book import CallsBooks
from services.query.directory import Directory
from services.query.door import Door
from services.query.edge import came_by_https, policy_of, refused
from services.query.evaluation import Plans
from services.query.names import Names
from services.query.operating import Operator
from services.query.page_shell import ASSETS
from services.query.problems import Problem, on_problem
from services.query.reader import Reader
from services.query.refusals import Refusals
from services.query.services import Services
from services.query.settings import QuerySettings
from services.query.stream.hub import Hub
from services.query.telemetry import Edge, Telemetry
from services.query.writing import Writer

_VERSION = "1"
_CONNECTIONS = 64


def make_services(settings: QuerySettings, now_ms: Callable[[], int]) -> Services:
    """Make the parts; nothing is connected yet."""
    pool = BlockingConnectionPool.from_url(
        **settings.redis(),
        max_connections=_CONNECTIONS,
        timeout=settings.store_timeout_s,
        socket_timeout=settings.store_timeout_s,
        socket_connect_timeout=settings.store_timeout_s,
        retry=Retry(NoBackoff(), 1),
        protocol=2,
    )
    redis: Redis = Redis.from_pool(pool)
    telemetry = Telemetry(now_ms)
    names = Names.of(settings, time.monotonic)
    reader = Reader(redis, now_ms, names)
    books = Books(reader, settings.max_cohort_customers)
    directory = Directory(settings.brokers(), settings.topic_prefix)
    trail = Audit(settings, telemetry.audited, now_ms)
    return Services(
        settings=settings,
        redis=redis,
        directory=directory,
        refusals=Refusals(settings.brokers(), settings.topic_prefix),
        audit=trail,
        reader=reader,
        books=books,
        door=Door(reader, books, trail.notes),
        calls=CallsBooks(),
        plans=Plans(),
        access=Access(directory, reader, settings, now_ms),
        hub=Hub(redis, reader, settings, telemetry),
        telemetry=telemetry,
        writer=Writer(settings, now_ms),
        operator=Operator(settings),
        now_ms=now_ms,
    )


def make_app(services: Services) -> FastAPI:
    """Return the application around the parts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        services.directory.start()
        services.refusals.start()
        services.audit.start()
        yield
        services.hub.close()
        await services.writer.close()
        await services.operator.close()
        await services.audit.stop()
        await services.directory.stop()
        await services.refusals.stop()
        await services.redis.aclose()
        services.reader.names.close()

    app = FastAPI(
        title="Salespulse query",
        version=_VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    for module in (
        organisation, leaderboard, facts, customers, quality, audit, reports, cohorts, calls,
        report_streams, subject_streams, vocabulary, me, exports, cohort_exports, login,
        grants, sign_in, people, keys, company, boards, moment, attainment,
        targets, webhooks, alerts, alert_stream, own_figures,
        tenants,
    ):  # fmt: skip
        app.include_router(module.router)
    assets = Assets(ASSETS)
    routes = [
        Route("/v1/kpis/{scope}/{id:path}", kpis),
        Route("/v1/stream", stream),
        Route("/openapi.json", partial(_openapi, app)),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route("/", index),
        Route("/board/{department:path}", board),
        Route("/reports/{name}", reports_page),
        Route("/boards/{board_id}", board),
        Route("/boards/{board_id}/edit", board_editor),
        Route("/supervisor", supervisor),
        Route("/admin", administration),
    ]
    app.router.routes.extend([*routes, Mount("/assets", assets)])
    for kind in (
        Problem,
        RequestValidationError,
        ValidationError,
        HTTPException,
        RedisError,
        OSError,
        Exception,
    ):
        app.add_exception_handler(kind, on_problem)
    check_declared(app.routes)
    patterns: dict[object, str] = {route.endpoint: route.path for route in routes}
    patterns[assets] = "/assets"
    settings, proxies = services.settings, services.access.proxies
    app.add_middleware(
        Guard, settings=settings, policy=policy_of(settings, proxies), refuse=refused
    )
    app.add_middleware(exports.Negotiated)
    app.add_middleware(Edge, telemetry=services.telemetry, patterns=patterns)
    # around everything: also what nobody foresaw is answered with these headers
    app.middleware_stack = SecurityHeaders(
        app.build_middleware_stack(),
        policy_of_pages(settings.frame_ancestors),
        partial(came_by_https, proxies),
    )
    return app


async def _openapi(app: FastAPI, _: Request) -> Response:
    # made once, for seconds on a busy machine: streams go on meanwhile
    return JSONResponse(await asyncio.to_thread(openapi.document, app))
