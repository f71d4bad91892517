"""Exports: a list or a table as a file, streamed, of one version (D-64)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from schemas.calendar import format_day
from services.query.access import Caller
from services.query.api.answer import declares, enter
from services.query.api.facts import FactsQuestion
from services.query.api.responses import PROBLEMS
from services.query.customer_names import with_customers
from services.query.door import Visit
from services.query.export import MEDIA_TYPES, Form, Sheet, accepted_form, file_name, headers
from services.query.export_csv import csv_bytes
from services.query.export_facts import facts_sheet
from services.query.export_xlsx import xlsx_bytes
from services.query.parameters import FactsParameters
from services.query.problems import invalid
from services.query.services import Services

router = APIRouter()
log = logging.getLogger(__name__)

_COHORTS = ("telesales", "lifecycle", "journey", "sales-performance")
_REPORTS = ("department", "employee", "calls", *_COHORTS)
_LISTED = ("telesales", "lifecycle", "sales-performance")
_EXPORTABLE = frozenset(
    {
        "/v1/facts",
        "/v1/audit",
        *(f"/v1/reports/{name}" for name in _REPORTS),
        *(f"/v1/reports/{name}/facts" for name in _LISTED),
    }
)

FILE = {"schema": {"type": "string", "format": "binary"}}
CSV_RESPONSES = PROBLEMS | {
    200: {"description": "The file.", "content": {MEDIA_TYPES["csv"]: FILE}}
}
XLSX_RESPONSES = PROBLEMS | {
    200: {"description": "The file.", "content": {MEDIA_TYPES["xlsx"]: FILE}}
}


class Negotiated:
    """ASGI middleware: who asks for CSV or XLSX by the Accept header gets the file."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, to the address of the file where that is preferred."""
        if scope["type"] == "http" and scope["path"] in _EXPORTABLE:
            form = accepted_form(Headers(scope=scope).get("accept", ""))
            if form is not None:
                scope["path"] = f"{scope['path']}.{form}"  # the same scope: its route is measured
        await self._app(scope, receive, send)


@router.get("/v1/facts.csv", responses=CSV_RESPONSES, response_class=Response, tags=["exports"])
@declares("figures")
async def facts_csv(request: Request, parameters: Annotated[FactsParameters, Query()]) -> Response:
    """Export the whole list behind a figure as CSV; `limit` means nothing here."""
    return await exported_facts(request, parameters, "csv")


@router.get("/v1/facts.xlsx", responses=XLSX_RESPONSES, response_class=Response, tags=["exports"])
@declares("figures")
async def facts_xlsx(request: Request, parameters: Annotated[FactsParameters, Query()]) -> Response:
    """Export the whole list behind a figure as XLSX; `limit` means nothing here."""
    return await exported_facts(request, parameters, "xlsx")


async def exported_facts(request: Request, parameters: FactsParameters, form: Form) -> Response:
    """Answer a whole list as a file."""
    entered = await enter(request)
    if parameters.cursor:
        detail = "an export holds the whole list and takes no cursor"
        raise invalid("conflicting_parameters", detail, "cursor")
    question = FactsQuestion(parameters, entered.settings)
    visit = entered.visit(partial(question.ask, "export"))
    sheet, version = await whole_list(entered.services, visit, question)
    name = file_name("salespulse", question.list.name, parameters.scope, parameters.id, form=form)
    log_export(question.list.name, form, version, entered.caller)
    return sent([sheet], form, name, version)


async def whole_list(
    services: Services, visit: Visit, question: FactsQuestion
) -> tuple[Sheet, str]:
    """Return the whole list as a sheet, and its version."""
    reading = await visit.read(question.plan_whole)
    rows = question.whole(reading)
    sheet = await facts_sheet(
        services.redis,
        reading.basis.keys,
        question.list.name,
        rows,
        sight=reading.sight,
        named=partial(with_customers, visit),
    )
    return sheet, str(reading.head()["version"])


def log_export(what: str, form: Form, version: str, caller: Caller) -> None:
    """Log who takes what away (D-64); neither whose figures it is about nor what they are."""
    log.info(
        "export of %s as %s at %s by key %s of %s",
        what,
        form,
        version,
        caller.key_id,
        caller.tenant,
    )


def sent(sheets: Sequence[Sheet], form: Form, name: str, version: str) -> StreamingResponse:
    """Return the streamed file."""
    body = csv_bytes(sheets[0]) if form == "csv" else xlsx_bytes(sheets)
    return StreamingResponse(body, headers=headers(name, form, version))


def days_text(first: int, last: int, month: int) -> str:
    """Return the days of a file's name: a month, or first and last day."""
    if month:
        return f"{month // 100}-{month % 100:02d}"
    return f"{format_day(first)}-{format_day(last)}"
