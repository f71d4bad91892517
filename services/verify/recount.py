"""The recount: raw records of one partition in, facts, cells and lists out, by SQL alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from schemas.tables import dimension
from services.verify.rows import Row, insert, scripts
from services.verify.zones import offsets

_DIMENSIONS = ("currency", "source", "stage", "product", "industry")


class Recount:
    """One partition of the log in DuckDB.

    Laws:   `recompute` is a function of the records loaded so far; no Redis, no clock.
    """

    def __init__(self, spill: Path) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET temp_directory = $1", [str(spill)])
        self.connection.execute("SET threads = 2")
        self._zones: set[str] = set()
        for script in scripts(0, 9):
            self.connection.execute(script)

    def close(self) -> None:
        """Free the memory."""
        self.connection.close()

    def load(self, records: Sequence[Row]) -> None:
        """Add records (offset, at_ms, key, value) of the log, values as text."""
        insert(self.connection, "records", records)

    def recompute(self) -> None:
        """Count everything again from the records."""
        for script in scripts(10, 19):
            self.connection.execute(script)
        for (zone,) in self.rows("SELECT DISTINCT time_zone FROM events"):
            if zone not in self._zones:
                self._zones.add(zone)
                insert(self.connection, "zone_offsets", offsets(zone))
        for script in scripts(20, 50):
            self.connection.execute(script)
        names = ", ".join(_DIMENSIONS)
        self.connection.execute("DELETE FROM dimension_texts")
        insert(
            self.connection,
            "dimension_texts",
            [
                (*values, dimension(**_given(values)))
                for values in self.rows(f"SELECT DISTINCT {names} FROM contributions")  # noqa: S608
            ],
        )
        for script in scripts(51, 69):
            self.connection.execute(script)

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query."""
        return self.connection.execute(query).fetchall()

    def count(self, query: str) -> int:
        """Return the one number that a query asks for."""
        return int(self.rows(query)[0][0])


def _given(values: Row) -> dict[str, str]:
    pairs = zip(_DIMENSIONS, values, strict=True)
    return {name: value for name, value in pairs if value is not None}
