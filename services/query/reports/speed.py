"""Median and other bounds from the histogram of processing times (A-04). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BOUNDS = (60, 300, 900, 3600, 14400, 86400, 259200, 604800)
"""Upper bounds of the bins in seconds (docs/rules.md, section 3); beyond them is `more`."""
MORE = "more"


def at_most(counts: Mapping[str, int], per_mille: int) -> dict[str, Any]:
    """Return within how many seconds some thousandths of all were done.

    Shape:  bin -> count -> {value, bound: 'at_most'}; null without any; null with
            `more_than` the last bound where the bin is open.
    Laws:   monotone in `per_mille`; the true value is never above what is said.
    """
    total = sum(counts.values())
    if not total:
        return {"value": None}
    left = per_mille * total
    for bound in BOUNDS:
        left -= 1000 * counts.get(str(bound), 0)
        if left <= 0:
            return {"value": bound, "bound": "at_most"}
    return {"value": None, "why": "longer", "more_than": BOUNDS[-1]}
