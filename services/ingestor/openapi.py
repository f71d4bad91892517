"""The OpenAPI document: FastAPI writes the administrator's routes, this adds those of events."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict

from schemas.envelope import BATCH_CONTENT_TYPE, EVENT_CONTENT_TYPE, Envelope

_REF: Final = "#/components/schemas/{model}"
_JSON: Final = "application/json"
_ABOUT: Final = """Takes what happens, as CloudEvents, and keeps it for ever.

Authorize with `Authorization: Bearer <token>`: events with an API key of the scope `ingest`,
everything under `/v1/tenants` and `/v1/dead-letters` with the administrator's token. Refusals are
RFC 9457 problems.
"""
_PROBLEMS: Final = {
    "400": "Not JSON, not an event, or a header that is none.",
    "401": "No token, or one that is unknown, revoked or expired.",
    "403": "The token is for something else, or administration is closed.",
    "404": "There is no such tenant, key or employee.",
    "405": "Another method is used here.",
    "408": "The body did not arrive in time.",
    "409": "It is there already.",
    "413": "The body, or the batch, is larger than `limit`.",
    "414": "Path and query are longer than `limit` bytes.",
    "415": "The body is of another kind than is taken here.",
    "422": "A field breaks a rule; `code` and `detail` name it.",
    "429": "Too often, or more than there is room for: see `Retry-After`.",
    "431": "The headers are longer than `limit` bytes.",
    "503": "Nothing can be taken now; see `Retry-After`. Nothing of it was.",
}
"""What any route may answer, beside what it is there for."""


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457). `code` is permanent; further members belong to it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str


class Refused(BaseModel):
    """One event that was not taken, kept among the dead letters."""

    index: int
    id: str | None
    code: str
    detail: str
    pointer: str


class Taken(BaseModel):
    """What became of the events: accepted means that none of them will be lost."""

    accepted: int
    rejected: list[Refused]
    applied: bool | None = None
    version: str | None = None


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the service, made once."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    found = get_openapi(
        title="Salespulse ingestor", version=app.version, description=_ABOUT, routes=app.routes
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for model in (ProblemDocument, Taken, Envelope):
        told = model.model_json_schema(ref_template=_REF)
        schemas |= told.pop("$defs", {})
        schemas[model.__name__] = told
    found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    found["paths"]["/v1/events"] = {"post": _events("events", "with a key of the tenant")}
    administered = _events("administered_events", "of the administrator, of any tenant")
    tenant = {"name": "tenant", "in": "path", "required": True, "schema": {"type": "string"}}
    administered["parameters"] = [tenant, *administered["parameters"]]
    found["paths"]["/v1/tenants/{tenant}/events"] = {"post": administered}
    refused = {
        "application/problem+json": {"schema": {"$ref": _REF.format(model="ProblemDocument")}}
    }
    for methods in found["paths"].values():
        for told in methods.values():
            told["responses"] |= {
                status: {"description": what, "content": refused}
                for status, what in _PROBLEMS.items()
            }
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    app.openapi_schema = found
    return found


def _events(name: str, whose: str) -> dict[str, Any]:
    one = {"$ref": _REF.format(model="Envelope")}
    taken = {"schema": {"$ref": _REF.format(model="Taken")}}
    return {
        "operationId": name,
        "summary": f"Take events {whose}",
        "parameters": [
            {
                "name": "wait",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "enum": ["applied"]},
                "description": "Answer when the figures include it.",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                EVENT_CONTENT_TYPE: {"schema": one},
                BATCH_CONTENT_TYPE: {"schema": {"type": "array", "items": one}},
            },
        },
        "responses": {"202": {"description": "Taken.", "content": {_JSON: taken}}},
    }
