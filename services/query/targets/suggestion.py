"""What a target may be, out of the past: the median of the last full periods. Pure.

A suggestion is never a target by itself: it is marked, and somebody sets it or not (A-06).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final

from schemas.target_periods import moved

FULL_PERIODS: Final = 3


def earlier(period: str) -> list[str]:
    """Return the periods before one, the oldest first."""
    return [moved(period, -step) for step in range(FULL_PERIODS, 0, -1)]


def suggested(
    metric: str, values: Mapping[str, float | None], currency: str | None
) -> dict[str, Any]:
    """Return the suggestion of a figure.

    Shape:  values by period; those that are not known, or nothing, are no example.
    """
    known: Sequence[float] = [value for value in values.values() if value]
    return {
        "metric": metric,
        "value": round(median(known)) if known else None,
        "currency": currency,
        "suggested": True,
        "of": [{"period": period, "value": value} for period, value in values.items()],
    }
