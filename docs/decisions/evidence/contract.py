# ruff: noqa: INP001 - scripts, not a package
"""Cost of the event contract: `python docs/decisions/evidence/contract.py`.

Prints how many events a second one core checks at the door, and reads from the log.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from schemas.envelope import parse_event, read_event
from schemas.release import HERE


def rate(work: Callable[[Any], Any], items: list[Any], seconds: float = 2.0) -> float:
    """Return how many items a second pass through."""
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for item in items:
            work(item)
        done += len(items)
    return done / (time.perf_counter() - start)


def main() -> None:
    """Measure over all valid examples."""
    paths = sorted((HERE / "examples").glob("*/valid-*.json"))
    events = [json.loads(path.read_bytes()) for path in paths]
    tenant = events[0]["tenantid"]
    records = [parse_event(event, tenant) for event in events]
    bodies = [orjson.dumps(event) for event in events]
    checked = rate(lambda body: parse_event(orjson.loads(body), tenant), bodies)
    read = rate(read_event, records)
    sizes = sorted(len(record) for record in records)
    sys.stdout.write(f"door: {checked:,.0f} events a second checked and written canonically\n")
    sys.stdout.write(f"log: {read:,.0f} records a second read\n")
    sys.stdout.write(f"size: median {sizes[len(sizes) // 2]} bytes, largest {sizes[-1]}\n")


if __name__ == "__main__":
    main()
