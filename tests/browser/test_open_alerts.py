"""Open alerts on pages, from the event to the line on the wall and back, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.local.services import Service
from tests.browser.accessibility import serious
from tests.browser.boards import Boards
from tests.browser.chromium import Screen
from tests.browser.company import Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
NORTH = {"scope": "department", "scope_id": "north"}
MANY: dict[str, Any] = {"name": "Many calls", "metric": "calls_outbound", **NORTH, "operator": ">="}
LAN = {"scope": "employee", "scope_id": "lan"}
RICH: dict[str, Any] = {"name": "Doanh thu cao", "metric": "revenue", **NORTH, "operator": ">="}
SIZES = {"full-hd": (1920, 1080), "phone": (390, 844)}


@pytest.fixture
def boards(company: Company, notifier: Service) -> Boards:
    """Give the boards of a company whose calls and money are watched."""
    assert notifier.ready()
    made = Boards(company)
    made.define("wall")
    watch(made, "many", {**MANY, "warn": 1, "critical": 2})
    watch(made, "rich", {**RICH, "warn": 50_000_000})
    watch(made, "lan", {**MANY, "name": "Lan calls", **LAN, "warn": 1})
    return made


def watch(boards: Boards, name: str, rule: dict[str, Any]) -> None:
    """Define an alert."""
    ask(boards, "PUT", f"/v1/alerts/{name}", rule)


def ask(boards: Boards, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask as the administrator of the company."""
    url = f"{boards.company.stack.query_url}{path}"
    headers = {"Authorization": f"Bearer {boards.key}"}
    return httpx.request(method, url, json=body, headers=headers, timeout=30).raise_for_status()


def line(page: Page, alert: str) -> Locator:
    """Return the place of an alert on a page."""
    return page.locator(f'.alerts [data-alert="{alert}"]')


def test_an_alert_comes_gets_worse_and_goes(boards: Boards, screen: Open) -> None:
    """On the wall without a reload: a warning, critical, taken care of; then the other resolves."""
    company = boards.company
    board = screen().open(boards.address("wall"))
    board.wait_state("live")
    page = board.page
    expect(page.locator("#alerts")).to_be_hidden()
    company.call("lan", 61)
    expect(line(page, "many")).to_have_attribute("data-level", "warn", timeout=30_000)
    expect(line(page, "many")).to_contain_text("warning")
    expect(line(page, "many").locator(".what")).to_have_text("Many calls")
    expect(line(page, "many")).to_contain_text("1, limit 1")
    company.call("minh", 30)
    order = company.sell("minh", 81_250_000)
    expect(line(page, "many")).to_have_attribute("data-level", "critical", timeout=30_000)
    expect(line(page, "many")).to_contain_text("critical")
    expect(line(page, "many")).to_contain_text("2, limit 2")
    expect(line(page, "rich")).to_have_attribute("data-level", "warn", timeout=30_000)
    assert [one.get_attribute("data-alert") for one in page.locator(".alerts li").all()] == [
        "many",
        "rich",
    ]
    expect(page.locator("#party")).to_be_hidden(timeout=30_000)
    board.shot("wall-alerts")
    assert serious(page) == []
    rows = {row["id"]: row for row in ask(boards, "GET", "/v1/alerts").json()["rows"]}
    taken = {"occurrence": rows["many"]["occurrence"]}
    ask(boards, "POST", "/v1/alerts/many/acknowledge", taken)
    expect(line(page, "many")).to_have_count(0, timeout=30_000)
    expect(line(page, "rich")).to_be_visible()
    company.revoke_approval(order)
    expect(page.locator("#alerts")).to_be_hidden(timeout=30_000)
    assert board.errors == []


@pytest.mark.parametrize("size", SIZES)
def test_every_page_says_it_in_its_language(boards: Boards, screen: Open, size: str) -> None:
    """The department's own board and the supervisor's page, whole at every size, in Vietnamese."""
    company = boards.company
    for person in ("lan", "minh"):
        company.call(person, 61)
    company.sell("lan", 81_250_000)
    addresses = {
        "board": company.board,
        "supervisor": f"{company.stack.query_url}/supervisor?key={boards.key}",
        "wall": boards.address("wall"),
    }
    for name, address in addresses.items():
        one = screen(*SIZES[size]).open(f"{address}&lang=vi")
        expect(line(one.page, "many")).to_contain_text("nghiêm trọng", timeout=30_000)
        expect(line(one.page, "many")).to_contain_text("2, ngưỡng 2")
        expect(line(one.page, "rich")).to_contain_text("cảnh báo")
        expect(line(one.page, "lan")).to_have_count(1 if name == "supervisor" else 0)
        one.wait_state("live")
        expect(one.page.locator("#party")).to_be_hidden(timeout=30_000)
        one.shot(f"alerts-{name}-{size}")
        across, down = one.overflow()
        assert across <= 0
        assert down <= 0 or size == "phone" or name == "supervisor"
        assert serious(one.page) == []
        assert one.errors == []


def test_a_board_may_show_their_number_or_nothing(boards: Boards, screen: Open) -> None:
    """The setting is followed at once, and a board without money tells no amount."""
    company = boards.company
    company.call("lan", 61)
    company.sell("minh", 81_250_000)
    board = screen().open(boards.address("wall"))
    page = board.page
    expect(page.locator(".alerts li")).to_have_count(2, timeout=30_000)
    boards.define("wall", 2, alerts={"show": "mark"})
    expect(page.locator(".alerts .rest")).to_have_text("2 open alerts", timeout=30_000)
    expect(page.locator(".alerts li")).to_have_count(0)
    title = page.locator(".head h1").bounding_box() or {}
    for place in ("#alerts", "#state"):  # all in the one line of the head
        one = page.locator(place).bounding_box() or {}
        assert title["y"] <= one["y"] + one["height"] / 2 <= title["y"] + title["height"]
    board.wait_state("live")
    board.shot("wall-alerts-mark")
    boards.define("wall", 3, alerts={"show": "off"})
    expect(page.locator("#alerts")).to_be_hidden(timeout=30_000)
    calls = {"id": "c", "kind": "number", "metric": "calls_outbound"}
    tile = {**calls, "x": 0, "y": 0, "w": 12, "h": 9}
    boards.define("wall", 4, tiles=[tile], has_money=False)
    expect(line(page, "many")).to_be_visible(timeout=30_000)
    expect(line(page, "rich")).to_have_count(0)
    assert board.errors == []


def test_a_supervisor_takes_care(boards: Boards, screen: Open) -> None:
    """Who administers says so with one key; it is gone from every page, and everybody sees who."""
    company = boards.company
    company.call("lan", 61)
    address = f"{company.stack.query_url}/supervisor"
    one = screen().open(f"{address}?key={boards.key}")
    other = screen().open(f"{address}?key={company.tenant.read_key}")
    for each in (one, other):
        expect(line(each.page, "many")).to_be_visible(timeout=30_000)
    expect(other.page.get_by_role("button", name="I take care")).to_have_count(0)
    one.shot("supervisor-alerts")
    button = line(one.page, "many").get_by_role("button", name="I take care")
    button.focus()
    one.page.keyboard.press("Enter")
    for each in (one, other):
        expect(line(each.page, "many")).to_have_count(0, timeout=30_000)
        expect(line(each.page, "lan")).to_be_visible()
        assert each.errors == []
    rows = {row["id"]: row for row in ask(boards, "GET", "/v1/alerts").json()["rows"]}
    assert rows["many"]["state"] == "warn"
    assert rows["many"]["acknowledged_at"]
