"""The wallboard when what feeds it dies: it says so, keeps the last figures, and recovers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.boards import Boards
from tests.browser.chromium import Screen
from tests.browser.company import Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]


def test_a_lost_stream_is_shown_and_recovers_by_itself(company: Company, screen: Open) -> None:
    """Query dies: stale with the time of the last figure, figures stay; query is back: live."""
    company.sell("lan", 1_500_000)
    board = screen().open(company.board)
    board.wait_value("revenue", 1_500_000)
    board.wait_state("live")
    boards = Boards(company)
    boards.define("wall")
    wall = screen().open(boards.address("wall"))
    wall.wait_state("live")
    stored = wall.page.locator('[data-tile="revenue"]')
    expect(stored).to_have_attribute("data-value", "1500000")
    query = f"{company.stack.query_url}/supervisor?department=north&any_agent=true"
    floor = screen().open(f"{query}&key={company.tenant.read_key}")
    floor.wait_state("live")
    rows = floor.page.locator("#floor tbody tr")
    expect(rows).to_have_count(3)
    company.stack.query.kill()
    try:
        board.wait_state("stale", seconds=20)
        expect(board.page.locator("#state")).to_contain_text("last figure")
        expect(board.page.locator("#spoken")).to_contain_text("stale")
        board.wait_value("revenue", 1_500_000)
        board.shot("board-stale")
        wall.wait_state("stale", seconds=20)
        expect(wall.page.locator("#state")).to_contain_text("last figure")
        expect(stored).to_have_attribute("data-value", "1500000")
        wall.shot("wall-stale")
        floor.wait_state("stale", seconds=20)
        expect(floor.page.locator("#state")).to_contain_text("last figure")
        expect(rows).to_have_count(3)
        company.sell("minh", 500_000)
    finally:
        company.stack.query.start()
        company.stack.query.wait()
    board.wait_state("live", seconds=60)
    board.wait_value("revenue", 2_000_000)
    wall.wait_state("live", seconds=60)
    expect(stored).to_have_attribute("data-value", "2000000", timeout=30_000)
    floor.wait_state("live", seconds=60)
    company.call("lan", 61)
    attempts = floor.page.locator("#floor tr[data-id=lan] td[data-value='1']").first
    expect(attempts).to_be_visible(timeout=30_000)
    assert "any_agent=true" in floor.page.url
    assert board.own_errors + wall.own_errors + floor.own_errors == []


def test_a_dead_fold_is_not_a_quiet_day(company: Company, screen: Open) -> None:
    """Aggregator dies, query lives: the board leaves `live`, and comes back with the worker."""
    company.sell("lan", 300_000)
    board = screen().open(company.board)
    board.wait_state("live")
    company.stack.aggregator.kill()
    try:
        board.wait_state("stale", seconds=30)
        board.wait_value("revenue", 300_000)
        company.sell("lan", 200_000)
    finally:
        company.stack.aggregator.start()
        company.stack.aggregator.wait()
    board.wait_state("live", seconds=60)
    board.wait_value("revenue", 500_000)
    assert board.own_errors == []
