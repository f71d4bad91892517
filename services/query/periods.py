"""From a range of days to the hashes that hold it: whole months, and days at the edges. Pure."""

from __future__ import annotations

from calendar import monthrange
from typing import Literal, NamedTuple

from schemas.calendar import days_between

Step = Literal["none", "day", "month"]


class Period(NamedTuple):
    """A range of days, both ends included. Units: yyyymmdd."""

    first: int
    last: int


class Slice(NamedTuple):
    """One hash to read: a month (yyyymm) or a day (yyyymmdd), and the point it counts for.

    `point` is '' for one total, a day or a month else.
    """

    is_month: bool
    at: int
    point: int


def month_end(month: int) -> int:
    """Return the last day (yyyymmdd) of a month (yyyymm)."""
    return month * 100 + monthrange(month // 100, month % 100)[1]


def months_between(first: int, last: int) -> list[int]:
    """Return every month (yyyymm) that the days first..last touch."""
    found, month, end = [], first // 100, last // 100
    while month <= end:
        found.append(month)
        month = month + 1 if month % 100 < 12 else (month // 100 + 1) * 100 + 1
    return found


def slices(period: Period, step: Step) -> list[Slice]:
    """Cut a period into the hashes to read.

    Shape:  whole months are one hash (unless asked by day), the rest one hash a day.
    Laws:   every day of the period is covered exactly once.
    """
    if step == "day":
        return [Slice(False, day, day) for day in days_between(*period)]
    found: list[Slice] = []
    for month in months_between(*period):
        start, end = month * 100 + 1, month_end(month)
        point = month if step == "month" else 0
        if period.first <= start and end <= period.last:
            found.append(Slice(True, month, point))
            continue
        days = days_between(max(start, period.first), min(end, period.last))
        found.extend(Slice(False, day, point) for day in days)
    return found


def points(period: Period, step: Step) -> list[int]:
    """Return the points of a series: days, months, or the one total (0)."""
    if step == "day":
        return days_between(*period)
    return months_between(*period) if step == "month" else [0]
