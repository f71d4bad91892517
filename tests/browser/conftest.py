"""A browser and a company for the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from deploy.local.stack import Stack
from tests.browser.chromium import Screen, chromium, new_screen
from tests.browser.company import Company


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a Chromium to the tests of a module."""
    with chromium() as running:
        yield running


@pytest.fixture
def screen(browser: Browser) -> Iterator[Callable[..., Screen]]:
    """Give a factory of pages; all are closed at the end of the test."""
    opened: list[Screen] = []

    def make(width: int = 1920, height: int = 1080, **options: object) -> Screen:
        opened.append(new_screen(browser, width, height, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.page.context.close()


@pytest.fixture
def company(stack: Stack) -> Company:
    """Give a company of its own to each test."""
    return Company(stack, stack.create_tenant(name="Demo company")).hire()


@pytest.fixture
def newcomer(stack: Stack) -> Company:
    """Give a company that has not sent anything yet."""
    return Company(stack, stack.create_tenant(name="Newcomer"))
