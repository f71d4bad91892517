"""The recount of tasks, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
LATER = "2026-03-03T03:00:00Z"
MARCH_2, MARCH_3, MARCH_5 = 20260302, 20260303, 20260305
MARCH_3_ENDS = 1_772_557_199_999
"""2026-03-03T23:59:59.999+07:00"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def task(book: Book, **data: object) -> None:
    book.add("task.created", "t1", **({"created_at": AT, "assignees": ["an"]} | data))


def test_a_task_that_starts_and_ends(book: Book) -> None:
    """A linked task starts on the 2nd, ends on the 3rd; its start also says where it ends."""
    task(book, start="2026-03-02", end="2026-03-03", customer_id="c1")
    names = ("tasks_starting", "tasks_ending", "tasks_linked_starting", "tasks_linked_ending")
    assert book.cells(*names) == {
        ("tasks_starting", "", "an", MARCH_2): 1,
        ("tasks_starting", "end:20260303", "an", MARCH_2): 1,
        ("tasks_linked_starting", "", "an", MARCH_2): 1,
        ("tasks_linked_starting", "end:20260303", "an", MARCH_2): 1,
        ("tasks_ending", "", "an", MARCH_3): 1,
        ("tasks_linked_ending", "", "an", MARCH_3): 1,
    }
    assert book.visits("tasks_starting") == {("an", MARCH_2, "c1", None): 1}
    assert book.visits("tasks_ending") == {("an", MARCH_3, "c1", None): 1}
    lists = {row[0] for row in book.rows("SELECT list FROM list_rows")}
    assert not [name for name in lists if "end:" in name]


def test_assignees_share_a_department(book: Book) -> None:
    """Three assignees, two of them in one department: 3 employees, 2 departments, 1 company."""
    for name, place in (("an", "north"), ("binh", "north"), ("chi", "south")):
        book.add("employee.upserted", name, name=name, department_id=place)
    task(book, assignees=["chi", "binh", "an", "an"])
    day = MARCH_2
    assert book.cells("tasks_created") == {
        ("tasks_created", "", name, day): 1 for name in ("an", "binh", "chi")
    }
    assert book.cells("tasks_created", scope="department") == {
        ("tasks_created", "", place, day): 1 for place in ("north", "south")
    }
    assert book.cells("tasks_created", scope="company") == {("tasks_created", "", "all", day): 1}
    assert len(book.rows("SELECT * FROM list_rows WHERE list = 'tasks_created'")) == 3


def test_nobody_does_a_task_without_assignees(book: Book) -> None:
    """No assignees, or null: nobody."""
    task(book)
    book.add("task.updated", "t1", assignees=None, time=LATER)
    assert book.cells("tasks_open") == {("tasks_open", "", "-", 0): 1}
    assert book.register("task", "t1", "assignees") == f"[{version(LATER)},[]]"


def version(time: str) -> int:
    return {AT: 1772420400000, LATER: 1772506800000}[time]


def test_an_end_before_the_start_is_in_doubt(book: Book) -> None:
    """End before start: an issue of the first assignee, on no start and no end; null mends it."""
    task(book, start="2026-03-05", assignees=["binh", "an"])
    book.add("task.updated", "t1", end="2026-03-03")
    names = ("tasks_starting", "tasks_ending", "issues")
    assert book.cells(*names) == {
        ("issues", "", "an", 0): 1,
        ("issues", "code:end_before_start", "an", 0): 1,
    }
    book.add("task.updated", "t1", end=None, time=LATER)
    assert book.cells(*names) == {
        ("tasks_starting", "", name, MARCH_5): 1 for name in ("an", "binh")
    }


def test_completed_in_time_and_late(book: Book) -> None:
    """A date as end lasts until the end of that day, an instant until itself."""
    task(book, end="2026-03-03", type="visit", project_id="p")
    assert book.scores("tasks_due") == {("an", "t1"): MARCH_3_ENDS}
    done = {"status": "completed", "changed_at": "2026-03-03T16:59:59.999Z"}
    book.add("task.status_changed", "t1", **done)
    names = ("tasks_completed", "tasks_completed_late")
    assert book.cells(*names) == {
        ("tasks_completed", "", "an", MARCH_3): 1,
        ("tasks_completed", "type:visit", "an", MARCH_3): 1,
        ("tasks_completed", "project:p", "an", MARCH_3): 1,
    }
    assert book.scores("tasks_due") == {}
    book.add("task.updated", "t1", end="2026-03-03T16:59:59.998Z", time=LATER)
    assert book.cells("tasks_completed_late") == {("tasks_completed_late", "", "an", MARCH_3): 1}


def test_waiting_since_in_time_is_not_due(book: Book) -> None:
    """Handed in before the end is not overdue; handed in after it is."""
    task(book, end="2026-03-03")
    waiting = {"status": "awaiting_confirmation"}
    book.add("task.status_changed", "t1", changed_at="2026-03-03T16:00:00Z", **waiting)
    assert book.scores("tasks_due") == {}
    assert book.cells("tasks_awaiting", "tasks_open") == {("tasks_awaiting", "", "an", 0): 1}
    late = {"changed_at": "2026-03-03T18:00:00Z", "time": LATER}
    book.add("task.status_changed", "t1", **waiting, **late)
    assert book.scores("tasks_due") == {("an", "t1"): MARCH_3_ENDS}


@pytest.mark.parametrize("end", ["cancelled", "deleted"])
def test_what_is_no_more_counts_nowhere(book: Book, end: str) -> None:
    """Cancelled or deleted, or never created, a task counts nowhere."""
    task(book, start="2026-03-02", end="2026-03-03")
    book.add("task.updated", "t2", start="2026-03-02", assignees=["an"])
    if end == "deleted":
        book.add("task.deleted", "t1")
    else:
        book.add("task.status_changed", "t1", status="cancelled", changed_at=LATER)
    assert book.rows("SELECT * FROM cells") == []
    assert book.scores("tasks_due") == {}
