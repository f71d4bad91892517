"""`make bench`: everything on loopback, ends by itself, prints a table, writes build/bench.json.

In the environment: `QUICK=1` takes less of everything; `PARTS=throughput,ingest` runs some parts
only, for whoever works on one, and writes nothing; `PAGE=1` writes the figures into
docs/benchmarks.md, with machine and date. A part that fails does not keep the others from
running; the command fails then, as it does where a figure is missing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks import page
from tests.benchmarks.figures import Figures, rows
from tests.benchmarks.floor import end_tidily
from tests.benchmarks.parts import FULL, PARTS, QUICK

OUT: Final = Path("build") / "bench.json"


def main() -> int:
    """Run the benchmark and show what it found; return the exit code."""
    end_tidily()
    console = Console()
    is_quick, chosen = bool(os.environ.get("QUICK")), os.environ.get("PARTS", "")
    names = chosen.split(",") if chosen else list(PARTS)
    found = Figures()
    failed = _run(names, found, console, is_quick=is_quick)
    table = Table("figure", "median", "unit", "floor", "aim", "runs")
    for row in rows(found.found, found.found):
        table.add_row(*row)
    console.print(table)
    if failed:
        console.print(f"failed: {', '.join(failed)}")
        return 1
    if chosen:
        return 0
    if missing := found.missing():
        console.print(f"not measured: {', '.join(missing)}")
        return 1
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found.found, indent=2) + "\n")
    console.print(f"written: {OUT}")
    if os.environ.get("PAGE"):
        page.write_figures(found.found, is_quick=is_quick)
        console.print(f"written: {page.PAGE}")
    return 0


def _run(names: Iterable[str], found: Figures, console: Console, *, is_quick: bool) -> list[str]:
    """Run parts one after another; return the names of those that failed."""
    failed = []
    plan = QUICK if is_quick else FULL
    with tempfile.TemporaryDirectory(prefix="salespulse-bench-") as directory:
        for name in names:
            console.print(f"[bold]{name}[/bold]")
            began = time.monotonic()
            try:
                PARTS[name](Path(directory) / name, plan, found, console.print)
            except Exception:  # noqa: BLE001 - it is shown, and the command fails
                console.print(traceback.format_exc(), markup=False)
                failed.append(name)
            console.print(f"{name} took {time.monotonic() - began:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(main())
