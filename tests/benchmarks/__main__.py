"""`make bench`: everything on loopback, ends by itself, prints a table, writes build/bench.json.

`QUICK=1` in the environment takes fewer repetitions.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks import latency, throughput

OUT = Path("build") / "bench.json"


def main() -> None:
    """Run the benchmarks and show what they found."""
    console = Console()
    is_quick = bool(os.environ.get("QUICK"))
    with tempfile.TemporaryDirectory(prefix="salespulse-bench-") as directory:
        home = Path(directory)
        runs = throughput.run(
            home / "throughput",
            events=60_000 if is_quick else 200_000,
            peer_events=5_000 if is_quick else 20_000,
            repetitions=1 if is_quick else 3,
            say=console.print,
        )
        waits = latency.run(
            home / "latency", rate=500, probes=80 if is_quick else 300, say=console.print
        )
    ours = runs.median("ours")
    found: dict[str, dict[str, Any]] = {
        "commit_path_events_per_s": _figure(ours, "events/s", runs.values["ours"]),
        "raw_consume_events_per_s": _figure(
            runs.median("raw_consume"), "events/s", runs.values["raw_consume"]
        ),
        "faust_table_events_per_s": _figure(
            runs.median("faust_table"), "events/s", runs.values["faust_table"]
        ),
        "ratio_to_raw_consume": _figure(ours / runs.median("raw_consume"), "ratio", []),
        "ratio_to_faust_table": _figure(ours / runs.median("faust_table"), "ratio", []),
        "event_to_page_p50_ms": _figure(waits.p50_ms, "ms", []),
        "event_to_page_p99_ms": _figure(waits.p99_ms, "ms", []),
        "event_to_page_load_per_s": _figure(waits.load_per_s, "events/s", []),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2))
    table = Table("figure", "median", "unit", "runs")
    for name, figure in found.items():
        runs_text = ", ".join(f"{value:,.0f}" for value in figure["runs"])
        table.add_row(name, f"{figure['value']:,.2f}", figure["unit"], runs_text)
    console.print(table)


def _figure(value: float, unit: str, runs: list[float]) -> dict[str, Any]:
    return {"value": value, "unit": unit, "runs": runs}


if __name__ == "__main__":
    main()
