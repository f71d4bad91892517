"""The editor of a board, from an empty one to one that hangs: by pointer and by keys alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.accessibility import serious
from tests.browser.boards import TILES, Boards
from tests.browser.chromium import Screen
from tests.browser.company import Company

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]
SPARE = [TILES[1] | {"x": 0, "y": 0, "w": 3, "h": 2}]


@pytest.fixture
def boards(company: Company) -> Boards:
    """Give the boards of a company, none yet."""
    return Boards(company)


def editing(boards: Boards, screen: Open, board_id: str, width: int = 1440) -> Screen:
    """Open the editor of a board."""
    editor = screen(width, 900).open(boards.address(board_id, edit=True))
    editor.wait_state("live")
    return editor


def tile(editor: Screen, name: str) -> Locator:
    """Return a tile on the stage."""
    return editor.page.locator(f'.stage [data-tile="{name}"]')


def test_a_board_is_made_saved_and_hangs(boards: Boards, screen: Open) -> None:
    """Add, choose the figure, drag, size, undo, save: the board stands as it was drawn."""
    boards.company.call("lan", 61)
    editor = editing(boards, screen, "fresh")
    page = editor.page
    page.get_by_label("Of", exact=True).select_option("department north")
    page.get_by_role("button", name="Number", exact=True).click()
    page.get_by_label("Figure").select_option("talk_seconds_outbound")
    expect(tile(editor, "number-1")).to_have_attribute("data-value", "61")
    page.get_by_role("button", name="Trend of the day").click()
    box = tile(editor, "number-1").bounding_box()
    grid = page.locator(".stage .grid").bounding_box()
    assert box is not None
    assert grid is not None
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 20 + grid["height"] / 2, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="Clock").click()
    page.get_by_role("button", name="Undo").click()
    editor.shot("board-editor")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_have_text("Saved")
    stored = boards.stored("fresh")
    assert [(one["id"], one["metric"]) for one in stored["tiles"]] == [
        ("number-1", "talk_seconds_outbound"),
        ("trend-1", "calls_outbound"),
    ]
    assert stored["tiles"][0]["y"] == 4
    page.get_by_role("link", name="Show board").click()
    expect(page.locator('[data-tile="number-1"]')).to_have_attribute("data-value", "61")
    assert editor.errors == []


def test_keys_alone_move_size_and_remove(boards: Boards, screen: Open) -> None:
    """Arrow keys move, with Shift they size, never onto another tile; each step is announced."""
    boards.define("wall", tiles=[*SPARE, TILES[-1]])
    editor = editing(boards, screen, "wall")
    page = editor.page
    tile(editor, "calls").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#spoken")).to_contain_text("column 2, row 1, 4 by 2")
    expect(page.get_by_label("Width")).to_have_value("4")
    tile(editor, "clock").focus()
    page.keyboard.press("Delete")
    expect(tile(editor, "clock")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(tile(editor, "clock")).to_have_count(1)
    page.keyboard.press("Control+s")
    expect(page.locator("#message")).to_have_text("Saved")
    assert boards.stored("wall")["tiles"][0]["w"] == 4
    assert serious(page) == []
    assert editor.errors == []


def test_what_is_not_saved_survives_a_reload(boards: Boards, screen: Open) -> None:
    """A draft is back after a reload, can be dropped, and is not what hangs."""
    boards.define("wall", tiles=SPARE)
    editor = editing(boards, screen, "wall")
    page = editor.page
    page.get_by_role("button", name="Funnel").click()
    expect(tile(editor, "funnel-1")).to_have_count(1)
    page.reload(wait_until="domcontentloaded")
    expect(tile(editor, "funnel-1")).to_have_count(1)
    expect(page.locator("#message")).to_contain_text("not saved yet")
    assert len(boards.stored("wall")["tiles"]) == 1
    page.get_by_role("button", name="Drop them").click()
    expect(tile(editor, "funnel-1")).to_have_count(0)
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


def test_saving_over_somebody_else_is_a_choice(boards: Boards, screen: Open) -> None:
    """Who saves second is told, and keeps their own or takes what the other one saved."""
    boards.define("wall", tiles=SPARE)
    editor = editing(boards, screen, "wall")
    page = editor.page
    page.locator("#name").fill("Mine")
    page.locator("#name").press("Enter")
    page.locator("#name").blur()
    boards.define("wall", 2, name="Theirs", tiles=SPARE)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("Somebody else has saved this board")
    assert boards.stored("wall")["name"] == "Theirs"
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#message")).to_have_text("Saved")
    stored = boards.stored("wall")
    assert (stored["name"], stored["edition"]) == ("Mine", 3)


def test_how_a_board_shows_alerts_is_set(boards: Boards, screen: Open) -> None:
    """In a line by default; their number alone, also at certain hours, or not at all."""
    boards.define("wall", tiles=SPARE)
    editor = editing(boards, screen, "wall")
    page = editor.page
    shown = page.get_by_label("Open alerts")
    expect(shown).to_have_value("banner")
    page.get_by_label("Number only from").fill("12:00")
    page.get_by_label("Number only from").blur()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("Not saved")
    page.get_by_label("to", exact=True).nth(1).fill("13:30")
    page.get_by_label("to", exact=True).nth(1).blur()
    shown.select_option("mark")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_have_text("Saved")
    hours = {"quiet_from": "12:00", "quiet_to": "13:30"}
    assert boards.stored("wall")["alerts"] == {"show": "mark", **hours}
    editor.shot("board-editor-alerts")


def test_the_editor_fits_a_telephone(boards: Boards, screen: Open) -> None:
    """On a telephone the parts stand one under the other and nothing scrolls sideways."""
    boards.define("wall")
    editor = editing(boards, screen, "wall", width=390)
    assert editor.overflow()[0] <= 0
    editor.shot("board-editor-phone")
