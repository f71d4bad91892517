"""Periods: every day is covered exactly once, whole months by one hash."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.calendar import days_between, from_date
from services.query.periods import Period, Slice, compared, month_end, points, slices

DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def days_of(cut: Slice) -> list[int]:
    return days_between(*cut.days)


@given(DAYS, st.integers(0, 800), st.sampled_from(["none", "day", "month"]))
def test_slices_cover_each_day_once(first: date, length: int, step: str) -> None:
    """Whatever the range and the step, the hashes together are the days of the range."""
    period = Period(from_date(first), from_date(first + timedelta(days=length)))
    cuts = slices(period, step)  # type: ignore[arg-type]
    counted: Counter[int] = Counter()
    for cut in cuts:
        counted.update(dict.fromkeys(days_of(cut), cut.sign))
    assert +counted == Counter(days_between(*period))
    assert min(counted.values()) >= 0
    assert len(cuts) <= len(days_between(*period))
    assert {cut.point for cut in cuts} == set(points(period, step))  # type: ignore[arg-type]


def test_a_long_range_reads_months() -> None:
    """Six months and a bit are six month hashes and the edge days."""
    cuts = slices(Period(20260131, 20260802), "none")
    assert [cut.at for cut in cuts if cut.is_month] == [
        202602,
        202603,
        202604,
        202605,
        202606,
        202607,
    ]
    assert [cut.at for cut in cuts if not cut.is_month] == [20260131, 20260801, 20260802]


def test_most_of_a_month_is_the_month_less_the_rest() -> None:
    """Of 23 days of November seven are missing; half a month is its days."""
    month, *less = slices(Period(20261101, 20261123), "none")
    assert month == Slice(True, 202611, 0)
    assert less == [Slice(False, day, 0, -1) for day in range(20261124, 20261131)]
    assert {cut.sign for cut in slices(Period(20261101, 20261115), "none")} == {1}


TODAY = 20260315


@pytest.mark.parametrize(
    ("first", "last", "elapsed_to", "previous"),
    [
        (20260301, 20260331, 20260315, (20260201, 20260215)),  # the month under way
        (20260301, 20260310, 20260310, (20260201, 20260210)),  # a part of it that is over
        (20260201, 20260228, 20260228, (20260101, 20260131)),  # a whole month, a whole month
        (20260101, 20260131, 20260131, (20251201, 20251231)),
        (20260301, 20260301, 20260301, (20260201, 20260201)),  # the first of a month alone
        (20260101, 20260331, 20260315, (20251001, 20251213)),  # a quarter: 74 days of the last
        (20251001, 20251231, 20251231, (20250701, 20250930)),
        (20260310, 20260319, 20260315, (20260228, 20260305)),  # ten days: six of the ten before
        (20260315, 20260315, 20260315, (20260314, 20260314)),  # today and yesterday
    ],
)
def test_a_range_is_compared_with_its_like(
    first: int, last: int, elapsed_to: int, previous: tuple[int, int]
) -> None:
    """On the 15th of March, the elapsed part is set against the same part before."""
    found = compared(Period(first, last), TODAY)
    assert found is not None
    assert found.elapsed == (first, elapsed_to)
    assert found.previous == previous


def test_a_range_to_come_is_compared_with_nothing() -> None:
    """What has not begun has no elapsed part."""
    assert compared(Period(20260316, 20260331), TODAY) is None


def test_a_month_is_not_compared_beyond_a_shorter_one() -> None:
    """Thirty days of March stand against the 28 of February."""
    found = compared(Period(20260301, 20260331), 20260330)
    assert found is not None
    assert found.previous == (20260201, 20260228)


@given(DAYS, st.integers(0, 400), st.integers(-10, 420))
def test_what_is_compared_does_not_overlap(first: date, length: int, now: int) -> None:
    """The previous part ends before the range, and is no longer than what has elapsed.

    But for whole months that are over: these are set against whole months.
    """
    period = Period(from_date(first), from_date(first + timedelta(days=length)))
    today = from_date(first + timedelta(days=now))
    found = compared(period, today)
    assert (found is None) == (now < 0)
    if found is None:
        return
    elapsed, previous = found
    assert elapsed == (period.first, min(period.last, today))
    assert previous.first <= previous.last < period.first
    if first.day == 1 and elapsed == period and period.last == month_end(period.last // 100):
        assert previous.first % 100 == 1
        assert from_date(first - timedelta(days=1)) == previous.last
    else:
        assert len(days_between(*previous)) <= len(days_between(*elapsed))
