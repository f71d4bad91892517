"""`GET /login`, `/login/oidc` and its callback: signing in at the company's identity provider.

People come here by a link, so a refusal leads a browser back to the page, which says it in words;
whoever does not ask for a page gets the problem itself.
"""

from __future__ import annotations

import logging
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.query import sessions
from services.query.api.answer import services_of
from services.query.api.responses import PROBLEMS
from services.query.oidc.settings import CALLBACK, START
from services.query.oidc.sign_in import PATIENCE_MS, SignIn
from services.query.problems import Problem, as_problem

BEGUN: Final = "salespulse_sign_in"
_STORE_NOTHING = {"Cache-Control": "no-store"}
_AWAY: dict[int | str, dict[str, str]] = {303: {"description": "Away, to `Location`."}}

router = APIRouter(tags=["session"])
log = logging.getLogger(__name__)


class Ways(BaseModel):
    """How one can log in here, beside with a key: `provider` is the address to sign in at."""

    provider: str | None


@router.get("/login", response_model=Ways, responses=PROBLEMS)
async def ways(request: Request) -> Ways:
    """Say whether one can sign in at an identity provider."""
    return Ways(provider=START if services_of(request).access.sign_in else None)


@router.get(
    START, status_code=303, response_class=RedirectResponse, responses={**PROBLEMS, **_AWAY}
)
async def begin(
    request: Request,
    next: Annotated[str, Query(description="The page to come back to.")] = "/",  # noqa: A002
) -> Response:
    """Go to the identity provider."""
    proxies = services_of(request).access.proxies
    try:
        address, sealed = await _sign_in(request).begin(next)
    except Problem as problem:
        return _told(request, problem, "/")
    away = RedirectResponse(address, 303, _STORE_NOTHING)
    away.set_cookie(
        BEGUN,
        sealed,
        max_age=PATIENCE_MS // 1000,
        path=START,
        httponly=True,
        samesite="lax",  # one comes back from another site
        secure=proxies.is_https(request),
    )
    return away


@router.get(
    CALLBACK, status_code=303, response_class=RedirectResponse, responses={**PROBLEMS, **_AWAY}
)
async def finish(request: Request) -> Response:
    """Come back from the identity provider: the session is opened, and the wanted page shown."""
    sign_in, sealed = _sign_in(request), request.cookies.get(BEGUN, "")
    services = services_of(request)
    access = services.access
    is_https = access.proxies.is_https(request)
    try:
        signed_in = await sign_in.finish(request.query_params, sealed)
        caller = await access.check(signed_in.token, access.proxies.address(request))
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the browser is told
        back = _told(request, as_problem(error), sign_in.back_to(sealed))
    else:
        services.audit.notes.note(caller, "login", "session")
        back = RedirectResponse(signed_in.back_to, 303, _STORE_NOTHING)
        sessions.begin(back, signed_in.token, is_https=is_https)
    back.delete_cookie(BEGUN, path=START, httponly=True, samesite="lax", secure=is_https)
    return back


def _sign_in(request: Request) -> SignIn:
    sign_in = services_of(request).access.sign_in
    if sign_in is None:
        raise Problem(404, "not_found", "nobody signs in at an identity provider here")
    return sign_in


def _told(request: Request, problem: Problem, back_to: str) -> Response:
    """Answer a browser with the home page and the code of the problem, anybody else with itself."""
    if "text/html" not in request.headers.get("accept", ""):
        return problem.response()
    log.info("nobody was signed in: %s", problem.code)
    asked = urlencode({"sign_in": problem.code, "next": back_to})
    return RedirectResponse(f"/?{asked}", 303, _STORE_NOTHING)
