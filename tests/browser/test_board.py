"""The wallboard on the running stack: events in over HTTP, numbers in Chromium."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import serious
from tests.browser.boards import Boards
from tests.browser.chromium import Screen
from tests.browser.company import Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
SIZES = {"hd": (1280, 720), "full-hd": (1920, 1080), "uhd": (3840, 2160), "phone": (390, 844)}


def test_an_event_moves_the_number(company: Company, screen: Open) -> None:
    """An order posted to the ingestor changes revenue, ranking and ticker of an open board."""
    company.sell("lan", 1_250_000)
    board = screen().open(company.board)
    board.wait_state("live")
    board.wait_value("revenue", 1_250_000)
    company.sell("minh", 80_000_000)
    board.wait_value("revenue", 81_250_000)
    number = board.page.locator('[data-kind="number"][data-metric="revenue"] .number')
    expect(number).to_have_text("81.3M\u202f₫")
    first = board.page.locator(".row").first
    expect(first).to_have_attribute("data-employee", "minh")
    expect(first).to_have_attribute("data-value", "80000000")
    news = board.page.locator(".ticker .line").first
    expect(news).to_contain_text("Trần Văn Minh order approved 80 M")
    assert board.errors == []


def test_a_correction_takes_the_number_back(company: Company, screen: Open) -> None:
    """A revoked approval lowers revenue on the open board and says by how much."""
    company.sell("lan", 2_000_000)
    order = company.sell("lan", 500_000)
    board = screen().open(company.board)
    board.wait_value("revenue", 2_500_000)
    company.revoke_approval(order)
    board.wait_value("revenue", 2_000_000)
    last = board.page.locator('[data-kind="number"][data-metric="revenue"] .last')
    expect(last).to_contain_text("−500 K")


def test_the_ranking_moves(company: Company, screen: Open) -> None:
    """Who overtakes moves up within the re-ranking pause and is marked, ties share a rank."""
    company.call("lan", 60)
    company.call("lan", 60)
    company.call("minh", 60)
    company.call("hoa", 60)
    board = screen().open(f"{company.board}&rank=calls_outbound")
    choose = board.page.get_by_label("Ranking by")
    expect(choose).to_have_value("calls_outbound")
    rows = board.page.locator(".row:not([hidden])")
    expect(rows.nth(0)).to_have_attribute("data-employee", "lan")
    ranks = board.page.locator(".row .rank")
    expect(ranks).to_have_text(["1", "2", "2"])
    for _ in range(2):
        company.call("minh", 30)
    expect(rows.nth(0)).to_have_attribute("data-employee", "minh")
    expect(rows.nth(0).locator(".move")).to_have_text("▲1")
    expect(rows.nth(1).locator(".move")).to_have_text("▼1")
    assert "rank=calls_outbound" in board.page.url
    choose.focus()
    choose.select_option("talk_seconds_outbound")
    expect(rows.nth(0)).to_have_attribute("data-value", "120")
    expect(choose).to_be_focused()
    assert "rank=talk_seconds_outbound" in board.page.url


def test_a_department_shows_its_teams(company: Company, screen: Open) -> None:
    """What an employee of a sub-department does counts on the board of the department."""
    company.call("hoa", 125)
    board = screen().open(company.board)
    board.wait_value("talk_seconds_outbound", 125)
    expect(board.page.locator('.row[data-employee="hoa"]')).to_have_attribute("data-value", "1")


def test_other_currencies_stand_beside(company: Company, screen: Open) -> None:
    """Money in another currency is shown on its own and never added."""
    company.sell("lan", 1_000_000)
    company.sell("lan", 12_50, "USD")
    board = screen().open(company.board)
    board.wait_value("revenue", 1_000_000)
    context = board.page.locator('[data-kind="number"][data-metric="revenue"] .context')
    expect(context).to_contain_text("12.5\u00a0$")


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off(company: Company, screen: Open, size: str) -> None:
    """At the sizes of televisions nothing scrolls; a telephone scrolls down only."""
    for person, amount in (("lan", 84_200_000), ("minh", 1_234_567), ("hoa", 999)):
        company.sell(person, amount)
        company.call(person, 3725)
    board = screen(*SIZES[size]).open(company.board)
    board.wait_value("revenue", 85_435_566)
    across, down = board.overflow()
    assert across <= 0
    assert down <= 0 or size == "phone"
    assert board.cut_off() == []
    board.shot(f"board-{size}")
    if size in ("full-hd", "phone"):
        assert serious(board.page) == []
    assert board.errors == []


def test_the_key_leaves_the_address_and_survives_a_reload(company: Company, screen: Open) -> None:
    """A television keeps reading after a reload, though nobody can read its key on the screen."""
    company.sell("lan", 70_000)
    board = screen().open(f"{company.board}&lang=vi")
    board.wait_value("revenue", 70_000)
    assert board.page.url == f"{company.stack.query_url}/board/north?lang=vi"
    board.page.reload(wait_until="domcontentloaded")
    board.wait_value("revenue", 70_000)


def test_exact_on_demand_and_by_keyboard(company: Company, screen: Open) -> None:
    """A tile reached with Tab shows the exact figure on Enter, and always in title and label."""
    company.sell("lan", 1_234_567)
    board = screen().open(f"{company.board}&lang=vi&theme=light")
    board.wait_value("revenue", 1_234_567)
    tile = board.page.locator('[data-kind="number"][data-metric="revenue"] .number')
    exact = "1.234.567\u00a0₫"
    expect(tile).to_have_attribute("title", exact)
    expect(tile).to_have_attribute("aria-label", f"Doanh thu hôm nay: {exact}")
    board.page.keyboard.press("Tab")
    expect(tile).to_be_focused()
    board.page.keyboard.press("Enter")
    expect(tile).to_have_text(exact)
    board.shot("board-light-vi")


def test_a_board_without_events_says_so(company: Company, screen: Open) -> None:
    """Before the first event there is no zero anywhere, but a word on what will appear."""
    board = screen().open(company.board)
    board.wait_state("no_data")
    expect(board.page.locator("#notice")).to_be_visible()
    assert set(board.page.locator("[data-kind=number] .digits").all_text_contents()) == {"–"}
    board.shot("board-no-data")
    company.call("lan", 61)
    board.wait_state("live")
    board.wait_value("calls_outbound", 1)
    expect(board.page.locator("#notice")).to_be_hidden()


def test_an_unknown_figure_is_named(company: Company, screen: Open) -> None:
    """A tile asked for by a name nobody knows says so instead of showing a zero."""
    company.call("lan", 61)
    board = screen().open(f"{company.board}&tiles=calls_outbound,nonsense")
    board.wait_value("calls_outbound", 1)
    unknown = board.page.locator('[data-kind="number"][data-metric="nonsense"]')
    expect(unknown).to_contain_text("not available")


def test_an_unknown_department_is_named(company: Company, screen: Open) -> None:
    """A board of a department that does not exist says which, and shows no figure."""
    board = screen().open(company.board.replace("north", "nowhere"))
    board.wait_state("not_available")
    expect(board.page.locator("#notice")).to_contain_text("“nowhere”")
    expect(board.page.locator("main")).to_be_hidden()


@pytest.mark.parametrize("key", ["", "sp_nobody_k_wrong"])
def test_without_a_right_it_says_whom_to_ask(company: Company, screen: Open, key: str) -> None:
    """Without a key, or with a wrong one, the board shows no figure but what to do."""
    board = screen().open(f"{company.stack.query_url}/board/north?key={key}")
    board.wait_state("no_right")
    expect(board.page.locator("#notice")).to_contain_text("link")
    expect(board.page.locator("main")).to_be_hidden()


def test_a_kiosk_shows_its_board(company: Company, screen: Open) -> None:
    """A key of a kiosk in the fragment opens the board that it was granted, and no other."""
    company.sell("lan", 1_000)
    made = httpx.post(
        f"{company.stack.ingestor_url}/v1/tenants/{company.tenant.id}/keys",
        headers={"Authorization": f"Bearer {company.stack.admin_token}"},
        json={
            "scopes": ["kiosk"],
            "created_by": "lan",
            "board": {
                "scope": "department",
                "scope_id": "north",
                "sub": True,
                "metrics": ["revenue", "calls_outbound"],
            },
        },
    )
    key = made.raise_for_status().json()["key"]
    address = f"{company.stack.query_url}/board/north?tiles=revenue,calls_outbound"
    board = screen().open(f"{address}#key={key}")
    board.wait_value("revenue", 1_000)
    assert board.page.url == address.replace(",", "%2C") or board.page.url == address
    assert key not in board.page.evaluate("document.cookie + JSON.stringify(sessionStorage)")
    other = screen().open(f"{company.stack.query_url}/board/north?tiles=orders_approved#key={key}")
    figure = other.page.locator('[data-kind="number"][data-metric="orders_approved"] .digits')
    expect(figure).to_have_text("–")


def test_less_motion_is_respected(company: Company, screen: Open) -> None:
    """Under reduced motion a number jumps to its value and nothing is animated."""
    company.sell("lan", 1_000)
    board = screen(reduced_motion="reduce").open(company.board)
    board.wait_value("revenue", 1_000)
    company.sell("minh", 9_000)
    board.wait_value("revenue", 10_000)
    assert board.page.evaluate("document.getAnimations().length") == 0


def test_a_kiosk_without_names_has_ranks_and_values(company: Company, screen: Open) -> None:
    """The board of a department for a nameless kiosk: rows follow, nothing tells whose they are."""
    company.sell("lan", 7_000)
    shown = {"scope": "department", "scope_id": "north", "sub": True, "has_names": False}
    wish = {"scopes": ["kiosk"], "created_by": "lan", "board": {**shown, "metrics": ["revenue"]}}
    key = Boards(company).new_key(wish)
    board = screen().open(f"{company.stack.query_url}/board/north#key={key}")
    board.wait_value("revenue", 7_000)
    rows = board.page.locator(".row")
    expect(rows).to_have_count(3, timeout=30_000)
    company.sell("minh", 9_000)
    board.wait_value("revenue", 16_000)
    expect(rows.first).to_have_attribute("data-value", "9000", timeout=30_000)
    expect(rows.locator(".rank")).to_have_text(["1", "2", "3"])
    assert rows.locator(".who").all_inner_texts() == ["colleague"] * 3
    page = board.page.content()
    assert not [word for word in ("Lan", "Minh", 'e="lan"', 'e="minh"') if word in page]
    assert board.errors == []
