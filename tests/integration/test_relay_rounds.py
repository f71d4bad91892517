"""When the relay publishes: at once, or in rounds while the fold is behind, on real brokers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.brokers import Brokers
from schemas.changes import CellChange, ChangeRecord, grouped
from schemas.ending import end
from schemas.tables import GenerationKeys, PartitionKeys
from services.aggregator import relay as relays
from services.aggregator.metrics import FoldMetrics
from services.aggregator.relay import Relay
from services.commands.topics import Plan, ensure

_PATIENCE_S = 60
_SOME_LOOKS = 12
"""So many that the relay would have gone on long ago, if it did."""
_FOR_EVER = 100_000
"""Looks: more hours than the test has minutes."""


class Rounds:
    """A relay over a stream of changes that the test writes, and the topic it publishes to."""

    def __init__(self, redis: Redis, consumer: AIOKafkaConsumer, keys: GenerationKeys) -> None:
        self._redis, self._consumer, self._keys = redis, consumer, keys

    async def commit(self, offset: int, *values: int) -> None:
        """Write the change record of a commit: one cell, and what it became one after the other."""
        cells = [
            CellChange(
                field="orders",
                scope="employee",
                id="an",
                day=20_261_130,
                value=value,
                previous=value - 1,
                cause=f"e{value}",
                restated=False,
            )
            for value in values
        ]
        record = ChangeRecord(
            generation="one",
            offset=offset,
            at_ms=1_790_000_000_000,
            log_ms=1_790_000_000_000,
            tenants={"acme": {"groups": grouped(cells), "occurrences": [], "events": len(cells)}},
        )
        await self._redis.xadd(self._keys.changes, {"c": orjson.dumps(record)}, id=f"{offset}-0")

    async def told(self, offset: int) -> list[tuple[int, int]]:
        """Return (previous, value) of all that comes, up to the version of a commit."""
        found: list[tuple[int, int]] = []
        async with asyncio.timeout(_PATIENCE_S):
            async for record in self._consumer:
                said = orjson.loads(record.value)
                found.append((said["previous"], said["value"]))
                if said["version"] == f"one.{offset}":
                    break
        return found


@asynccontextmanager
async def _rounds(
    broker: Broker, store: EmbeddedStore, is_behind: Callable[[], bool]
) -> AsyncIterator[Rounds]:
    prefix, partition = f"x{secrets.token_hex(3)}-", secrets.randbelow(1 << 20)
    brokers, keys = Brokers(broker.bootstrap), GenerationKeys(partition, "one")
    await ensure(brokers, Plan(prefix=prefix, partitions=1))
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=not broker.embedded
    )
    consumer = AIOKafkaConsumer(
        f"{prefix}kpi-changes", bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    async with Redis.from_url(store.url) as redis:
        rounds = Rounds(redis, consumer, keys)
        await rounds.commit(1, 0)
        await redis.set(PartitionKeys(partition).relay, "one/1-0")  # published up to there
        relay = Relay(
            redis,
            producer,
            brokers=brokers,
            topic_prefix=prefix,
            partition=partition,
            generation="one",
            metrics=FoldMetrics(CollectorRegistry()),
            is_behind=is_behind,
        )
        running = asyncio.create_task(relay.run())
        try:
            yield rounds
        finally:
            await end(running)
            await consumer.stop()
            await producer.stop()


async def test_a_round_ends_when_the_fold_has_caught_up(
    broker: Broker, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind, with rounds that never end: nothing is told until it is behind no more."""
    monkeypatch.setattr(relays, "_LOOKS", _FOR_EVER)
    caught_up = asyncio.Event()
    looked = asyncio.Semaphore(0)

    def is_behind() -> bool:
        looked.release()
        return not caught_up.is_set()

    async with _rounds(broker, store, is_behind) as rounds:
        await rounds.commit(10, 1)
        assert await rounds.told(10) == [(0, 1)]
        await rounds.commit(20, 2)
        await rounds.commit(30, 3, 4)
        async with asyncio.timeout(_PATIENCE_S):
            for _ in range(_SOME_LOOKS):
                await looked.acquire()
        caught_up.set()
        assert await rounds.told(30) == [(1, 4)], "what came meanwhile was told one by one"


async def test_a_fold_that_stays_behind_is_told_of_in_rounds(
    broker: Broker, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it is behind, what it has done is told with the next round."""
    monkeypatch.setattr(relays, "_LOOKS", 2)
    async with _rounds(broker, store, lambda: True) as rounds:
        await rounds.commit(10, 1)
        assert await rounds.told(10) == [(0, 1)]
        await rounds.commit(20, 2)
        assert (await rounds.told(20))[-1] == (1, 2)
