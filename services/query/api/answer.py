"""How handlers reach the parts of the service and answer JSON."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.query.services import Services


def services_of(request: Request) -> Services:
    """Return the parts of the running service."""
    services: Services = request.app.state.services
    return services


def answer(document: dict[str, Any]) -> Response:
    """Return a JSON answer, which no cache may keep: figures are of a moment."""
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(document), 200, headers, "application/json")
