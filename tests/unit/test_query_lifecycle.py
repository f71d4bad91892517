"""The lifecycle report over customers made by hand; the answer stands beside each."""

from __future__ import annotations

from dataclasses import replace as with_filters

import msgspec
import pytest

from services.query.cohorts import lifecycle
from services.query.cohorts.columns import Columns
from services.query.cohorts.lifecycle import LifecycleQuestion
from services.query.cohorts.windows import observation
from tests.unit.cohort_customers import OUT, PENDING, TODAY, columns, customer, moment, order

WEEK = LifecycleQuestion(created=observation(8, None, TODAY))


def company() -> Columns:
    """Return customers created from 14 July on, and one before.

    ```
    1  14 July, order after 5 days          2  15 July, order on the same day
    3  14 July, no order                    4  13 July: before the window
    5  16 July 23:50, order 00:10 next day  6  21 July, order today
    ```
    """
    return columns(
        customer(1, "07-14 09:00", [order(11, "07-19 09:00")], [("07-14 09:00", "lead")]),
        customer(2, "07-15 09:00", [order(12, "07-15 10:00", PENDING)], owner="binh"),
        customer(3, "07-14 09:00", owner=None, sources=()),
        customer(4, "07-13 09:00", [order(14, "07-14 09:00")]),
        customer(5, "07-16 23:50", [order(15, "07-17 00:10")], sources=("fair", "web")),
        customer(6, "07-21 08:00", [order(16, "07-21 09:00")]),
    )


def conversion(*facts: object, target: str | None = None) -> list[int]:
    """Return the lags of the customers that were converted."""
    found = lifecycle.evaluate(columns(*facts), with_filters(WEEK, target=target))  # type: ignore[arg-type]
    return [lag for lag, count in enumerate(found.exact) for _ in range(count)]


def test_the_matrix_of_days_and_lags() -> None:
    """A row for each day of creation, today's included, and a column for each lag (D-95, V11)."""
    found = lifecycle.evaluate(company(), WEEK)
    assert [row.day for row in found.rows] == list(range(20250714, 20250722))
    assert (found.created, found.converted) == (5, 4)
    first, second, third = found.rows[:3]
    assert (first.created, first.converted) == (2, 1)
    assert first.exact == [0, 0, 0, 0, 0, 1, 0, 0]
    assert first.cumulative == [0, 0, 0, 0, 0, 1, 1, 1]
    assert second.exact == [1, 0, 0, 0, 0, 0, 0, None]
    assert third.cumulative == [0, 1, 1, 1, 1, 1, None, None]
    assert found.rows[-1].exact == [1, *[None] * 7]
    assert found.exact == [2, 1, 0, 0, 0, 1, 0, 0]
    assert found.cumulative == [2, 3, 3, 3, 3, 4, 4, 4]
    assert (found.mean, found.median) == (1.5, 0.5)  # 5, 0, 1, 0


def test_nobody_has_no_mean() -> None:
    """Without anyone converted mean and median are unknown, not zero."""
    found = lifecycle.evaluate(columns(customer(3, "07-14 09:00")), WEEK)
    assert (found.created, found.converted, found.mean, found.median) == (1, 0, None, None)
    empty = lifecycle.evaluate(columns(), WEEK)
    assert (empty.created, len(empty.rows)) == (0, 8)


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, [1, 2, 3, 5, 6]),
        ({"owners": frozenset({"an"})}, [1, 5, 6]),
        ({"owners": frozenset({"an", "binh"})}, [1, 2, 5, 6]),
        ({"owners": frozenset({"-"})}, [3]),
        ({"owners": frozenset({"ghost"})}, []),
        ({"source": "fair"}, [5]),
        ({"source": ""}, [3]),
        ({"source": "nowhere"}, []),
        ({"relationship": "lead"}, [1]),
        ({"relationship": "", "owners": frozenset({"binh"})}, [2]),
    ],
)
def test_filters_are_joined(filters: dict[str, str], numbers: list[int]) -> None:
    """Owner, source and stage say which customers are meant; '' are those that have none."""
    asked = with_filters(WEEK, **filters)  # type: ignore[arg-type]
    assert lifecycle.members(company(), asked) == numbers
    assert lifecycle.evaluate(company(), asked).created == len(numbers)


def test_every_number_opens_into_its_customers() -> None:
    """The list behind each cell is as long as it says (D-96, G13)."""
    known = company()
    found = lifecycle.evaluate(known, WEEK)
    for row in found.rows:
        day = row.day
        assert len(lifecycle.members(known, WEEK, day)) == row.created
        assert len(lifecycle.members(known, WEEK, day, converted=True)) == row.converted
        for lag, count in enumerate(row.exact):
            listed = lifecycle.members(known, WEEK, day, lag=lag)
            assert len(listed) == (count or 0)
        for lag, count in enumerate(row.cumulative):
            if count is not None:
                listed = lifecycle.members(known, WEEK, day, lag=lag, cumulative=True)
                assert len(listed) == count
    assert lifecycle.members(known, WEEK, lag=1, cumulative=True) == [2, 5, 6]
    assert lifecycle.members(known, WEEK, converted=True) == [1, 2, 5, 6]


def test_a_back_dated_order_counts_when_it_was_made() -> None:
    """Five days after creation is five days, though the order date lies before (V24)."""
    assert conversion(customer(1, "07-14 09:00", [order(11, "07-19 09:00", day="07-01")])) == [5]


def test_orders_that_do_not_count() -> None:
    """Cancelled and rejected orders, and those made before creation, are passed over (E-66)."""
    assert conversion(customer(1, "07-14 09:00", [order(11, "07-15 09:00", OUT)])) == []
    both = [order(11, "07-15 09:00", OUT), order(12, "07-17 09:00", PENDING)]
    assert conversion(customer(1, "07-14 09:00", both)) == [3]
    assert conversion(customer(1, "07-14 09:00", [order(11, "07-14 08:59")])) == []
    early = [order(11, "07-14 08:59"), order(12, "07-16 09:00")]
    assert conversion(customer(1, "07-14 09:00", early)) == [2]


def test_what_is_to_come_has_not_converted_yet() -> None:
    """An order or stage that is dated after today converts nobody."""
    later = order(11, "07-22 00:00")
    assert conversion(customer(1, "07-14 09:00", [later])) == []
    told = [("07-22 00:00", "won")]
    assert conversion(customer(1, "07-14 09:00", (), told), target="won") == []


@pytest.mark.parametrize(
    ("stages", "lags"),
    [
        ([("07-14 09:00", "won")], [0]),  # created in it
        ([("07-14 09:00", "lead"), ("07-17 09:00", "won")], [3]),
        ([("07-17 09:00", "won"), ("07-15 09:00", "lead")], [3]),  # left it, as told later
        ([("07-18 09:00", "won"), ("07-16 09:00", "won")], [2]),  # a back-dated one came later
        ([("07-15 09:00", "won"), ("07-16 09:00", "lead"), ("07-18 09:00", "won")], [1]),
        ([("07-13 09:00", "won")], []),  # before it was created
        ([("07-13 09:00", "won"), ("07-16 09:00", "won")], [2]),
        ([("07-15 09:00", None)], []),  # left all stages
        ([], []),
    ],
)
def test_the_first_entry_into_a_stage(
    stages: list[tuple[str, str | None]], lags: list[int]
) -> None:
    """The earliest entry at or after creation counts, in whatever order they were told (D-90)."""
    assert conversion(customer(1, "07-14 09:00", (), stages), target="won") == lags


def test_a_merged_customer_is_one() -> None:
    """A survivor was created when the first of its group was, and has the orders of all of it."""
    survivor = customer(1, "07-17 09:00", (), [("07-17 09:00", "won")])
    other = customer(2, "07-14 09:00", [order(12, "07-18 09:00")], [("07-15 09:00", "won")])
    group = (survivor, other)
    assert conversion(group) == [4]
    assert conversion(group, target="won") == [3]  # stages are the survivor's own
    assert lifecycle.members(columns(group), WEEK) == [1]


def test_a_deleted_customer_is_none() -> None:
    """Who was deleted is neither created nor converted."""
    gone = msgspec.structs.replace(
        customer(1, "07-14 09:00", [order(11, "07-15 09:00")]), deleted=(2, True)
    )
    found = lifecycle.evaluate(columns(gone), WEEK)
    assert (found.created, found.converted) == (0, 0)


def test_a_day_of_another_time_zone_is_no_negative_lag() -> None:
    """Where the zone was set anew in between, the order's day may lie before: that is day 0."""
    at_ms, _ = moment("07-16 00:30")
    mark = (11, at_ms + 60_000, 20250715, 20250715, 2, 100, "VND", ())
    assert conversion(customer(1, "07-16 00:30", [mark])) == [0]
