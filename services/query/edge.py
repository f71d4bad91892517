"""What the guard at the edge of the query service asks for, and how it refuses."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from schemas.edge.guard import STREAM, Policy
from schemas.edge.refusal import Refusal
from services.query.client_address import Proxies
from services.query.oidc.settings import CALLBACK, START
from services.query.problems import Problem
from services.query.sessions import SESSION
from services.query.settings import QuerySettings

_LOGIN_BYTES: Final = 16_384
"""A token is shorter."""
_SESSION = frozenset({"/login", "/logout", START, CALLBACK})
_FILES: Final = "/import"


def policy_of(settings: QuerySettings, proxies: Proxies) -> Policy:
    """Return the policy."""

    def body_bytes(path: str) -> int:
        if path in _SESSION:
            return _LOGIN_BYTES
        return settings.max_file_bytes if path.endswith(_FILES) else settings.max_change_bytes

    return Policy(
        kind_of=_kind_of,
        per_minute={
            "figures": settings.figures_per_minute,
            "exports": settings.exports_per_minute,
            STREAM: settings.streams_per_minute,
        },
        body_bytes=body_bytes,
        address_of=lambda scope: proxies.address(Request(scope)),
        streams=settings.max_streams_per_key,
        cookie=SESSION,
    )


def refused(refusal: Refusal) -> Response:
    """Write the problem document."""
    return Problem(
        refusal.status,
        refusal.code,
        refusal.detail,
        retry_after=refusal.retry_after,
        limit=refusal.limit,
    ).response()


def came_by_https(proxies: Proxies, scope: Scope) -> bool:
    """Say whether the client speaks https, to us or to a proxy of ours."""
    return proxies.is_https(Request(scope))


def _kind_of(path: str) -> str:
    """Return the kind of work; pages, their files and health are not counted."""
    if not path.startswith("/v1/"):
        return "figures" if path in _SESSION else ""
    if path.endswith("/stream"):
        return STREAM
    return "exports" if path.endswith((".csv", ".xlsx")) else "figures"
