# ruff: noqa: INP001 - scripts, not a package
"""Change records: every cell by itself, or the cells of a place together (decision 0049).

    PYTHONPATH=. python docs/decisions/evidence/change_records.py

Thirty commits of four thousand events each, as a worker at full speed writes them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any

import orjson

from schemas.changes import CellChange, grouped, read_record
from schemas.kpis import CATALOGUE

_RECORDS, _PLACES, _CELLS = 30, 1_200, 8
_SCOPES = ("employee", "employee", "employee", "department", "company")


def _record(offset: int, random: Random) -> list[CellChange]:
    """Return the changed cells of a commit: eight of every place."""
    metrics = sorted(CATALOGUE)
    cells: list[CellChange] = []
    for place in range(_PLACES):
        value = random.randrange(1000)
        cells += [
            CellChange(
                field=metric,
                scope=_SCOPES[place % len(_SCOPES)],  # type: ignore[typeddict-item]
                id=f"employee-{place % 200}",
                day=20_261_101 + place % 28,
                value=value + 1,
                previous=value,
                cause=f"call-{offset}-{place}",
                restated=False,
            )
            for metric in random.sample(metrics, _CELLS)
        ]
    return cells


def _measured(name: str, written: list[bytes], read: Callable[[bytes], Any]) -> None:
    began = time.process_time()
    for raw in written:
        read(raw)
    used = (time.process_time() - began) * 1e6
    count = _RECORDS * _PLACES * _CELLS
    size = sum(map(len, written)) / count
    print(f"{name}: {size:.0f} bytes a cell, {used / count:.2f} us to read one")  # noqa: T201


def main() -> None:
    """Print bytes and processor time of both."""
    random = Random(7)  # noqa: S311 - a seeded sample
    head = {"generation": "g1", "at_ms": 1_790_000_000_000, "log_ms": 1_790_000_000_000}
    before: list[bytes] = []
    now: list[bytes] = []
    for offset in range(_RECORDS):
        cells = _record(offset, random)
        for written, what in ((before, {"cells": cells}), (now, {"groups": grouped(cells)})):
            tenant = {**what, "occurrences": [], "events": 4000}
            written.append(orjson.dumps({**head, "offset": offset, "tenants": {"acme": tenant}}))
    _measured("every cell by itself", before, orjson.loads)
    _measured("the cells of a place ", now, read_record)


if __name__ == "__main__":
    main()
