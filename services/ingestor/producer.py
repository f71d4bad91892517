"""The Kafka producer as the lanes use it: batches of one partition, acknowledged by all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from services.ingestor.journal import Record
from services.ingestor.settings import IngestorSettings

_log = logging.getLogger(__name__)
_BATCH_BYTES = 500_000
"""Below the megabyte that brokers take by default, with room for one full-size event."""
_BACKOFF_S = 0.5
# What aiokafka raises on a broken broker that is no KafkaError: it asserts on metadata.
BROKER_ERRORS = (KafkaError, OSError, AssertionError)


class Producer:
    """One producer at a time, replaced when it has failed.

    Laws:   in Kafka's idempotent mode a batch is retried by the client until it is acknowledged;
            on the embedded broker it fails after `kafka_timeout_s` and the journal repairs.
    """

    def __init__(self, settings: IngestorSettings) -> None:
        self._settings = settings
        self._current: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()

    async def get(self) -> AIOKafkaProducer:
        """Return the producer, connecting until it works."""
        async with self._lock:
            while self._current is None:
                candidate = self._make()
                try:
                    await candidate.start()
                except BROKER_ERRORS as error:
                    _log.warning("Kafka cannot be reached: %s", error)
                    await candidate.stop()
                    await asyncio.sleep(_BACKOFF_S)
                else:
                    self._current = candidate
            return self._current

    async def send(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        """Send records in order and return the offset after the last, when all are acknowledged.

        Errors: one of BROKER_ERRORS; then nothing is known about the records.
        """
        producer = await self.get()
        batch = producer.create_batch()
        following = -1
        try:
            for key, value, at_ms in records:
                if batch.append(timestamp=at_ms, key=key, value=value) is None:
                    await (await producer.send_batch(batch, topic, partition=partition))
                    batch = producer.create_batch()
                    batch.append(timestamp=at_ms, key=key, value=value)
            last = await (await producer.send_batch(batch, topic, partition=partition))
            following = last.offset + batch.record_count() if last.offset >= 0 else -1
        except BROKER_ERRORS:
            self._replace(producer)
            raise
        return following

    async def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has; one of BROKER_ERRORS if it is not there.

        Laws:   never creates a topic, as asking for its metadata would on some clusters.
        """
        cluster = await (await self.get()).client.fetch_all_metadata()
        found = cluster.partitions_for_topic(topic)
        if not found:
            raise UnknownTopicOrPartitionError(f"topic {topic} is missing: run 'salespulse topics'")
        return len(found)

    async def probe(self) -> bool:
        """Ask the broker for something, to know whether it is there."""
        producer = self._current
        if producer is None:
            return False
        return bool(await producer.client.fetch_all_metadata())

    def _make(self) -> AIOKafkaProducer:
        settings = self._settings
        return AIOKafkaProducer(
            **settings.brokers().client(),
            acks="all",
            enable_idempotence=not settings.embedded_broker,
            compression_type=None if settings.compression == "none" else settings.compression,
            max_batch_size=_BATCH_BYTES,
            request_timeout_ms=int(settings.kafka_timeout_s * 1000),
            retry_backoff_ms=100,
        )

    def _replace(self, failed: AIOKafkaProducer) -> None:
        # Other lanes may still have batches in it: it leaves when they are through.
        if self._current is failed:
            self._current = None
            self._leave(failed)

    def _leave(self, producer: AIOKafkaProducer) -> None:
        task = asyncio.create_task(producer.stop())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def close(self, timeout_s: float) -> None:
        """Flush and disconnect; what is not acknowledged in time is given up."""
        if self._current is not None:
            self._replace(self._current)
        if self._leaving:
            _, late = await asyncio.wait(set(self._leaving), timeout=timeout_s)
            for task in late:
                task.cancel()
