"""Signing in at an identity provider of another site, in a real browser with its own cookies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from deploy.local.broker import Broker
from deploy.local.process import LOOPBACK, free_port
from deploy.local.store import EmbeddedStore
from tests.access.provider import CLIENT, SECRET, Provider
from tests.browser.chromium import Screen
from tests.integration.query_house import NOON, open_house
from tests.integration.query_seed import Clock, person

pytestmark = [pytest.mark.browser, pytest.mark.once]
Open = Callable[..., Screen]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """Give a provider under another name than the pages, so that it is another site."""
    running = Provider(Clock(NOON), "localhost")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def address(broker: Broker, store: EmbeddedStore, provider: Provider) -> Iterator[str]:
    """Give the address of a company whose people sign in at the provider."""
    port = free_port()
    told = {
        "QUERY_PORT": str(port),
        "QUERY_OIDC_ISSUER": provider.url,
        "QUERY_OIDC_CLIENT_ID": CLIENT,
        "QUERY_OIDC_CLIENT_SECRET": SECRET,
        "QUERY_OIDC_REDIRECT_URI": f"http://{LOOPBACK}:{port}/login/oidc/callback",
        "QUERY_OIDC_TENANTS": "acme",
    }
    ready: Future[asyncio.AbstractEventLoop] = Future()
    over = asyncio.Event()

    async def serve() -> None:
        async with open_house(broker, store.url, **told) as house:
            an = person(5, "an", (20260101, "sales"))
            house.seed.facts(replace(an, permissions={"view_all": (1, True)}))
            ready.set_result(asyncio.get_running_loop())
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    loop = ready.result(timeout=60)
    yield f"http://{LOOPBACK}:{port}"
    loop.call_soon_threadsafe(over.set)
    thread.join()


def test_a_link_leads_in_and_back(address: str, provider: Provider, screen: Open) -> None:
    """The link stands where the key is asked for; afterwards the page shows what it was for."""
    home = screen(1280, 800).open(address)
    link = home.page.get_by_role("link", name="Sign in with your company account")
    expect(link).to_be_visible()
    home.shot("sign-in")
    assert home.overflow() <= (0, 0)
    link.click()
    expect(home.page.locator(".departments a").first).to_be_visible()
    assert home.page.url == f"{address}/"
    cookies = {each["name"]: each for each in home.page.context.cookies()}
    assert cookies["salespulse_session"]["httpOnly"]
    assert "salespulse_sign_in" not in cookies


def test_a_board_leads_in_and_back(address: str, screen: Open) -> None:
    """Who opens a board without a session signs in and stands before the board."""
    board = screen(1280, 800).open(f"{address}/board/sales?lang=vi")
    board.page.get_by_role("link", name="Đăng nhập bằng tài khoản công ty").click()
    expect(board.page.locator("#title")).to_have_text("Sales")
    assert board.page.url == f"{address}/board/sales?lang=vi"


def test_a_stored_board_leads_in_and_back(address: str, screen: Open) -> None:
    """The same way stands on the page of a stored board, and leads back to its address."""
    board = screen(1280, 800).open(f"{address}/boards/lobby?lang=vi")
    link = board.page.get_by_role("link", name="Đăng nhập bằng tài khoản công ty")
    expect(link).to_be_visible()
    board.shot("sign-in-board")
    link.click()
    expect(board.page.locator("#notice")).to_contain_text("“lobby”")
    expect(board.page.locator("#sign-in")).to_be_hidden()
    assert board.page.url == f"{address}/boards/lobby?lang=vi"


def test_the_page_says_that_the_provider_is_away(
    address: str, provider: Provider, screen: Open
) -> None:
    """Who could not be signed in stands at the home page, which says why and offers it again."""
    provider.lies = {"employee": None}
    home = screen(390, 844).open(f"{address}/board/sales")
    home.page.get_by_role("link", name="Sign in with your company account").click()
    expect(home.page.locator("#ask-why")).to_contain_text("You were not signed in")
    home.page.goto(f"{address}/?sign_in=provider_unavailable&next=%2Fboard%2Fsales")
    expect(home.page.locator("#ask-why")).to_contain_text("does not answer")
    link = home.page.get_by_role("link", name="Sign in with your company account")
    expect(link).to_have_attribute("href", "/login/oidc?next=%2Fboard%2Fsales")
    assert home.overflow()[0] <= 0
