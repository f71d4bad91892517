"""What readers of `kpi-changes` still hold though it is zero by now.

The tables keep no zeros, so a relay that republishes what they hold would leave a reader with
every figure that became zero meanwhile: in a generation that was rebuilt, or in changes the
stream no longer holds. The topic itself says what its readers hold (decision 0003).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.brokers import Brokers

_POLL_MS = 1000

Values = dict[bytes, dict[str, Any]]


async def leftovers(
    brokers: Brokers, topic: str, tenants: AbstractSet[str], current: AbstractSet[bytes]
) -> Values:
    """Read the topic; return the last values that are not zero and should be, by key.

    Shape:  `tenants` whose keys are ours to judge; `current` are the keys that are not zero.
    Errors: Kafka errors.
    """
    held: Values = {}
    async for record in _records(brokers, topic):
        _hold(held, record, tenants, current)
    return held


async def keys_of(brokers: Brokers, topic: str, tenants: AbstractSet[str]) -> list[bytes]:
    """Read the topic; return every key of these tenants that has a value, 0 among them."""
    held: dict[bytes, None] = {}
    async for record in _records(brokers, topic):
        if record.value is None:
            held.pop(record.key, None)
        elif orjson.loads(record.value)["tenant"] in tenants:
            held[record.key] = None
    return list(held)


async def _records(brokers: Brokers, topic: str) -> AsyncIterator[Any]:
    """Yield what the topic holds now, in the order of each partition."""
    consumer = AIOKafkaConsumer(
        topic, **brokers.client(), enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        parts = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()]
        ends = await consumer.end_offsets(parts)
        while True:
            fetched = await consumer.getmany(timeout_ms=_POLL_MS)
            for record in (record for records in fetched.values() for record in records):
                yield record
            is_read = all([await consumer.position(tp) >= end for tp, end in ends.items()])
            if is_read and not fetched:
                return
    finally:
        await consumer.stop()


def _hold(
    held: Values, record: Any, tenants: AbstractSet[str], current: AbstractSet[bytes]
) -> None:
    if record.key in current or record.value is None:
        return
    value = orjson.loads(record.value)
    if value["tenant"] not in tenants:
        return
    if value["value"]:
        held[record.key] = value
    else:
        held.pop(record.key, None)
