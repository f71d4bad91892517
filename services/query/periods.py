"""From a range of days to the hashes that hold it: whole months, and days at the edges. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from schemas.calendar import days_between, format_day, from_date, to_date

Step = Literal["none", "day", "month"]
_AHEAD: Final = 366
"""How many days after today what is known of the days to come is looked at."""
_LAST_MONTH: Final = 999_999
"""Above, a point is a day."""


class Period(NamedTuple):
    """A range of days, both ends included. Units: yyyymmdd."""

    first: int
    last: int


class Slice(NamedTuple):
    """One hash to read: a month (yyyymm) or a day (yyyymmdd), and the point it counts for.

    Units:  `point` is '' for one total, a day or a month else; `sign` is -1 for a day that is
            taken off its month.
    """

    is_month: bool
    at: int
    point: int
    sign: int = 1

    @property
    def days(self) -> Period:
        """Return the days it holds."""
        if self.is_month:
            return whole(self.at)
        return Period(self.at, self.at)


@lru_cache(maxsize=4096)
def month_end(month: int) -> int:
    """Return the last day (yyyymmdd) of a month (yyyymm)."""
    return month * 100 + monthrange(month // 100, month % 100)[1]


def whole(month: int) -> Period:
    """Return the days of a month (yyyymm)."""
    return Period(month * 100 + 1, month_end(month))


def months_between(first: int, last: int) -> list[int]:
    """Return every month (yyyymm) that the days first..last touch."""
    found, month, end = [], first // 100, last // 100
    while month <= end:
        found.append(month)
        month = month + 1 if month % 100 < 12 else (month // 100 + 1) * 100 + 1
    return found


@lru_cache(maxsize=4096)
def slices(period: Period, step: Step) -> tuple[Slice, ...]:
    """Cut a period into the hashes to read.

    Shape:  whole months are one hash (unless asked by day), the rest one hash a day; of a month
            of which few days are missing it is the month, less these.
    Laws:   every day of the period counts exactly once, and no other.
    """
    if step == "day":
        return tuple(Slice(False, day, day) for day in days_between(*period))
    found: list[Slice] = []
    for month in months_between(*period):
        point = month if step == "month" else 0
        first, last = within(period, month)
        days = days_between(*whole(month))
        inside = [day for day in days if first <= day <= last]
        outside = [day for day in days if not first <= day <= last]
        if len(outside) + 1 < len(inside):
            found.append(Slice(True, month, point))
            found.extend(Slice(False, day, point, -1) for day in outside)
        else:
            found.extend(Slice(False, day, point) for day in inside)
    return tuple(found)


def within(period: Period, point: int) -> Period:
    """Return the days of a point of a series: of a day, a month, or (0) the whole period."""
    if not point:
        return period
    first, last = whole(point) if point <= _LAST_MONTH else (point, point)
    return Period(max(first, period.first), min(last, period.last))


def points(period: Period, step: Step) -> list[int]:
    """Return the points of a series: days, months, or the one total (0)."""
    if step == "day":
        return days_between(*period)
    return months_between(*period) if step == "month" else [0]


def point_text(point: int) -> str:
    """Write a point of a series: '2026-11-22', '2026-11', or '' for a total."""
    if not point:
        return ""
    return format_day(point) if point > _LAST_MONTH else f"{point // 100:04d}-{point % 100:02d}"


def stock_days(period: Period, today: int) -> Period:
    """Return the days of a range of which there is a stock: none to come, but at least one."""
    last = min(period.last, today)
    return Period(min(period.first, last), last)


def days_after(day: int, today: int) -> Period:
    """Return the days whose flows lie between the stock of a day and that of now."""
    return Period(_moved(day, 1), _moved(today, _AHEAD))


class Comparison(NamedTuple):
    """What of a range is compared with what."""

    elapsed: Period
    previous: Period

    def days(self) -> dict[str, str]:
        """Return the days of both parts as an answer names them."""
        return {
            "elapsed_from": format_day(self.elapsed.first),
            "elapsed_to": format_day(self.elapsed.last),
            "from": format_day(self.previous.first),
            "to": format_day(self.previous.last),
        }


def compared(period: Period, today: int) -> Comparison | None:
    """Return the elapsed part of a range, and the same part of the one before.

    Shape:  (range, the tenant's date) -> comparison, None if the range has not begun.
    Laws:   days after today have not elapsed. A range that begins on the first of a month is
            compared with as many calendar months just before it: with all of them where the
            range is whole months that are over, else with their first days, as many as have
            elapsed, but never beyond their end. Any other range is compared with the days just
            before it, of which the first ones, as many as have elapsed.
    Source: A-08.
    """
    if period.first > today:
        return None
    elapsed = Period(period.first, min(period.last, today))
    if period.first % 100 != 1:
        length = _days(period)
        start = _moved(period.first, -length)
        return Comparison(elapsed, Period(start, _moved(start, _days(elapsed) - 1)))
    months = len(months_between(*period))
    start = _month_before(period.first // 100, months) * 100 + 1
    end = _moved(period.first, -1)
    if elapsed.last != month_end(elapsed.last // 100) or elapsed.last != period.last:
        end = min(end, _moved(start, _days(elapsed) - 1))
    return Comparison(elapsed, Period(start, end))


def last_year(period: Period, today: int) -> Comparison | None:
    """Return the elapsed part of a range, and the same days a year earlier.

    Laws:   29 February is compared with the 28th; a part that ends with a month, with one that
            does.
    Source: B-05.
    """
    if period.first > today:
        return None
    elapsed = Period(period.first, min(period.last, today))
    last = elapsed.last - 10_000
    if elapsed.last == month_end(elapsed.last // 100) and _days(elapsed) > 1:
        last = month_end(last // 100)
    return Comparison(elapsed, Period(_in_month(elapsed.first - 10_000), _in_month(last)))


def _in_month(day: int) -> int:
    return min(day, month_end(day // 100))


def _days(period: Period) -> int:
    return (to_date(period.last) - to_date(period.first)).days + 1


def _moved(day: int, days: int) -> int:
    return from_date(to_date(day) + timedelta(days=days))


def _month_before(month: int, count: int) -> int:
    index = month // 100 * 12 + month % 100 - 1 - count
    return index // 12 * 100 + index % 12 + 1
