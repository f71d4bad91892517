"""`GET /v1/attainment/{scope}/{id}`: value, target, pace and score of somebody in a period."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.problems import Problem
from services.query.selection import scope_named
from services.query.targets.models import AttainmentAnswer, AttainmentParameters
from services.query.targets.question import AttainmentQuestion

router = APIRouter(tags=["targets"])
_ATTEMPTS: Final = 5


@router.get(
    "/v1/attainment/{scope}/{scope_id:path}",
    response_model=AttainmentAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
)
@declares("figures")
async def attainment(
    request: Request,
    scope: str,
    scope_id: str,
    parameters: Annotated[AttainmentParameters, Query()],
) -> Response:
    """Say how far somebody is: value, target, attainment, what is expected by now, projection.

    The value is that of `/v1/kpis` over the period. Expected by now is the target times the part
    of the working time that is over; `on_track` from 99 percent of it, `behind` from 81,
    `at_risk` below. The projection is an estimate.
    """
    entered = await enter(request)
    question = AttainmentQuestion(scope_named(scope), scope_id, parameters, entered.settings)
    visit = entered.visit(question.ask)
    for _ in range(_ATTEMPTS):
        reading = await visit.read(question.plan)
        if question.is_complete(reading):
            return answer(visit.opened(reading, question.answer(reading)))
    raise Problem(503, "busy", "the targets change too fast to read", retry_after=1)
