"""The pages as documents: one shell for all, and of each page its styles, its module, its body."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template
from typing import Final, Literal, NamedTuple

from services.query.assets import version_of, versioned

WEB: Final = Path(__file__).parent / "web"
ASSETS: Final = WEB / "assets"
_PAPER: Final = "print"
_BOARD: Final = ("board", "ranking", "wall", "charts")
_DESK: Final = ("frame", "desk", "grid", "report", "panel")


class Page(NamedTuple):
    """One page.

    Shape:  `body` names a file of `web/`, `module` and `styles` files of `web/assets/`, without
            their endings; the style `print` is for paper alone.
    """

    body: str
    module: str
    styles: tuple[str, ...]
    theme: Literal["dark", "light"] = "light"


PAGES: Final = {
    "home": Page("desk", "home", (*_DESK, "home")),
    "supervisor": Page("desk", "supervisor", (*_DESK, "sentence", "supervisor", "alerts", _PAPER)),
    "report": Page("desk", "reports", (*_DESK, "sentence", "plot", _PAPER)),
    "board": Page("board", "wall_page", (*_BOARD, "party", "alerts"), "dark"),
    "board_edit": Page("board_edit", "edit_page", (*_BOARD, "edit")),
    "admin": Page("admin", "admin", ("frame", "admin", "admin_sheets", "admin_parts")),
}


def written(page: Page) -> str:
    """Return the document of a page, with the plain names of its files."""
    shell = Template((WEB / "shell.html").read_text())
    styles = "\n".join(_link(name) for name in ("tokens", "page", *page.styles))
    body = (WEB / f"{page.body}.html").read_text().rstrip("\n")
    return shell.substitute(theme=page.theme, styles=styles, module=page.module, body=body)


def _link(style: str) -> str:
    paper = ' media="print"' if style == _PAPER else ""
    return f'    <link rel="stylesheet" href="/assets/{style}.css"{paper}>'


@cache
def document(name: str) -> str:
    """Return the document of a page as it is served: it names its files by their version."""
    return versioned(written(PAGES[name]), version_of(ASSETS))
