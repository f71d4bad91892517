"""Figures from cells: ratios, money, dimensions, ranks, and who counts where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import Department, Employee, pack
from schemas.kpis import CATALOGUE
from services.query.figures import divided, shown
from services.query.organisation import Organisation
from services.query.periods import Period
from services.query.ranking import ranked, spans


@pytest.mark.parametrize(
    ("metric", "tally", "value"),
    [
        ("orders_approved", {"": 4}, 4),
        ("orders_approved", {}, 0),
        ("revenue", {"VND": 10, "USD": 3}, 10),
        ("products_quantity", {"": 2500}, 2.5),
        ("products_quantity", {"": 3000}, 3),
        ("products_quantity", {"": -1}, -0.001),
    ],
)
def test_the_value_of_a_figure(metric: str, tally: dict[str, int], value: Any) -> None:
    """Counts are as they are, money is in the tenant's currency, quantities are in pieces."""
    assert shown(CATALOGUE[metric], tally, "VND")["value"] == value


def test_other_currencies_stand_beside() -> None:
    """Dollars and euros are listed by code; what is nothing is not."""
    found = shown(CATALOGUE["revenue"], {"VND": 10, "USD": 3, "EUR": 0, "CHF": -1}, "VND")
    assert found["currency"] == "VND"
    assert found["others"] == [
        {"value": -1, "currency": "CHF"},
        {"value": 3, "currency": "USD"},
    ]


@pytest.mark.parametrize(
    ("metric", "above", "below", "value"),
    [
        ("answer_rate_inbound", {"": 3}, {"": 4}, 0.75),
        ("answer_rate_inbound", {"": 3}, {}, None),
        ("average_order_value", {"VND": 10}, {"": 4}, 3),
        ("average_order_value", {"VND": 9}, {"": 4}, 2),
        ("average_order_value", {"VND": -5}, {"": 2}, -2),
        ("average_order_value", {"VND": 10, "USD": 3}, {"": 4}, None),
    ],
)
def test_a_ratio_is_sum_over_sum(
    metric: str, above: dict[str, int], below: dict[str, int], value: Any
) -> None:
    """Null over zero; a mean of money is rounded half up, and null where currencies are mixed."""
    found = divided(CATALOGUE[metric], above, below, "VND")
    assert found["value"] == value
    parts = {"numerator": above.get("", above.get("VND")), "denominator": below.get("", 0)}
    assert found["parts"] == parts


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
