"""A browser and a company for the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import httpx
import pytest
from playwright.sync_api import Browser, expect

from deploy.local.services import Service
from deploy.local.stack import Stack
from tests.browser.chromium import Screen, chromium, new_screen
from tests.browser.company import Company
from tests.reports import company as reported
from tests.reports import prospects as prospecting

expect.set_options(timeout=15_000)  # three areas share two cores


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


@pytest.fixture(scope="module")
def notifier(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give the notifier, which judges alerts."""
    own = {"WEBHOOK_SECRET": stack.webhook_secret, "LEASE_S": "1"}
    folder = tmp_path_factory.mktemp("notifier")
    with Service("notifier", stack.meeting, folder, settings=own).running() as made:
        yield made


@pytest.fixture(scope="session")
def acme(stack: Stack) -> Iterator[httpx.Client]:
    """Give a client of the company whose May 2026 is worked out by hand; tests only read it."""
    yield from _settled(stack, reported)


@pytest.fixture(scope="session")
def prospects(stack: Stack) -> Iterator[httpx.Client]:
    """Give a client of the company with prospects of the last days; tests only read it."""
    yield from _settled(stack, prospecting)


def _settled(stack: Stack, story: ModuleType) -> Iterator[httpx.Client]:
    tenant = stack.create_tenant("Acme")
    story.settle(stack, tenant)
    headers = {"Authorization": f"Bearer {tenant.read_key}"}
    with httpx.Client(base_url=stack.query_url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def company(stack: Stack) -> Company:
    """Give a company of its own to each test."""
    return Company(stack, stack.create_tenant(name="Demo company")).hire()


@pytest.fixture
def newcomer(stack: Stack) -> Company:
    """Give a company that has not sent anything yet."""
    return Company(stack, stack.create_tenant(name="Newcomer"))
