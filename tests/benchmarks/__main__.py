"""`make bench`: everything on loopback, ends by itself, prints a table, writes build/bench.json.

`QUICK=1` in the environment takes fewer repetitions and smaller tables; `SCALE=1` (`make
bench-scale`) measures the reports on one and on ten million facts, for hours.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks import latency, live_reports, reports, rights, throughput
from tests.benchmarks.year import Size

OUT = Path("build") / "bench.json"
Figures = dict[str, dict[str, Any]]
_QUICK, _FULL = Size(10_000, 60_000), Size(100_000, 1_000_000)
_SCALE = (_FULL, Size(1_000_000, 10_000_000))


def main() -> None:
    """Run the benchmarks and show what they found."""
    console = Console()
    is_quick = bool(os.environ.get("QUICK"))
    found: Figures = {}
    with tempfile.TemporaryDirectory(prefix="salespulse-bench-") as directory:
        home = Path(directory)
        if os.environ.get("SCALE"):
            for size in _SCALE:
                found |= _reports(home, size, 100, console, f"_{size.facts // 1_000_000}m")
        else:
            found |= _rights(console)
            found |= _throughput(home, console, is_quick=is_quick)
            found |= _latency(home, console, is_quick=is_quick)
            found |= _live_reports(home, console, is_quick=is_quick)
            size = _QUICK if is_quick else _FULL
            found |= _reports(home, size, 20 if is_quick else 100, console)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2))
    table = Table("figure", "median", "unit", "runs")
    for name, figure in found.items():
        runs_text = ", ".join(f"{value:,.0f}" for value in figure["runs"])
        table.add_row(name, f"{figure['value']:,.2f}", figure["unit"], runs_text)
    console.print(table)


def _rights(console: Console) -> Figures:
    console.print("rights: 2,000 employees in 200 departments")
    cost = rights.run()
    return {
        "rights_check_us": _figure(median(cost.rounds_us), "us", cost.rounds_us),
        "rights_tree_ms": _figure(cost.tree_ms, "ms", []),
    }


def _throughput(home: Path, console: Console, *, is_quick: bool) -> Figures:
    runs = throughput.run(
        home / "throughput",
        events=60_000 if is_quick else 200_000,
        peer_events=5_000 if is_quick else 20_000,
        repetitions=1 if is_quick else 3,
        say=console.print,
    )
    ours = runs.median("ours")
    return {
        "commit_path_events_per_s": _figure(ours, "events/s", runs.values["ours"]),
        "raw_consume_events_per_s": _figure(
            runs.median("raw_consume"), "events/s", runs.values["raw_consume"]
        ),
        "faust_table_events_per_s": _figure(
            runs.median("faust_table"), "events/s", runs.values["faust_table"]
        ),
        "ratio_to_raw_consume": _figure(ours / runs.median("raw_consume"), "ratio", []),
        "ratio_to_faust_table": _figure(ours / runs.median("faust_table"), "ratio", []),
    }


def _latency(home: Path, console: Console, *, is_quick: bool) -> Figures:
    waits = latency.run(
        home / "latency", rate=500, probes=80 if is_quick else 300, say=console.print
    )
    return {
        "event_to_page_p50_ms": _figure(waits.p50_ms, "ms", []),
        "event_to_page_p99_ms": _figure(waits.p99_ms, "ms", []),
        "event_to_page_load_per_s": _figure(waits.load_per_s, "events/s", []),
    }


def _live_reports(home: Path, console: Console, *, is_quick: bool) -> Figures:
    found = live_reports.run(
        home / "live",
        rate=500,
        probes=80 if is_quick else 300,
        seconds=8 if is_quick else 20,
        say=console.print,
    )
    return {
        "event_to_telesales_p50_ms": _figure(found.p50_ms, "ms", []),
        "event_to_telesales_p99_ms": _figure(found.p99_ms, "ms", []),
        "telesales_board_us_per_event": _figure(found.telesales_us, "us", []),
        "counters_board_us_per_event": _figure(found.counters_us, "us", []),
        "ratio_telesales_board_to_counters": _figure(
            found.telesales_us / found.counters_us, "ratio", []
        ),
        "event_to_telesales_load_per_s": _figure(found.load_per_s, "events/s", []),
    }


def _reports(home: Path, size: Size, requests: int, console: Console, suffix: str = "") -> Figures:
    console.print(f"reports: {size.customers:,} customers, {size.facts:,} facts")
    measured = reports.run(home / f"reports{suffix}", size, requests=requests, say=console.print)
    found = {
        f"bytes_per_fact{suffix}": _figure(measured.bytes_per_fact, "bytes", []),
        f"bytes_per_customer{suffix}": _figure(measured.bytes_per_customer, "bytes", []),
        f"reports_load_per_s{suffix}": _figure(measured.load_per_s, "events/s", []),
    }
    for name in measured.waits:
        found[f"{name}_p50_ms{suffix}"] = _figure(measured.p50(name), "ms", [])
        found[f"{name}_p95_ms{suffix}"] = _figure(measured.p95(name), "ms", [])
    return found


def _figure(value: float, unit: str, runs: list[float]) -> dict[str, Any]:
    return {"value": value, "unit": unit, "runs": runs}


if __name__ == "__main__":
    main()
