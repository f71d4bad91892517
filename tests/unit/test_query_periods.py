"""Periods: every day is covered exactly once, whole months by one hash."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.calendar import days_between, from_date
from services.query.periods import Period, Slice, month_end, points, slices

DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def days_of(cut: Slice) -> list[int]:
    return days_between(cut.at * 100 + 1, month_end(cut.at)) if cut.is_month else [cut.at]


@given(DAYS, st.integers(0, 800), st.sampled_from(["none", "day", "month"]))
def test_slices_cover_each_day_once(first: date, length: int, step: str) -> None:
    """Whatever the range and the step, the hashes together are the days of the range."""
    period = Period(from_date(first), from_date(first + timedelta(days=length)))
    cuts = slices(period, step)  # type: ignore[arg-type]
    assert [day for cut in cuts for day in days_of(cut)] == days_between(*period)
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
