"""The recount of who entered and left a stage, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify_book import Book

METRICS = ("journey_entries", "journey_exits")
OWNED = ("owned_entries", "owned_exits")
Moves = dict[tuple[str, str, str, int], int]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def at(day: int, hour: int = 3) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:00:00Z"


def create(book: Book, day: int = 2, **said: Any) -> None:
    said = {"owner_id": "an", "relationship_id": "new"} | said
    book.add("customer.created", "c1", created_at=at(day), time=at(1), **said)


def enter(book: Book, stage: str | None, day: int, **said: Any) -> None:
    said = {"time": at(day)} | said
    book.add("customer.status_changed", "c1", relationship_id=stage, changed_at=at(day), **said)


def assign(book: Book, owner: str | None, day: int) -> None:
    book.add("customer.assigned", "c1", owner_id=owner, assigned_at=at(day), time=at(day))


def work(book: Book, employee: str, department: str, day: int) -> None:
    said: dict[str, Any] = {"department_id": department, "valid_from": f"2026-03-{day:02d}"}
    book.add("employee.upserted", employee, name=employee, **said)


def moves(book: Book, scope: str, *metrics: str) -> Moves:
    cells = book.cells(*(metrics or METRICS), scope=scope)
    return {
        (metric.partition("_")[2], dimension[6:], whose, day % 100): count
        for (metric, dimension, whose, day), count in cells.items()
        if dimension
    }


def test_stage_changes_count_everywhere(book: Book) -> None:
    """On the first day a customer enters, and whenever its stage differs at the end of a day."""
    create(book)
    enter(book, "hot", 4)
    enter(book, "cold", 5)
    enter(book, "hot", 5, time=at(5, 9))
    enter(book, None, 7)
    expected = {
        ("entries", "new", "all", 2): 1,
        ("entries", "hot", "all", 4): 1,
        ("exits", "new", "all", 4): 1,
        ("entries", "", "all", 7): 1,
        ("exits", "hot", "all", 7): 1,
    }
    assert moves(book, "company") == expected
    assert moves(book, "company", *OWNED) == expected


def test_another_owner_counts_for_the_owners(book: Book) -> None:
    """A customer handed on inside a department moves from person to person, no further."""
    work(book, "an", "north", 1)
    work(book, "binh", "north", 1)
    create(book)
    assign(book, "binh", 5)
    assert moves(book, "employee") == {
        ("entries", "new", "an", 2): 1,
        ("entries", "new", "binh", 5): 1,
        ("exits", "new", "an", 5): 1,
    }
    assert moves(book, "department") == {("entries", "new", "north", 2): 1}
    assert moves(book, "company") == {("entries", "new", "all", 2): 1}
    assert moves(book, "employee", *OWNED) == {("entries", "new", "binh", 2): 1}
    lists = book.rows("SELECT DISTINCT list FROM list_rows WHERE list LIKE '%ntries%' ORDER BY 1")
    assert [row[0] for row in lists if not row[0].startswith("stage")] == [
        "journey_entries|stage:new",
        "owned_entries|stage:new",
    ]


def test_owner_who_moves_takes_customers_along(book: Book) -> None:
    """A person who changes department is entered there and leaves the old one, for nobody else."""
    work(book, "an", "north", 1)
    work(book, "an", "south", 5)
    create(book)
    assert moves(book, "employee") == {("entries", "new", "an", 2): 1}
    assert moves(book, "department") == {
        ("entries", "new", "north", 2): 1,
        ("entries", "new", "south", 5): 1,
        ("exits", "new", "north", 5): 1,
    }
    assert moves(book, "company") == {("entries", "new", "all", 2): 1}


def test_who_was_left_is_where_that_one_was_the_day_before(book: Book) -> None:
    """A move and a handover on one day: the customer leaves the department of the day before."""
    work(book, "an", "north", 1)
    work(book, "an", "south", 5)
    work(book, "binh", "west", 1)
    create(book)
    assign(book, "binh", 5)
    assert moves(book, "department") == {
        ("entries", "new", "north", 2): 1,
        ("entries", "new", "west", 5): 1,
        ("exits", "new", "north", 5): 1,
    }


def test_what_is_dated_back_or_ahead_counts_on_its_day(book: Book) -> None:
    """Before the creation nothing is entered; of a day's entries the largest version holds."""
    create(book, day=4)
    enter(book, "old", 3, time=at(2))
    enter(book, "lost", 20, time=at(3))
    enter(book, "won", 10, time=at(2))
    enter(book, "never", 12, time="2026-02-01T03:00:00Z")
    assert moves(book, "company") == {
        ("entries", "old", "all", 4): 1,
        ("entries", "won", "all", 10): 1,
        ("exits", "old", "all", 10): 1,
        ("entries", "lost", "all", 20): 1,
        ("exits", "won", "all", 20): 1,
    }


def test_without_creation_nothing_is_entered_at_first(book: Book) -> None:
    """A customer known by an update is there from its first entry on, and only moves count."""
    book.add("customer.updated", "c1", name="A")
    enter(book, "new", 2)
    enter(book, "hot", 4)
    expected = {("entries", "hot", "-", 4): 1, ("exits", "new", "-", 4): 1}
    assert moves(book, "employee") == expected
    book.add("customer.deleted", "c1")
    assert moves(book, "employee") == {}
