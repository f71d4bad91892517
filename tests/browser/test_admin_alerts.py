"""Alerts are made, tried, taken care of and looked back on in the administration, live."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from deploy.local.services import Service
from tests.browser.accessibility import serious
from tests.browser.test_admin import Desk, desk, token

__all__ = ["desk"]
pytestmark = pytest.mark.browser


def kept(desk: Desk) -> list[dict[str, Any]]:
    """Return the alerts as the service has them."""
    answer = httpx.get(
        f"{desk.company.stack.query_url}/v1/alerts",
        headers={"Authorization": f"Bearer {token(desk.company, 'minh')}"},
        timeout=30,
    )
    rows: list[dict[str, Any]] = answer.raise_for_status().json()["rows"]
    return rows


def make(desk: Desk, name: str, figure: str, **limits: str) -> None:
    """Make an alert of the north, bad from its limits up."""
    page = desk.page
    desk.button("New alert").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Figure", exact=True).select_option(label=figure)
    page.get_by_label("Whose").select_option(label="Telesales North")
    page.get_by_label("Bad when it is").select_option(label="at least")
    for level, limit in limits.items():
        page.locator(f'[data-field="{level}"] input').fill(limit)
    desk.button("Save").click()


def test_an_alert_from_its_making_to_its_end(desk: Desk, notifier: Service) -> None:
    """Nothing is reloaded: it turns, somebody takes care, the history tells it, and it is gone."""
    assert notifier.ready()
    page = desk.show("alerts").page
    expect(page.locator(".empty")).to_contain_text("Nothing is watched yet")
    make(desk, "Nhiều cuộc gọi", "Calls connected", warn="1", critical="9")
    desk.said("Nhiều cuộc gọi is watched.")
    (row,) = kept(desk)
    assert row["id"].startswith("nhieu-cuoc-goi-")
    assert (row["metric"], row["scope"], row["scope_id"]) == (
        "calls_outbound",
        "department",
        "north",
    )
    assert (row["operator"], row["warn"], row["critical"]) == (">=", 1, 9)
    line = desk.row("Nhiều cuộc gọi")
    expect(line).to_contain_text("fine")
    desk.company.call("lan", 61)
    expect(line).to_have_attribute("data-level", "warn", timeout=30_000)
    assert serious(page) == []
    desk.screen.shot("admin-alerts-open")
    page.set_viewport_size({"width": 390, "height": 844})
    assert desk.screen.overflow()[0] <= 0
    desk.screen.shot("admin-alerts-open-telephone")
    page.set_viewport_size({"width": 1920, "height": 1080})
    desk.button("I take care of Nhiều cuộc gọi").click()
    expect(line).to_contain_text("Trần Văn Minh takes care")
    expect(desk.button("I take care of Nhiều cuộc gọi")).to_have_count(0)
    desk.button("Test the channels of Nhiều cuộc gọi").click()
    desk.said("A test of Nhiều cuộc gọi is on its way")
    desk.button("History of Nhiều cuộc gọi").click()
    told = page.locator("dialog tbody tr")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("warning")
    desk.button("Close").click()
    desk.button("Nhiều cuộc gọi").click()
    assert serious(page) == []
    desk.screen.shot("admin-alert-form")
    desk.button("Delete").click()
    desk.button("Delete").last.click()
    desk.said("is watched no more")
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator("dialog")).to_have_count(0)
    assert kept(desk) == []
    assert desk.is_clean()


def test_limits_are_typed_as_they_are_read(desk: Desk) -> None:
    """Percents and whole money go as the service wants them, and come back as they were typed."""
    page = desk.show("alerts").page
    make(desk, "Chuyển đổi", "Conversion rate", critical="12.5")
    desk.said("is watched")
    make(desk, "Doanh thu", "Revenue", warn="50000000")
    desk.said("Doanh thu is watched")
    found = {row["name"]: row for row in kept(desk)}
    assert found["Chuyển đổi"]["critical"] == 0.125
    assert found["Chuyển đổi"]["warn"] is None
    assert found["Doanh thu"]["warn"] == 50_000_000
    expect(desk.row("Chuyển đổi")).to_contain_text("13\u00a0%")
    desk.button("Chuyển đổi").click()
    expect(page.get_by_label("Critical at")).to_have_value("12.5")
    page.get_by_label("Rule", exact=True).select_option(label="customers who wait too long")
    expect(page.get_by_label("Figure", exact=True)).to_be_hidden()
    page.get_by_label("Days since they were created").fill("7")
    page.get_by_label("Critical at").fill("3")
    desk.button("Save").click()
    expect(page.locator("dialog")).to_have_count(0)
    (changed,) = [row for row in kept(desk) if row["name"] == "Chuyển đổi"]
    assert (changed["rule"], changed["days"], changed["critical"]) == ("age", 7, 3)
    assert changed["metric"] is None
    assert desk.is_clean()


def test_what_cannot_be_watched_is_said_at_its_field(desk: Desk) -> None:
    """No limit at all, and silence of a ratio, are refused in words; nothing is made."""
    page = desk.show("alerts").page
    make(desk, "Nothing", "Calls connected")
    expect(page.locator("dialog")).to_contain_text("must not be empty")
    page.get_by_label("Rule", exact=True).select_option(
        label="nothing new for some minutes of work"
    )
    page.get_by_label("Figure", exact=True).select_option(label="Conversion rate")
    page.get_by_label("Warning at").fill("20")
    desk.button("Save").click()
    expect(page.locator("dialog")).to_contain_text("cannot be watched so")
    assert kept(desk) == []
    assert desk.is_clean()
