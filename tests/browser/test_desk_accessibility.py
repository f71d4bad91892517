"""What axe-core finds on the pages at a desk: nothing serious, in both themes, panel open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import serious
from tests.browser.chromium import Screen
from tests.browser.test_report_use import MAY, WINDOW

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
_LIST = f"list=%2Fv1%2Freports%2Ftelesales%2Ffacts%3F{WINDOW.replace('&', '%26')}"
OPENED = [
    ("acme", f"/reports/{MAY}&compare=previous&theme=dark"),
    ("acme", "/reports/employee?employee=an&month=2026-05"),
    ("prospects", f"/reports/telesales?{WINDOW}&{_LIST}%26row%3Dtotal%26column%3Dnot_called"),
    ("prospects", "/reports/lifecycle?days=7&view=cumulative&theme=dark"),
    ("prospects", "/reports/journey?days=7"),
    ("prospects", "/reports/sales-performance?customer=k1"),
    ("prospects", f"/supervisor?{WINDOW}"),
    ("prospects", "/"),
]


@pytest.mark.parametrize(("company", "address"), OPENED)
def test_nothing_serious_is_found(
    request: pytest.FixtureRequest, screen: Open, company: str, address: str
) -> None:
    """Names, roles, contrast and order of every page are as the rules of accessibility want."""
    client = request.getfixturevalue(company)
    key = client.headers["authorization"].removeprefix("Bearer ")
    mark = "&" if "?" in address else "?"
    one = screen(1600, 1000).open(f"{client.base_url}{address}{mark}key={key}")
    expect(one.page.locator("main .number, main #boards a").first).to_be_visible(timeout=30_000)
    if "list=" in address or "customer=" in address:
        expect(one.page.locator("#panel .facts tr, #panel .lifeline li").first).to_be_visible(
            timeout=30_000
        )
    assert serious(one.page) == []
