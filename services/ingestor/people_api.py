"""The administrator's routes about people: files of people and departments, and pseudonyms."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Request

from schemas.people_csv import FORMS, Wrong, parse
from services.ingestor.admin_api import admin_only, sent_by_admin
from services.ingestor.body import read_body
from services.ingestor.parts import Ingestor
from services.ingestor.problems import Problem
from services.ingestor.tenants import Administration

_MEDIA_TYPE: Final = "text/csv"
_FILE: Final = {
    "requestBody": {
        "required": True,
        "content": {_MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}
_MOST_TOLD: Final = 100


def people_router(ingestor: Ingestor) -> APIRouter:
    """Return the routes; all of them want the admin token."""
    administration = Administration(ingestor)
    router = APIRouter(prefix="/v1/tenants/{tenant}", dependencies=admin_only(ingestor))

    async def take(request: Request, tenant: str, what: Literal["people", "departments"]) -> int:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _MEDIA_TYPE:
            raise Problem(415, "unsupported_media_type", f"send the file as {_MEDIA_TYPE}")
        ingestor.tenant(tenant)
        settings, ticket = ingestor.settings, ingestor.budget.ticket()
        try:
            body = await read_body(request, settings, ticket)
            envelope = administration.envelope(tenant)
            parsed = parse(body, FORMS[what], envelope, settings.batch_limit_events)
            if parsed.wrong:
                raise _bad_rows(parsed.wrong)
            ticket.take_events(len(parsed.events))
            await administration.state(tenant, parsed.events, sent_by_admin(request))
        finally:
            ticket.release()
        return len(parsed.events)

    @router.post("/people", status_code=202, openapi_extra=_FILE)
    async def import_people(request: Request, tenant: str) -> dict[str, int]:
        """Take a file of people: all of its rows, or none."""
        return {"accepted": await take(request, tenant, "people")}

    @router.post("/departments", status_code=202, openapi_extra=_FILE)
    async def import_departments(request: Request, tenant: str) -> dict[str, int]:
        """Take a file of departments: all of its rows, or none."""
        return {"accepted": await take(request, tenant, "departments")}

    @router.post("/people/{employee:path}/pseudonym", status_code=202)
    async def pseudonymise(request: Request, tenant: str, employee: str) -> dict[str, int]:
        """Name a leaver no more."""
        await administration.pseudonymise(tenant, employee, sent_by_admin(request))
        return {"accepted": 1}

    return router


def _bad_rows(wrong: list[Wrong]) -> Problem:
    """Say which rows cannot be taken, so that none was; the first hundred are told."""
    first = wrong[0]
    where = f"line {first.line}" + (f", column {first.column}" if first.column else "")
    detail = f"nothing was imported, {len(wrong)} things are wrong; {where}: {first.detail}"
    rows = [one._asdict() for one in wrong[:_MOST_TOLD]]
    return Problem(422, "bad_rows", detail, members={"wrong": len(wrong), "rows": rows})
