"""Addresses of the pages' files: they change with the files, and only then."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from services.query.assets import Assets, version_of, versioned
from services.query.page_shell import ASSETS, PAGES, WEB, document, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with two modules, one of which names the other."""
    files = tmp_path / "assets"
    files.mkdir()
    (files / "a.js").write_text('import "./b.js";')
    (files / "b.js").write_text("1")
    return files


def _got(folder: Path, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        app = Starlette(routes=[Mount("/assets", Assets(folder))])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
            return await client.get(f"/assets/{path}")

    return asyncio.run(ask())


def _changed(folder: Path) -> None:
    (folder / "b.js").write_text("2")
    version_of.cache_clear()


def test_a_changed_file_has_another_address(folder: Path) -> None:
    """One byte of an imported module gives the page, and so every module, a new address."""
    page = '<script type="module" src="/assets/a.js"></script>'
    before = versioned(page, version_of(folder))
    assert re.search(r'src="/assets/[0-9a-f]{16}/a\.js"', before)
    _changed(folder)
    assert versioned(page, version_of(folder)) != before


def test_the_version_of_now_is_kept_for_ever(folder: Path) -> None:
    """A file under the version served may be kept; under its plain name it is asked for anew."""
    kept = _got(folder, f"{version_of(folder)}/b.js")
    assert (kept.text, kept.headers["cache-control"]) == (
        "1",
        "public, max-age=31536000, immutable",
    )
    assert _got(folder, "b.js").headers["cache-control"] == "no-cache"
    assert _got(folder, "version").json() == {"version": version_of(folder)}


def test_a_page_of_before_gets_the_files_of_now(folder: Path) -> None:
    """An address of an older version still answers, but nobody keeps it under that name."""
    old = version_of(folder)
    _changed(folder)
    found = _got(folder, f"{old}/b.js")
    assert (found.text, found.headers["cache-control"]) == ("2", "no-store")


@pytest.mark.parametrize("name", PAGES)
def test_every_file_of_a_page_is_there_and_versioned(name: str) -> None:
    """No page names a file that is not there, or without its version."""
    named = re.findall(r'"/assets/([^"]+)"', written(PAGES[name]))
    assert [one for one in named if not (ASSETS / one).exists()] == []
    assert len(named) > len(PAGES[name].styles)
    assert re.findall(r'"/assets/(?![0-9a-f]{16}/)[^"]*"', document(name)) == []
    assert "$" not in document(name)


def test_no_module_names_a_file_absolutely() -> None:
    """Modules name each other relatively, so that a page stays within its version."""
    named = re.compile(r"(from |import\()\"/assets")
    assert [each.name for each in ASSETS.glob("*.js") if named.search(each.read_text())] == []


def test_every_body_and_style_belongs_to_a_page() -> None:
    """No body of a page and no style sheet lies there for nothing."""
    bodies = {f"{page.body}.html" for page in PAGES.values()} | {"shell.html"}
    assert {path.name for path in WEB.glob("*.html")} == bodies
    styles = {style for page in PAGES.values() for style in page.styles} | {"tokens", "page"}
    assert {path.stem for path in ASSETS.glob("*.css")} == styles
