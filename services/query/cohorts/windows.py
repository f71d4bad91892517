"""The windows of the cohort reports, and the rules they have to keep. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from schemas.calendar import format_day, from_date, to_date
from services.query.periods import Period
from services.query.problems import invalid

DEFAULT_DAYS: Final = 28
LEAST_DAYS, MOST_DAYS = 4, 84
LEAST_WEEKS, MOST_WEEKS = 1, 12
MOST_MONTHS: Final = 6


def observation(
    days: int | None, weeks: int | None, today: int, until: date | None = None
) -> Period:
    """Return the last so many days, today (or `until`) included; 28 where no unit is given.

    Units:  a week is seven days, not one of the calendar; today is yyyymmdd.
    Errors: Problem `observation_out_of_range` with the limit of the unit, or for a last day to
            come; `conflicting_parameters` for both units.
    Source: D-91, D-92, E-64, E-65, G12.
    """
    if days is not None and weeks is not None:
        detail = "'days' and 'weeks' both say how long; send one of them"
        raise invalid("conflicting_parameters", detail, "weeks")
    if weeks is not None:
        _check("weeks", weeks, LEAST_WEEKS, MOST_WEEKS)
        days = 7 * weeks
    elif days is None:
        days = DEFAULT_DAYS
    _check("days", days, LEAST_DAYS, MOST_DAYS)
    last = today if until is None else from_date(until)
    if last > today:
        detail = f"'until' ({format_day(last)}) is still to come: today is {format_day(today)}"
        raise invalid("observation_out_of_range", detail, "until", limit=format_day(today))
    return Period(from_date(to_date(last) - timedelta(days=days - 1)), last)


def _check(unit: str, count: int, least: int, most: int) -> None:
    if not least <= count <= most:
        limit = f"{least}..{most} {unit}"
        detail = f"an observation of {count} {unit}: it takes {limit}"
        raise invalid("observation_out_of_range", detail, unit, limit=limit)


def six_months(first: int, last: int) -> Period:
    """Return a statistics period, which ends before its first day comes back six months later.

    Units:  days yyyymmdd.
    Errors: Problem `range_reversed`; `period_too_long` with the last day that can be asked for.
    Laws:   of the 31st of August the six months end with February: its last day is out.
    Source: D-114, G12.
    """
    if first > last:
        detail = f"'from' ({format_day(first)}) is after 'to' ({format_day(last)})"
        raise invalid("range_reversed", detail, "from")
    end = _months_later(first, MOST_MONTHS)
    if last >= end:
        latest = format_day(from_date(to_date(end) - timedelta(days=1)))
        detail = (
            f"a statistics period is at most {MOST_MONTHS} months: "
            f"from {format_day(first)} to {latest} at the latest"
        )
        raise invalid("period_too_long", detail, "to", limit=f"{MOST_MONTHS} months", latest=latest)
    return Period(first, last)


def _months_later(day: int, months: int) -> int:
    """Return the same day so many months later, or the last one of that month."""
    index = day // 10_000 * 12 + day // 100 % 100 - 1 + months
    year, month = index // 12, index % 12 + 1
    return year * 10_000 + month * 100 + min(day % 100, monthrange(year, month)[1])
