"""The content security policy in a real browser: our pages need nothing it forbids."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deploy.local.process import LOOPBACK
from tests.browser.chromium import Screen
from tests.browser.company import Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
_NOTE = """
window.violations = [];
addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""


def watched(screen: Screen) -> Page:
    """Return the page, which notes from its first line on what its policy refuses."""
    screen.page.add_init_script(_NOTE)
    return screen.page


def violations(page: Page) -> Any:
    """Return what was refused so far."""
    return page.evaluate("window.violations")


def test_our_pages_break_no_rule_of_the_policy(company: Company, screen: Open) -> None:
    """Home, board and the question for a key run whole, and nothing is reported."""
    for address, state in ((company.home, "live"), (company.board, "no_data")):
        shown = screen(1280, 800)
        page = watched(shown)
        shown.open(address)
        shown.wait_state(state)
        assert violations(page) == []
        assert shown.errors == []
    asking = screen(390, 844)
    page = watched(asking)
    asking.open(company.stack.query_url)
    expect(page.locator("#ask")).to_be_visible()
    assert violations(page) == []


def test_what_is_written_into_a_page_does_not_run(company: Company, screen: Open) -> None:
    """A script, a style and a picture from elsewhere that got into a page are refused."""
    shown = screen(1280, 800)
    page = watched(shown)
    shown.open(company.home)
    shown.wait_state("live")
    page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.stolen = true';
          const style = document.createElement('style');
          style.textContent = 'body { background: red }';
          const picture = document.createElement('img');
          picture.src = 'https://elsewhere.test/key.png';
          document.body.append(script, style, picture);
        }"""
    )
    page.wait_for_function("window.violations.length >= 3")
    assert page.evaluate("window.stolen") is None
    assert {each.split()[0] for each in violations(page)} == {
        "script-src-elem",
        "style-src-elem",
        "img-src",
    }


class _Framing(BaseHTTPRequestHandler):
    """Serves one page, which shows another in a frame."""

    framed = ""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<iframe src="{self.framed}"></iframe>'.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_nobody_else_shows_our_pages_in_a_frame(company: Company, screen: Open) -> None:
    """A page of another origin that frames the board gets nothing of it."""
    shown = screen(800, 600)
    served = f"{company.stack.query_url}/board/north"
    framing = type("Framing", (_Framing,), {"framed": served})
    with ThreadingHTTPServer((LOOPBACK, 0), framing) as server:
        Thread(target=server.serve_forever).start()
        try:
            with shown.page.expect_console_message(
                lambda message: "frame-ancestors" in message.text
            ):
                shown.open(f"http://{LOOPBACK}:{server.server_port}/")
        finally:
            server.shutdown()
    assert all(each.query_selector("#title") is None for each in shown.page.frames)
