"""A real Chromium, and pages of it that note every error they meet."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATHS = ("chromium", "chromium-browser", "google-chrome")
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
_LOST = re.compile(r"ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|RESET|503")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine; skip where there is none."""
    path = next(filter(None, map(shutil.which, PATHS)), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Screen:
    """A page of a size, with what went wrong on it."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    @property
    def own_errors(self) -> list[str]:
        """Return the errors that are not the loss of the service itself."""
        return [error for error in self.errors if not _LOST.search(error)]

    def open(self, url: str) -> Screen:
        """Go to an address; the stream of a page never ends, so do not wait for it."""
        self.page.goto(url, wait_until="domcontentloaded")
        return self

    def wait_state(self, name: str, *, seconds: float = 30) -> None:
        """Wait until the page says it is in a state."""
        expect(self.page.locator(f'[data-state="{name}"]')).to_be_attached(timeout=seconds * 1000)

    def wait_value(self, metric: str, value: int, *, seconds: float = 30) -> None:
        """Wait until the tile of a figure holds exactly this value."""
        tile = self.page.locator(f'[data-kind="number"][data-metric="{metric}"]')
        expect(tile).to_have_attribute("data-value", str(value), timeout=seconds * 1000)

    def shot(self, name: str) -> None:
        """Keep a picture of the page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def overflow(self) -> tuple[int, int]:
        """Return by how many pixels the page is wider and higher than the screen."""
        across, down = self.page.evaluate(
            "[document.documentElement.scrollWidth - innerWidth,"
            " document.documentElement.scrollHeight - innerHeight]"
        )
        return across, down

    def cut_off(self) -> list[str]:
        """Return the parts of a board whose text is wider than they are."""
        found: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('.piece, .piece .number, .row, .head h1, .head .state')]"
            ".filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)"
            ".map(one => one.className + ' ' + one.textContent)"
        )
        return found


def new_screen(browser: Browser, width: int = 1920, height: int = 1080, **options: Any) -> Screen:
    """Open a page of a size in a session of its own."""
    options.setdefault("locale", "en-GB")
    size: ViewportSize = {"width": width, "height": height}
    return Screen(browser.new_context(viewport=size, **options).new_page())
