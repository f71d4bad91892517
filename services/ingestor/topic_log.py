"""Reading a partition of the log from one offset to another, without a consumer group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from services.ingestor.settings import IngestorSettings

_CHUNK = 2000


@asynccontextmanager
async def open_reader(settings: IngestorSettings) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer that belongs to no group and commits nothing."""
    timeout_ms = int(settings.kafka_timeout_s * 1000)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=timeout_ms,
        fetch_max_wait_ms=min(500, timeout_ms // 2),
        max_partition_fetch_bytes=4 << 20,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def log_bounds(
    consumer: AIOKafkaConsumer, partition: TopicPartition, settings: IngestorSettings
) -> tuple[int, int]:
    """Return (first offset, offset after the last record) of a partition.

    The embedded broker answers 'latest' with the start of its last batch; what a fetch of that
    batch says about the end is true. The partition must be assigned; the position moves.
    """
    first = (await consumer.beginning_offsets([partition]))[partition]
    end: int = (await consumer.end_offsets([partition]))[partition]
    if settings.embedded_broker and end > first:
        consumer.seek(partition, end - 1)
        timeout_ms = int(settings.kafka_timeout_s * 1000)
        if not await consumer.getmany(partition, timeout_ms=timeout_ms, max_records=1):
            raise KafkaTimeoutError(f"the end of {partition} could not be read")
        end = consumer.highwater(partition)
    return first, end


async def read_range(
    consumer: AIOKafkaConsumer,
    partition: TopicPartition,
    start: int,
    end: int,
    settings: IngestorSettings,
) -> AsyncIterator[Any]:
    """Yield the consumer records with start <= offset < end; the partition must be assigned."""
    if start >= end:
        return
    consumer.seek(partition, start)
    timeout_ms = int(settings.kafka_timeout_s * 1000)
    while True:
        fetched = await consumer.getmany(partition, timeout_ms=timeout_ms, max_records=_CHUNK)
        if not fetched:
            raise KafkaTimeoutError(f"{partition} could not be read up to offset {end}")
        for record in fetched[partition]:
            if record.offset >= end:
                return
            yield record
            if record.offset == end - 1:
                return
