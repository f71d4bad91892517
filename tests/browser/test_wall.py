"""Stored boards on the running stack: what a wall shows, and what it does by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import serious
from tests.browser.boards import TILES, Boards
from tests.browser.chromium import Screen
from tests.browser.company import ZONE, Company, when

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
SIZES = {"hd": (1280, 720), "full-hd": (1920, 1080), "uhd": (3840, 2160), "phone": (390, 844)}


@pytest.fixture
def boards(company: Company) -> Boards:
    """Give the boards of a company, of which one hangs."""
    made = Boards(company)
    made.define("wall")
    return made


_REMEMBER = """() => {
  const party = document.getElementById("party");
  new MutationObserver(() => {
    const card = party.querySelector(".card");
    const name = `data-told-${party.dataset.type}`;
    if (card && !party.hidden) document.body.setAttribute(name, card.innerText);
  }).observe(party, { childList: true, attributes: true });
}"""
"""Remember what was celebrated: it is gone after six seconds, an order may take longer."""
_RESTED_MS = 120_000


def told(board: Screen, kind: str) -> str:
    """Return what was celebrated, once it was: a board that has just celebrated rests first."""
    body = board.page.locator("body")
    expect(body).to_have_attribute(f"data-told-{kind}", re.compile("."), timeout=_RESTED_MS)
    return re.sub(r"\s+", " ", body.get_attribute(f"data-told-{kind}") or "")


def wait_tile(board: Screen, tile: str, value: object) -> None:
    """Wait until a tile holds a value."""
    found = board.page.locator(f'[data-tile="{tile}"]')
    expect(found).to_have_attribute("data-value", str(value), timeout=30_000)


def test_every_tile_follows_what_happens(boards: Boards, screen: Open) -> None:
    """An order and a call move number, ranking, trend, funnel, month, live calls and ticker."""
    company = boards.company
    company.sell("lan", 1_250_000)
    board = screen().open(boards.address("wall"))
    board.wait_state("live")
    wait_tile(board, "revenue", 1_250_000)
    wait_tile(board, "month", 1_250_000)
    company.sell("minh", 80_000_000)
    company.call("hoa", 61)
    began = when(datetime.now(UTC))
    ringing = {"direction": "outbound", "employee_id": "lan", "connected_at": began}
    company.send(("call.connected", "still-on", ringing))
    wait_tile(board, "revenue", 81_250_000)
    wait_tile(board, "calls", 2)
    wait_tile(board, "day", 2)
    wait_tile(board, "live", 1)
    wait_tile(board, "month", 81_250_000)
    page = board.page
    expect(page.locator('[data-tile="live"] .call .who')).to_have_text("Nguyễn Thị Lan")
    rows = page.locator('[data-tile="rank"] .row')
    expect(rows.first).to_have_attribute("data-employee", "minh")
    expect(rows).to_have_count(3)
    expect(page.locator('[data-tile="funnel"] .step b').nth(3)).to_have_text("2")
    expect(page.locator('[data-tile="news"] .ticker')).to_contain_text("Trần Văn Minh")
    assert board.errors == []


def test_stages_have_the_names_that_the_company_gave(boards: Boards, screen: Open) -> None:
    """The stock of the journey names the stage and says where there is none; ids stay unseen."""
    hot = {"kind": "relationship", "name": "Đang quan tâm"}
    customers = [
        ("customer.created", each, {"owner_id": "lan", "created_at": when(datetime.now(UTC)), **of})
        for each, of in (("k1", {"relationship_id": "r-7"}), ("k2", {}))
    ]
    boards.company.send(("taxonomy.upserted", "r-7", hot), *customers)
    board = screen().open(boards.address("wall"))
    wait_tile(board, "stock", 2)
    labels = board.page.locator('[data-tile="stock"] .label')
    assert sorted(labels.all_inner_texts()) == ["no relationship", "Đang quan tâm"]


def test_a_saved_board_is_followed_by_open_screens(boards: Boards, screen: Open) -> None:
    """Whoever saves a board changes it on the wall within moments, without a reload."""
    boards.company.sell("lan", 1_000)
    board = screen().open(boards.address("wall"))
    wait_tile(board, "revenue", 1_000)
    board.page.evaluate("window.mark = 1")
    boards.define("wall", 2, name="New name", tiles=[TILES[1]], theme="light")
    expect(board.page.locator("#title")).to_have_text("New name")
    expect(board.page.locator(".piece")).to_have_count(1)
    expect(board.page.locator("html")).to_have_attribute("data-theme", "light")
    assert board.page.evaluate("window.mark") == 1
    assert board.errors == []


@pytest.mark.parametrize("size", SIZES)
def test_a_wall_is_whole_at_every_size(boards: Boards, screen: Open, size: str) -> None:
    """Nothing scrolls on a television, nothing sideways on a telephone; nothing is cut off."""
    company = boards.company
    for person, amount in (("lan", 84_200_000), ("minh", 1_234_567), ("hoa", 999)):
        company.sell(person, amount)
        company.call(person, 3725)
    board = screen(*SIZES[size]).open(boards.address("wall"))
    wait_tile(board, "revenue", 85_435_566)
    wait_tile(board, "day", 3)
    across, down = board.overflow()
    assert across <= 0
    assert down <= 0 or size == "phone"
    assert board.cut_off() == []
    board.shot(f"wall-{size}")
    if size in ("full-hd", "phone"):
        assert serious(board.page) == []
    assert board.errors == []


def test_the_first_order_is_celebrated(boards: Boards, screen: Open) -> None:
    """The first order of the day takes the board for six seconds, the second one does not."""
    company = boards.company
    company.call("lan", 61)
    board = screen().open(boards.address("wall"))
    board.wait_state("live")
    wait_tile(board, "calls", 1)
    board.page.evaluate(_REMEMBER)
    company.sell("minh", 2_000_000)
    party = board.page.locator("#party")
    first = told(board, "kpi.first_of_day")
    assert "First order today" in first
    assert "Trần Văn Minh" in first
    board.page.wait_for_timeout(1200)  # the burst opens once, then it rests
    board.shot("wall-celebration")
    expect(party).to_be_hidden(timeout=15_000)
    company.sell("lan", 1_000_000)
    wait_tile(board, "revenue", 3_000_000)
    expect(party).to_be_hidden()
    assert board.errors == []


def test_a_target_and_a_record_are_celebrated(boards: Boards, screen: Open) -> None:
    """One order crosses a target and is a best day: the target says percent and no money."""
    company = boards.company
    company.sell("lan", 1_000_000, days_ago=1)
    company.sell("lan", 500_000)
    aim = {"amount": 2_000_000, "currency": "VND"}
    boards.aim("lan", "revenue", aim, thresholds=[100])
    board = screen().open(boards.address("wall"))
    wait_tile(board, "month", 500_000 if datetime.now(ZONE).day == 1 else 1_500_000)
    board.page.evaluate(_REMEMBER)
    company.sell("lan", 1_500_000)
    crossed = told(board, "kpi.target_crossed")
    assert crossed == "Target reached Nguyễn Thị Lan Revenue 100 %"
    assert told(board, "kpi.record") == "New record Nguyễn Thị Lan Revenue 2 M ₫"
    assert board.errors == []


def test_a_quiet_board_does_not_celebrate(boards: Boards, screen: Open) -> None:
    """Where quiet is configured the order counts, and nothing else happens."""
    boards.define("wall", 2, celebrations={"is_quiet": True})
    board = screen().open(boards.address("wall"))
    board.wait_state("live")
    boards.company.sell("minh", 2_000_000)
    wait_tile(board, "revenue", 2_000_000)
    expect(board.page.locator("#party")).to_be_hidden()


def test_boards_take_turns(boards: Boards, screen: Open) -> None:
    """A rotation goes from board to board on one page, and leaves out what is gone."""
    turns = [{"board_id": each, "seconds": 5} for each in ("wall", "gone", "other")]
    boards.define("other", name="Other wall", tiles=[TILES[1]])
    boards.define("wall", 2, rotation=turns)
    board = screen().open(boards.address("wall"))
    title = board.page.locator("#title")
    expect(title).to_have_text("North wall")
    board.page.evaluate("window.mark = 1")
    expect(title).to_have_text("Other wall", timeout=30_000)
    expect(board.page.locator(".piece")).to_have_count(1)
    expect(title).to_have_text("North wall", timeout=30_000)
    assert board.page.evaluate("window.mark") == 1


def test_a_kiosk_shows_the_board_it_names_until_it_is_taken_down(
    boards: Boards, screen: Open
) -> None:
    """A key that names a stored board shows all of it; the board gone, it shows nothing more."""
    boards.company.sell("lan", 7_000)
    place = {"scope": "department", "scope_id": "north", "sub": True, "metrics": ["orders"]}
    wish = {"scopes": ["kiosk"], "created_by": "lan", "board": {**place, "board_id": "wall"}}
    key = boards.new_key(wish)
    address = f"{boards.company.stack.query_url}/boards/wall"
    board = screen().open(f"{address}#key={key}")
    wait_tile(board, "revenue", 7_000)
    wait_tile(board, "day", 0)
    assert board.page.url == address
    assert board.errors == []
    boards.delete("wall")
    board.wait_state("no_right")
    expect(board.page.locator("main")).to_be_hidden()


def test_a_kiosk_without_names_ranks_colleagues(boards: Boards, screen: Open) -> None:
    """Ranks and values follow what is sold; neither a name nor an id is in the page."""
    company = boards.company
    company.sell("lan", 7_000)
    place = {"scope": "department", "scope_id": "north", "sub": True, "metrics": ["orders"]}
    shown = {**place, "board_id": "wall", "has_names": False}
    key = boards.new_key({"scopes": ["kiosk"], "created_by": "lan", "board": shown})
    board, requested = screen(), []
    board.page.on("request", lambda each: requested.append(each.url))
    board.open(f"{company.stack.query_url}/boards/wall#key={key}")
    rows = board.page.locator('[data-tile="rank"] .row')
    expect(rows).to_have_count(3, timeout=30_000)
    company.sell("minh", 9_000)
    expect(rows.first).to_have_attribute("data-value", "9000", timeout=30_000)
    expect(rows.locator(".rank")).to_have_text(["1", "2", "3"])
    assert rows.locator(".who").all_inner_texts() == ["colleague"] * 3
    asked = [url for url in requested if "/v1/leaderboard" in url]
    assert asked == []  # ranks and values ride the stream
    page = board.page.content()
    assert not [word for word in ("Lan", "Minh", 'e="lan"', 'e="minh"') if word in page]
    assert board.errors == []


def test_a_board_that_is_not_there_is_named(boards: Boards, screen: Open) -> None:
    """An address of no board says so, and shows no figure."""
    board = screen().open(boards.address("nowhere"))
    expect(board.page.locator("#notice")).to_contain_text("“nowhere”")
    expect(board.page.locator("main")).to_be_hidden()


def test_less_motion_is_respected_on_a_wall(boards: Boards, screen: Open) -> None:
    """Under reduced motion numbers and ranks jump to where they belong."""
    boards.company.sell("lan", 1_000)
    board = screen(reduced_motion="reduce").open(boards.address("wall"))
    wait_tile(board, "revenue", 1_000)
    boards.company.sell("minh", 9_000)
    wait_tile(board, "revenue", 10_000)
    assert board.page.evaluate("document.getAnimations().length") == 0


def test_targets_stand_beside_figures_and_rankings(boards: Boards, screen: Open) -> None:
    """With a target the tile says how much of it there is, and a ranking goes by it."""
    company = boards.company
    for person, value in (("lan", 10), ("minh", 2)):
        boards.aim(person, "calls_outbound", value)
        company.call(person, 61)
    whose = {"scope": "employee", "scope_id": "lan"}
    ranking = {**TILES[2], "metric": "calls_outbound", "rank_by": "attainment"}
    boards.define("wall", 2, tiles=[{**TILES[1], **whose}, ranking])
    board = screen().open(boards.address("wall"))
    wait_tile(board, "calls", 1)
    tile = board.page.locator('[data-tile="calls"]')
    expect(tile.locator(".part")).to_contain_text("10\u00a0% of 10")
    expect(tile).to_have_attribute("data-status", re.compile("on_track|behind_pace|at_risk"))
    rows = board.page.locator('[data-tile="rank"] .row')
    expect(rows.first).to_have_attribute("data-employee", "minh", timeout=15_000)
    expect(rows.first.locator(".value")).to_have_text("50%")
    expect(rows.nth(2).locator(".rank")).to_have_text("")
    board.shot("wall-targets")
    assert board.errors == []


def test_the_hours_of_a_day_add_up_to_its_figure(boards: Boards) -> None:
    """Whatever counts what happens at an instant: its hours are the figure of the day."""
    company = boards.company
    for person in ("lan", "minh", "hoa"):
        company.call(person, 61)
        company.sell(person, 1_000)
    for metric in ("calls_outbound", "calls_attempted", "orders", "orders_approved"):
        hours = boards.read("/v1/hours", metric=metric, scope="department", id="north", sub="true")
        figures = boards.read("/v1/kpis/department/north", metrics=metric, sub="true")["figures"]
        today = [count for count in hours["days"][0]["hours"] if count is not None]
        assert sum(today) == figures[0]["value"] == 3


def test_the_hours_of_money_add_up_to_its_figure(boards: Boards) -> None:
    """Revenue, sales and collections too: in the company's currency, less what went back."""
    company = boards.company
    for days_ago in (0, 7):
        company.sell("lan", 1_000_000, days_ago=days_ago)
    company.sell("hoa", 500_000)
    company.sell("hoa", 99_00, "USD")
    now = when(datetime.now(UTC))
    paid = {"paid_at": now, "order_id": company.sell("minh", 300_000)}
    company.send(
        ("payment.received", "y1", {**paid, "amount": {"amount": 200_000, "currency": "VND"}}),
        ("payment.received", "y2", {**paid, "amount": {"amount": 100_000, "currency": "VND"}}),
        ("payment.reversed", "y2", {"reversed_at": now}),
    )
    expected = {"sales": 1_800_000, "revenue": 1_800_000, "collections": 200_000}
    for metric, amount in expected.items():
        hours = boards.read("/v1/hours", metric=metric, scope="department", id="north", sub="true")
        figures = boards.read("/v1/kpis/department/north", metrics=metric, sub="true")["figures"]
        today, before = hours["days"]
        assert sum(value or 0 for value in today["hours"]) == figures[0]["value"] == amount
        assert sum(before["hours"]) == (0 if metric == "collections" else 1_000_000)
        assert (hours["unit"], hours["currency"]) == ("money", "VND")


def test_a_trend_shows_money(boards: Boards, screen: Open) -> None:
    """The course of revenue follows an order, and says what there was by now a week ago."""
    company = boards.company
    company.sell("lan", 2_000_000, days_ago=7)
    company.sell("lan", 1_000_000)
    boards.define("wall", 2, tiles=[{**TILES[3], "metric": "revenue", "y": 0, "w": 12, "h": 9}])
    board = screen().open(boards.address("wall"))
    wait_tile(board, "day", 1_000_000)
    expect(board.page.locator('[data-tile="day"] .foot')).to_contain_text("1\u00a0M")
    expect(board.page.locator('[data-tile="day"] polyline.before')).to_have_count(1)
    company.sell("minh", 500_000)
    wait_tile(board, "day", 1_500_000)
    board.shot("wall-trend-money")
    assert board.errors == []


def test_growth_is_ranked_against_the_day_before(boards: Boards) -> None:
    """Most improved: the growth over yesterday, who has none stands last, the top keeps ties."""
    company = boards.company
    company.call("lan", 61)
    company.call("minh", 61)
    asked = {"metric": "calls_outbound", "department": "north", "sub": "true", "mode": "improved"}
    found = boards.read("/v1/leaderboard", **asked)
    growth = [(row["rank"], row["id"], row["improvement"]) for row in found["rows"]]
    assert growth == [(1, "lan", 1), (1, "minh", 1), (3, "hoa", 0)]
    assert found["compared"]["from"] < found["compared"]["elapsed_from"]
    top = boards.read("/v1/leaderboard", **asked, top="1")
    assert [row["id"] for row in top["rows"]] == ["lan", "minh"]
