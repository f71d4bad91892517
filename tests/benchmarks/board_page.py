"""What a board costs the machine behind the television: heap over a day, a core at full speed.

The page's own modules in a real Chromium, fed with the events of a stream as fast as they can be
taken (a day), or four times a second (a busy floor). Only the renderer is counted: compositing is
the graphics card's work on a television and software here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import orjson
from playwright.sync_api import Browser, CDPSession, Page, Route

from schemas.kpis import CATALOGUE
from services.query.page_shell import PAGES, WEB, written
from tests.benchmarks.board_script import DAY, FLOOR, SETUP
from tests.browser.boards import TILES
from tests.browser.chromium import chromium

_ORIGIN: Final = "http://pages.test"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
_HOURS: Final = 4
_UPDATES_PER_S: Final = 4
_TILES: Final = 60
_PEOPLE: Final = 30
_MB: Final = 1_000_000


class BoardCost(NamedTuple):
    """Figures of one page."""

    heap_growth_mb: float
    updates: int
    core_share: float


def run(*, seconds: float, hours: float = _HOURS, say: Callable[[str], None]) -> BoardCost:
    """Replay a day on a board of every kind of tile, then a busy floor on one of sixty."""
    with chromium() as browser:
        growth, updates = _day(browser, int(hours * 3600 * _UPDATES_PER_S))
        share = _floor(browser, seconds)
    say(f"board: heap {growth:+.2f} MB over {updates:,} updates, 60 tiles {share:.1%} of a core")
    return BoardCost(growth, updates, share)


def _day(browser: Browser, updates: int) -> tuple[float, int]:
    page = _page(browser, list(TILES), rows=9)
    session = page.context.new_cdp_session(page)
    page.evaluate(DAY, updates // 10)
    before = _heap(session)
    page.evaluate(DAY, updates)
    growth = (_heap(session) - before) / _MB
    page.context.close()
    return growth, updates


def _floor(browser: Browser, seconds: float) -> float:
    metrics = [kpi.name for kpi in CATALOGUE.values() if kpi.streamed][:_TILES]
    tiles = [
        {
            "id": f"t{at}",
            "kind": "number",
            "metric": metric,
            "x": at % 10,
            "y": at // 10,
            "w": 1,
            "h": 1,
        }
        for at, metric in enumerate(metrics)
    ]
    page = _page(browser, tiles, rows=6, columns=10)
    page.evaluate(FLOOR, [metrics, 3])
    session = browser.new_browser_cdp_session()
    before = _renderer_s(session)
    page.evaluate(FLOOR, [metrics, seconds])
    used = _renderer_s(session) - before
    page.context.close()
    return used / seconds


def _page(browser: Browser, tiles: list[dict[str, Any]], **board: int) -> Page:
    context = browser.new_context(
        viewport={"width": 1920, "height": 1080}, locale="en-GB", service_workers="block"
    )
    page = context.new_page()
    page.route(f"{_ORIGIN}/**", _serve)
    page.goto(f"{_ORIGIN}/boards/wall", wait_until="domcontentloaded")
    people = [{"id": f"p{at}", "name": f"Person {at}", "active": True} for at in range(_PEOPLE)]
    kpis = [
        {"name": kpi.name, "label": kpi.label_en, "unit": kpi.unit} for kpi in CATALOGUE.values()
    ]
    place = {"id": "wall", "name": "Wall", "scope": "department", "scope_id": "north"}
    page.evaluate(SETUP, [{**place, "columns": 12, "tiles": tiles, **board}, people, kpis])
    return page


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(_ORIGIN).partition("?")[0]
    if path.startswith("/v1/"):
        route.fulfill(body=orjson.dumps(_document(path)), content_type="application/json")
        return
    if path.startswith("/boards/"):
        only_parts = PAGES["board"]._replace(module="wall")
        route.fulfill(body=written(only_parts), content_type="text/html")
        return
    file = WEB / path.lstrip("/")
    body = file.read_text() if file.suffix in _TYPES else ""
    route.fulfill(body=body, content_type=_TYPES.get(file.suffix, "image/svg+xml"))


def _document(path: str) -> dict[str, Any]:
    day = {"day": "2026-11-29", "hours": [3] * 24}
    return {
        "figures": [{"metric": "", "value": 1, "target": 100, "expected": 40, "by": []}],
        "days": [day, day],
        "calls": [],
        "total": 0,
        "rows": [],
        "path": path,
    }


def _heap(session: CDPSession) -> float:
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


def _renderer_s(session: CDPSession) -> float:
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(float(one["cpuTime"]) for one in processes if one["type"] == "renderer")
