"""The outermost check of a request, the same in every service: its size, its body, its rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import blake2b
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.edge.bounds import out_of_bounds
from schemas.edge.rates import Rates
from schemas.edge.refusal import Refusal, Refuse
from schemas.edge.settings import EdgeSettings

STREAM = "streams"
"""The kind of work that stays open."""


class Policy(NamedTuple):
    """What a service wants of its guard.

    Shape:  `kind_of` path -> kind of work, '' for what is not counted; `per_minute`
            kind -> most requests of a caller; `streams` most open streams of a caller;
            `body_bytes` of the path -> most bytes, None where the route reads it by itself;
            `cookie` names the session; `address_of` tells whom a request comes from.
    """

    kind_of: Callable[[str], str]
    per_minute: Mapping[str, int]
    body_bytes: Callable[[str], int | None]
    address_of: Callable[[Scope], str]
    streams: int = 0
    cookie: str = ""


class Guard:
    """ASGI middleware: refuses what is too long, too often or too many at once."""

    def __init__(
        self, app: ASGIApp, settings: EdgeSettings, policy: Policy, refuse: Refuse
    ) -> None:
        self._app = app
        self._settings = settings
        self._policy = policy
        self._refuse = refuse
        self._rates = Rates(policy.per_minute, settings.max_refused_per_minute)
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = out_of_bounds(scope, self._settings)
        if refusal is not None:
            await self._refuse(refusal)(scope, receive, send)
            return
        kind = self._policy.kind_of(scope["path"])
        if not kind:
            await self._app(scope, receive, send)
            return
        address = self._policy.address_of(scope)
        caller = caller_of(scope, self._policy.cookie) or f"address {address}"
        refusal = self._rates.stranger(caller, address) or self._rates.take(kind, caller)
        if refusal is None and kind == STREAM and self._open[caller] >= self._policy.streams:
            refusal = _too_many_streams(self._policy.streams)
        if refusal is not None:
            await self._refuse(refusal)(scope, receive, send)
            return

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._rates.answered(message["status"], caller, address)
            await send(message)

        if kind != STREAM:
            await self._bounded(scope, receive, noted)
            return
        self._open[caller] += 1
        try:
            await self._app(scope, receive, noted)
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body within its limit, then pass on; a request without one goes through."""
        headers = Headers(scope=scope)
        limit = self._policy.body_bytes(scope["path"])
        if limit is None or not {"content-length", "transfer-encoding"} & set(headers):
            await self._app(scope, receive, send)
            return
        read: list[Message] = []
        size, more = 0, True
        while more and size <= limit:
            message = await receive()
            read.append(message)
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        if size > limit:
            detail = f"a body may have at most {limit} bytes here"
            answer = self._refuse(Refusal(413, "too_large", detail, limit))
            answer.headers["connection"] = "close"
            await answer(scope, receive, send)
            return

        async def replayed() -> Message:
            return read.pop(0) if read else await receive()

        await self._app(scope, replayed, send)


def caller_of(scope: Scope, cookie: str) -> str:
    """Return a digest of what a request proves itself with, '' if it does not.

    Laws:   the secret itself is not kept.
    """
    headers = Headers(scope=scope)
    scheme, _, token = headers.get("authorization", "").partition(" ")
    secret = token.strip() if scheme.lower() == "bearer" else ""
    if not secret and b"key=" in scope["query_string"]:
        secret = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[-1]
    if not secret and cookie and "cookie" in headers:
        secret = _cookie(headers["cookie"], cookie)
    return blake2b(secret.encode(), digest_size=16).hexdigest() if secret else ""


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _too_many_streams(limit: int) -> Refusal:
    detail = f"at most {limit} streams may be open for one caller (max_streams_per_key)"
    return Refusal(429, "too_many_streams", detail, limit, 5)
