"""By what right somebody listens, and what it is to lose it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from schemas.access import Decision
from services.query.stream.frames import frame

_REASON: Final = "your rights or the organisation changed while you were looking"


class Right(NamedTuple):
    """By what right somebody listens.

    Shape:  it is not `is_fixed` where what is known of the organisation may change a decision, and
            `moves_with_facts` where any commit may; `still_allowed` says whether the key is good,
            `is_over` whether its time has come.
    """

    tenant: str
    still_allowed: Callable[[], Awaitable[bool]]
    is_over: Callable[[], bool]
    is_fixed: bool = False
    moves_with_facts: bool = False


def farewell(decision: Decision) -> bytes:
    """Return the closing event of who may look no more."""
    told = {"code": decision.code, "detail": decision.detail, "reason": _REASON}
    return frame("denied", told)
