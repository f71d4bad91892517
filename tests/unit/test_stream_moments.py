"""What there is to celebrate: told once, and never for what was restated."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.query.stream.cast import Subject
from services.query.stream.moments import Best, Moments

DAY = 20261122
NORTH = Subject("department", "north")
LAN = Best("calls_outbound", "lan")


def _moments() -> Moments:
    return Moments(NORTH, ("orders", "revenue", "calls_outbound"), ("calls_outbound",))


def _cell(previous: int | None, value: int, **more: Any) -> dict[str, Any]:
    cell = {"metric": "calls_outbound", "scope": "employee", "id": "lan", "cause": "e1"}
    return {**cell, "previous": previous, "value": value, "restated": False, **more}


def _order(previous: int | None, value: int) -> dict[str, Any]:
    return _cell(previous, value, metric="orders", scope="department", id="north")


def _kinds(told: list[dict[str, Any]]) -> list[str]:
    return [one["type"] for one in told]


def test_the_first_order_of_a_day_once() -> None:
    """The first order is told; taken back and placed again it is not; the next day it is."""
    moments = _moments()
    assert _kinds(moments.take(DAY, 1, [_order(None, 1)])) == ["kpi.first_of_day"]
    assert moments.take(DAY, 2, [_order(1, 0)]) == []
    assert moments.take(DAY, 3, [_order(0, 1)]) == []
    assert _kinds(moments.take(DAY + 1, 4, [_order(0, 1)])) == ["kpi.first_of_day"]


def test_a_record_waits_for_what_was_the_best_day() -> None:
    """Whose best day is not known yet is asked for, and the record that passed it is told then."""
    moments = _moments()
    assert moments.take(DAY, 1, [_cell(40, 41)]) == []
    assert moments.take(DAY, 1, [_cell(41, 43)]) == []
    assert moments.wanted == [LAN]
    told = moments.learn({LAN: 42}, 2)
    assert [(one["type"], one["employee"], one["value"]) for one in told] == [
        ("kpi.record", "lan", 43)
    ]
    assert moments.wanted == []
    assert moments.take(DAY, 3, [_cell(43, 44)]) == []


def test_no_record_without_a_day_before_and_none_that_was_restated() -> None:
    """A first day is no record; a correction of today is no news."""
    moments = _moments()
    moments.take(DAY, 1, [_cell(0, 1)])
    assert moments.learn({LAN: 0}, 1) == []
    other = _moments()
    other.take(DAY, 1, [_cell(0, 1)])
    other.learn({LAN: 5}, 1)
    assert other.take(DAY, 2, [_cell(1, 9, restated=True)]) == []


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.integers(1, 10), st.integers(0, 6))
def test_a_record_is_told_where_the_best_day_was_passed(
    values: list[int], best: int, learned_after: int
) -> None:
    """Whenever the best day becomes known: at most once, and surely where the figure only grew."""
    moments, told, before = _moments(), [], 0
    for step, value in enumerate(values):
        told += moments.take(DAY, 1, [_cell(before, value)])
        if step >= learned_after and moments.wanted:
            told += moments.learn({LAN: best}, 1)
        before = value
    if moments.wanted:
        told += moments.learn({LAN: best}, 1)
    assert len(told) <= 1
    assert all(one["value"] > best for one in told)
    if values == sorted(values):
        assert len(told) == (values[-1] > best)
