"""What is told of two answers to one question: applied to the first, it gives the second."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.query.stream.difference import difference, told

Document = dict[str, Any]


def document(rows: dict[str, int], total: int = 0, version: str = "g1.1", **more: Any) -> Document:
    """Return an answer: a row for each id, with its value."""
    return {
        "version": version,
        "as_of": version,
        "state": "live",
        "lag": {"events": 0, "seconds": 0.1},
        "today": "2026-11-22",
        "rows": [{"id": name, "cells": [{"value": value}]} for name, value in rows.items()],
        "total": {"value": total},
        **more,
    }


def changed(before: Document, after: Document) -> dict[str, Any]:
    """Return the difference of two answers."""
    return difference(told(before, "id"), told(after, "id"), "id")


def applied(before: Document, change: dict[str, Any]) -> Document:
    """Do what a listener does with a change."""
    change = {"gone": [], "rows": [], **change}
    gone = change.pop("gone")
    rows = {row["id"]: row for row in before["rows"] if row["id"] not in gone}
    rows |= {row["id"]: row for row in change.pop("rows")}
    order = change.pop("order", list(rows))
    return {**before, **change, "rows": [rows[name] for name in order]}


ROWS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 2))


@given(ROWS, ROWS, st.integers(0, 1), st.integers(0, 1), st.randoms())
def test_a_change_leads_from_one_answer_to_the_next(
    before: dict[str, int], after: dict[str, int], one: int, two: int, dice: Any
) -> None:
    """Whatever came, went, changed or moved, the listener has the rows of the later answer."""
    shuffled = list(after.items())
    dice.shuffle(shuffled)
    first, second = document(before, one), document(dict(shuffled), two)
    change = changed(first, second)
    assert applied(first, change) == second
    is_alike = list(before.items()) == shuffled and one == two
    assert (change == {}) == is_alike
    assert (told(first, "id").digest() == told(second, "id").digest()) == is_alike


def test_only_what_differs_is_told() -> None:
    """One row changed: that row whole, and nothing of the others, of the head or of the total."""
    first = document({"an": 1, "binh": 2}, 3)
    second = document({"an": 1, "binh": 5}, 3, "g1.2")
    assert changed(first, second) == {"rows": [{"id": "binh", "cells": [{"value": 5}]}], "gone": []}


def test_who_goes_is_named() -> None:
    """A row that is no more is told by its id, with the total that changed by it."""
    change = changed(document({"an": 1, "binh": 2}, 3), document({"an": 1}, 1))
    assert change == {"rows": [], "gone": ["binh"], "total": {"value": 1}}


def test_a_new_row_in_the_middle_comes_with_the_order() -> None:
    """A row that does not stand at the end is told with the order of all."""
    change = changed(document({"an": 1, "chi": 2}), document({"an": 1, "binh": 0, "chi": 2}))
    assert [row["id"] for row in change["rows"]] == ["binh"]
    assert change["order"] == ["an", "binh", "chi"]


def test_another_version_alone_is_no_change() -> None:
    """Version, freshness and time are told by heartbeats."""
    first, second = document({"an": 1}), document({"an": 1}, version="g1.9")
    second |= {"state": "catching_up", "reason": "behind"}
    assert changed(first, second) == {}
    assert told(first, "id").digest() == told(second, "id").digest()


def test_what_the_clock_moves_is_left_out() -> None:
    """A member that pages work out themselves is no change, but stands in a row that changed."""

    def still(part: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in part.items() if name != "seconds"}

    def row(name: str, value: int, seconds: int) -> dict[str, Any]:
        return {"id": name, "value": value, "seconds": seconds}

    first = document({}) | {"rows": [row("an", 1, 10), row("binh", 1, 10)], "total": {}}
    second = document({}) | {"rows": [row("an", 1, 20), row("binh", 2, 20)], "total": {}}
    change = difference(told(first, "id", still), told(second, "id", still), "id")
    assert change == {"rows": [row("binh", 2, 20)], "gone": []}


def test_another_day_is_another_answer() -> None:
    """The digest of an answer holds the day, of which the rows may say nothing."""
    first = document({"an": 1})
    assert told(first, "id").digest() != told(first | {"today": "2026-11-23"}, "id").digest()
