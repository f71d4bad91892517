"""Draw the scale curves: `python -m tests.benchmarks.curves scale.json scale.svg`.

One picture a curve: what an event costs on the left axis, how long reports take on the right one,
or how many events a second there are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "salespulse"
mpl.rcParams["svg.fonttype"] = "none"

from matplotlib import pyplot as plt  # noqa: E402 - after the backend is chosen

_ON_THE_RIGHT = ("_p95_ms", "events_per_s")
_COST = "us_per_event"


def main(source: str, target: str) -> None:
    """Draw every curve of a file into one picture."""
    curves: dict[str, dict[str, Any]] = json.loads(Path(source).read_text())
    figure, places = plt.subplots(2, 2, figsize=(11, 8))
    for place, (name, curve) in zip(places.flat, curves.items(), strict=True):
        _draw(place, name, curve["points"])
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None, "Creator": None})


def _draw(place: Any, name: str, points: list[dict[str, Any]]) -> None:
    across = [point["at"] for point in points]
    place.set_title(name)
    place.set_xscale("log")
    place.set_xticks(across, [f"{at:,}" for at in across])
    place.minorticks_off()
    _lines(place, points, across, (_COST,), "us an event", "upper left", "o-")
    _lines(place.twinx(), points, across, _ON_THE_RIGHT, "ms, or events/s", "upper right", "s--")


def _lines(  # noqa: PLR0917 - what a line looks like
    place: Any,
    points: list[dict[str, Any]],
    across: list[int],
    ends: tuple[str, ...],
    unit: str,
    legend: str,
    style: str,
) -> None:
    """Draw the figures whose names end so against one axis, which begins at zero."""
    fields = [field for field in points[0] if field.endswith(ends)]
    highest = max(point[field] for point in points for field in fields)
    for field in fields:
        place.plot(across, [point[field] for point in points], style, label=field)
    place.set_ylim(0, 1.5 * highest)
    place.set_ylabel(unit)
    place.legend(loc=legend, fontsize=7)


if __name__ == "__main__":
    main(*sys.argv[1:3])
