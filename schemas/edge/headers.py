"""The headers that browsers obey, on every answer, also on those to what nobody foresaw."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_NO_STORE = (b"cache-control", b"no-store")
_ALWAYS = (
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
NO_PAGES = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of a service that has no pages."""


def policy_of_pages(frame_ancestors: str) -> str:
    """Return the policy of our pages: nothing from elsewhere, nothing inline."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {frame_ancestors}"
    )


def by_https(scope: Scope) -> bool:
    """Say whether a request came by https, as the server knows it."""
    return bool(scope["scheme"] == "https")


class SecurityHeaders:
    """ASGI: adds the headers; what says nothing of caches is stored nowhere."""

    def __init__(
        self, app: ASGIApp, policy: str, is_https: Callable[[Scope], bool] = by_https
    ) -> None:
        self._app = app
        self._headers = (*_ALWAYS, (b"content-security-policy", policy.encode()))
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *self._headers]
                if not any(name == _NO_STORE[0] for name, _ in headers):
                    headers.append(_NO_STORE)
                if self._is_https(scope):
                    headers.append(_STRICT_TRANSPORT)
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, send_with_headers)
