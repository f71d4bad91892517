"""The administration on the running stack: what is done there holds on everybody's screen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from deploy.local.stack import Stack
from tests.browser.chromium import Screen
from tests.browser.company import Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
TABS = ("people", "departments", "grants", "tokens", "alerts", "tenant", "audit")
_REFUSED = re.compile(r"the server responded with a status of 4\d\d")
"""What Chromium itself says of every answer that is a refusal; the page says it in words."""
_UNSAID = re.compile(
    r"\b(?:code|grant|tab|scope|did|subject|module|effect|change|rule|window|state|typed|once)\.[a-z_]+"
)


@dataclass
class Desk:
    """An administrator's screen."""

    company: Company
    screen: Screen

    @property
    def page(self) -> Page:
        """Return the page."""
        return self.screen.page

    def show(self, tab: str, language: str = "en") -> Desk:
        """Show a tab, by its address."""
        self.screen.open(f"{self.company.stack.query_url}/admin?tab={tab}&lang={language}")
        expect(self.page.locator("#page h1")).to_be_visible()
        return self

    def button(self, name: str, *, exact: bool = True) -> Locator:
        """Return a button of the page, or of the dialog where one is open."""
        return self.page.get_by_role("button", name=name, exact=exact)

    def said(self, text: str) -> None:
        """Wait until the page has said something."""
        expect(self.page.locator("#toast")).to_contain_text(text)

    def row(self, text: str) -> Locator:
        """Return a line of a table."""
        return self.page.locator("#page tbody tr").filter(has_text=text)

    def is_clean(self) -> bool:
        """Say whether nothing went wrong that the page has not said itself."""
        return [one for one in self.screen.errors if not _REFUSED.search(one)] == []


def token(company: Company, employee: str) -> str:
    """Return the token of a person."""
    assert company.stack.issuer is not None
    made: str = company.stack.issuer.token(
        company.tenant.id, employee, now_s=int(time.time()), hours=1
    )
    return made


def administer(company: Company, *grants: tuple[str, str]) -> None:
    """Grant rights as the operator does."""
    stack: Stack = company.stack
    events = [
        {
            "specversion": "1.0", "id": f"g{next(company.numbers)}", "source": "/tests",
            "type": "permission.changed", "time": "2026-01-01T00:00:00Z", "subject": employee,
            "tenantid": company.tenant.id, "data": {"permission": right, "granted": True},
        }
        for employee, right in grants
    ]  # fmt: skip
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/tenants/{company.tenant.id}/events?wait=applied",
        json=events,
        headers={
            "Authorization": f"Bearer {stack.admin_token}",
            "Content-Type": "application/cloudevents-batch+json",
        },
        timeout=30,
    )
    assert answer.json()["accepted"] == len(events), answer.text


@pytest.fixture
def desk(company: Company, screen: Open) -> Desk:
    """Give Minh's desk, who may administer and see everything; Lan heads the north."""
    administer(company, ("minh", "administer"), ("minh", "view_all"))
    company.send(("department.upserted", "north", {"name": "Telesales North", "head_id": "lan"}))
    made = Desk(company, screen(1920, 1080))
    made.screen.open(f"{company.stack.query_url}/admin?lang=en&key={token(company, 'minh')}")
    expect(made.page.locator("#page h1")).to_have_text("People")
    assert "key" not in made.page.url
    return made


def test_a_right_opens_a_stream_and_its_loss_closes_it(desk: Desk, screen: Open) -> None:
    """What is ticked holds on the other's screen at once; taken back, their board goes dark."""
    company = desk.company
    board = f"{company.stack.query_url}/board/north?lang=en&key={token(company, 'lan')}"
    before = screen(1280, 800).open(board)
    before.wait_state("no_right")
    desk.show("grants")
    box = desk.page.get_by_label("Nguyễn Thị Lan: Statistics")
    box.check()
    desk.said("Nguyễn Thị Lan has “Statistics” now.")
    opened = screen(1280, 800).open(board)
    opened.wait_state("no_data")
    desk.screen.shot("admin-grants")
    desk.page.get_by_label("Nguyễn Thị Lan: Statistics").click()
    desk.button("Take back").click()
    desk.said("no longer has “Statistics”")
    opened.wait_state("no_right", seconds=5)
    expect(desk.page.get_by_label("Nguyễn Thị Lan: Statistics")).not_to_be_checked()
    assert desk.is_clean()


def test_a_board_of_a_key_that_is_shown_once(desk: Desk, screen: Open) -> None:
    """The link opens the board; afterwards the secret is nowhere; revoked the board goes dark."""
    desk.show("tokens")
    desk.button("New board").click()
    desk.page.get_by_label("Where it hangs").fill("Hall")
    desk.page.get_by_label("Shows", exact=True).select_option(label="Telesales North")
    desk.button("Make the board").click()
    expect(desk.page.locator(".secret")).to_have_count(2)
    desk.screen.shot("admin-secret")
    link, key = (desk.page.locator(".secret").nth(at).input_value() for at in range(2))
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.button("Copy the link").click()
    expect(desk.button("Copied")).to_be_visible()
    assert desk.page.evaluate("navigator.clipboard.readText()") == link
    desk.button("Close").click()
    expect(desk.page.locator("dialog")).to_have_count(0)
    assert key not in desk.page.content()
    board = screen(1280, 800).open(link)
    board.wait_state("no_data")
    assert key not in board.page.url
    desk.button("Revoke Hall").click()
    desk.button("Revoke").last.click()
    desk.said("“Hall” was revoked.")
    board.wait_state("no_right", seconds=15)
    assert desk.is_clean()


def test_a_key_of_a_stored_board(desk: Desk, screen: Open) -> None:
    """A board that somebody has made can be hung up; the link opens it as it stands."""
    tile = {"id": "o", "kind": "number", "metric": "orders", "x": 0, "y": 0, "w": 4, "h": 2}
    answer = httpx.put(
        f"{desk.company.stack.query_url}/v1/boards/lobby",
        json={"name": "Lobby", "scope": "department", "scope_id": "north", "tiles": [tile]},
        headers={"Authorization": f"Bearer {token(desk.company, 'minh')}"},
        timeout=30,
    )
    assert answer.status_code == httpx.codes.OK, answer.text
    desk.show("tokens")
    desk.button("New board").click()
    desk.page.get_by_label("Where it hangs").fill("Entrance")
    desk.page.get_by_label("Shows", exact=True).select_option(label="Lobby")
    expect(desk.page.get_by_placeholder("Search figures")).to_be_hidden()
    desk.button("Make the board").click()
    link = desk.page.locator(".secret").first.input_value()
    assert "/boards/lobby#key=" in link
    desk.button("Close").click()
    expect(desk.row("Entrance")).to_contain_text("Board Lobby")
    wall = screen(1280, 800).open(link)
    expect(wall.page.locator("#title")).to_have_text("Lobby")
    assert desk.is_clean()


def test_a_department_moves_in_the_tree(desk: Desk) -> None:
    """A team is made below another and moved to the top; what cannot be is said at its field."""
    desk.show("departments")
    desk.button("Add a department below Hà Nội 2").click()
    desk.page.get_by_label("Id", exact=True).fill("n3")
    desk.page.get_by_label("Name", exact=True).fill("Đội ba")
    desk.button("Add", exact=True).click()
    desk.said("Đội ba was added.")
    tree = desk.page.locator(".tree")
    expect(tree.locator("li li li")).to_contain_text("Đội ba")
    desk.button("Đội ba").click()
    desk.page.get_by_label("Below", exact=True).select_option(label="at the top")
    desk.button("Save").click()
    desk.said("Đội ba was saved.")
    expect(tree.locator("> li")).to_have_count(2)
    desk.screen.shot("admin-departments")
    desk.button("Add a department").click()
    desk.page.get_by_label("Id", exact=True).fill("n3")
    desk.page.get_by_label("Name", exact=True).fill("Again")
    desk.button("Add", exact=True).click()
    expect(desk.page.locator("dialog .wrong")).to_have_text("This id is taken already.")
    desk.page.keyboard.press("Escape")
    desk.button("Telesales North").click()
    desk.button("Close", exact=True).click()
    desk.page.locator("dialog").last.get_by_role("button", name="Close", exact=True).click()
    expect(desk.page.locator("dialog").last.locator(".wrong")).to_contain_text("Move them first")
    assert desk.is_clean()


def file(text: str) -> Any:
    """Return a file as a person chooses it."""
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_the_file_that_was_chosen_last_is_the_one_that_is_seen(desk: Desk) -> None:
    """An answer about the file before it, which comes late, changes nothing."""
    held: list[Route] = []

    def late(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    head = "id,name,department_id,manager_id,extension\n"
    desk.button("Import a file").click()
    desk.page.route("**/v1/people/import?preview=true", late)
    chosen = desk.page.get_by_label("File", exact=True)
    chosen.set_input_files(file(f"{head}thu,Thu,moon,,302\n"))
    chosen.set_input_files(file(f"{head}thu,Thu,north,,302\n"))
    good = desk.page.locator("dialog .good")
    expect(good).to_be_visible()
    with desk.page.expect_response("**/v1/people/import?preview=true"):
        held[0].continue_()
    desk.page.wait_for_timeout(300)
    expect(good).to_have_text("1 rows: 1 new, 0 changed, 0 as they are.")


def test_a_file_with_a_bad_row_is_refused_whole(desk: Desk) -> None:
    """The row that is wrong is named; mended the file says what it will do, and then does it."""
    head = "id,name,department_id,manager_id,extension\n"
    desk.button("Import a file").click()
    chosen = desk.page.get_by_label("File", exact=True)
    chosen.set_input_files(file(f"{head}xuan,Xuân,north,lan,301\nthu,Thu,moon,,302\n"))
    wrong = desk.page.locator("dialog tbody tr")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("3")
    expect(wrong).to_contain_text("department_id")
    desk.screen.shot("admin-import-bad")
    desk.button("Import").click()
    expect(desk.page.locator("dialog")).to_be_visible()
    chosen.set_input_files(file(f"{head}xuan,Xuân,north,lan,301\nthu,Thu,n2,,302\n"))
    expect(desk.page.locator("dialog .good")).to_have_text(
        "2 rows: 2 new, 0 changed, 0 as they are."
    )
    desk.button("Import").click()
    desk.said("2 rows were imported.")
    expect(desk.row("Xuân")).to_contain_text("Nguyễn Thị Lan")
    expect(desk.row("Thu")).to_contain_text("302")
    assert desk.is_clean()


def test_everything_is_done_by_keyboard(desk: Desk) -> None:
    """Somebody joins, moves, is looked for and leaves without a mouse; focus never gets lost."""
    page = desk.page
    desk.button("Add a person").focus()
    page.keyboard.press("Enter")
    for text in ("binh", "Bình"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("Telesales")
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    desk.said("Bình was added.")
    expect(desk.row("Bình")).to_contain_text("Telesales North")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("bình")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "q=b" in page.url
    desk.button("Bình").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("H")
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    desk.said("Bình was saved.")
    expect(desk.row("Bình")).to_contain_text("Hà Nội 2")
    assert page.evaluate("document.activeElement.dataset.focus") == "person-binh"
    page.keyboard.press("Enter")
    desk.button("Has left").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bình has left?")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Bình has left?")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    desk.show("grants")
    page.get_by_label("Lê Hoa: Statistics").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    desk.said("Lê Hoa has “Own figures” now.")
    assert page.evaluate("document.activeElement.ariaLabel") == "Lê Hoa: Own figures"
    assert desk.is_clean()


def test_somebody_is_in_several_departments(desk: Desk) -> None:
    """What is ticked besides stands in the list and in the form, and is taken back there."""
    for has_it in (True, False):
        desk.button("Lê Hoa").click()
        box = desk.page.locator("dialog").get_by_label("Telesales North", exact=True)
        box.set_checked(has_it)
        desk.button("Save").click()
        desk.said("Lê Hoa was saved.")
        expect(desk.page.locator("dialog")).to_have_count(0)
        also = desk.row("Lê Hoa").get_by_text("also in Telesales North")
        expect(also).to_have_count(int(has_it))
    assert desk.is_clean()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_tab_in_both_languages_and_on_a_telephone(desk: Desk, language: str) -> None:
    """Each tab has words for everything, fits a telephone, and survives a reload by its address."""
    other = {"en": "Audit trail", "vi": "Nhật ký"}
    for tab in TABS:
        desk.show(tab, language)
        text = desk.page.locator("body").inner_text()
        assert not _UNSAID.search(text), (tab, _UNSAID.search(text))
        assert "undefined" not in text
        assert other[language] in text
        assert desk.page.get_attribute("html", "lang") == language
        desk.screen.shot(f"admin-{tab}-{language}")
        desk.page.set_viewport_size({"width": 390, "height": 844})
        assert desk.screen.overflow()[0] <= 0, tab
        desk.screen.shot(f"admin-{tab}-{language}-telephone")
        desk.page.set_viewport_size({"width": 1920, "height": 1080})
    desk.page.locator("#tabs a").first.click()
    expect(desk.page.locator("#page h1")).to_have_text(
        {"en": "People", "vi": "Nhân viên"}[language]
    )
    desk.page.go_back()
    expect(desk.page.locator("#tabs [aria-current]")).to_have_text(other[language])
    assert desk.is_clean()


def test_settings_and_the_trail_of_what_was_done(desk: Desk) -> None:
    """A setting that changes how figures are counted asks once; the trail names who did it."""
    desk.show("tenant")
    desk.page.get_by_label("Name", exact=True).fill("Hoa Sen")
    reads: list[str] = []
    desk.page.on("request", lambda one: reads.append(f"{one.method} {one.url}"))
    desk.button("Save").click()
    desk.said("The company was saved.")
    desk.page.wait_for_timeout(500)
    assert len(reads) == len({*reads}), "read anew twice: what is changed meanwhile is lost"
    expect(desk.page.locator("#company")).to_have_text("Hoa Sen")
    desk.page.get_by_label("Inventory").uncheck()
    desk.button("Save").click()
    expect(desk.page.get_by_role("heading", name="Change what figures")).to_be_visible()
    desk.button("Save").last.click()
    expect(desk.page.locator("dialog")).to_have_count(0)
    desk.show("tenant")
    expect(desk.page.get_by_label("Inventory")).not_to_be_checked()
    for _ in range(40):
        desk.show("audit")
        if desk.row("Trần Văn Minh").filter(has_text="changed settings").count() == 2:
            break
        desk.page.wait_for_timeout(250)
    expect(desk.row("Trần Văn Minh").filter(has_text="changed settings")).to_have_count(2)
    assert desk.is_clean()


def test_who_may_not_is_told_in_words(desk: Desk, newcomer: Company, screen: Open) -> None:
    """Others are told whom to ask, nobody to sign in; an empty company is told what to do first."""
    company, url = desk.company, f"{desk.company.stack.query_url}/admin"
    for given, text in (
        (f"&key={token(company, 'hoa')}", "Nobody has given you a right yet"),
        (f"&key={company.tenant.read_key}", "This key may only read"),
        ("", "Only administrators come in here"),
    ):
        shown = screen(390, 844).open(f"{url}?lang=en{given}")
        expect(shown.page.locator("main")).to_contain_text(text)
    made = httpx.post(
        f"{newcomer.stack.ingestor_url}/v1/tenants/{newcomer.tenant.id}/keys?wait=applied",
        headers={"Authorization": f"Bearer {newcomer.stack.admin_token}"},
        json={"scopes": ["query", "administer"]},
        timeout=30,
    ).json()
    empty = Desk(newcomer, screen(1280, 800))
    empty.screen.open(f"{url}?lang=en&key={made['key']}")
    expect(empty.page.locator(".empty")).to_contain_text("Nobody is here yet")
    empty.screen.shot("admin-empty")
    for tab, text in (
        ("departments", "There are no departments yet"),
        ("grants", "Add them first"),
    ):
        empty.show(tab)
        expect(empty.page.locator(".empty")).to_contain_text(text)
    assert empty.is_clean()
