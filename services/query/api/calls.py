"""`GET /v1/reports/calls`: the supervisor's live call view."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.cohorts.asking import ask_of
from services.query.cohorts.call_answers import calls
from services.query.cohorts.call_models import CallsAnswer
from services.query.cohorts.parameters import CallsParameters

router = APIRouter(tags=["reports"])


@router.get(
    "/v1/reports/calls",
    response_model=CallsAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("telesales")
async def call_view(request: Request, parameters: Annotated[CallsParameters, Query()]) -> Response:
    """Show all of today's calls by agent, whoever owns the customer, and the calls that run now.

    Seconds of a call that has not ended are provisional, up to `as_of`; a page goes on counting
    them from `talking_since`. The total is counted anew, never summed up. With an Accept of CSV or
    XLSX it is the export.
    """
    entered = await enter(request)
    visit = entered.visit(ask_of("telesales", "rows", parameters))
    document, _ = await calls(entered.services, visit, parameters)
    return answer(document)
