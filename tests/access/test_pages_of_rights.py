"""Report pages for people: they are offered what they may see, and lose it while they look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.access.company import Company, grant
from tests.browser.chromium import Screen, chromium, new_screen

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a Chromium to the tests of this file."""
    with chromium() as running:
        yield running


def opened(browser: Browser, company: Company, who: str, path: str) -> Screen:
    """Open a page as an employee."""
    token = company.issuer.token(company.tenant.id, who)
    return new_screen(browser).open(f"{company.stack.query_url}{path}?key={token}")


def test_a_head_is_offered_the_own_department(browser: Browser, company: Company) -> None:
    """The page opens on what the head leads; nothing else can be chosen, lists open."""
    one = opened(browser, company, "hue", "/reports/department")
    scope = one.page.get_by_label("Whose figures")
    expect(scope).to_have_value("department:sales", timeout=30_000)
    offered = scope.locator("option").evaluate_all("all => all.map(each => each.value)")
    assert set(offered) == {"department:sales", "department:hanoi"}
    one.page.locator("[data-block=orders] a[data-list]").first.click()
    expect(one.page.locator("#panel .count")).to_be_visible()
    assert one.errors == []
    one.page.context.close()


def test_a_person_sees_the_own_report(browser: Browser, company: Company) -> None:
    """Who may see only themselves finds their own report, not a question for somebody's name."""
    one = opened(browser, company, "an", "/reports/employee")
    expect(one.page.get_by_label("Whose figures")).to_have_value("employee:an", timeout=30_000)
    expect(one.page.locator("[data-block=orders]")).to_be_visible(timeout=30_000)
    assert one.page.get_by_label("Whose figures").locator("option").count() == 1
    assert one.errors == []
    one.page.context.close()


def test_a_right_that_is_lost_takes_the_figures_away(browser: Browser, altered: Company) -> None:
    """While the page is open the grant is taken back: it says so, and shows no figure any more."""
    altered.administer([grant("eva", "employee_kpi")])
    one = opened(browser, altered, "eva", "/reports/employee")
    expect(one.page.locator("[data-block=orders] [data-value]").first).to_be_visible(timeout=30_000)
    altered.administer([grant("eva", "employee_kpi", granted=False)])
    expect(one.page.get_by_role("alert")).to_contain_text("may not see", timeout=30_000)
    expect(one.page.locator("main [data-value]")).to_have_count(0)
    one.wait_state("no_right")
    one.shot("report-right-lost")
    one.page.context.close()
