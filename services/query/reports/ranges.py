"""Which days a report is about. Pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from services.query.periods import Period, month_end
from services.query.problems import invalid
from services.query.selection import period_of


class Range(NamedTuple):
    """The days of a report. Units: month is yyyymm, 0 where the range is no month."""

    period: Period
    month: int


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
