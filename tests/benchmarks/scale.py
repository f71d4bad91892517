"""`make bench-scale`: how the cost of an event and the time of a report grow with the company.

    python -m tests.benchmarks.scale

Four curves: customers, months of history, tenants, workers. Prints a table, writes
build/scale.json and, with `PAGE=1`, plot and table into docs/. `SHARE=4` takes a fourth of every
size, `QUICK=1` a twentieth, to see that it works; `PARTS=customers,workers` measures only some
curves, the others are those of the run before.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypedDict

from rich.console import Console
from rich.table import Table

from tests.benchmarks import page, reports, spread
from tests.benchmarks.curves import LOCK
from tests.benchmarks.figures import number, p95
from tests.benchmarks.floor import end_tidily
from tests.benchmarks.peers.running import environment
from tests.benchmarks.year import Size

OUT: Final = Path("build") / "scale.json"
PLOT: Final = page.PAGE.parent / "images" / "scale.svg"
_CUSTOMERS: Final = (10_000, 100_000, 1_000_000)
_EXTRAPOLATED: Final = 10_000_000
_MONTHS: Final = (1, 6, 24)
_TENANTS: Final = (1, 100, 10_000)
_WORKERS: Final = (1, 2)
_FACTS_A_MONTH: Final = 50_000
_CALLS: Final = 60_000
_REQUESTS: Final = 40
_CURVES: Final = "customers,months,tenants,workers"
_QUICK: Final = 20
"""A quick run has one part in so many; with less, words that are asked for never came."""
_SHOWN: Final = ("kpi_get", "report_department", "report_telesales", "report_lifecycle")

Point = dict[str, Any]
"""{'at': how many, ...: figure}"""


class Curve(TypedDict):
    """One curve as build/scale.json keeps it: where and when it was measured, and its points."""

    how: str
    points: list[Point]


def curves(
    home: Path, share: int, parts: Sequence[str], say: Callable[[str], None]
) -> dict[str, list[Point]]:
    """Measure the curves that are asked for; `share` divides all sizes."""
    found: dict[str, list[Point]] = {}
    for name, points in (
        ("customers", _customers(home, share, say)),
        ("months of history", _months(home, share, say)),
        ("tenants", _tenants(home, share)),
        ("workers", _workers(home, share)),
    ):
        if name.partition(" ")[0] not in parts:
            continue
        found[name] = []
        for point in points:
            say(f"{name}: {point}")
            found[name].append(point)
    return found


def _customers(home: Path, share: int, say: Callable[[str], None]) -> Iterator[Point]:
    for count in _CUSTOMERS:
        size = Size(count // share, 2 * _FACTS_A_MONTH // share)
        yield _reported(home / f"customers-{count}", count // share, size, say)


def _months(home: Path, share: int, say: Callable[[str], None]) -> Iterator[Point]:
    for months in _MONTHS:
        facts = (months + 1) * _FACTS_A_MONTH // share
        size = Size(100_000 // share, facts, days=30 * months)
        yield _reported(home / f"months-{months}", months, size, say)


def _reported(home: Path, at: int, size: Size, say: Callable[[str], None]) -> Point:
    measured = reports.run(home, size, requests=_REQUESTS, say=say, only=_SHOWN)
    waits = {f"{name}_p95_ms": p95(measured.waits[name]) for name in _SHOWN}
    return {
        "at": at,
        "worker_us_per_event": measured.worker_us,
        "store_us_per_event": measured.store_us,
        "bytes_per_customer": measured.bytes_per_customer,
        **waits,
    }


def _tenants(home: Path, share: int) -> Iterator[Point]:
    for tenants in _TENANTS:
        many = max(1, tenants // share)
        yield _spread(home / f"tenants-{tenants}", many, share, tenants=many, workers=1)


def _workers(home: Path, share: int) -> Iterator[Point]:
    for workers in _WORKERS:
        place = home / f"workers-{workers}"
        yield _spread(place, workers, share, tenants=2, workers=workers, partitions=2)


def _spread(
    home: Path, at: int, share: int, *, tenants: int, workers: int, partitions: int = 1
) -> Point:
    found = spread.run(
        home, tenants=tenants, workers=workers, calls=_CALLS // share, partitions=partitions
    )
    return {
        "at": at,
        "worker_us_per_event": found.worker_us,
        "store_us_per_event": found.store_us,
        "events_per_s": found.events_per_s,
    }


def extrapolated(points: list[Point], at: int) -> Point:
    """Return what the last two points say of a larger one: a straight line over the logarithm.

    Laws:   only for sizes that grow tenfold from point to point, as those of the customers do;
            nothing becomes less than at the last point.
    """
    before, last = points[-2:]
    tenfold = len(str(at)) - len(str(last["at"]))
    grown = {name: last[name] + tenfold * max(0.0, last[name] - before[name]) for name in last}
    return {**grown, "at": at}


def table_of(name: str, points: list[Point]) -> tuple[list[str], list[list[str]]]:
    """Return head and lines of the table of a curve, one line a point."""
    fields = [field for field in points[0] if field != "at"]
    lines = [[f"{point['at']:,}", *(number(point[field]) for field in fields)] for point in points]
    if name == "customers":
        beyond = extrapolated(points, _EXTRAPOLATED)
        lines.append(
            [f"{_EXTRAPOLATED:,} (extrapolated)", *(number(beyond[field]) for field in fields)]
        )
    return [name, *fields], lines


def main() -> None:
    """Measure the curves and show them."""
    end_tidily()
    console = Console()
    parts = (os.environ.get("PARTS") or _CURVES).split(",")
    share = int(os.environ.get("SHARE") or (_QUICK if os.environ.get("QUICK") else 1))
    with tempfile.TemporaryDirectory(prefix="salespulse-scale-") as directory:
        measured = curves(Path(directory), share, parts, console.print)
    how = page.where_and_when()
    how += f"; SHARE={share}: one part in {share} of every size" if share > 1 else ""
    before: dict[str, Curve] = json.loads(OUT.read_text()) if OUT.exists() else {}
    now: dict[str, Curve] = {
        name: {"how": how, "points": points} for name, points in measured.items()
    }
    found = before | now
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2) + "\n")
    tables = [table_of(name, curve["points"]) for name, curve in found.items()]
    for head, lines in tables:
        shown = Table(*head)
        for line in lines:
            shown.add_row(*line)
        console.print(shown)
    if os.environ.get("PAGE"):
        python = environment(LOCK)
        command = (str(python), "-m", "tests.benchmarks.curves", str(OUT), str(PLOT))
        subprocess.run(command, check=True)
        texts = [
            f"{curve['how']}.\n\n{page.table(head, lines)}"
            for curve, (head, lines) in zip(found.values(), tables, strict=True)
        ]
        page.put("scale", "\n".join(("![The scale curves](images/scale.svg)\n", *texts)))
        console.print(f"written: {page.PAGE}, {PLOT}")


if __name__ == "__main__":
    main()
