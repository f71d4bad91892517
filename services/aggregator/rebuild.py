"""New tables from the log, beside the served ones; then one pointer switches.

The new generation is built with its outputs muted: no change stream, no dead letters, nothing on
`kpi-changes`. After the switch the live worker is refused once, opens the new generation at its
fence and folds the few records it is behind; listeners get a fresh snapshot (design 3.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from schemas.brokers import Brokers
from schemas.rejection import Rejection
from schemas.tables import GenerationKeys, PartitionKeys
from services.aggregator import garbage
from services.aggregator.batch import FoldLimits, Record
from services.aggregator.generation import next_build
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder

Progress = Callable[[int, int, int], None]
"""(partition, next offset, end of the log as far as known)"""
_POLL_MS = 1000
_KEYS = 5000
_SWITCH = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class Built(NamedTuple):
    """A generation that was built and is not served yet."""

    partition: int
    served: str | None
    generation: str
    offset: int


async def build(
    redis: Redis, brokers: Brokers, topic: str, partition: int, progress: Progress
) -> Built:
    """Fold the log of a partition into a new generation, up to its present end.

    What has arrived meanwhile is folded too as long as that becomes less by half each time. The
    rest is left to the live worker: a log may grow faster than it is folded here.

    Errors: redis and Kafka errors; what was built so far is dropped by the next build.
    Laws:   ends, however fast the log grows.
    """
    raw = cast("bytes | None", await redis.get(PartitionKeys(partition).served))
    served = None if raw is None else raw.decode()
    generation = next_build(served)
    await drop(redis, partition, generation)
    limits = FoldLimits()
    folder = PartitionFolder(
        redis,
        partition,
        generation,
        dead_letters=_nowhere,
        metrics=FoldMetrics(CollectorRegistry()),
        limits=limits,
        muted=True,
    )
    consumer = AIOKafkaConsumer(**brokers.client(), enable_auto_commit=False)
    await consumer.start()
    try:
        with garbage.seldom():
            tp = TopicPartition(topic, partition)
            consumer.assign([tp])
            begins = (await consumer.beginning_offsets([tp]))[tp]
            if begins:
                await folder.begin_at(begins)
            ends = (await consumer.end_offsets([tp]))[tp]
            # an embedded broker says an end that is too low; what is served is known to be there
            target = max(ends, await _served_fence(redis, partition, served))
            consumer.seek(tp, begins)
            position, left = begins, math.inf
            while True:
                # two batches: while the first one is committed the second one is folded
                most = 2 * limits.batch_events
                fetched = await consumer.getmany(tp, timeout_ms=_POLL_MS, max_records=most)
                records = [Record(r.offset, r.timestamp, r.value) for r in fetched.get(tp, ())]
                if records:
                    position = await folder.fold(records, lands=False)
                end = max(consumer.highwater(tp) or 0, target, position)
                progress(partition, position, end)
                if position >= target:
                    arrived = end - position
                    if not arrived or arrived > left / 2:
                        break
                    target, left = end, arrived
            await folder.fold([])
    finally:
        await consumer.stop()
    return Built(partition, served, generation, position)


async def switch(redis: Redis, built: Built) -> bool:
    """Serve the new generation, if the one it replaces is still served.

    Shape:  built generation -> switched? (False: somebody else switched meanwhile)
    """
    script = redis.register_script(_SWITCH)
    keys = [PartitionKeys(built.partition).served]
    answer = await script(keys=keys, args=[built.served or "", built.generation])
    return bool(answer)


async def drop(redis: Redis, partition: int, generation: str) -> int:
    """Delete every key of a generation; return how many there were."""
    pattern = GenerationKeys(partition, generation).prefix
    count = 0
    batch: list[bytes] = []
    async for key in redis.scan_iter(match=_escape(pattern) + "*", count=1000):
        batch.append(cast("bytes", key))
        if len(batch) >= _KEYS:
            count += int(await redis.unlink(*batch))
            batch.clear()
    if batch:
        count += int(await redis.unlink(*batch))
    return count


def _escape(pattern: str) -> str:
    return "".join(f"\\{c}" if c in "*?[]\\" else c for c in pattern)


async def _nowhere(_: Sequence[tuple[Record, str, Rejection]]) -> None:
    """Write no dead letters: the served generation has written them."""


async def _served_fence(redis: Redis, partition: int, served: str | None) -> int:
    if served is None:
        return 0
    raw = cast("bytes | None", await redis.hget(GenerationKeys(partition, served).fence, "next"))
    return int(raw or 0)
