"""A live update takes nothing away from who works with the keyboard: focus, definition, place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Screen
from tests.browser.company import ZONE, Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def page(company: Company, screen: Open) -> Page:
    """Give the report of a department in a low window, so that focus has to scroll."""
    company.sell("lan", 3_000_000)
    company.sell("minh", 2_000_000)
    company.sell("hoa", 1_000_000)
    today = datetime.now(ZONE).date()
    first, last = today - timedelta(days=6), today + timedelta(days=1)  # a month may begin today
    address = f"{company.stack.query_url}/reports/department?department=north&sub=true"
    query = f"from={first}&to={last}&key={company.tenant.read_key}"
    one = screen(1280, 420).open(f"{address}&{query}")
    _revenue(one.page, 6_000_000)
    return one.page


def _revenue(page: Page, amount: int) -> None:
    """Wait until the page shows this revenue, and has drawn itself."""
    place = page.locator("[data-block=orders] [data-column=revenue]")
    expect(place).to_have_attribute("data-value", str(amount), timeout=30_000)
    page.evaluate(_FRAMES)


def _reach(page: Page, wanted: Locator) -> None:
    """Go to an element by key, as who has no pointer does: the browser scrolls it into sight."""
    page.evaluate("scrollTo(0, 0)")
    wanted.evaluate("one => one.focus({ preventScroll: true })")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def test_a_definition_stays_open_while_figures_change(company: Company, page: Page) -> None:
    """Neither the scrolling that the focus itself causes nor an update closes it; Esc does."""
    about = page.locator("[data-block=summary] th .about").first
    _reach(page, about)
    page.evaluate(_FRAMES)
    meaning = page.locator(".meaning")
    expect(meaning).to_contain_text("Customers")
    company.sell("hoa", 500_000)
    _revenue(page, 6_500_000)
    expect(about).to_be_focused()
    expect(meaning).to_be_visible()
    expect(about).to_have_attribute("aria-expanded", "true")
    page.evaluate("scrollBy(0, 40)")
    page.evaluate(_FRAMES)
    button, box = about.bounding_box(), meaning.bounding_box()
    assert button is not None
    assert box is not None
    below, above = box["y"] - button["y"] - button["height"], button["y"] - box["y"] - box["height"]
    assert max(below, above) == pytest.approx(6, abs=1.5)
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()


def test_the_focus_goes_with_a_row_that_changes_its_place(company: Company, page: Page) -> None:
    """Whoever overtakes while somebody stands on their number keeps the focus there."""
    rows = page.locator("[data-block=sales_comparison] tbody tr")
    expect(rows.nth(0)).to_have_attribute("data-id", "lan")
    chosen = rows.and_(page.locator("[data-id=hoa]")).locator("a[data-list]").first
    _reach(page, chosen)
    company.sell("hoa", 9_000_000)
    _revenue(page, 15_000_000)
    expect(rows.nth(0)).to_have_attribute("data-id", "hoa")
    expect(chosen).to_be_focused()
    company.sell("lan", 20_000_000)
    _revenue(page, 35_000_000)
    expect(rows.nth(0)).to_have_attribute("data-id", "lan")
    expect(rows.nth(1)).to_have_attribute("data-id", "hoa")
    expect(chosen).to_be_focused()


def test_a_head_keeps_the_focus_when_it_sorts(page: Page) -> None:
    """Enter sorts down, up and not at all without going anywhere."""
    head = page.locator("[data-block=summary] th[data-column=revenue]")
    _reach(page, head.locator(".sort"))
    for direction in ("descending", "ascending"):
        page.keyboard.press("Enter")
        expect(head).to_have_attribute("aria-sort", direction)
        expect(head.locator(".sort")).to_be_focused()
    page.keyboard.press("Enter")
    expect(head).not_to_have_attribute("aria-sort", "ascending")
    expect(head.locator(".sort")).to_be_focused()


def test_the_chosen_day_of_a_drawing_stays(company: Company, page: Page) -> None:
    """Arrow keys choose a day; an update redraws the lines and leaves the day chosen."""
    plot = page.locator("[data-block=revenue_trend] .plot")
    _reach(page, plot)
    readout = page.locator("[data-block=revenue_trend] .readout b")
    today = readout.text_content()
    page.keyboard.press("ArrowLeft")
    expect(readout).not_to_have_text(today or "")
    before = readout.text_content() or ""
    company.sell("lan", 500_000)
    _revenue(page, 6_500_000)
    expect(readout).to_have_text(before)
    expect(plot).to_be_focused()
