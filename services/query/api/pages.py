"""The pages: `/`, `/board/{department id}` and `/assets/`; they hold no data and need no key.

A key in the address of a page becomes a session at once, and leaves the address: nobody reads it
from the screen, the history or a log.
"""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.query import sessions
from services.query.api.answer import services_of

WEB = Path(__file__).parents[1] / "web"
_CACHE = {"Cache-Control": "no-cache"}


async def index(request: Request) -> Response:
    """Show the home page."""
    return _page(request, "index.html")


async def board(request: Request) -> Response:
    """Show a wallboard."""
    return _page(request, "board.html")


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
    page = FileResponse(WEB / name, headers=_CACHE)
    sessions.offer_csrf(request, page, is_https=is_https)
    return page


class Assets(StaticFiles):
    """The files of the pages, each asked for anew by its ETag: a changed page shows at once."""

    def __init__(self) -> None:
        super().__init__(directory=WEB / "assets")

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, 304 if the browser has it."""
        response = await super().get_response(path, scope)
        response.headers.update(_CACHE)
        return response
