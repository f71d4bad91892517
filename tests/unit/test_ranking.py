"""Rankings that do not shame: ties are equal, people without a figure are there, parts are fair."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.query.ranking import around, ranked, top

VALUES = st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=12)


def _rows(values: list[int | None]) -> list[dict[str, Any]]:
    return [{"id": f"p{at}", "name": f"P{at:02d}", "value": v} for at, v in enumerate(values)]


@given(VALUES)
def test_ranks_are_how_many_are_better(values: list[int | None]) -> None:
    """A rank is one more than the number of people with more; without a value there is none."""
    rows = ranked(_rows(values))
    assert {row["id"] for row in rows} == {row["id"] for row in _rows(values)}
    for row in rows:
        better = [v for v in values if v is not None and v > (row["value"] or 0)]
        assert row["rank"] == (None if row["value"] is None else len(better) + 1)
    assert [row["rank"] is None for row in rows] == sorted(row["rank"] is None for row in rows)


@given(VALUES, st.integers(1, 12))
def test_the_top_leaves_no_tie_out(values: list[int | None], count: int) -> None:
    """The first N ranks hold at least N people who have a figure, and all who tie with them."""
    rows = ranked(_rows(values))
    shown = top(rows, count)
    having = [row for row in rows if row["rank"] is not None]
    assert len(shown) >= min(count, len(having))
    lowest = min((row["value"] for row in shown), default=None)
    assert all(row in shown for row in having if lowest is not None and row["value"] >= lowest)


@given(VALUES, st.integers(0, 11))
def test_around_somebody_are_five(values: list[int | None], at: int) -> None:
    """Somebody is shown with two on each side, at an end with four; a stranger with nobody."""
    rows = ranked(_rows(values))
    shown = around(rows, f"p{at}")
    if at >= len(values):
        assert shown == []
        return
    assert len(shown) == min(5, len(rows))
    assert any(row["id"] == f"p{at}" for row in shown)
    first = rows.index(shown[0])
    assert rows[first : first + len(shown)] == shown


def test_growth_is_ranked_by_itself() -> None:
    """Ranked by another member: who grew from little stands above who stayed at much."""
    rows = [
        {"id": "much", "name": "A", "value": 90, "improvement": 0},
        {"id": "little", "name": "B", "value": 5, "improvement": 4},
        {"id": "new", "name": "C", "value": 1, "improvement": None},
    ]
    found = [(row["id"], row["rank"]) for row in ranked(rows, "improvement")]
    assert found == [("little", 1), ("much", 2), ("new", None)]
