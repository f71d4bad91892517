"""How handlers reach the parts of the service and answer JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Subject
from services.query.access import Caller
from services.query.door import Asked, Visit
from services.query.services import Services
from services.query.settings import QuerySettings

Handler = TypeVar("Handler", bound=Callable[..., Any])
_SUBJECT = "declared_subject"


class Entered(NamedTuple):
    """A request whose caller is known."""

    services: Services
    caller: Caller
    subject: Subject

    @property
    def settings(self) -> QuerySettings:
        """Return the settings of the service."""
        return self.services.settings

    def visit(self, ask: Asked) -> Visit:
        """Return what reads for a question of the subject that the route declared."""
        return self.services.door.visit(self.caller, ask, self.subject)


def declares(subject: Subject) -> Callable[[Handler], Handler]:
    """Declare what a route asks for; one under /v1 that does not is refused at start."""

    def declared(handler: Handler) -> Handler:
        setattr(handler, _SUBJECT, subject)
        return handler

    return declared


def subject_of(handler: object) -> Subject | None:
    """Return what a route declared to ask for; None if it did not."""
    found: Subject | None = getattr(handler, _SUBJECT, None)
    return found


async def enter(request: Request) -> Entered:
    """Return who asks, at a route that has declared what it asks for; Problem 401, 403, 503."""
    subject = subject_of(request.scope["endpoint"])
    if subject is None:
        raise RuntimeError(f"{request.url.path} has not declared what it asks for")
    services = services_of(request)
    return Entered(services, await services.access.caller(request), subject)


def services_of(request: Request) -> Services:
    """Return the parts of the running service."""
    services: Services = request.app.state.services
    return services


def answer(document: dict[str, Any]) -> Response:
    """Return a JSON answer, which no cache may keep: figures are of a moment."""
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(document), 200, headers, "application/json")
