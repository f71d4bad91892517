"""Which routes there are, that each has declared what it asks for, and how it may change things.

A session is answered to a change only with its CSRF token (`sessions.session_of`); that holds for
whoever enters as all routes under /v1 do. So a route that changes something must stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from schemas.access import WRITING
from services.query.api.answer import subject_of
from services.query.sessions import SAFE

_FIGURES = "/v1/"
_WITH_A_CHECK_OF_THEIR_OWN = frozenset({"/login", "/logout"})
"""They open and end a session themselves, and look at its CSRF token (`api.login`)."""


def handlers(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str, object]]:
    """Yield (path, method, handler) of all routes, those of routers too."""
    for context in iter_route_contexts(routes):
        for method in sorted(context.methods or {"GET"}):
            if context.path is not None:
                yield context.path, method, context.endpoint


def check_declared(routes: Sequence[BaseRoute]) -> None:
    """See that every route under /v1 has declared its subject, one that changes: one to change.

    Errors: RuntimeError names those that have not: such a service does not start.
    """
    silent = [
        path
        for path, _, handler in handlers(routes)
        if path.startswith(_FIGURES) and subject_of(handler) is None
    ]
    if silent:
        raise RuntimeError(f"nobody declared what is asked for at: {', '.join(silent)}")
    unguarded = [
        f"{method} {path}"
        for path, method, handler in handlers(routes)
        if method not in SAFE
        and path not in _WITH_A_CHECK_OF_THEIR_OWN
        and subject_of(handler) not in WRITING
    ]
    if unguarded:
        raise RuntimeError(f"nothing may be changed at: {', '.join(unguarded)}")
