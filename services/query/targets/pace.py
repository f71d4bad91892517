"""Whether what is reached is enough by now: expected on the working calendar, status, projection.

Pure. Attainment is never capped: who exceeds the plan is seen to (A-07).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

Status = Literal["on_track", "behind", "at_risk", "no_target"]
ON_TRACK_PERCENT: Final = 99
"""At least so much of what is expected by now is on track."""
BEHIND_PERCENT: Final = 81
"""At least so much is behind, less is at risk."""


def status_of(value: float, expected: float) -> Status:
    """Return how a value stands to what is expected by now; nothing expected is on track."""
    if value * 100 >= expected * ON_TRACK_PERCENT:
        return "on_track"
    return "behind" if value * 100 >= expected * BEHIND_PERCENT else "at_risk"


def pace(value: float | None, target: float | None, share: float | None) -> dict[str, Any]:
    """Return the members of a figure that tell how far it is.

    Shape:  `share` is which part of the working time of the period is over; None where nobody
            works in it, then the target is expected at its end, which is not known to be over.
    Units:  as of the value; attainment and shares are ratios, 1 is all of it.
    Laws:   the projection is the value over the share: an estimate, only while under way.
    Source: A-06, A-07, B-06.
    """
    is_under_way = share is not None and 0 < share < 1
    estimate = value / share if value is not None and is_under_way and share else None
    found: dict[str, Any] = {
        "target": target,
        "attainment": None,
        "expected": None,
        "status": "no_target",
        "projection": None if estimate is None else {"value": _whole(estimate), "estimate": True},
    }
    if target is None or value is None:
        return found
    expected = target * (share or 0)
    found["attainment"] = value / target if target else None
    found["expected"] = _whole(expected)
    found["status"] = status_of(value, expected)
    return found


def _whole(value: float) -> float:
    """Round to what is counted: to units, or to thousandths below a hundred."""
    return round(value) if abs(value) >= 100 else round(value, 3)


def score(parts: Iterable[tuple[int, float | None]], cap: int | None) -> dict[str, Any]:
    """Return the weighted score of a scope and period.

    Shape:  (weight in percent, attainment) of each target; `cap` in percent, None for none.
    Laws:   a score only where the weights add to 100 and every attainment is known.
    """
    weighted = [(weight, reached) for weight, reached in parts if weight]
    total = sum(weight for weight, _ in weighted)
    found: dict[str, Any] = {"value": None, "weights": total, "cap": cap}
    if total != 100:
        return {**found, "why": "weights_not_100" if weighted else "no_weights"}
    if any(reached is None for _, reached in weighted):
        return {**found, "why": "not_available"}
    limit = float("inf") if cap is None else cap / 100
    value = sum(weight * min(reached or 0, limit) for weight, reached in weighted) / 100
    return {**found, "value": value}
