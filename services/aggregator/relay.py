"""The relay: publishes the change stream to the topics `kpi-changes` and `kpi-events`.

Both are compacted; the second tells what was crossed (services.aggregator.announcements). What is
behind is coalesced: of several changes of a cell in one round only the last is sent, with
the previous value of the first. While the fold itself is behind the log by more than a batch, a
round is started at most every fifteen seconds, so that publishing never slows the figures down, and
at once when the fold has caught up; at a steady load, of which a little is always on its way, every
commit is published at once.

At least once and idempotent: a record carries the absolute value and its version, so reading one
twice, or an older one after a newer one, is noticed by comparing versions. The position moves
only after Kafka has acknowledged. A relay which fell behind the bounded stream republishes the
current values instead (design 3.7).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, cast

import orjson
import redis.exceptions
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from redis.asyncio import Redis

from schemas.brokers import Brokers
from schemas.calendar import NOW, format_day, format_time
from schemas.changes import CellChange, ChangeRecord, Version, change_key
from schemas.tables import (
    SCOPE_LETTERS,
    GenerationKeys,
    PartitionKeys,
    TenantKeys,
    decode,
    parse_field,
)
from services.aggregator import announcements
from services.aggregator.leftovers import keys_of, leftovers
from services.aggregator.metrics import FoldMetrics
from services.aggregator.publishing import publish

log = logging.getLogger(__name__)
_BATCH = 64
_BEGINNING = "0-0"
_LOOK_S = 0.2
_LOOKS = 75
"""Fifteen seconds: cells change again and again meanwhile, and only their last values are sent."""
_SCOPES = {letter: scope for scope, letter in SCOPE_LETTERS.items()}
_Pending = list[tuple[str, str, CellChange]]


class Relay:
    """Publishes the changes of one generation of one partition."""

    def __init__(
        self,
        redis: Redis,
        producer: AIOKafkaProducer,
        *,
        brokers: Brokers,
        topic_prefix: str,
        partition: int,
        generation: str,
        metrics: FoldMetrics,
        is_behind: Callable[[], bool],
    ) -> None:
        self._redis = redis
        self._producer = producer
        self._brokers = brokers
        self._topic = topic_prefix + "kpi-changes"
        self._events_topic = topic_prefix + announcements.TOPIC
        self._partition = partition
        self._generation = generation
        self._keys = GenerationKeys(partition, generation)
        self._position_key = PartitionKeys(partition).relay
        self._untold_key = PartitionKeys(partition).untold
        self._metrics = metrics
        self._is_behind = is_behind

    async def run(self) -> None:
        """Publish for ever; waits out an absent broker or store."""
        while True:
            try:
                await self._follow()
            except (redis.exceptions.RedisError, KafkaError, OSError) as error:
                log.warning("relay of partition %d waits: %s", self._partition, error)
                await asyncio.sleep(1)
            except Exception:
                log.exception("relay of partition %d resumes", self._partition)
                await asyncio.sleep(1)

    async def _follow(self) -> None:
        """Publish what comes, until the stream has lost what was not published yet."""
        position = await self._resume()
        while True:
            answer = cast(
                "dict[bytes, list[list[tuple[bytes, dict[bytes, bytes]]]]] | list[Any] | None",
                await self._redis.xread({self._keys.changes: position}, count=_BATCH, block=1000),
            )
            entries = _entries(answer)
            if not entries:
                await self._tell_erased()
                continue
            if position != _BEGINNING and not await self._is_kept(position):
                return  # the stream was trimmed beyond it: resume by republishing
            await self._publish([orjson.loads(fields[b"c"]) for _, fields in entries])
            position = entries[-1][0].decode()
            await self._redis.set(self._position_key, f"{self._generation}/{position}")
            self._metrics.relay_lag.labels(str(self._partition)).set(
                await self._redis.xlen(self._keys.changes) if len(entries) == _BATCH else 0
            )
            await self._tell_erased()
            await self._rest()

    async def _rest(self) -> None:
        """Let the fold have the processor while it is behind, but not for longer than a round."""
        for _ in range(_LOOKS):
            if not self._is_behind():
                return
            await asyncio.sleep(_LOOK_S)

    async def _tell_erased(self) -> None:
        """Publish a tombstone for every key of tenants that are no more."""
        found = cast("set[bytes]", await self._redis.smembers(self._untold_key))
        if not found:
            return
        names = {name.decode() for name in found}
        keys = await keys_of(self._brokers, self._topic, names)
        await publish(self._producer, self._topic, ((key, None) for key in keys))
        await self._redis.srem(self._untold_key, *found)
        log.info("kpi-changes: %d keys of erased tenants are deleted", len(keys))

    async def _is_kept(self, position: str) -> bool:
        return bool(await self._redis.xrange(self._keys.changes, position, position))

    async def _resume(self) -> str:
        """Return the stream id to go on behind; republish what the stream no longer holds."""
        raw = await self._redis.get(self._position_key)
        generation, _, position = cast("bytes", raw or b"").decode().partition("/")
        if generation == self._generation and await self._is_kept(position):
            return position
        last = _entries([[b"", await self._redis.xrevrange(self._keys.changes, count=1)]])
        position = last[0][0].decode() if last else _BEGINNING
        await self.republish()
        await self._redis.set(self._position_key, f"{self._generation}/{position}")
        return position

    async def _publish(self, records: Sequence[ChangeRecord]) -> None:
        """Publish the last value of every cell that the records change."""
        last: dict[str, tuple[str, CellChange, ChangeRecord]] = {}
        for record in records:
            for tenant, change in record["tenants"].items():
                for cell in change["cells"]:
                    key = change_key(tenant, cell)
                    if key in last:
                        cell["previous"] = last[key][1]["previous"]
                        cell["restated"] = cell["restated"] or last[key][1]["restated"]
                    last[key] = (tenant, cell, record)
        by_record: dict[int, _Pending] = {}
        for key, (tenant, cell, record) in last.items():
            by_record.setdefault(record["offset"], []).append((tenant, key, cell))
        for record in records:
            pending = by_record.get(record["offset"], [])
            version = str(Version(record["generation"], record["offset"]))
            await self._send(pending, version, format_time(record["log_ms"]))
            await self._announce(record, version)

    async def _announce(self, record: ChangeRecord, version: str) -> None:
        """Publish what was crossed."""
        said = [
            announcements.announced(tenant, crossing, version)
            for tenant, change in record["tenants"].items()
            for crossing in change.get("crossings", ())
        ]
        await self._put(said, self._events_topic)

    async def _send(self, cells: _Pending, version: str, as_of: str) -> None:
        await self._put(
            (key.encode(), self._value(tenant, cell, version, as_of)) for tenant, key, cell in cells
        )

    async def _put(self, values: Iterable[tuple[bytes, dict[str, Any]]], topic: str = "") -> None:
        written = ((key, orjson.dumps(value)) for key, value in values)
        await publish(self._producer, topic or self._topic, written)

    @staticmethod
    def _value(tenant: str, cell: CellChange, version: str, as_of: str) -> dict[str, Any]:
        metric, dimension = parse_field(cell["field"])
        return {
            "tenant": tenant,
            "metric": metric,
            "scope": cell["scope"],
            "id": cell["id"],
            "day": format_day(cell["day"]) if cell["day"] != NOW else "now",
            "dimension": dimension,
            "value": cell["value"],
            "previous": cell["previous"],
            "version": version,
            "cause": cell["cause"],
            "restated": cell["restated"],
            "as_of": as_of,
        }

    async def republish(self) -> None:
        """Publish every cell as of the fence, what became zero, and all that was ever crossed."""
        fence = cast("dict[bytes, bytes]", await self._redis.hgetall(self._keys.fence))
        if not fence:
            return
        version = str(Version(self._generation, int(fence[b"next"])))
        as_of = format_time(int(fence[b"log_ms"]))
        tenants = cast("set[bytes]", await self._redis.smembers(self._keys.tenants))
        names = {name.decode() for name in tenants}
        current: set[bytes] = set()
        async for batch in self._current(sorted(names)):
            current.update(key.encode() for _, key, _ in batch)
            await self._send(batch, version, as_of)
        for name in sorted(names):
            keys = TenantKeys(self._partition, self._generation, name)
            crossed = announcements.crossed_so_far(self._redis, keys)
            said = [announcements.announced(name, each, version) async for each in crossed]
            await self._put(said, self._events_topic)
        held = await leftovers(self._brokers, self._topic, names, current)
        now = {"value": 0, "cause": "", "restated": False, "version": version, "as_of": as_of}
        await self._put(
            (key, value | now | {"previous": value["value"]}) for key, value in held.items()
        )

    async def _current(self, tenants: Iterable[str]) -> AsyncIterator[_Pending]:
        for tenant in tenants:
            prefix = TenantKeys(self._partition, self._generation, tenant).prefix
            for kind in ("d", "g"):
                async for key in self._redis.scan_iter(match=f"{prefix}{kind}:*", count=1000):
                    name = cast("bytes", key).decode().removeprefix(prefix)
                    _, letter, scope_id, *day = name.split(":")
                    cells = cast("dict[bytes, bytes]", await self._redis.hgetall(key))
                    changes = [
                        CellChange(
                            field=field.decode(),
                            scope=_SCOPES[letter],
                            id=decode(scope_id),
                            day=int(day[0]) if day else NOW,
                            value=int(value),
                            previous=int(value),
                            cause="",
                            restated=False,
                        )
                        for field, value in cells.items()
                    ]
                    yield [(tenant, change_key(tenant, cell), cell) for cell in changes]


def _entries(answer: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Narrow the answer of XREAD for one stream, in RESP2 or RESP3 form."""
    if not answer:
        return []
    streams = list(answer.values()) if isinstance(answer, dict) else [s[1] for s in answer]
    entries = streams[0]
    if entries and isinstance(entries[0], list) and entries[0] and isinstance(entries[0][0], tuple):
        entries = entries[0]
    return cast("list[tuple[bytes, dict[bytes, bytes]]]", entries)
