"""The session of a browser: the token in a cookie that no script reads, and its CSRF token.

A session is the token it was opened with, so it ends with it: nothing is stored here, and a
revoked key is refused in the cookie as in the header.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Final, Literal, TypedDict

from starlette.requests import Request
from starlette.responses import Response

from services.query.problems import Problem

SESSION: Final = "salespulse_session"
CSRF: Final = "salespulse_csrf"
CSRF_HEADER: Final = "x-csrf-token"
SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,3800}")
_AGE_S = 400 * 24 * 3600
"""As long as browsers keep anything: a board that hangs on a wall is not logged in again."""


class _Strict(TypedDict):
    path: str
    samesite: Literal["strict"]
    secure: bool


def _strict(*, is_https: bool) -> _Strict:
    return {"path": "/", "samesite": "strict", "secure": is_https}


def begin(response: Response, token: str, *, is_https: bool) -> None:
    """Let the browser send this token from now on."""
    response.set_cookie(SESSION, token, max_age=_AGE_S, httponly=True, **_strict(is_https=is_https))


def end(response: Response, *, is_https: bool) -> None:
    """Let the browser forget its token."""
    response.delete_cookie(SESSION, httponly=True, **_strict(is_https=is_https))


def fits(token: str) -> bool:
    """Say whether a text can be kept in a cookie; every token of ours can."""
    return _TOKEN.fullmatch(token) is not None


def session_of(request: Request) -> str:
    """Return the token of the session, '' where the request may not use it.

    Errors: Problem 403 `bad_csrf` for a change that no page of ours has sent.
    Laws:   not for what a page of somebody else sends. This is the only way to a session, so no
            route can change anything in one without its CSRF token.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return ""
    session = request.cookies.get(SESSION, "")
    if session and request.method not in SAFE:
        check_csrf(request)
    return session


def offer_csrf(request: Request, response: Response, *, is_https: bool) -> None:
    """Give a page its CSRF token, which it says again in what it posts."""
    if not fits(request.cookies.get(CSRF, "")):
        token = secrets.token_urlsafe(32)
        response.set_cookie(CSRF, token, max_age=_AGE_S, **_strict(is_https=is_https))


def check_csrf(request: Request) -> None:
    """Refuse a post that no page of ours has sent: Problem 403 `bad_csrf`."""
    kept, said = request.cookies.get(CSRF, ""), request.headers.get(CSRF_HEADER, "")
    if not kept or not hmac.compare_digest(kept.encode(), said.encode()):
        detail = f"send the value of the cookie '{CSRF}' in the header '{CSRF_HEADER}'"
        raise Problem(403, "bad_csrf", detail)
