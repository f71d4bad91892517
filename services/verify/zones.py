"""UTC offsets of a time zone, as a table that SQL can join.

DuckDB's own time zone data is of the day it was built and disagrees with the system's for zones
whose law changed since (America/Vancouver in 2026), so the offsets come from zoneinfo.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_START = datetime(1989, 12, 1, tzinfo=UTC)
_END = datetime(2100, 1, 2, tzinfo=UTC)
_STEP_S = 86_400


@lru_cache(maxsize=64)
def offsets(name: str) -> Sequence[tuple[str, int, int]]:
    """Return (zone, from_ms, offset_ms) for every change of the offset from 1990 to 2099.

    Laws:   looks at every day and halves the day in which the offset changed; the first row
            holds for all time before.
    """
    place = ZoneInfo(name)
    at, end = int(_START.timestamp()), int(_END.timestamp())
    current = _offset_s(place, at)
    found = [(name, -(10**15), current * 1000)]
    while at < end:
        following = at + _STEP_S
        later = _offset_s(place, following)
        if later != current:
            low, high = at, following
            while high - low > 1:
                middle = (low + high) // 2
                if _offset_s(place, middle) == current:
                    low = middle
                else:
                    high = middle
            found.append((name, high * 1000, later * 1000))
            current = later
        at = following
    return found


def _offset_s(place: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, place).utcoffset() or timedelta()
    return int(offset.total_seconds())
