"""Every report page shows what the API tells, opens each number, and gives the same as a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Screen
from tests.browser.figures import Place, agree, shown, told_by_blocks, told_by_table
from tests.reports.prospects import day
from tests.reports.spreadsheet import read

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
WINDOW = f"created_from={day(10)}&created_to={day(0)}&called_from={day(10)}"


def opened(screen: Open, client: httpx.Client, address: str, width: int = 1920) -> Screen:
    """Open a page with the key of a company, and wait until its report is there."""
    key = client.headers["authorization"].removeprefix("Bearer ")
    mark = "&" if "?" in address else "?"
    one = screen(width, 1080).open(f"{client.base_url}{address}{mark}key={key}")
    expect(one.page.locator(".loading")).to_be_hidden(timeout=30_000)
    one.wait_state("live")
    return one


def answer(client: httpx.Client, path: str) -> dict[str, Any]:
    """Ask the API."""
    found = client.get(path)
    assert found.status_code == httpx.codes.OK, found.text
    document: dict[str, Any] = found.json()
    return document


@pytest.mark.parametrize(
    ("page", "lang"),
    [
        ("department?department=sales&month=2026-05", "en"),
        ("department?department=all&month=2026-05&compare=previous", "vi"),
        ("employee?employee=an&month=2026-05", "vi"),
    ],
)
def test_every_number_of_the_blocks(acme: httpx.Client, screen: Open, page: str, lang: str) -> None:
    """All cells of all blocks stand on the page with their value, text and list, no others."""
    one = opened(screen, acme, f"/reports/{page}&lang={lang}")
    sub = "&sub=true" if "department=sales" in page else ""
    report = answer(acme, f"/v1/reports/{page}{sub}")
    units = {c["name"]: c["unit"] for block in report["blocks"] for c in block["columns"]}
    told = dict(told_by_blocks(report))
    found = shown(one.page)
    assert set(told) == {place for place in found if place.block}
    wrong = {
        place: (found[place], cell)
        for place, cell in told.items()
        if not agree(found[place], cell, units[place.column])
    }
    assert wrong == {}
    assert len(told) > 150
    assert one.errors == []
    one.shot(f"report-{page.split('?', maxsplit=1)[0]}-{lang}")


def test_what_is_not_available_is_no_zero(acme: httpx.Client, screen: Open) -> None:
    """Nothing of stock was ever sent: the page says 'not available' and why, and shows no 0."""
    one = opened(screen, acme, "/reports/department?department=sales&month=2026-05")
    total = one.page.locator("[data-block=stock] tr.total td").first
    expect(total).to_have_text("not available")
    expect(total.locator(".number")).to_have_attribute("title", re.compile("^Not available"))
    assert one.page.locator("[data-block=stock] tr.total td", has_text="0").count() == 0


def test_every_number_of_the_telesales_report(prospects: httpx.Client, screen: Open) -> None:
    """Each owner, the unassigned and the total, all columns, whatever their order on the page."""
    one = opened(screen, prospects, f"/reports/telesales?{WINDOW}")
    report = answer(prospects, f"/v1/reports/telesales?{WINDOW}")
    units = {column["name"]: column["unit"] for column in report["columns"]}
    told, found = dict(told_by_table(report)), shown(one.page)
    assert set(told) == set(found)
    wrong = [at for at, cell in told.items() if not agree(found[at], cell, units[at.column])]
    assert wrong == []
    assert one.errors == []
    one.shot("report-telesales")


@pytest.mark.parametrize("view", ["exact", "cumulative"])
def test_every_number_of_the_lifecycle(prospects: httpx.Client, screen: Open, view: str) -> None:
    """The matrix as the API has it; what lies after the window is empty, not zero."""
    one = opened(screen, prospects, f"/reports/lifecycle?days=14&view={view}")
    report, found = answer(prospects, "/v1/reports/lifecycle?days=14"), shown(one.page)
    for row in [*report["rows"], {**report["total"], "day": "total"}]:
        for lag, value in enumerate(row[view]):
            place = found[Place("", row["day"], str(lag))]
            assert place.value == value
            more = "&cumulative=true" if view == "cumulative" else ""
            link = None if value is None else f"{row['facts']}&lag={lag}{more}"
            assert place.list == link
    assert found[Place("", "total", "created")].value == report["created"]
    tiles = one.page.locator(".tilefigure .big")
    assert tiles.nth(1).get_attribute("data-value") == str(report["converted"])
    one.shot(f"report-lifecycle-{view}")


def test_every_number_of_the_journey(prospects: httpx.Client, screen: Open) -> None:
    """Stock, entries and exits of each stage and day, all customers, and the day's revenue."""
    one = opened(screen, prospects, "/reports/journey?days=14")
    report, found = answer(prospects, "/v1/reports/journey?days=14"), shown(one.page)
    for row in report["rows"]:
        for at, stage in enumerate(row["stages"]):
            for part in ("stock", "entries", "exits"):
                name = "" if part == "stock" else part
                place = found[Place("", row["day"], f"stage_{at}", name)]
                assert (place.value, place.list) == (stage[part]["value"], stage[part]["facts"])
        for name in ("total", "revenue"):
            place = found[Place("", row["day"], name)]
            assert (place.value, place.list) == (row[name]["value"], row[name]["facts"])
    expect(one.page.locator(".chart .area")).to_have_count(len(report["stages"]))
    one.shot("report-journey")


def test_every_number_of_the_sales_performance(prospects: httpx.Client, screen: Open) -> None:
    """Each customer with purchases, value and pending orders; the totals by status above."""
    asked = f"created_from={day(10)}&created_to={day(0)}"
    one = opened(screen, prospects, f"/reports/sales-performance?{asked}")
    report, found = answer(prospects, f"/v1/reports/sales-performance?{asked}"), shown(one.page)
    for row in report["rows"]:
        for name in ("purchases", "pending", "value"):
            place = found[Place("", row["id"], name)]
            assert (place.value, place.list) == (row[name], row["facts"][name])
    for name, value in report["totals"].items():
        place = found[Place("", "total", name)]
        assert (place.value, place.list) == (value, report["facts"][name])
    assert one.page.locator("#performance tbody tr").count() == report["total"]
    one.shot("report-sales-performance")


@pytest.mark.parametrize(
    ("company", "address", "place"),
    [
        ("acme", "/reports/department?department=sales&month=2026-05", "[data-block=orders] dd"),
        ("acme", "/reports/employee?employee=an&month=2026-05", "[data-block=interactions] dd"),
        ("prospects", f"/reports/telesales?{WINDOW}", "#telesales tr.total td"),
        ("prospects", "/reports/lifecycle?days=14", ".heat tr.total td"),
        ("prospects", "/reports/journey?days=14", "#journey tbody td.stage .stock"),
    ],
)
def test_a_list_is_as_long_as_its_number(
    request: pytest.FixtureRequest, screen: Open, company: str, address: str, place: str
) -> None:
    """The panel says how many there are, shows as many rows, and that is the number clicked."""
    one = opened(screen, request.getfixturevalue(company), address)
    links = one.page.locator(f"{place} a[data-list]")
    assert links.count() > 2
    for at in range(3):
        link = links.nth(at)
        value = int(link.locator("xpath=..").get_attribute("data-value") or "-1")
        link.click()
        panel = one.page.locator("#panel")
        expect(panel.locator(".count")).to_have_attribute("data-total", str(value))
        expect(panel.locator(".facts tbody tr")).to_have_count(value)
        one.page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(link).to_be_focused()
    assert one.errors == []


def test_downloads_hold_the_rows_of_the_page(
    acme: httpx.Client, screen: Open, tmp_path: Path
) -> None:
    """CSV and XLSX of a block open, with the people and the numbers that the page shows."""
    one = opened(screen, acme, "/reports/department?department=sales&month=2026-05")
    block = one.page.locator("[data-block=summary]")
    rows = block.locator("tbody tr")
    names = [rows.nth(at).locator("th .name").inner_text() for at in range(rows.count())]
    revenue = [
        rows.nth(at).locator("td").last.get_attribute("data-value") for at in range(rows.count())
    ]
    for form in ("CSV", "XLSX"):
        with one.page.expect_download() as waiting:
            block.get_by_role("link", name=form, exact=True).click()
        path = tmp_path / f"summary.{form.lower()}"
        waiting.value.save_as(path)
        if form == "CSV":
            table = list(csv.reader(StringIO(path.read_text("utf-8-sig"))))
        else:
            table = [list(map(str, row)) for row in read(path.read_bytes())[0].rows]
        text = [" ".join(line) for line in table[1:-1]]
        assert len(text) == len(names)
        for name, value, line in zip(names, revenue, text, strict=True):
            assert name == "unassigned" or name in line
            assert str(value) in line
