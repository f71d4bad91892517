"""`/v1/grants`, `/v1/people/{id}/grants/{permission}`: who may what; granted and revoked."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.events.people import Permission
from services.query.administration import grants
from services.query.administration.answers import Changed, GrantsAnswer
from services.query.api.answer import answer, declares, enter
from services.query.api.change import change, changed
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.problems import Problem
from services.query.reader import Reading
from services.query.writing import Change

router = APIRouter(tags=["administration"])
_PATH: Final = "/v1/people/{employee_id:path}/grants/{permission}"
_CHANGE: Final = Ask("administer", "change")


@router.get("/v1/grants", response_model=GrantsAnswer, responses=PROBLEMS)
@declares("administer")
async def who_may_what(request: Request) -> Response:
    """Show what every employee was granted, also of those who have left."""
    entered = await enter(request)
    reading = await entered.visit(Ask("administer", "list")).read()
    return answer({**reading.head(), "rows": list(grants.rows(reading.basis.org))})


@router.put(_PATH, response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def grant(request: Request, employee_id: str, permission: Permission) -> Response:
    """Grant a right; it holds from the next answer on. 404 `unknown_employee`."""
    return await _set(request, employee_id, permission, is_granted=True)


@router.delete(_PATH, response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("administer")
async def revoke(request: Request, employee_id: str, permission: Permission) -> Response:
    """Take a right back; open streams that it opened end within a second."""
    return await _set(request, employee_id, permission, is_granted=False)


async def _set(
    request: Request, employee_id: str, permission: Permission, *, is_granted: bool
) -> Response:
    def changes(reading: Reading, by: str) -> list[Change]:
        org = reading.basis.org
        if employee_id not in org.employees:
            raise Problem(404, "unknown_employee", f"nobody is called '{employee_id}' here")
        return grants.change(org, employee_id, permission, by, is_granted=is_granted)

    return changed(await change(request, _CHANGE, changes))
