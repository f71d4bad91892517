"""Every figure of both reports opens into its list, which is as long as the figure says (G13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from schemas.kpis import CATALOGUE
from tests.reports.test_department import Ask

REPORTS = {
    "department": {"department": "sales", "month": "2026-05", "compare": "previous"},
    "with sub-departments": {"department": "sales", "month": "2026-05", "sub": "true"},
    "company": {"department": "all", "from": "2026-04-20", "to": "2026-05-20"},
    "by creation": {"department": "sales", "month": "2026-05", "basis": "created_at"},
    "employee": {"employee": "an", "month": "2026-05"},
    "employee by creation": {"employee": "an", "month": "2026-05", "basis": "created_at"},
}


def cells(report: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield (block, column, cell) of all that has a list."""
    for table in report["blocks"]:
        rows = [*table["rows"], table["total"]]
        rows += [part for row in table["rows"] for part in row.get("parts", ())]
        for row in rows:
            for column, cell in zip(table["columns"], row["cells"], strict=True):
                if "facts" in cell:
                    yield table["block"], column, cell
                if "previous" in cell:
                    yield table["block"], column, cell["previous"]


@pytest.mark.parametrize("name", REPORTS)
def test_every_list_is_as_long_as_its_figure(client: httpx.Client, ask: Ask, name: str) -> None:
    """A count has as many rows as it says; any other figure has the list of what it counts."""
    parameters = REPORTS[name]
    kind = "employee" if "employee" in parameters else "department"
    seen: dict[str, int] = {}
    checked = 0
    for block, column, cell in cells(ask(f"/v1/reports/{kind}", **parameters)):
        address = cell["facts"]
        if address not in seen:
            answer = client.get(address)
            assert answer.status_code == 200, (block, address, answer.text)
            seen[address] = answer.json()["total"]
        kpi = CATALOGUE[column["metric"]]
        counts_rows = kpi.list_name == kpi.name and column["unit"] == "count"
        if counts_rows and "bound" not in cell:
            assert seen[address] == cell["value"], (block, column["name"], address)
            checked += 1
    assert checked > 40


def test_a_figure_without_a_feed_has_no_list(ask: Ask) -> None:
    """Nothing of stock was ever sent: not available, and no list that would look empty."""
    report = ask("/v1/reports/department", department="sales", month="2026-05", block="stock")
    for cell in report["blocks"][0]["total"]["cells"]:
        assert cell == {"value": None, "why": "not_available"}
