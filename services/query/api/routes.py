"""Which routes there are, and that each has declared what it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from services.query.api.answer import subject_of

_FIGURES = "/v1/"


def handlers(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, object]]:
    """Yield (path, handler) of all routes, those of routers too."""
    for context in iter_route_contexts(routes):
        if context.path is not None:
            yield context.path, context.endpoint


def check_declared(routes: Sequence[BaseRoute]) -> None:
    """See that every route under /v1 has declared its subject.

    Errors: RuntimeError names those that have not: such a service does not start.
    """
    silent = [
        path
        for path, handler in handlers(routes)
        if path.startswith(_FIGURES) and subject_of(handler) is None
    ]
    if silent:
        raise RuntimeError(f"nobody declared what is asked for at: {', '.join(silent)}")
