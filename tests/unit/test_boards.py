"""Definitions of boards: what is wrong is named, all of it, and a good one passes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events.boards import BoardDefined
from services.query.boards.faults import faults_of, metrics_of

NUMBER = {"id": "a", "kind": "number", "metric": "revenue", "x": 0, "y": 0, "w": 4, "h": 2}


def _board(*tiles: dict[str, Any], **more: Any) -> BoardDefined:
    return BoardDefined.model_validate({"name": "North", "tiles": list(tiles), **more})


def _codes(board: BoardDefined) -> list[tuple[str, str]]:
    return [(fault.code, fault.pointer) for fault in faults_of(board)]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"metric": "nonsense"}, "unknown_metric", "/tiles/0/metric"),
        ({"metric": None}, "no_metric", "/tiles/0/metric"),
        ({"x": 10}, "outside_the_grid", "/tiles/0"),
        ({"h": 9}, "outside_the_grid", "/tiles/0"),
        ({"metric": "customers_dialled"}, "not_streamed", "/tiles/0/metric"),
        ({"metric": "pipeline_open", "period": "week"}, "no_period", "/tiles/0/period"),
        ({"kind": "trend", "metric": "stage_entries"}, "no_hours", "/tiles/0/metric"),
        ({"kind": "trend", "metric": "orders", "period": "week"}, "no_period", "/tiles/0/period"),
        ({"scope": "employee"}, "half_a_scope", "/tiles/0/scope"),
        ({"warn": 10, "critical": 20}, "thresholds_reversed", "/tiles/0/critical"),
        (
            {"warn": 20, "critical": 10, "is_high_good": False},
            "thresholds_reversed",
            "/tiles/0/critical",
        ),
    ],
)
def test_a_bad_tile_is_named(change: dict[str, Any], code: str, pointer: str) -> None:
    """Each rule a tile breaks has a code and says where."""
    assert _codes(_board({**NUMBER, **change})) == [(code, pointer)]


@pytest.mark.parametrize(
    ("more", "code", "pointer"),
    [
        ({"scope_id": "north"}, "unknown_company", "/scope_id"),
        ({"celebrations": {"quiet_from": "22:00"}}, "half_of_quiet_hours", "/celebrations"),
        ({"rotation": [{"board_id": "a"}, {"board_id": "a"}]}, "same_turn", "/rotation/1"),
        ({"has_money": False}, "no_money", "/tiles/0/metric"),
        ({"columns": 3}, "outside_the_grid", "/tiles/0"),
    ],
)
def test_a_bad_board_is_named(more: dict[str, Any], code: str, pointer: str) -> None:
    """Each rule the board as a whole breaks has a code and says where."""
    assert _codes(_board(NUMBER, **more)) == [(code, pointer)]


def test_a_tile_shows_no_more_than_its_board() -> None:
    """Figures of the company are not shown on the board of a department."""
    wide = {**NUMBER, "scope": "company", "scope_id": "all"}
    assert _codes(_board(wide)) == []
    narrow = _board(wide, scope="department", scope_id="north")
    assert _codes(narrow) == [("wider_than_the_board", "/tiles/0/scope")]


def test_all_faults_are_told_at_once() -> None:
    """Who makes two mistakes is told both; the same id twice, and one tile on another."""
    other = {**NUMBER, "x": 3, "y": 1, "metric": "nonsense"}
    assert _codes(_board(NUMBER, other)) == [
        ("same_id", "/tiles/1/id"),
        ("unknown_metric", "/tiles/1/metric"),
        ("overlap", "/tiles/1"),
    ]


def test_what_a_board_shows_is_what_rights_are_asked_for() -> None:
    """A funnel, a stock and running calls ask for their figures, a clock for none."""
    kinds = ("funnel", "stock", "calls", "clock", "ticker")
    tiles = [
        {"id": kind, "kind": kind, "x": at, "y": 0, "w": 1, "h": 1} for at, kind in enumerate(kinds)
    ]
    shown = metrics_of(_board({**NUMBER, "y": 1}, *tiles))
    assert {"revenue", "customers_assigned", "calls_running", "interactions"} < shown
    assert metrics_of(_board(tiles[3], tiles[4])) == frozenset()


_PLACED = st.tuples(*[st.integers(0, 7)] * 2, *[st.integers(1, 5)] * 2)


@given(st.lists(_PLACED, max_size=7))
def test_overlap_is_a_shared_cell(places: list[tuple[int, int, int, int]]) -> None:
    """Tiles overlap exactly where two of them cover one cell, however they lie."""
    tiles = [
        {"id": str(at), "kind": "clock", "x": x, "y": y, "w": w, "h": h}
        for at, (x, y, w, h) in enumerate(places)
    ]
    cells = [
        (x + across, y + down) for x, y, w, h in places for across in range(w) for down in range(h)
    ]
    found = [code for code, _ in _codes(_board(*tiles, columns=12, rows=12))]
    assert ("overlap" in found) == (len(set(cells)) < len(cells))
