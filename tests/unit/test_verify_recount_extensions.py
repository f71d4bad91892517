"""The recount of extensions and of whose a call is, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify_book import Book

MARCH_2 = 20260302


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def give(book: Book, employee: str, extension: str | None, day: int, **said: Any) -> None:
    at = f"2026-03-{day:02d}T03:00:00Z"
    said = {"extension": extension, "changed_at": at} | said
    book.add("employee.extension_changed", employee, **said)


def call(book: Book, name: str, day: int, **said: Any) -> None:
    at = f"2026-03-{day:02d}T04:00:00Z"
    said = {"direction": "outbound", "extension": "17", "started_at": at} | said
    book.add("call.started", name, **said)


def agents(book: Book) -> dict[str, str | None]:
    return dict(book.rows("SELECT id, agent FROM call_agents"))


def test_extension_changes_hands(book: Book) -> None:
    """A call is of whom the extension was when it began; one who is named goes before."""
    give(book, "an", "17", 2)
    give(book, "an", None, 4)
    give(book, "binh", "17", 5)
    for day in (3, 4, 6):
        call(book, f"k{day}", day)
    call(book, "named", 3, employee_id="cuc")
    call(book, "other", 3, extension="18")
    assert agents(book) == {"k3": "an", "k4": "binh", "k6": "binh", "named": "cuc", "other": None}
    assert book.register("call", "k3", "agent") == '"an"'
    assert book.register("call", "other", "agent") is None


def test_two_at_once_and_before_the_first(book: Book) -> None:
    """Of two with one extension the later one has the call; of a tie, the larger id."""
    give(book, "an", "17", 10)
    give(book, "binh", "17", 12)
    give(book, "cuc", "17", 12)
    give(book, "dung", "18", 1)
    give(book, "dung", "17", 20)
    for day in (5, 11, 13, 21):
        call(book, f"k{day}", day)
    assert agents(book) == {"k5": "cuc", "k11": "an", "k13": "cuc", "k21": "dung"}


def test_extension_of_an_employee_that_is_described(book: Book) -> None:
    """An upserted extension holds from the first moment of its day, a null one says nothing."""
    book.add("employee.upserted", "an", name="An", extension="17", valid_from="2026-03-02")
    book.add("employee.upserted", "an", name="An", extension=None, valid_from="2026-03-05")
    book.add("setting.changed", "company", time_zone="Europe/London")
    book.add("employee.upserted", "binh", name="B", extension="17", time="2026-03-29T12:00:00Z")
    assert book.rows("SELECT employee, from_ms, until_ms FROM extension_holders ORDER BY ALL") == [
        ("an", 1772384400000, None),
        ("binh", 1774742400000, None),
    ]
    assert book.register("extension", "17", "holders") == (
        '[1772384400000,0,"an",true],[1774742400000,0,"binh",true]'
    )


def test_larger_version_wins_a_moment(book: Book) -> None:
    """Of two extensions from one moment that of the larger version holds."""
    give(book, "an", "17", 2, revision=2)
    give(book, "an", "18", 2, revision=1)
    call(book, "k1", 3)
    assert agents(book) == {"k1": "an"}
    assert book.rows("SELECT extension FROM extension_holders") == [("17",)]


def test_figures_of_calls_are_of_the_agent(book: Book) -> None:
    """All figures of a call count for its agent, in the department of that one on the day."""
    book.add("employee.upserted", "an", name="An", department_id="north", valid_from="2026-01-01")
    give(book, "an", "17", 2)
    call(book, "out", 2)
    call(book, "ring", 2, direction="inbound")
    assert book.cells("calls_attempted", "calls_inbound_offered", scope="department") == {
        ("calls_attempted", "", "north", MARCH_2): 1,
        ("calls_inbound_offered", "", "north", MARCH_2): 1,
    }
    running = {("an", name): 1772424000000 for name in ("out", "ring")}
    assert book.scores("calls_running") == running
    ended: dict[str, Any] = {"direction": "outbound", "extension": "17", "duration_s": 0}
    book.add("call.ended", "out", ended_at="2026-03-02T04:01:00Z", **ended)
    assert book.scores("calls_running") == {("an", "ring"): 1772424000000}
    assert book.cells("calls_attempted") == {("calls_attempted", "", "an", MARCH_2): 1}
