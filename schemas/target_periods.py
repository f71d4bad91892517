"""The periods of targets: days, ISO weeks, months, quarters and years, by their names. Pure.

`2026-11-22`, `2026-W47`, `2026-11`, `2026-Q4`, `2026`. Weeks begin on Monday and belong to the ISO
year, as the calendar on the wall says.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from schemas.calendar import days_between, from_date, to_date

Kind = Literal["day", "week", "month", "quarter", "year"]
KINDS: Final[tuple[Kind, ...]] = ("day", "week", "month", "quarter", "year")
_PATTERN: Final = (
    r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-W(0[1-9]|[1-4]\d|5[0-3])|-Q[1-4])?$"
)
_MONTHS_OF: Final[dict[Kind, int]] = {"month": 1, "quarter": 3, "year": 12}
_EARLIEST, _LATEST = 1990, 2099


class Span(NamedTuple):
    """The days of a period, both included. Units: yyyymmdd."""

    first: int
    last: int


def is_period(text: str) -> bool:
    """Say whether a text names a period that there is: no 31st of February, no 54th week."""
    if not re.fullmatch(_PATTERN, text) or not _EARLIEST <= int(text[:4]) <= _LATEST:
        return False
    try:
        span_of(text)
    except ValueError:
        return False
    return True


def kind_of(text: str) -> Kind:
    """Return what kind of period a name is one of."""
    match text[5:6], len(text):
        case "W", _:
            return "week"
        case "Q", _:
            return "quarter"
        case _, 10:
            return "day"
        case _, 7:
            return "month"
        case _:
            return "year"


@lru_cache(maxsize=8192)
def span_of(text: str) -> Span:
    """Return the days of a period; raises ValueError for one that is not in the calendar."""
    year = int(text[:4])
    match kind_of(text):
        case "day":
            day = from_date(date.fromisoformat(text))
            return Span(day, day)
        case "week":
            monday = date.fromisocalendar(year, int(text[6:]), 1)
            return Span(from_date(monday), from_date(monday + timedelta(days=6)))
        case "quarter":
            first = int(text[6:]) * 3 - 2
            return _months(year, first, first + 2)
        case "month":
            return _months(year, int(text[5:]), int(text[5:]))
        case _:
            return _months(year, 1, 12)


def _months(year: int, first: int, last: int) -> Span:
    return Span(
        year * 10_000 + first * 100 + 1,
        year * 10_000 + last * 100 + monthrange(year, last)[1],
    )


@lru_cache(maxsize=8192)
def period_of(day: int, kind: Kind) -> str:
    """Return the name of the period of a kind that a day (yyyymmdd) lies in."""
    year, month = day // 10_000, day // 100 % 100
    match kind:
        case "day":
            return to_date(day).isoformat()
        case "week":
            iso = to_date(day).isocalendar()
            return f"{iso.year:04d}-W{iso.week:02d}"
        case "month":
            return f"{year:04d}-{month:02d}"
        case "quarter":
            return f"{year:04d}-Q{(month + 2) // 3}"
        case _:
            return f"{year:04d}"


@lru_cache(maxsize=8192)
def periods_of(day: int) -> tuple[str, ...]:
    """Return the five periods that a day lies in."""
    return tuple(period_of(day, kind) for kind in KINDS)


def moved(text: str, steps: int) -> str:
    """Return the period so many of its kind later, or (below 0) earlier."""
    kind, first = kind_of(text), to_date(span_of(text).first)
    if kind in _MONTHS_OF:
        index = first.year * 12 + first.month - 1 + steps * _MONTHS_OF[kind]
        return period_of(index // 12 * 10_000 + (index % 12 + 1) * 100 + 1, kind)
    days = steps if kind == "day" else 7 * steps
    return period_of(from_date(first + timedelta(days=days)), kind)


def points_of(text: str) -> list[int]:
    """Return the days (yyyymmdd) or whole months (yyyymm) that a period is made of."""
    span = span_of(text)
    if kind_of(text) in ("day", "week"):
        return days_between(*span)
    return list(range(span.first // 100, span.last // 100 + 1))
