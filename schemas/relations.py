"""How it is written which facts refer to a fact: their numbers together, or a set of their own.

Most facts are referred to by a few others. So those stand in one field of a hash that is shared by
neighbours; a set for each would be a key for each, whose overhead is several times what it says.
Beyond `MOST_TOGETHER` they move into a set for good, because a field is written whole.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from typing import Final

MOST_TOGETHER: Final = 64
"""Numbers in one field."""
APART: Final = b"+"
"""The field of a fact whose numbers are in a set of their own."""


def together(numbers: Iterable[int]) -> bytes:
    """Return numbers as one field holds them: ascending, little-endian uint32."""
    return uint32(array("I", sorted(numbers)))


def numbers_in(field: bytes | None) -> list[int] | None:
    """Return the numbers in a field, ascending; None if they are in a set of their own."""
    if field == APART:
        return None
    found = array("I", field or b"")
    if sys.byteorder == "big":
        found.byteswap()
    return found.tolist()


def uint32(numbers: array[int]) -> bytes:
    """Return numbers as little-endian uint32."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
