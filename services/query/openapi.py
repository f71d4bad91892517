"""The OpenAPI document: FastAPI writes the ordinary routes, this adds the two hot ones."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.tables import SCOPE_LETTERS
from services.query.answers import ProblemDocument
from services.query.api.responses import PROBLEMS
from services.query.figure_answers import KpiAnswer
from services.query.parameters import KpiParameters, StreamParameters
from services.query.sessions import SESSION

_REF = "#/components/schemas/{model}"
_ABOUT = """Live and historical sales figures of a tenant, each with the list of facts behind it.

Authorize with `Authorization: Bearer <token>`: an API key, a kiosk's key or a person's JWT; a
browser that cannot set headers uses `?key=`, or the session that `POST /login` opens.
All days are `YYYY-MM-DD` in the tenant's zone, money is an integer number of minor units with its
currency. Every answer says `as_of`, `lag`, `version` and `state`. Errors are RFC 9457 problems.
"""
_STREAM = """Server-sent events: `snapshot` first, then `change` with absolute values, `occurrence`
(what happened), and `heartbeat` every two seconds. A `snapshot` may come at any time (a new day,
a change of the organisation) and replaces everything. `id:` is the version; with `Last-Event-ID`
what was missed is sent, or `reset` and a snapshot where that is no longer possible. `denied`, with
`code`, `detail` and `reason`, is the last event of who lost the right to it."""
_KPIS = """Figures of an employee, a department or the company over a range of days. Gauges ignore
the range (`day: now`). A ratio is sum over sum, null over zero."""


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the service, made once."""
    if app.openapi_schema is None:
        found = get_openapi(
            title="Salespulse query",
            version=app.version,
            description=_ABOUT,
            routes=app.routes,
            tags=[
                {"name": "figures", "description": "Figures, rankings and their definitions."},
                {"name": "targets", "description": "What is to be reached, and how far it is."},
                {"name": "reports", "description": "All figures of a department or an employee."},
                {"name": "exports", "description": "Lists and reports as files."},
                {"name": "lists", "description": "The facts behind a figure."},
                {"name": "customers", "description": "One customer's story."},
                {"name": "quality", "description": "What does not fit, and what came late."},
                {"name": "audit", "description": "Who did what."},
                {"name": "organisation", "description": "Names and places."},
                {"name": "administration", "description": "People, grants, keys, settings."},
                {"name": "operator", "description": "Tenants, for who runs the installation."},
                {"name": "stream", "description": "Figures as they change."},
                {"name": "boards", "description": "Named views of figures, for walls."},
                {"name": "session", "description": "Logging in and out, for pages."},
            ],
        )
        _, extra = models_json_schema(
            [(KpiAnswer, "serialization"), (ProblemDocument, "serialization")],
            ref_template=_REF,
        )
        components = found.setdefault("components", {})
        components["schemas"] = {**components.get("schemas", {}), **extra["$defs"]}
        components["schemas"].pop("HTTPValidationError", None)
        components["schemas"].pop("ValidationError", None)
        components["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer"},
            "key_in_address": {"type": "apiKey", "in": "query", "name": "key"},
            "session": {"type": "apiKey", "in": "cookie", "name": SESSION},
        }
        found["security"] = [{"key": []}, {"key_in_address": []}, {"session": []}]
        found["paths"]["/v1/kpis/{scope}/{id}"] = {"get": _kpis()}
        found["paths"]["/v1/stream"] = {"get": _stream()}
        app.openapi_schema = found
    return app.openapi_schema


def _kpis() -> dict[str, Any]:
    schema = {"$ref": _REF.format(model=KpiAnswer.__name__)}
    scope = {"type": "string", "enum": list(SCOPE_LETTERS)}
    path = [
        {"name": "scope", "in": "path", "required": True, "schema": scope},
        {
            "name": "id",
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
            "description": "Employee or department id, `-` for nobody; of the company `all`.",
        },
    ]
    return {
        "tags": ["figures"],
        "operationId": "kpis",
        "summary": "Figures of a scope",
        "description": _KPIS,
        "parameters": [*path, *_parameters(KpiParameters)],
        "responses": _responses({"application/json": {"schema": schema}}),
    }


def _stream() -> dict[str, Any]:
    header = {
        "name": "Last-Event-ID",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The version of the last event received; a browser sends it by itself.",
    }
    return {
        "tags": ["stream"],
        "operationId": "stream",
        "summary": "Figures as they change",
        "description": _STREAM,
        "parameters": [*_parameters(StreamParameters), header],
        "responses": _responses({"text/event-stream": {"schema": {"type": "string"}}}),
    }


def _parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(by_alias=True)
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": field.pop("description", ""),
            "schema": field,
        }
        for name, field in schema["properties"].items()
    ]


def _responses(content: dict[str, Any]) -> dict[str, Any]:
    problems = {
        str(status): {"description": told["description"], "content": told["content"]}
        for status, told in PROBLEMS.items()
    }
    return {"200": {"description": "As asked.", "content": content}, **problems}
