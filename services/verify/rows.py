"""Rows into DuckDB in batches, without Arrow or numpy; the SQL files of this package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import islice
from typing import Any

import duckdb

Row = tuple[Any, ...]
_BATCH = 20_000


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    """Append rows to a table, column by column."""
    described = connection.execute(f"DESCRIBE {table}").fetchall()
    columns = ", ".join(f"unnest(${n}::{column[1]}[])" for n, column in enumerate(described, 1))
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        values = [list(column) for column in zip(*batch, strict=True)]
        connection.execute(f"INSERT INTO {table} SELECT {columns}", values)


def scripts(first: int, last: int, package: str = "services.verify") -> Iterator[str]:
    """Return the SQL files of a package whose number lies between first and last, in order."""
    folder = files(package) / "sql"
    for name in sorted(entry.name for entry in folder.iterdir()):
        if name.endswith(".sql") and first <= int(name[:2]) <= last:
            yield (folder / name).read_text(encoding="utf-8")
