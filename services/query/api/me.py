"""`GET /v1/me`: who asks, and whose figures they may ask for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask, Board, Subject, Viewer, decide
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.caller_answers import MeAnswer
from services.query.door import viewer_of, yours
from services.query.organisation import Organisation

router = APIRouter()


@router.get("/v1/me", response_model=MeAnswer, responses=PROBLEMS, tags=["organisation"])
@declares("catalogue")
async def me(request: Request) -> Response:
    """Show who asks, what was granted to them, and of whom they may ask for figures.

    Pages ask, so that they offer nothing that would be refused; the decision is made anew with
    every question.
    """
    entered = await enter(request)
    reading = await entered.visit(Ask("catalogue")).read()
    caller, org = entered.caller, reading.basis.org
    board = caller.board
    viewer = viewer_of(caller, reading.basis)
    return answer(
        {
            **reading.head(),
            "kind": caller.kind,
            "employee": caller.employee or None,
            "name": org.employee_name(caller.employee) if caller.employee else caller.label,
            "grants": sorted(viewer.grants),
            "board": board and _shown(board),
            "figures": _open_to(viewer, "figures", org),
            "telesales": _open_to(viewer, "telesales", org),
        }
    )


def _shown(board: Board) -> dict[str, Any]:
    told = {"metrics": sorted(board.metrics), "beside": sorted(board.beside)}
    return asdict(board) | told


def _open_to(viewer: Viewer, subject: Subject, org: Organisation) -> dict[str, Any]:
    ask = Ask(subject, "rows")
    company = decide(viewer, ask, org.tree).is_allowed
    return {"company": company, **yours(viewer, ask, org, most=None)}
