"""Figures that change by the clock alone: which scores lie in a band at a moment. Pure.

A scored list keeps a number for each fact: a day (yyyymmdd), a time (ms), or 0 for 'none'. What
is overdue, how long a customer was not contacted and how old a person is are windows over these
scores, so the figure and its list are right at any moment without an event (E-35, E-40, E-48).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from schemas.calendar import from_date, to_date

LAST: Final = 1 << 52
"""Above every score."""
NONE: Final = 0
"""The score of a fact that has none: never contacted, birthday unknown."""


class Window(NamedTuple):
    """A range of scores, both ends included; empty if reversed."""

    low: int
    high: int


CARE_BANDS: Final = ("0-6", "7-13", "14-29", "30-89", "90+", "never")
"""Local calendar days since the last contact (E-40, X13)."""
AGE_BANDS: Final = ("0-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+", "unknown")
"""Full years of age (E-48)."""
OVERDUE: Final = "overdue"
RUNNING: Final = "running"
LONGEST_CALL_MS: Final = 4 * 3_600_000
"""A call that began longer ago and has not ended: its end was lost."""
LASTING: Final = {"tasks_due": 0, "calls_running": LONGEST_CALL_MS}
"""List scored by a time (ms) -> how long after it a fact moves out of its band, or into one."""
BY_TIME: Final = frozenset(LASTING)
"""Lists of which what lies in a band can change at any moment, not just at midnight."""
_YEAR: Final = 10_000


def window(scored: str, band: str, now_ms: int, today: int) -> Window:
    """Return the scores that lie in a band of a scored list now.

    Shape:  (scored list, band, ms since 1970 UTC, the tenant's date yyyymmdd) -> window.
    Errors: KeyError for a list or band that is not there.
    Laws:   at any moment the bands of a list do not overlap and leave out nothing but, of
            `tasks_due`, what is still in time, and of `calls_running` what is lost.
    """
    if band in ("never", "unknown"):
        return Window(NONE, NONE)
    return _WINDOWS[scored](band, now_ms, today)


def _care(band: str, now_ms: int, today: int) -> Window:
    del now_ms
    first, _, last = band.rstrip("+").partition("-")
    high = LAST if first == "0" else _days_before(today, int(first))
    return Window(_days_before(today, int(last)) if last else NONE + 1, high)


def _age(band: str, now_ms: int, today: int) -> Window:
    del now_ms
    first, _, last = band.rstrip("+").partition("-")
    high = LAST if first == "0" else today - int(first) * _YEAR
    return Window(today - (int(last) + 1) * _YEAR + 1 if last else NONE + 1, high)


def _overdue(band: str, now_ms: int, today: int) -> Window:
    del today
    if band != OVERDUE:
        raise KeyError(band)
    return Window(NONE + 1, now_ms - 1)


def _running(band: str, now_ms: int, today: int) -> Window:
    del today
    if band != RUNNING:
        raise KeyError(band)
    return Window(now_ms - LONGEST_CALL_MS, LAST)


_WINDOWS: Final = {
    "customers_contacted": _care,
    "persons_born": _age,
    "tasks_due": _overdue,
    "calls_running": _running,
}


def _days_before(today: int, days: int) -> int:
    return from_date(to_date(today) - timedelta(days=days))
