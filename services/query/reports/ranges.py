"""Which days a report is about, and with which it is compared (A-08). Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from schemas.calendar import from_date, to_date
from services.query.periods import Period, month_end
from services.query.problems import invalid
from services.query.selection import period_of


class Range(NamedTuple):
    """The days of a report. Units: month is yyyymm, 0 where the range is no month."""

    period: Period
    month: int


class Comparison(NamedTuple):
    """What is set against what.

    Shape:  the part of the range that is begun, and the same part of the range before.
    """

    so_far: Period
    previous: Period


def range_of(month: str, first: date | None, last: date | None, today: int, longest: int) -> Range:
    """Return the days asked for; the month of today where nothing is said.

    Errors: Problem `conflicting_parameters` (month with from or to); those of `period_of`.
    """
    if month and (first is not None or last is not None):
        detail = "give 'month', or 'from' and 'to', not both"
        raise invalid("conflicting_parameters", detail, "month")
    if first is not None or last is not None:
        return Range(period_of(first, last, today, longest), 0)
    number = int(month.replace("-", "")) if month else today // 100
    return Range(Period(number * 100 + 1, month_end(number)), number)


def comparison_of(chosen: Range, today: int) -> Comparison | None:
    """Return what the range is compared with, None where it has not begun.

    Laws:   a month is compared with the month before, any other range with as many days before
            it; of both only as many days as are begun today. A month that is over is compared
            with the whole month before.
    """
    first, last = chosen.period
    if today < first:
        return None
    so_far = Period(first, min(last, today))
    if not chosen.month:
        length = _days(chosen.period)
        start = _moved(first, -length)
        return Comparison(so_far, Period(start, _moved(start, _days(so_far) - 1)))
    month = _month_before(chosen.month)
    start, end = month * 100 + 1, month_end(month)
    if so_far == chosen.period:
        return Comparison(so_far, Period(start, end))
    return Comparison(so_far, Period(start, min(end, _moved(start, _days(so_far) - 1))))


def _days(period: Period) -> int:
    return (to_date(period.last) - to_date(period.first)).days + 1


def _moved(day: int, days: int) -> int:
    return from_date(to_date(day) + timedelta(days=days))


def _month_before(month: int) -> int:
    return month - 1 if month % 100 > 1 else month - 89
