"""What came after a lock: late changes of the places and days of a plot. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.tables import ALL_SCOPES, Scope, parse_pair
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Found, Reads
from services.query.periods import months_between

_BITS: Final[dict[Scope, int]] = {"employee": 1, "department": 2, "company": 4}


class Change(NamedTuple):
    """One late change, without its cause. Units: scopes as `late_field` writes them."""

    pair: str
    day: int
    name: str
    dimension: str
    scopes: int


def want_late(reads: Reads, plot: Plot) -> None:
    """Read the late changes of the locked months of a plot."""
    for key in _keys(plot):
        reads.want_hash(key)


def late_cuts(reads: Reads, plot: Plot) -> Iterator[Found]:
    """Return the late changes of a plot, each as the cell it changed."""
    for key in _keys(plot):
        for changes in reads.cells(key).values():
            for text, value in changes.items():
                change = _parsed(text)
                if _is_in(plot, change):
                    yield Found("", 1, {change.name: {change.dimension: value}})


def _keys(plot: Plot) -> list[str]:
    if not plot.locked:
        return []
    months = {month for lock in plot.locked for month in months_between(*lock)}
    return [plot.keys.late(month) for month in sorted(months)]


def _is_in(plot: Plot, change: Change) -> bool:
    if not change.scopes & _BITS[plot.scope] or not plot.covers(change.day):
        return False
    if plot.scope == "company":
        return True
    department, employee = parse_pair(change.pair)
    return (employee if plot.scope == "employee" else department) in plot.ids


@lru_cache(maxsize=1 << 16)
def _parsed(text: str) -> Change:
    pair, day, name, *rest = text.split("|")
    scopes = int(rest.pop()) if rest and rest[-1].isdigit() else ALL_SCOPES
    return Change(pair, int(day), name, rest[0] if rest else "", scopes)
