"""What the guard at the edge of the ingestor asks for, and how it refuses."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Scope

from schemas.edge.guard import Policy
from schemas.edge.refusal import Refusal
from services.ingestor.problems import Problem
from services.ingestor.settings import IngestorSettings

_EVENTS = "/events"
_BODIES = (_EVENTS, "/people", "/departments")


def policy_of(settings: IngestorSettings) -> Policy:
    """Return the policy; events and files are read by their routes, within the budget."""

    def body_bytes(path: str) -> int | None:
        return None if path.endswith(_BODIES) else settings.event_limit_bytes

    return Policy(
        kind_of=_kind_of,
        per_minute={
            "ingest": settings.ingest_per_minute,
            "administration": settings.administration_per_minute,
        },
        body_bytes=body_bytes,
        address_of=_address_of,
    )


def refused(refusal: Refusal) -> Response:
    """Write the problem document."""
    return Problem(
        refusal.status,
        refusal.code,
        refusal.detail,
        limit=refusal.limit,
        retry_after_s=refusal.retry_after,
    ).response()


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _kind_of(path: str) -> str:
    """Return the kind of work; health and metrics are not counted."""
    if not path.startswith("/v1/"):
        return ""
    return "ingest" if path.endswith(_EVENTS) else "administration"
