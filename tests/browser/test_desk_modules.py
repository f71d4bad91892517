"""The pure modules of the pages at a desk, run in Chromium from the files as they are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.browser.test_modules import Run, page, run

__all__ = ["page", "run"]
pytestmark = pytest.mark.browser
FIXED = "\u00a0"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m.addDays('2026-02-27', 2)", "2026-03-01"),
        ("m.addDays('2026-03-01', -1)", "2026-02-28"),
        ("m.addMonths('2026-01', -1)", "2025-12"),
        ("m.addMonths('2025-11', 3)", "2026-02"),
        ("m.daysOfMonth('2028-02')", ["2028-02-01", "2028-02-29"]),
        ("m.daysBetween('2026-03-28', '2026-03-31')", 3),
        ("m.weekStart('2026-11-29', 1)", "2026-11-23"),
        ("m.weekStart('2026-11-29', 7)", "2026-11-29"),
        ("['en', 'vi'].map(m.firstDayOf)", [1, 1]),
        ("new m.Days('vi', 'Asia/Ho_Chi_Minh').day('2026-11-22')", "22/11/2026"),
        ("new m.Days('en', 'Asia/Ho_Chi_Minh').day('2026-11-22')", "22 Nov 2026"),
        ("new m.Days('vi', 'Asia/Ho_Chi_Minh').short('2026-11-02')", "02/11"),
        ("new m.Days('en', 'Asia/Ho_Chi_Minh').dayOf('2026-11-22T17:00:00Z')", "2026-11-23"),
        ("new m.Days('en', 'Asia/Ho_Chi_Minh').time('2026-11-22T17:05:00Z')", "00:05"),
    ],
)
def test_days(run: Run, expression: str, expected: Any) -> None:
    """Months end where they do, weeks begin where the language is, days are the tenant's."""
    assert run("days", expression) == expected


def test_presets_are_whole_ranges(run: Run) -> None:
    """Today, weeks, the last days and months, each with both of its ends."""
    found = run("ranges", "m.presets('2026-11-29', 1)")
    assert found["today"] == ["2026-11-29", "2026-11-29"]
    assert found["this_week"] == ["2026-11-23", "2026-11-29"]
    assert found["last_7"] == ["2026-11-23", "2026-11-29"]
    assert found["last_month"] == ["2026-10-01", "2026-10-31"]


@pytest.mark.parametrize(
    ("language", "own", "expected"),
    [
        ("en", None, ["Orders.", []]),
        ("vi", None, ["Đơn hàng.", []]),
        ("vi", "Của riêng ta.", ["Của riêng ta.", ["Đơn hàng."]]),
    ],
)
def test_a_definition_is_in_the_language_of_the_page(
    run: Run, language: str, own: str | None, expected: Any
) -> None:
    """The sentence of the language stands on the 'i', below the company's own where it has one."""
    column = {"label": {language: "?"}, "definition": "Orders.", "definition_vi": "Đơn hàng."}
    given = {**column, "own_definition": own}
    call = f"m.meaningOf({json.dumps(given)}, {{say: String, language: '{language}'}})"
    assert run("meaning", f"(({{text, notes}}) => [text, notes])({call})") == expected


@pytest.mark.parametrize(
    ("given", "marks"),
    [
        ([0, 215, 4], [0, 100, 200, 300]),
        ([0, 1, 4], [0, 0.25, 0.5, 0.75, 1]),
        ([-50, 100, 3], [-50, 0, 50, 100]),
        ([0, 4_000_000, 4], [0, 1_000_000, 2_000_000, 3_000_000, 4_000_000]),
    ],
)
def test_marks_of_an_axis_are_round_and_hold_everything(
    run: Run, given: list[float], marks: list[float]
) -> None:
    """The marks begin at zero or below, end at the largest value or above."""
    assert run("plot", "m.roundMarks(...given)", given) == marks


def test_a_change_is_applied_as_the_stream_means_it(run: Run) -> None:
    """Rows go, come and are replaced; order is last; other members are taken as they are told."""
    before = {"rows": [{"id": "a", "v": 1}, {"id": "b", "v": 1}], "version": "1", "note": "x"}
    change = {
        "version": "2",
        "as_of": "now",
        "rows": [{"id": "c", "v": 3}, {"id": "b", "v": 2}],
        "gone": ["a"],
        "order": ["c", "b"],
        "note": None,
    }
    after = run("follow", "m.applied(given[0], 'change', given[1], 'id')", [before, change])
    assert after == {
        "rows": [{"id": "c", "v": 3}, {"id": "b", "v": 2}],
        "version": "2",
        "as_of": "now",
        "note": None,
    }
    same = "given[0] === m.applied(given[0], 'heartbeat', {}, 'id')"
    assert run("follow", same, [before]) is True


WRITER = (
    "new m.Writer({ language: given[0], days: null,"
    " say: (word, values = {}) => word + Object.values(values).join('/'),"
    " numbers: new (await import('/assets/numbers.js')).Numbers(given[0], 'VND', (word) => word) })"
)


@pytest.mark.parametrize(
    ("cell", "column", "text"),
    [
        ({"value": 1_234_567, "currency": "VND"}, {"unit": "money"}, f"1.234.567{FIXED}₫"),
        ({"value": 1_234_567}, {"unit": "money", "isBare": True}, "1.234.567"),
        ({"value": 1_250, "currency": "USD"}, {"unit": "money", "isBare": True}, f"12,50{FIXED}$"),
        ({"value": 0.8412}, {"unit": "ratio"}, f"84,1{FIXED}%"),
        ({"value": 1.353}, {"unit": "ratio", "metric": "orders_per_customer"}, "1,353"),
        ({"value": 4483}, {"unit": "seconds"}, "1:14:43"),
        ({"value": -61}, {"unit": "seconds"}, "−1:01"),
        ({"value": None}, {"unit": "ratio"}, "–"),
        ({"value": None, "why": "not_available"}, {"unit": "count"}, "short_not_available"),
        ({"value": None, "why": "longer", "more_than": 90}, {"unit": "seconds"}, "> 1:30"),
        ({"value": 14400, "bound": "at_most"}, {"unit": "seconds"}, f"≤{FIXED}4:00:00"),
        ({"value": -3}, {"unit": "count"}, "−3"),
    ],
)
def test_cells_are_written_exactly(
    run: Run, cell: dict[str, Any], column: dict[str, Any], text: str
) -> None:
    """Vietnamese numbers; no unit twice; what is not known is never a zero."""
    written = run(
        "written", f"({WRITER}).cell(...given[1])", ["vi", [cell, {"name": "", **column}]]
    )
    assert written["text"] == text


def test_marks_beside_a_number(run: Run) -> None:
    """Other currencies, what came late, and the change, which is better where less is better."""
    cell = {
        "value": 60,
        "late": 5,
        "value_at_lock": 55,
        "previous": {"value": 120},
        "change": -60,
        "change_ratio": -0.5,
    }
    column = {"name": "x", "metric": "tasks_overdue", "unit": "count"}
    notes = run("written", f"({WRITER}).cell(...given[1]).notes", ["en", [cell, column]])
    assert notes == [["late", "late+5"], ["change better", f"▼ 50{FIXED}%"]]


def test_names_are_found_without_their_marks(run: Run) -> None:
    """'dung' finds Đồng Dũng, and nothing finds who is not named so."""
    found = "['Đồng Dũng', 'Trần Tuấn'].map((name) => m.isNamed(name, given))"
    assert run("floortable", found, "dung") == [True, False]
    assert run("floortable", found, " TUAN") == [False, True]


@pytest.mark.parametrize(
    "address", ["/v1/facts?metric=orders", "/v1/reports/telesales/facts?row=a"]
)
def test_only_lists_are_opened(run: Run, address: str) -> None:
    """What the address of a page names as a list is one of our lists, or it is not read."""
    assert run("listlink", "m.isList(given)", address) is True
    for other in ("/v1/me", "https://elsewhere.test/v1/facts?a", f"/x{address}", "/v1/facts.csv?a"):
        assert run("listlink", "m.isList(given)", other) is False


def test_both_languages_have_the_same_words(run: Run) -> None:
    """No word is missing in a language, and each has the same places for values."""
    slots = (
        "Object.fromEntries(Object.entries(m.DESK_WORDS[given]).map(([name, text]) =>"
        " [name, [...text.matchAll(/\\{(\\w+)\\}/g)].map((found) => found[1]).sort()]))"
    )
    english, vietnamese = run("deskwords", slots, "en"), run("deskwords", slots, "vi")
    assert english == vietnamese
    assert all(re.fullmatch(r"[\w. -]+", name) for name in english)
