"""The supervisor's page: who calls now, whom to call next, and a customer's story."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Screen
from tests.browser.company import Company, when
from tests.browser.figures import Place, shown
from tests.browser.test_report_pages import WINDOW, answer, opened

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]


def test_a_call_is_seen_as_it_happens(company: Company, screen: Open) -> None:
    """A customer comes in, is to be called, is called: the row tells each without a key pressed."""
    now = datetime.now(UTC)
    phone = "0912 345 678"
    company.send(
        (
            "customer.created",
            "k1",
            {"created_at": when(now), "owner_id": "lan", "name": "Bình Minh", "phones": [phone]},
        )
    )
    one = screen().open(f"{company.stack.query_url}/supervisor?key={company.tenant.read_key}")
    page = one.page
    waiting = page.locator("[data-tile=not_called] .big")
    expect(waiting).to_have_attribute("data-value", "1", timeout=30_000)
    page.locator("[data-tile=not_called] a").click()
    row = page.locator("#panel .facts tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("a[href^='tel:']")).to_have_attribute("href", "tel:0912345678")
    expect(row.get_by_role("button", name="Copy")).to_be_visible()
    call = {"direction": "outbound", "employee_id": "lan", "customer_id": "k1"}
    began = now - timedelta(seconds=40)
    company.send(
        (
            "call.connected",
            "c1",
            {**call, "started_at": when(began), "connected_at": when(began)},
        )
    )
    lan = page.locator("#floor tbody tr[data-id=lan]")
    expect(lan.locator(".running")).to_be_visible(timeout=30_000)
    first = lan.locator(".running").inner_text()
    expect(lan.locator(".running")).not_to_have_text(first)
    ended = {**call, "started_at": when(began), "ended_at": when(now), "duration_s": 40}
    company.send(("call.ended", "c1", ended))
    expect(lan.locator(".running")).to_be_hidden(timeout=30_000)
    expect(lan).to_contain_text("last call")
    row.locator("a.customer").click()
    expect(page.locator(".lifeline")).to_contain_text("Call 0:40")
    expect(page.locator("#panel-title")).to_have_text("Bình Minh")
    one.shot("supervisor-journey")
    assert one.errors == []


def test_the_page_has_one_stream(prospects: httpx.Client, screen: Open) -> None:
    """Calls and customers come in one connection, also after another filter was chosen."""
    one = screen()
    opened_at: list[str] = []
    one.page.on("request", lambda each: opened_at.append(each.url))
    key = prospects.headers["authorization"].removeprefix("Bearer ")
    one.open(f"{prospects.base_url}/supervisor?{WINDOW}&key={key}")
    expect(one.page.locator("#floor tbody tr").first).to_be_visible(timeout=30_000)
    one.wait_state("live")
    choose = one.page.get_by_label("Called by whom")
    with one.page.expect_request(re.compile("/stream.*any_agent=true")):
        choose.select_option("true")
    streams = [url.partition("?")[0] for url in opened_at if "/stream" in url]
    assert streams == [f"{prospects.base_url}/v1/reports/supervisor/stream"] * 2
    assert one.errors == []


def test_the_figures_are_those_of_both_reports(prospects: httpx.Client, screen: Open) -> None:
    """Each number is that of the telesales report, or of the live call view, with its list."""
    one = opened_floor(screen, prospects)
    found = shown(one.page)
    for path, names in (
        (f"/v1/reports/telesales?{WINDOW}", ("customers", "called", "not_called", "order_value")),
        ("/v1/reports/calls", ("calls_attempted", "calls_outbound", "talk_seconds_outbound")),
    ):
        report = answer(prospects, path)
        columns = [column["name"] for column in report["columns"]]
        for row in [*report["rows"], {**report["total"], "id": "total"}]:
            for name in names:
                cell, place = row["cells"][columns.index(name)], found[Place("", row["id"], name)]
                assert (place.value, place.list) == (cell["value"], cell.get("facts"))


def test_search_finds_names_without_their_marks(company: Company, screen: Open) -> None:
    """'/' goes to the search, 'tran' finds Trần, and the address keeps it."""
    one = screen().open(f"{company.stack.query_url}/supervisor?key={company.tenant.read_key}")
    rows = one.page.locator("#floor tbody tr:not([data-id='-'])")
    expect(rows).to_have_count(3, timeout=30_000)
    one.page.keyboard.press("/")
    one.page.keyboard.type("tran")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Trần Văn Minh")
    assert "q=tran" in one.page.url


def opened_floor(screen: Open, client: httpx.Client) -> Screen:
    """Open the page over a window in which there are customers."""
    one = opened(screen, client, f"/supervisor?{WINDOW}")
    expect(one.page.locator("#floor tbody tr").first).to_be_visible(timeout=30_000)
    return one
