"""Putting many records onto a topic: in whole batches, each on the partition of its key.

`AIOKafkaProducer.send` makes a future for every record and hashes its key byte by byte; a relay of
thousands of cells a second spent more on that than the fold on the cells (decision 0046).
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer

MAX_BATCH_BYTES = 1 << 18
"""Before compression; a topic takes four times as much unless somebody set less."""
_REMEMBERED_KEYS = 100_000
_MULTIPLIER, _SEED, _MASK = 0x5BD1E995, 0x9747B28C, 0xFFFFFFFF


async def publish(
    producer: AIOKafkaProducer, topic: str, records: Iterable[tuple[bytes, bytes | None]]
) -> None:
    """Send records and wait until Kafka has all of them.

    Shape:  pairs of key and value; None deletes the key of a compacted topic.
    Errors: Kafka errors; some of the records may be there then.
    Laws:   records of one key stay in their order; where there are none, Kafka is not asked.
    """
    count = 0
    filling: dict[int, Any] = {}
    sent: list[asyncio.Future[Any]] = []
    for key, value in records:
        count = count or len(await producer.partitions_for(topic))
        partition = partition_of(key, count)
        batch = filling.get(partition)
        if batch is None or batch.append(timestamp=None, key=key, value=value) is None:
            if batch is not None:
                sent.append(await producer.send_batch(batch, topic, partition=partition))
            batch = filling[partition] = producer.create_batch()
            batch.append(timestamp=None, key=key, value=value)
    for partition, batch in filling.items():
        sent.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*sent)


@lru_cache(_REMEMBERED_KEYS)
def partition_of(key: bytes, count: int) -> int:
    """Return the partition of a key where there are `count`, as Kafka's own clients choose it."""
    return (murmur2(key) & 0x7FFFFFFF) % count if count > 1 else 0


def murmur2(data: bytes) -> int:
    """Return the hash of Kafka's default partitioner, unsigned.

    Source: org.apache.kafka.common.utils.Utils.murmur2; word by word, not byte by byte.
    """
    length, words = len(data), len(data) // 4
    mixed = _SEED ^ length
    for word in struct.unpack_from(f"<{words}I", data):
        part = word * _MULTIPLIER & _MASK
        part = (part ^ part >> 24) * _MULTIPLIER & _MASK
        mixed = mixed * _MULTIPLIER & _MASK ^ part
    if rest := data[4 * words :]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * _MULTIPLIER & _MASK
    mixed = (mixed ^ mixed >> 13) * _MULTIPLIER & _MASK
    return mixed ^ mixed >> 15
