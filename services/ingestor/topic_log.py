"""Reading a partition of the log from one offset to another, without a consumer group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from services.ingestor.settings import IngestorSettings

_CHUNK = 2000
_FETCH_WAIT_MS = 250


@asynccontextmanager
async def open_reader(settings: IngestorSettings) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer that belongs to no group and commits nothing."""
    timeout_ms = int(settings.kafka_timeout_s * 1000)
    consumer = AIOKafkaConsumer(
        **settings.brokers().client(),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=timeout_ms,
        fetch_max_wait_ms=_FETCH_WAIT_MS,
        max_partition_fetch_bytes=4 << 20,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def log_bounds(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], settings: IngestorSettings
) -> dict[TopicPartition, tuple[int, int]]:
    """Return (first offset, offset after the last record) of each partition.

    The embedded broker answers 'latest' with the start of its last batch; what a fetch of that
    batch says about the end is true. Changes what is assigned; best called before anything is,
    because a waiting fetch holds up the other requests of its connection.
    """
    firsts = await consumer.beginning_offsets(partitions)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
    if settings.embedded_broker:
        for partition in partitions:
            if ends[partition] > firsts[partition]:
                await fetch(consumer, partition, ends[partition] - 1, settings, most=1)
                ends[partition] = consumer.highwater(partition)
    return {partition: (firsts[partition], ends[partition]) for partition in partitions}


async def fetch(
    consumer: AIOKafkaConsumer,
    partition: TopicPartition,
    start: int | None,
    settings: IngestorSettings,
    most: int = _CHUNK,
) -> list[Any]:
    """Fetch records of one partition that must be there; `start` None goes on where it stands."""
    if start is not None:
        consumer.assign([partition])
        consumer.seek(partition, start)
    timeout_ms = int(settings.kafka_timeout_s * 1000)
    fetched = await consumer.getmany(partition, timeout_ms=timeout_ms, max_records=most)
    if not fetched:
        raise KafkaTimeoutError(f"{partition} could not be read from offset {start}")
    found: list[Any] = fetched[partition]
    return found


async def read_range(
    consumer: AIOKafkaConsumer,
    partition: TopicPartition,
    start: int,
    end: int,
    settings: IngestorSettings,
) -> AsyncIterator[Any]:
    """Yield the consumer records with start <= offset < end; assigns the partition."""
    position: int | None = start
    while start < end:
        for record in await fetch(consumer, partition, position, settings):
            if record.offset >= end:
                return
            yield record
            if record.offset == end - 1:
                return
        position = None
