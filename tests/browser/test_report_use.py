"""How report pages are used: live, by address, by keyboard, in both languages, at every size."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Screen
from tests.browser.company import Company
from tests.browser.test_report_pages import WINDOW, opened

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
SIZES = [(390, 844), (1280, 720), (1920, 1080), (3840, 2160)]
MAY = "department?department=sales&month=2026-05"
PAGES = [
    ("acme", f"/reports/{MAY}"),
    ("acme", "/reports/employee?employee=an&month=2026-05"),
    ("prospects", f"/reports/telesales?{WINDOW}"),
    ("prospects", "/reports/lifecycle?days=28"),
    ("prospects", "/reports/journey?days=28"),
    ("prospects", "/reports/sales-performance"),
    ("prospects", f"/supervisor?{WINDOW}"),
    ("prospects", "/"),
]
_RAW = re.compile(r"\{\w*\}|\b[a-z]+_[a-z_]+\b|undefined|NaN|\[object")
"""A word nobody translated, a slot nobody filled, a value nobody wrote."""


def test_a_number_changes_when_an_event_is_posted(company: Company, screen: Open) -> None:
    """Nothing is pressed: revenue, its list, and the ranking follow an order within the page."""
    company.sell("lan", 1_000_000)
    key = company.tenant.read_key
    one = screen().open(f"{company.stack.query_url}/reports/department?department=north&key={key}")
    revenue = one.page.locator("[data-block=orders] [data-column=revenue]")
    expect(revenue).to_have_attribute("data-value", "1000000", timeout=30_000)
    company.sell("hoa", 2_500_000)
    expect(revenue).to_have_attribute("data-value", "3500000", timeout=30_000)
    expect(revenue.locator(".number")).to_have_text("3,500,000\u00a0₫")
    rows = one.page.locator("[data-block=sales_comparison] tbody tr")
    expect(rows.first).to_contain_text("Lê Hoa")
    assert one.errors == []


def test_the_address_holds_the_state(acme: httpx.Client, screen: Open) -> None:
    """A choice, a list and a customer are words of the address: back undoes each, reload keeps."""
    one = opened(screen, acme, f"/reports/{MAY}")
    page = one.page
    page.get_by_label("Comparison", exact=True).select_option("previous")
    expect(page).to_have_url(re.compile("compare=previous"))
    expect(page.locator("[data-block=orders] .change").first).to_be_visible()
    page.locator("[data-block=orders] a[data-list]").first.click()
    expect(page).to_have_url(re.compile("list=%2Fv1%2Ffacts"))
    page.locator("#panel a.customer").first.click()
    expect(page).to_have_url(re.compile("customer=k"))
    expect(page.locator(".lifeline li").first).to_be_visible()
    page.reload()
    expect(page.locator(".lifeline li").first).to_be_visible(timeout=30_000)
    page.go_back()
    expect(page.locator("#panel .facts tbody tr").first).to_be_visible()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    page.go_back()
    expect(page.get_by_label("Comparison", exact=True)).to_have_value("none")
    assert "key=" not in page.url
    assert one.errors == []


def test_lists_name_their_customers(acme: httpx.Client, screen: Open) -> None:
    """Orders say who bought, in the report and in the list, and the name opens the story."""
    one = opened(screen, acme, f"/reports/{MAY}")
    page = one.page
    detail = page.locator("[data-block=order_detail] tbody tr").filter(has_text="K1").first
    expect(detail.locator("a[data-customer=k1]")).to_have_text("K1")
    page.locator("[data-block=orders] a[data-list]").first.click()
    bought = page.locator("#panel a[data-customer=k1]").first
    expect(bought).to_have_text("K1")
    bought.click()
    expect(page.locator("#panel-title")).to_have_text("K1")
    assert one.errors == []


def test_keyboard_alone(acme: httpx.Client, screen: Open) -> None:
    """Skip link, help, definition on focus, arrows in a table, Enter opens, Esc closes."""
    page = opened(screen, acme, f"/reports/{MAY}").page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("dialog.keyhelp")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.keyhelp")).to_be_hidden()
    about = page.locator("[data-block=summary] th .about").first
    about.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".meaning")).to_be_visible()
    expect(page.locator(".meaning")).to_contain_text("Customers")
    first = page.locator("[data-block=summary] tbody tr").first.locator("a[data-list]").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    chosen = page.locator("[data-block=summary] tbody tr").nth(1).locator("td").nth(1).locator("a")
    expect(chosen).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(chosen).to_be_focused()
    page.locator(".plot").first.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".readout").first).to_contain_text("2026")


def test_tables_are_sorted_by_their_heads(acme: httpx.Client, screen: Open) -> None:
    """A head sorts down, up and not at all, says so, and the address keeps it."""
    page = opened(screen, acme, f"/reports/{MAY}").page
    head = page.locator("[data-block=summary] th[data-column=customers_found]")
    cells = page.locator("[data-block=summary] tbody tr td:nth-child(3)")

    def values() -> list[int]:
        found: list[int] = cells.evaluate_all("each => each.map(e => Number(e.dataset.value))")
        return found

    head.locator(".sort").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert values() == sorted(values(), reverse=True)
    head.locator(".sort").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert "sort=summary" in page.url


@pytest.mark.parametrize(("company", "address"), PAGES)
def test_every_page_in_both_languages_at_four_sizes(
    request: pytest.FixtureRequest, screen: Open, company: str, address: str
) -> None:
    """No word is missing, nothing runs out of the window, and the console stays silent."""
    client = request.getfixturevalue(company)
    key = client.headers["authorization"].removeprefix("Bearer ")
    name = address.split("?", maxsplit=1)[0].strip("/").replace("/", "-") or "home"
    one = screen()
    for lang in ("vi", "en"):
        mark = "&" if "?" in address else "?"
        one.open(f"{client.base_url}{address}{mark}lang={lang}&key={key}")
        expect(one.page.locator("main .number, main .departments a").first).to_be_visible(
            timeout=30_000
        )
        text = one.page.locator("body").inner_text()
        assert _RAW.findall(text) == [], lang
        assert one.page.evaluate("document.documentElement.lang") == lang
    for width, height in SIZES:
        one.page.set_viewport_size({"width": width, "height": height})
        one.page.wait_for_timeout(150)
        assert one.overflow()[0] <= 0, (width, height)
        if width != 1280:
            one.shot(f"{name}-{width}")
    assert one.errors == []


def test_a_very_wide_desk_uses_its_room(acme: httpx.Client, screen: Open) -> None:
    """At 3,840 px two columns of sections fill the window; at 1,920 one follows the other."""
    one = opened(screen, acme, f"/reports/{MAY}")

    def columns() -> list[dict[str, float]]:
        boxes = one.page.locator(".column").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().toJSON())"
        )
        return list(boxes)

    left, right = columns()
    assert left["x"] == right["x"]
    assert right["y"] >= left["bottom"]
    one.page.set_viewport_size({"width": 3840, "height": 2160})
    left, right = columns()
    assert left["y"] == right["y"]
    assert right["x"] >= left["right"]
    assert right["right"] - left["x"] > 0.9 * 3840
    assert one.overflow()[0] <= 0


def test_a_printed_page_is_a_document(acme: httpx.Client, screen: Open) -> None:
    """On paper there are no controls, no scrolled tables, and who, when and which version."""
    one = opened(screen, acme, f"/reports/{MAY}")
    one.page.emulate_media(media="print")
    for control in (".masthead", ".actions", ".about", ".files"):
        expect(one.page.locator(control).first).to_be_hidden()
    expect(one.page.locator(".printed")).to_contain_text("figures as of")
    cut = one.page.locator(".gridbox").evaluate_all(
        "boxes => boxes.filter(b => b.scrollHeight > b.clientHeight + 1"
        " && getComputedStyle(b).overflowY !== 'visible').length"
    )
    assert cut == 0


def test_a_question_that_cannot_be_answered_says_why(acme: httpx.Client, screen: Open) -> None:
    """A department nobody knows is a sentence on the page, and the question can be changed."""
    key = acme.headers["authorization"].removeprefix("Bearer ")
    one = screen().open(f"{acme.base_url}/reports/department?department=nowhere&key={key}")
    notice = one.page.get_by_role("alert")
    expect(notice).to_contain_text("nowhere", timeout=30_000)
    one.page.get_by_label("Whose figures").select_option("department:far")
    expect(one.page.locator("[data-block=orders]")).to_be_visible(timeout=30_000)
    expect(notice).to_be_hidden()
