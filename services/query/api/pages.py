"""The pages and `/assets/`; they hold no data and need no key.

A key in the address of a page becomes a session at once, and leaves the address: nobody reads it
from the screen, the history or a log.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.query import sessions
from services.query.api.answer import services_of
from services.query.page_shell import document
from services.query.problems import Problem

_CACHE = {"Cache-Control": "no-cache"}


async def index(request: Request) -> Response:
    """Show the home page."""
    return _page(request, "home")


async def board(request: Request) -> Response:
    """Show a board: a stored one, or that of a department; the page sees it in its address."""
    return _page(request, "board")


async def administration(request: Request) -> Response:
    """Show the administration; which tab it is, the address says."""
    return _page(request, "admin")


REPORTS = frozenset(
    {"department", "employee", "telesales", "lifecycle", "journey", "sales-performance"}
)
"""The reports that have a page."""


async def reports_page(request: Request) -> Response:
    """Show a report page; which report it is, is the last word of the address."""
    if request.path_params["name"] not in REPORTS:
        raise Problem(404, "not_found", "there is no page of this report")
    return _page(request, "report")


async def board_editor(request: Request) -> Response:
    """Show the editor of a stored board."""
    return _page(request, "board_edit")


async def supervisor(request: Request) -> Response:
    """Show the supervisor's page."""
    return _page(request, "supervisor")


def _page(request: Request, name: str) -> Response:
    """Return a page, or, for a key in its address, the session and the address without the key.

    Laws:   the key is not checked here: a board that starts before the store still has its
            session when the store is back, and a wrong key is refused by what the page reads.
    """
    is_https = services_of(request).access.proxies.is_https(request)
    keys = request.query_params.getlist("key")
    if keys:
        query = request.url.remove_query_params("key").query
        path: str = request.scope["raw_path"].decode("ascii")
        away = RedirectResponse(
            f"{path}?{query}" if query else path, 303, {"Cache-Control": "no-store"}
        )
        if sessions.fits(keys[-1]):
            sessions.begin(away, keys[-1], is_https=is_https)
        return away
    page = HTMLResponse(document(name), headers=_CACHE)
    sessions.offer_csrf(request, page, is_https=is_https)
    return page
