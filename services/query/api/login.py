"""`POST /login` and `/logout`: the session of a browser, for the pages."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.query import sessions
from services.query.api.answer import services_of
from services.query.api.responses import PROBLEMS
from services.query.oidc.seals import is_session
from services.query.problems import Problem, invalid

router = APIRouter(tags=["session"])
_STORE_NOTHING = {"Cache-Control": "no-store"}


class Credentials(BaseModel):
    """What a person logs in with: an API key, a kiosk's key or a token of the issuer."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: Annotated[str, Field(min_length=1, max_length=3800, repr=False)]


@router.post("/login", status_code=204, response_class=Response, responses=PROBLEMS)
async def login(request: Request, credentials: Credentials) -> Response:
    """Open a session: the token is checked, and kept in a cookie that no script can read."""
    sessions.check_csrf(request)
    services = services_of(request)
    access = services.access
    if not sessions.fits(credentials.token):
        raise invalid("invalid_parameter", "'token': this is no token", "token")
    caller = await access.check(credentials.token, access.proxies.address(request))
    services.audit.notes.note(caller, "login", "session")
    response = Response(status_code=204, headers=_STORE_NOTHING)
    sessions.begin(response, credentials.token, is_https=access.proxies.is_https(request))
    return response


class Out(BaseModel):
    """Where one signs out of the identity provider too: the page goes there next."""

    provider: str


@router.post(
    "/logout",
    status_code=204,
    response_class=Response,
    responses={**PROBLEMS, 200: {"model": Out, "description": "Of who signed in at a provider."}},
)
async def logout(request: Request) -> Response:
    """End the session, if there is one; the token itself goes on until it expires or is revoked."""
    sessions.check_csrf(request)
    access = services_of(request).access
    provider, token = None, request.cookies.get(sessions.SESSION, "")
    if access.sign_in is not None and is_session(token):
        with suppress(Problem):  # our own session ends, also while the provider is away
            provider = await access.sign_in.provider.exit()
    response = Response(status_code=204, headers=_STORE_NOTHING)
    if provider is not None:
        response = JSONResponse({"provider": provider}, headers=_STORE_NOTHING)
    sessions.end(response, is_https=access.proxies.is_https(request))
    return response
