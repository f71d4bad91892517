"""The raw files of a data set, asked in SQL: the query that a figure is compared with.

It reads every column as text and shares no code with the importers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb


class Raw:
    """Each CSV file of a folder as a table of its own name, without a trailing '_data'."""

    def __init__(self, folder: Path) -> None:
        self._base = duckdb.connect()
        for file in sorted(folder.glob("*.csv")):
            rows = self._base.read_csv(str(file), all_varchar=True, header=True)
            rows.create(file.stem.removesuffix("_data"))

    def view(self, name: str, sql: str) -> None:
        """Give a query a name."""
        self._base.sql(sql).create_view(name)

    def by_day(
        self, table: str, column: str, what: str = "count(*)", where: str = "true"
    ) -> dict[str, int]:
        """Return the days of a column of times with their numbers of rows, or another sum."""
        rows = self._base.table(table).filter(where)
        found = rows.aggregate(f"left({column}, 10), {what}", f"left({column}, 10)")
        return {str(day): int(value) for day, value in found.fetchall()}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self._base.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """Return the single value that a query finds."""
        ((value,),) = self.rows(sql)
        return value

    def series(self, sql: str) -> dict[str, int]:
        """Return the two columns of a query as name -> number."""
        return {str(name): int(value) for name, value in self.rows(sql)}
