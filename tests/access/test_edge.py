"""The edge of both services: what is too long, too often or too many is refused, and says why."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from schemas.edge.guard import STREAM, Guard, Policy, caller_of
from schemas.edge.rates import Rates
from schemas.edge.refusal import Refusal
from schemas.edge.settings import EdgeSettings
from schemas.settings import SettingsError
from services.ingestor.api import make_app as make_ingestor
from services.ingestor.settings import IngestorSettings
from services.query.app import make_app as make_query
from services.query.app import make_services
from services.query.settings import QuerySettings

KEY = {"Authorization": "Bearer nobody"}


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Tell it."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock that the counters look at."""
    made = Clock()
    monkeypatch.setattr(time, "time", made)
    return made


def ingestor(**settings: str) -> ASGIApp:
    """Make the ingestor; it is not connected to anything."""
    names = {f"SALESPULSE_INGESTOR_{name}": value for name, value in settings.items()}
    return make_ingestor(IngestorSettings.load(names))


def query(**settings: str) -> ASGIApp:
    """Make the query service; nothing answers at its store's address."""
    names = {f"SALESPULSE_QUERY_{name}": value for name, value in settings.items()}
    loaded = QuerySettings.load({"SALESPULSE_REDIS_URL": "redis://127.0.0.1:1/0", **names})
    return make_query(make_services(loaded, lambda: 0))


def client(app: ASGIApp) -> httpx.AsyncClient:
    """Speak to an application without a network."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def says(answer: httpx.Response, status: int, code: str, limit: int, name: str) -> None:
    """See that a refusal is a problem document with the limit and the name of the setting."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["code"], told["status"], told["limit"]) == (code, status, limit)
    assert name in told["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("make", [ingestor, query])
async def test_what_is_too_long_names_its_limit(make: Callable[..., ASGIApp]) -> None:
    """Query, headers and lists have limits in both services."""
    limits = {"MAX_QUERY_BYTES": "300", "MAX_HEADER_BYTES": "2000", "MAX_LIST_ITEMS": "3"}
    async with client(make(**limits)) as http:
        long = await http.get("/v1/x", params={"q": "a" * 300})
        says(long, 414, "query_too_long", 300, "max_query_bytes")
        says(await http.get("/v1/" + "a" * 300), 414, "query_too_long", 300, "max_query_bytes")
        fat = await http.get("/v1/x", headers={"X-Much": "a" * 2000})
        says(fat, 431, "headers_too_large", 2000, "max_header_bytes")
        listed = await http.get("/v1/x", params={"metrics": "a,b,c,d"})
        says(listed, 422, "too_many_values", 3, "max_list_items")
        within = await http.get("/v1/x", params={"metrics": "a,b,c", "other": "a,b,c"})
        assert within.status_code == 404


@pytest.mark.parametrize(
    ("make", "path", "limit"),
    [(ingestor, "/v1/tenants", 1_000), (query, "/login", 16_384)],
)
async def test_a_body_has_a_limit(make: Callable[..., ASGIApp], path: str, limit: int) -> None:
    """What is not an event is read up to its limit, with and without a length said before."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(limit // 100 + 1):
            yield b"a" * 100

    small = {"EVENT_LIMIT_BYTES": str(limit)} if make is ingestor else {}
    async with client(make(**small)) as http:
        for content in (b"a" * (limit + 1), chunks()):
            answer = await http.post(path, content=content)
            says(answer, 413, "too_large", limit, "at most")
        assert (await http.post(path, content=b"a" * limit)).status_code != 413


@pytest.mark.parametrize(
    ("make", "path", "kind"),
    [
        (ingestor, "/v1/events", "ingest"),
        (ingestor, "/v1/tenants", "administration"),
        (query, "/v1/tenant", "figures"),
        (query, "/v1/facts.csv", "exports"),
        (query, "/v1/stream", "streams"),
    ],
)
async def test_each_kind_of_work_has_its_own_rate(
    clock: Clock, make: Callable[..., ASGIApp], path: str, kind: str
) -> None:
    """One too many is 429 until the minute is over; other callers and kinds go on."""
    async with client(make(**{f"{kind.upper()}_PER_MINUTE": "2"})) as http:
        for _ in range(2):
            assert (await http.get(path, headers=KEY)).status_code != 429
        clock.now += 20.5
        refused = await http.get(path, headers=KEY)
        says(refused, 429, "rate_limited", 2, f"{kind}_per_minute")
        assert refused.headers["retry-after"] == "40"
        other = await http.get(path, headers={"Authorization": "Bearer another"})
        assert other.status_code != 429
        health = await http.get("/healthz", headers=KEY)
        assert health.status_code == 200
        clock.now += 40
        assert (await http.get(path, headers=KEY)).status_code != 429


async def test_who_asks_for_a_file_by_its_type_is_counted_as_an_export(clock: Clock) -> None:
    """The Accept header leads to the same count as the name of the file."""
    clock.now += 1
    async with client(query(EXPORTS_PER_MINUTE="1")) as http:
        await http.get("/v1/facts.csv", headers=KEY)
        by_type = await http.get("/v1/facts", headers={**KEY, "Accept": "text/csv"})
        says(by_type, 429, "rate_limited", 1, "exports_per_minute")


def test_guessing_is_slowed_down_and_disturbs_nobody_known(clock: Clock) -> None:
    """After many refused logins an address is heard no more, but for callers let in before."""
    rates = Rates({"figures": 100}, refused_per_minute=3)
    rates.answered(200, "known", "10.0.0.1")
    for guess in range(3):
        assert rates.stranger(f"guess{guess}", "10.0.0.1") is None
        rates.answered(401, f"guess{guess}", "10.0.0.1")
    refusal = rates.stranger("guess4", "10.0.0.1")
    assert refusal is not None
    assert (refusal.status, refusal.code, refusal.limit) == (429, "too_many_refused", 3)
    assert refusal.retry_after == 60
    assert rates.stranger("known", "10.0.0.1") is None
    assert rates.stranger("guess4", "10.0.0.2") is None
    clock.now += 60
    assert rates.stranger("guess4", "10.0.0.1") is None


async def test_open_streams_of_a_caller_are_counted() -> None:
    """One stream too many is refused; when one ends there is room again."""
    ended, began = asyncio.Event(), asyncio.Event()

    async def forever(_: Request) -> Response:
        async def frames() -> AsyncIterator[bytes]:
            began.set()
            await ended.wait()
            yield b"end"

        return StreamingResponse(frames())

    def refuse(refusal: Refusal) -> Response:
        return PlainTextResponse(refusal.code, refusal.status)

    policy = Policy(
        kind_of=lambda _: STREAM,
        per_minute={STREAM: 100},
        body_bytes=lambda _: None,
        address_of=lambda _: "here",
        streams=1,
    )
    inner = Starlette(routes=[Route("/stream", forever)])
    async with client(Guard(inner, EdgeSettings(), policy, refuse)) as http:
        first = asyncio.create_task(http.get("/stream", headers=KEY))
        await began.wait()
        second = await http.get("/stream", headers=KEY)
        assert (second.status_code, second.text) == (429, "too_many_streams")
        ended.set()
        assert (await first).text == "end"
        third = await http.get("/stream", headers=KEY)
        assert third.text == "end"


def test_a_caller_is_its_secret_however_it_is_sent() -> None:
    """Header, address and cookie name the same caller; the secret itself is not kept."""
    plain = {"type": "http", "headers": [], "query_string": b""}
    header = plain | {"headers": [(b"authorization", b"bearer  s3cret")]}
    address = plain | {"query_string": b"a=1&key=s3cret"}
    cookie = plain | {"headers": [(b"cookie", b"x=1; session=s3cret")]}
    found = {caller_of(each, "session") for each in (header, address, cookie)}
    assert len(found) == 1
    assert "s3cret" not in found.pop()
    assert caller_of(plain, "session") == ""


@pytest.mark.parametrize("make", [ingestor, query])
async def test_every_answer_has_the_headers(make: Callable[..., ASGIApp]) -> None:
    """Whatever is answered, browsers are told to guess, leak, frame and keep nothing."""
    async with client(make()) as http:
        for path in ("/healthz", "/v1/nothing", "/metrics", "/v1/tenants", "/readyz"):
            headers = (await http.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert "strict-transport-security" not in headers


async def test_what_nobody_foresaw_has_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is answered as a problem, with the headers of every answer."""
    app = query()

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("services.query.openapi.document", broken)
    async with client(app) as http:
        answer = await http.get("/openapi.json")
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_https_is_asked_for_where_it_is_spoken() -> None:
    """HSTS is sent over https only, also where a trusted proxy speaks it for us."""
    for app in (ingestor(), query()):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://test") as http:
            answer = await http.get("/healthz")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    async with client(query(TRUSTED_PROXIES="127.0.0.1")) as http:
        told = await http.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" in told.headers


async def test_who_may_frame_a_wallboard_is_a_setting() -> None:
    """Signage that shows the board in a frame is named; nobody else may."""
    async with client(query(FRAME_ANCESTORS="'self' https://signage.example")) as http:
        answer = await http.get("/board/north")
    policy = answer.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://signage.example")
    with pytest.raises(SettingsError, match="FRAME_ANCESTORS"):
        QuerySettings.load({"SALESPULSE_QUERY_FRAME_ANCESTORS": "*; script-src *"})
