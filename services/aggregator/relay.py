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
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, cast

import orjson
import redis.exceptions
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from redis.asyncio import Redis

from schemas.brokers import Brokers
from schemas.calendar import NOW, format_time
from schemas.changes import Version, change_key, day_told, read_record
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
from services.aggregator.rounds import Round, ToldCell, ToldGroup

log = logging.getLogger(__name__)
_BATCH = 64
"""Change records of one round, at most."""
_AT_ONCE = 8
"""Of them read in one go."""
_BEGINNING = "0-0"
_LOOK_S = 0.2
_LOOKS = 75
"""Fifteen seconds: cells change again and again meanwhile, and only their last values are sent."""
_SCOPES = {letter: scope for scope, letter in SCOPE_LETTERS.items()}


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
            found = Round()
            until = await self._collect(found, position)
            if until is None:
                return  # the stream was trimmed beyond it: resume by republishing
            if not found:
                await self._tell_erased()
                continue
            await self._publish(found)
            position = until
            await self._redis.set(self._position_key, f"{self._generation}/{position}")
            self._metrics.relay_lag.labels(str(self._partition)).set(
                await self._redis.xlen(self._keys.changes) if len(found) >= _BATCH else 0
            )
            await self._tell_erased()
            await self._rest()

    async def _collect(self, found: Round, position: str) -> str | None:
        """Take what the stream holds behind a position; wait a second where there is nothing.

        Shape:  where it ends, None if the stream no longer holds all that came.
        """
        wait_ms: int | None = 1000
        while len(found) < _BATCH:
            answer = await self._redis.xread(
                {self._keys.changes: position}, count=_AT_ONCE, block=wait_ms
            )
            entries = _entries(answer)
            if entries and position != _BEGINNING and not await self._is_kept(position):
                return None
            for name, fields in entries:
                found.take(read_record(fields[b"c"]))
                position, wait_ms = name.decode(), None
                await asyncio.sleep(0)  # the fold goes on
            if len(entries) < _AT_ONCE:
                break
        return position

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

    async def _publish(self, found: Round) -> None:
        """Publish what the records of a round say: cells, and what was crossed."""
        for version, log_ms, groups, crossings in found.told():
            as_of = format_time(log_ms)
            await self._put(told for group in groups for told in _values(group, version, as_of))
            said = (announcements.announced(*crossing, version) for crossing in crossings)
            await self._put(said, self._events_topic)

    async def _put(self, values: Iterable[tuple[bytes, dict[str, Any]]], topic: str = "") -> None:
        written = ((key, orjson.dumps(value)) for key, value in values)
        await publish(self._producer, topic or self._topic, written)

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
        async for group in self._current(sorted(names)):
            told = list(_values(group, version, as_of))
            current.update(key for key, _ in told)
            await self._put(told)
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

    async def _current(self, tenants: Iterable[str]) -> AsyncIterator[ToldGroup]:
        for tenant in tenants:
            prefix = TenantKeys(self._partition, self._generation, tenant).prefix
            for kind in ("d", "g"):
                async for key in self._redis.scan_iter(match=f"{prefix}{kind}:*", count=1000):
                    name = cast("bytes", key).decode().removeprefix(prefix)
                    _, letter, scope_id, *day = name.split(":")
                    held = cast("dict[bytes, bytes]", await self._redis.hgetall(key))
                    cells: list[ToldCell] = [
                        (field.decode(), int(value), int(value), "", False)
                        for field, value in held.items()
                    ]
                    at = int(day[0]) if day else NOW
                    yield ToldGroup(tenant, _SCOPES[letter], decode(scope_id), at, cells)


def _values(group: ToldGroup, version: str, as_of: str) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield the records of `kpi-changes` that tell of a group, with their keys."""
    tenant, scope, scope_id, day, cells = group
    said_day = day_told(day)
    for field, value, previous, cause, is_restated in cells:
        metric, dimension = parse_field(field)
        yield (
            change_key(tenant, scope, scope_id, day, field).encode(),
            {
                "tenant": tenant,
                "metric": metric,
                "scope": scope,
                "id": scope_id,
                "day": said_day,
                "dimension": dimension,
                "value": value,
                "previous": previous,
                "version": version,
                "cause": cause,
                "restated": is_restated,
                "as_of": as_of,
            },
        )


def _entries(answer: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Narrow the answer of XREAD for one stream, in RESP2 or RESP3 form."""
    if not answer:
        return []
    streams = list(answer.values()) if isinstance(answer, dict) else [s[1] for s in answer]
    entries = streams[0]
    if entries and isinstance(entries[0], list) and entries[0] and isinstance(entries[0][0], tuple):
        entries = entries[0]
    return cast("list[tuple[bytes, dict[bytes, bytes]]]", entries)
