"""Figures from cells: ratios, money, dimensions, ranks, and who counts where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import Department, Employee, pack
from schemas.kpis import CATALOGUE
from services.query.figures import figure
from services.query.organisation import Organisation
from services.query.periods import Period
from services.query.ranking import ranked, spans

SUMS = {
    "revenue|currency:VND": 10,
    "revenue|currency:VND,source:a": 4,
    "revenue|currency:VND,source:b": 6,
    "revenue|currency:USD": 3,
    "revenue|currency:USD,source:a": 3,
    "revenue|currency:VND,industry:x": 10,
    "orders_approved": 4,
    "calls_inbound_answered": 3,
    "calls_inbound_offered": 4,
}


@pytest.mark.parametrize(
    ("metric", "sums", "value"),
    [
        ("orders_approved", SUMS, 4),
        ("orders_approved", {}, 0),
        ("revenue", SUMS, 10),
        ("answer_rate_inbound", SUMS, 0.75),
        ("answer_rate_inbound", {}, None),
        ("average_order_value", {"revenue|currency:VND": 10, "orders_approved": 4}, 3),
        ("average_order_value", {"revenue|currency:VND": 9, "orders_approved": 4}, 2),
        ("average_order_value", {"revenue|currency:VND": -5, "orders_approved": 2}, -2),
        ("average_order_value", SUMS, None),
    ],
)
def test_the_value_of_a_figure(metric: str, sums: dict[str, int], value: Any) -> None:
    """Counts, money, ratios and means come out of the same sums."""
    assert figure(CATALOGUE[metric], sums, "VND")["value"] == value


@given(st.lists(st.none() | st.integers(0, 3), max_size=8))
def test_a_rank_is_one_more_than_those_who_are_better(numbers: list[int | None]) -> None:
    """Ties share the better rank; no value has no rank and stands last."""
    rows = ranked([{"id": str(i), "name": "n", "value": n} for i, n in enumerate(numbers)])
    known = [n for n in numbers if n is not None]
    for row in rows:
        better = sum(n > row["value"] for n in known) if row["value"] is not None else None
        assert row["rank"] == (None if better is None else better + 1)
    assert [row["value"] is None for row in rows] == sorted(n is None for n in numbers)


def organisation() -> Organisation:
    places = ((20260101, 1, "a", None), (20260110, 1, "b", None), (20260120, 1, "a", None))
    facts = [
        Employee("kim", 1, profile=(1, "Kim", True, None), places=places),
        Department("a", 2, profile=(1, "A", "b", None, True)),
        Department("b", 3, profile=(1, "B", "a", None, True)),
        Department("c", 4, profile=(1, "C", "a", None, True)),
    ]
    return Organisation(pack(fact) for fact in facts)


def test_a_cycle_of_departments_ends() -> None:
    """Departments that name each other as parent are walked once."""
    assert set(organisation().subtree("a")) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("metric", "departments", "found"),
    [
        ("revenue", {"a"}, [(20260105, 20260109), (20260120, 20260131)]),
        ("revenue", {"b"}, [(20260110, 20260119)]),
        ("revenue", {"a", "b"}, [(20260105, 20260131)]),
        ("revenue", {"c"}, []),
        ("customers_new", {"a"}, [(20260105, 20260131)]),
        ("customers_new", {"b"}, []),
    ],
)
def test_a_person_counts_where_they_were(
    metric: str, departments: set[str], found: list[tuple[int, int]]
) -> None:
    """Flows follow the department of the day, cohorts that of now."""
    period = Period(20260105, 20260131)
    parts = spans(organisation(), "kim", frozenset(departments), period, CATALOGUE[metric])
    assert [tuple(part) for part in parts] == found


def test_before_the_first_place_the_first_one_counts() -> None:
    """Days before somebody's first place belong to it."""
    period = Period(20251201, 20251231)
    parts = spans(organisation(), "kim", frozenset({"a"}), period, CATALOGUE["revenue"])
    assert parts == [period]
