"""The recount: raw records of one partition in, facts, cells and lists out, by SQL alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from schemas.configuration import DOCUMENTS
from schemas.tables import dimension
from services.verify.names import target_fields, target_name
from services.verify.numbers import read
from services.verify.rows import Row, insert, scripts
from services.verify.zones import offsets

_LOCKS = """
    CREATE OR REPLACE TABLE locks AS
    SELECT
        tenant, log_offset, day_of_date(data ->> '$.first') AS first_day,
        day_of_date(data ->> '$.last') AS last_day
    FROM events WHERE type = 'period.locked'
"""
_TELLING_LOCKS = """
    SELECT tenant, log_offset, first_day, last_day FROM locks
    WHERE NOT EXISTS (
        SELECT 1 FROM locks AS earlier
        WHERE earlier.tenant = locks.tenant AND earlier.log_offset < locks.log_offset
        AND earlier.first_day <= locks.first_day AND earlier.last_day >= locks.last_day
    )
"""
_AT_LOCK = """
    INSERT INTO at_locks
    SELECT
        tenant, $1, metric, currency, name, text, mark, day, department, employee,
        CAST(sum(value) AS BIGINT)
    FROM contributions WHERE day BETWEEN $2 AND $3
    GROUP BY ALL
"""
_DIMENSIONS = """
    SELECT DISTINCT currency, name, text FROM contributions
    UNION
    SELECT DISTINCT currency, name, text FROM at_locks
"""
_PHONES = """
    WITH said AS (
        SELECT region, unnest(CAST(data -> '$.phones' AS VARCHAR[])) AS text FROM events
        WHERE json_type(json_extract(data, '$.phones')) = 'ARRAY'
        UNION
        SELECT region, data ->> '$.phone' AS text FROM events WHERE type LIKE 'call.%'
    )
    SELECT region, text FROM said ANTI JOIN numbers_read USING (region, text)
    WHERE text IS NOT NULL
"""


_TARGETS = """
    SELECT DISTINCT
        data ->> '$.metric' AS metric, data ->> '$.scope' AS scope,
        data ->> '$.scope_id' AS scope_id,
        coalesce(CAST(data ->> '$.per_person' AS BOOLEAN), false) AS per_person,
        data ->> '$.period' AS period
    FROM events WHERE type IN ('target.set', 'target.removed')
    EXCEPT SELECT metric, scope, scope_id, per_person, period FROM target_names
"""
_TARGET_MONEY = """
    SELECT DISTINCT
        data ->> '$.metric' AS metric, coalesce(data ->> '$.value.currency', '') AS currency
    FROM events WHERE type = 'target.set'
    EXCEPT SELECT metric, currency FROM target_fields
"""


_SMALL = 10_000
"""Records that one thread counts faster than two do."""


class Recount:
    """One partition of the log in DuckDB.

    Laws:   `recompute` is a function of the records loaded so far; no Redis, no clock. What stood
            before a lock is counted from the records before it, once.
    """

    def __init__(self, spill: Path) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET temp_directory = $1", [str(spill)])
        self.connection.execute("SET threads = 1")
        self._loaded = 0
        self._zones: set[str] = set()
        self._locks: set[int] = set()
        for script in scripts(0, 9):
            self.connection.execute(script)
        kinds = [(name, *document) for name, document in DOCUMENTS.items()]
        insert(self.connection, "document_types", kinds)

    def close(self) -> None:
        """Free the memory."""
        self.connection.close()

    def load(self, records: Sequence[Row]) -> None:
        """Add records (offset, at_ms, key, value) of the log, values as text."""
        insert(self.connection, "records", records)
        self._loaded += len(records)
        if self._loaded > _SMALL:
            self.connection.execute("SET threads = 2")

    def derive(self) -> None:
        """Make the facts again from the records, and count nothing."""
        self._run(10, 19)
        self._derive()

    def recompute(self) -> None:
        """Count everything again from the records."""
        self._run(10, 19)
        self.connection.execute(_LOCKS)
        locks = [row for row in self.rows(_TELLING_LOCKS) if row[1] not in self._locks]
        for lock in locks:
            self._count_until(*lock)
        if locks:
            self._run(10, 19)
        self._count()
        self.connection.execute("DELETE FROM dimension_texts")
        insert(
            self.connection,
            "dimension_texts",
            [(*values, _dimension(*values)) for values in self.rows(_DIMENSIONS)],
        )
        self._run(51, 69)

    def _count_until(self, tenant: str, offset: int, first_day: int, last_day: int) -> None:
        """Keep what stands on locked days just before the lock."""
        name = tenant.replace("'", "''")
        self.connection.execute(
            "CREATE OR REPLACE VIEW considered AS SELECT * FROM records"  # noqa: S608
            f" WHERE log_offset < {offset} AND value ->> '$.tenantid' = '{name}'"
        )
        self._run(10, 19)
        self._count()
        self.connection.execute(_AT_LOCK, [offset, first_day, last_day])
        self.connection.execute("CREATE OR REPLACE VIEW considered AS SELECT * FROM records")
        self._locks.add(offset)

    def _count(self) -> None:
        self._derive()
        self._run(40, 50)

    def _derive(self) -> None:
        for (zone,) in self.rows("SELECT DISTINCT time_zone FROM events"):
            if zone not in self._zones:
                self._zones.add(zone)
                insert(self.connection, "zone_offsets", offsets(zone))
        insert(self.connection, "numbers_read", list(read(self.rows(_PHONES))))
        insert(self.connection, "target_names", [target_name(*r) for r in self.rows(_TARGETS)])
        fields = [row for each in self.rows(_TARGET_MONEY) for row in target_fields(*each)]
        insert(self.connection, "target_fields", fields)
        self._run(20, 39)

    def _run(self, first: int, last: int) -> None:
        for script in scripts(first, last):
            self.connection.execute(script)

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query."""
        return self.connection.execute(query).fetchall()

    def count(self, query: str) -> int:
        """Return the one number that a query asks for."""
        return int(self.rows(query)[0][0])


def _dimension(currency: str | None, name: str | None, text: str | None) -> str:
    values = {} if name is None else {name: text or ""}
    return dimension(**values if currency is None else values | {"currency": currency})
