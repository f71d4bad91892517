"""Read everything that is served for one partition out of Redis into the tables `found_*`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import duckdb
import orjson
import redis

from schemas.settings import SharedSettings
from schemas.tables import GenerationKeys, PartitionKeys
from services.verify.decode import NOT_COMPARED, Name, parse_name, rows_of, text
from services.verify.rows import Row, insert

_PIPELINE = 1_000
_FLUSH = 40_000
_FRESH_MS = 5_000
TABLES = (
    *("found_cells", "found_postings", "found_days", "found_pairs", "found_related"),
    *("found_scored", "found_visits", "found_late", "found_terms", "found_org", "found_numbers"),
    *("found_facts", "found_registers", "found_marks", "found_cohorts", "found_words"),
    *("found_values", "found_tenants", "found_targets", "found_aimed", "found_crossed"),
    *("found_apart", "unreadable"),
)


class Store:
    """The served tables in Redis. Only reads."""

    def __init__(self, settings: SharedSettings) -> None:
        self._client: Any = redis.Redis.from_url(**settings.redis(), decode_responses=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def served(self, partition: int) -> str:
        """Return the generation that is served, '' if none is."""
        value = self._client.get(PartitionKeys(partition).served)
        return text(value) if value else ""

    def fence(self, keys: GenerationKeys) -> int:
        """Return the next offset to fold, 0 before the first commit."""
        return int(self._client.hget(keys.fence, "next") or 0)

    def end_seen(self, partition: int, now_ms: int) -> int | None:
        """Return the end of the log as the aggregator sees it, None if no aggregator has come.

        A heartbeat that is old tells of another time: then the end is beyond every fence.
        """
        value = self._client.get(PartitionKeys(partition).heartbeat)
        if not value:
            return None
        beat = orjson.loads(value)
        return int(beat["end"]) if now_ms - beat["at_ms"] <= _FRESH_MS else sys.maxsize

    def names(self, prefixes: Iterable[str]) -> dict[str, list[str]]:
        """Return all keys, by the prefix of their generation; other keys are left out."""
        by_prefix: dict[str, list[str]] = {prefix: [] for prefix in prefixes}
        for raw in self._client.scan_iter(match="sp:{p*", count=5_000):
            key = text(raw)
            prefix = ":".join(key.split(":", 3)[:3]) + ":"
            if prefix in by_prefix:
                by_prefix[prefix].append(key)
        return {prefix: sorted(set(keys)) for prefix, keys in by_prefix.items()}

    def read(self, names: Iterable[Name]) -> Iterable[tuple[Name, Any]]:
        """Yield (name, value) of many keys, pipelined, not atomic."""
        wanted = iter(names)
        while batch := list(islice(wanted, _PIPELINE)):
            pipeline = self._client.pipeline(transaction=False)
            for name in batch:
                _ask(pipeline, name)
            yield from zip(batch, pipeline.execute(raise_on_error=False), strict=True)

    def read_at_once(
        self, keys: GenerationKeys, names: list[Name]
    ) -> tuple[int, list[tuple[Name, Any]]]:
        """Return the fence and (name, value) of some keys, all of the same instant."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.hget(keys.fence, "next")
        for name in names:
            _ask(pipeline, name)
        fence, *values = pipeline.execute(raise_on_error=False)
        return int(fence or 0), list(zip(names, values, strict=True))


def _ask(pipeline: Any, name: Name) -> None:
    if name.command == "HGETALL":
        pipeline.hgetall(name.key)
    elif name.command == "ZRANGE":
        pipeline.zrange(name.key, 0, -1, withscores=True)
    else:
        pipeline.smembers(name.key)


class Found:
    """The tables `found_*` of one partition."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, keys: GenerationKeys, tenant: str | None
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._tenant = tenant
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._waiting = 0

    def fill(self, store: Store, keys: Iterable[str], progress: Callable[[int], None]) -> None:
        """Read all of these keys; `progress` hears of each."""
        names = list(filter(self._is_wanted, map(self._parse, keys)))
        for name in names:
            if not name.command and name.kind not in NOT_COMPARED:
                self._add("unreadable", (name.key, "", "no such key in the grammar"))
        for name, value in store.read(name for name in names if name.command):
            self._take(name, value)
            progress(1)
        self._flush()

    def refill(self, store: Store, keys: Iterable[str], *, at_once: bool) -> int:
        """Read some keys again; returns the fence of that moment.

        Laws:   with `at_once` keys and fence are of one instant, else the fence is read after.
        """
        names = [name for name in map(self._parse, sorted(keys)) if name.command]
        chosen = [name.key for name in names]
        for table in TABLES:
            self._connection.execute(
                f"DELETE FROM {table} WHERE key IN (SELECT unnest($1::VARCHAR[]))",  # noqa: S608
                [chosen],
            )
        if at_once:
            fence, values = store.read_at_once(self._keys, names)
        else:
            values = list(store.read(names))
            fence = store.fence(self._keys)
        for name, value in values:
            self._take(name, value)
        self._flush()
        return fence

    def _parse(self, key: str) -> Name:
        return parse_name(key, self._keys.prefix)

    def _is_wanted(self, name: Name) -> bool:
        return self._tenant is None or name.tenant in ("", self._tenant)

    def _take(self, name: Name, value: Any) -> None:
        for table, row in rows_of(name, value):
            if table == "found_tenants" and self._tenant not in (None, row[1]):
                continue
            self._add(table, row)

    def _add(self, table: str, row: Row) -> None:
        self._rows[table].append(row)
        self._waiting += 1
        if self._waiting >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            insert(self._connection, table, rows)
        self._rows.clear()
        self._waiting = 0
