"""How long it took: numbers of days as reference figures say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any


def days_from(text: str, until: str) -> int:
    """Return the calendar days from one instant or day to another, below 0 if it was before."""
    return (date.fromisoformat(until[:10]) - date.fromisoformat(text[:10])).days


def fraction_from(text: str, until: str) -> float:
    """Return the days from one instant to another, with what is left of a day."""
    return (datetime.fromisoformat(until) - datetime.fromisoformat(text)) / timedelta(days=1)


def summed_up(spans: Iterable[float], digits: int = 4) -> dict[str, Any]:
    """Return number, mean, median, least, most and sum, as figures.json has them."""
    known = sorted(spans)
    return {
        "n": len(known),
        "mean": round(mean(known), digits),
        "median": median(known),
        "min": known[0],
        "max": known[-1],
        "sum": round(sum(known), digits),
    }


def moved(day: str, days: int) -> str:
    """Return the day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
