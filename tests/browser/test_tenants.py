"""The tenants of the installation on their page, for who runs it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from deploy.local.process import wait_for
from tests.browser.company import Company
from tests.browser.test_admin import Desk, Open

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_operator_makes_a_tenant(company: Company, screen: Open, language: str) -> None:
    """With the operator's token alone; the keys of the new tenant are shown once, and work."""
    words = {
        "en": ("Open", "This is not the token", "Add a tenant", "Add", "Close", "in use"),
        "vi": ("Mở", "Đây không phải mã", "Thêm khách thuê", "Thêm", "Đóng", "đang dùng"),
    }[language]
    opens, wrong, more, add, close, in_use = words
    desk = Desk(company, screen(390, 844)).show("tenants", language)
    page, made = desk.page, f"{company.tenant.id}-{language}"
    expect(page.locator("#tabs a")).to_have_count(1)
    page.locator("input[type=password]:visible").fill("guessed")
    desk.button(opens).click()
    expect(page.get_by_role("alert")).to_contain_text(wrong)
    page.locator("input[type=password]:visible").fill(company.stack.admin_token)
    desk.button(opens).click()
    expect(desk.row(company.tenant.id)).to_contain_text("Demo company")
    desk.button(more).click()
    page.locator("dialog [name=id]").fill(made)
    page.locator("dialog [name=name]").fill("Hoa Mai")
    page.locator("dialog [name=currency]").fill("EUR")
    desk.button(add).click()
    expect(page.locator(".secret")).to_have_count(2)
    desk.screen.shot(f"admin-tenants-{language}")
    read = page.locator(".secret").nth(1).input_value()
    desk.button(close).click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(desk.row(made)).to_contain_text(in_use)
    assert desk.screen.overflow()[0] <= 0
    kept = page.evaluate(
        "[document.cookie, ...Object.values(sessionStorage), "
        "...Object.values(localStorage), location.href].join()"
    )
    for secret in (company.stack.admin_token, read):
        assert secret not in page.content()
        assert secret not in kept
    assert company.stack.admin_token not in str(page.context.cookies())
    url, known = f"{company.stack.query_url}/v1/tenant", {"Authorization": f"Bearer {read}"}
    told = wait_for_tenant(url, known)
    assert (told["tenant"], told["name"], told["currency"]) == (made, "Hoa Mai", "EUR")
    page.reload()
    expect(page.locator("input[type=password]:visible")).to_have_count(1)
    assert desk.is_clean()


def wait_for_tenant(url: str, headers: dict[str, str]) -> dict[str, Any]:
    """Return what a new key reads, as soon as it is folded."""

    def works() -> bool:
        return httpx.get(url, headers=headers, timeout=30).is_success

    wait_for(works, 30, "the key of a new tenant does not work")
    told: dict[str, Any] = httpx.get(url, headers=headers, timeout=30).json()
    return told
