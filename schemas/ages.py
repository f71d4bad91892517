"""Birthdays as keyed numbers that keep their order, so that ages are counted without the days.

The list of persons by age is scored by the birthday. Sealed, its place is taken by a number from
a secret table of the tenant: growing with the day by steps that only the tenant's root key tells.
So the fold scores without a key, and who has it turns a band of ages into a range of scores.
Pure.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache
from hashlib import shake_256
from itertools import accumulate
from typing import Final

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2099, 12, 31)
BASE: Final = 30_000_000
"""Above every plain birthday (yyyymmdd), below every instant in ms that a list is scored by."""
_STEP: Final = 900
_DAYS: Final = (LAST - FIRST).days + 1


def is_keyed(score: int) -> bool:
    """Say whether a score is that of a sealed birthday."""
    return BASE <= score <= BASE + _DAYS * _STEP


class Ages:
    """The secret table of one tenant.

    Laws:   strictly growing with the day; the same for the same secret, for ever.
    """

    def __init__(self, secret: bytes) -> None:
        raw = array("H")
        raw.frombytes(shake_256(secret).digest(2 * _DAYS))
        self._scores = array("i", accumulate((1 + step % _STEP for step in raw), initial=BASE))

    def score(self, day: str) -> int:
        """Return the score of a birthday, 'YYYY-MM-DD'."""
        return self._scores[(date.fromisoformat(day) - FIRST).days]

    def window(self, low: int, high: int) -> tuple[int, int]:
        """Return the scores of the birthdays between two days, both included; empty if reversed.

        Units:  low and high are yyyymmdd, or beyond all days; they need not be days that exist.
        """
        days = _all_days()
        first, after = bisect_left(days, low), bisect_right(days, high)
        if first >= after:
            return 1, 0
        return self._scores[first], self._scores[after - 1]


@cache
def _all_days() -> array[int]:
    texts = ((FIRST + timedelta(days=at)).strftime("%Y%m%d") for at in range(_DAYS))
    return array("i", map(int, texts))
