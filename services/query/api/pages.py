"""The pages: `/`, `/board/{department id}` and `/assets/`; they hold no data and need no key."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).parents[1] / "web"
_CACHE = {"Cache-Control": "no-cache"}


async def index(_: Request) -> Response:
    """Show the home page."""
    return FileResponse(WEB / "index.html", headers=_CACHE)


async def board(_: Request) -> Response:
    """Show a wallboard."""
    return FileResponse(WEB / "board.html", headers=_CACHE)


class Assets(StaticFiles):
    """The files of the pages, each asked for anew by its ETag: a changed page shows at once."""

    def __init__(self) -> None:
        super().__init__(directory=WEB / "assets")

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, 304 if the browser has it."""
        response = await super().get_response(path, scope)
        response.headers.update(_CACHE)
        return response
