"""The home page on the running stack."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Screen
from tests.browser.company import Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]


def test_boards_of_all_departments(company: Company, screen: Open) -> None:
    """With people there is a link to each board, the team under its department, and the state."""
    home = screen(1280, 800).open(company.home)
    links = home.page.locator("#boards a")
    expect(links).to_have_text(["Telesales North", "Hà Nội 2"])
    expect(home.page.locator("#boards li").first).to_contain_text("3 people")
    home.wait_state("live")
    expect(home.page.locator("#freshness")).to_contain_text("figures as of")
    home.shot("home")
    assert home.overflow() <= (0, 0)
    links.first.click()
    home.wait_state("no_data")
    expect(home.page.locator("#title")).to_have_text("Telesales North")
    assert home.errors == []


def test_the_first_event_arrives_by_itself(newcomer: Company, screen: Open) -> None:
    """The curl line of the first visit works as copied; the page notices and links the board."""
    write_key = newcomer.tenant.write_key
    home = screen(1280, 800).open(f"{newcomer.home}#write_key={write_key}")
    home.wait_state("no_data")
    assert "key" not in home.page.url
    home.shot("first-visit")
    line = home.page.locator("pre").inner_text()
    assert f"Bearer {write_key}" in line
    line = line.replace("http://127.0.0.1:PORT", newcomer.stack.ingestor_url)
    sent = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert '"accepted":4' in sent.stdout.replace(" ", "")
    expect(home.page.locator("#arrival")).to_contain_text("Your first event arrived")
    board = home.page.locator(".steps a")
    expect(board).to_have_text("Sales")
    home.shot("first-event")
    board.click()
    home.wait_state("live")
    home.wait_value("revenue", 1_250_000)
    assert home.errors == []


def test_pages_allow_nothing_inline(company: Company) -> None:
    """Home, board and assets come with a policy that allows only this origin, nothing inline."""
    for path in ("/", "/board/north", "/assets/wall.js"):
        answer = httpx.get(company.stack.query_url + path)
        assert answer.status_code == httpx.codes.OK
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
    assert (
        httpx.get(f"{company.stack.query_url}/openapi.json", timeout=60).status_code
        == httpx.codes.OK
    )


def test_without_a_key_it_asks_for_one(company: Company, screen: Open) -> None:
    """A visitor without a link can paste a read key and gets the boards."""
    home = screen(390, 844).open(company.stack.query_url)
    home.page.get_by_label("Read key").fill(company.tenant.read_key)
    home.page.get_by_role("button", name="Open").click()
    expect(home.page.locator("#boards a").first).to_have_text("Telesales North")
    assert home.overflow()[0] <= 0


def test_who_types_a_key_is_not_disturbed(company: Company, screen: Open) -> None:
    """The page goes on looking whether it may show something; what is typed stays meanwhile."""
    home = screen(390, 844).open(company.stack.query_url)
    typed = home.page.get_by_label("Read key")
    typed.fill("half of a k")
    for _ in range(2):
        with home.page.expect_response("**/v1/tenant") as refused:
            pass
        assert refused.value.status == 401
    expect(home.page.locator("#ask-why")).to_have_text(re.compile("paste your read key"))
    expect(typed).to_have_value("half of a k")


def test_each_source_says_when_it_was_last_heard(company: Company, screen: Open) -> None:
    """Home names the systems that send, and one that speaks up comes first, in both languages."""
    home = screen(1280, 800).open(company.home)
    heard = home.page.locator("#sources li")
    expect(heard).to_have_text([re.compile(r"^/tests/browser last event \d+ min")])
    company.send(("department.upserted", "pbx", {"name": "From the exchange"}), source="/pbx")
    expect(heard.first).to_have_attribute("data-source", "/pbx", timeout=30_000)
    expect(heard).to_have_count(2)
    home.open(f"{company.home}&lang=vi")
    expect(home.page.locator("#sources li").first).to_contain_text(
        re.compile(r"sự kiện cuối \d+ phút")
    )
    home.shot("home-sources")
    assert home.errors == []
