"""The files of the pages under addresses that change with them, so that browsers may keep them.

All files together have one version, a digest of their names and bytes, and live in the folder of
that name: `/assets/<version>/board.js`. Modules name each other relatively (`./feed.js`), so the
import graph of a page stays within its version without a build step and without an import map,
which the policy of the pages would not allow inline.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_DIGITS: Final = 16
_VERSIONED: Final = re.compile(rf"([0-9a-f]{{{_DIGITS}}})/(.+)")
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_ANEW: Final = "no-cache"
_NEVER: Final = "no-store"


@cache
def version_of(folder: Path) -> str:
    """Return the version of the files of a folder as they were when it was first asked for.

    Laws:   another byte or another name of any file is another version.
    """
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name, content = str(path.relative_to(folder)).encode(), path.read_bytes()
        digest.update(b"%d:%b%d:" % (len(name), name, len(content)) + content)
    return digest.hexdigest()[:_DIGITS]


def versioned(page: str, version: str) -> str:
    """Return a page that names its files by their version."""
    return page.replace('"/assets/', f'"/assets/{version}/')


class Assets(StaticFiles):
    """The files of the pages.

    Laws:   what carries the version of now is kept for ever; what carries another one comes from
            a page that is being replaced: it gets the file of now, and nobody keeps it. A plain
            name is asked for anew by its ETag. `version` says which one is served.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        self.version = version_of(folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, 304 if the browser has it."""
        if path == "version":
            return JSONResponse({"version": self.version}, headers={"Cache-Control": _NEVER})
        versioned = _VERSIONED.fullmatch(path)
        response = await super().get_response(versioned[2] if versioned else path, scope)
        kept = _ASK_ANEW
        if versioned:
            kept = _FOREVER if versioned[1] == self.version else _NEVER
        response.headers["Cache-Control"] = kept
        return response
