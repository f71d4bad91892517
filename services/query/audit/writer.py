"""Writes audit records into their topic, in the background: no answer ever waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Final, Literal, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.audit import AuditRecord, encode_audit
from schemas.brokers import Brokers
from schemas.topics import TOPICS

log = logging.getLogger(__name__)
MOST_WAITING: Final = 20_000
"""Records that wait for Kafka; what comes on top of them is lost, counted and said."""
_BATCH: Final = 500
_RETRY_S: Final = 0.5
_LAST_WORDS_S: Final = 2.0
_TIMEOUT_MS: Final = 10_000
_SAID_EVERY: Final = 1000
# What aiokafka raises on a broken broker that is no KafkaError: it asserts on metadata.
_BROKER_ERRORS: Final = (KafkaError, OSError, AssertionError)

Counted = Callable[[Literal["kept", "lost"], int], None]


class _Written(NamedTuple):
    """A record as it goes to Kafka."""

    key: bytes
    value: bytes
    at_ms: int


class AuditWriter:
    """The queue before the topic `audit`.

    Laws:   `put` neither waits nor fails. Records are written in their order and wait while Kafka
            is away; one may then stand twice, under the same id. What is lost is counted.
    """

    def __init__(
        self, brokers: Brokers, prefix: str, counted: Counted, *, is_embedded: bool
    ) -> None:
        self._brokers = brokers
        self._topic = prefix + TOPICS["audit"].name
        self._counted = counted
        self._is_embedded = is_embedded
        self._waiting: deque[_Written] = deque()
        self._wake = asyncio.Event()
        self._written = asyncio.Event()
        self._lost = 0
        self._task: asyncio.Task[None] | None = None

    def put(self, record: AuditRecord) -> None:
        """Take a record."""
        if len(self._waiting) >= MOST_WAITING:
            self._lose(1)
            return
        try:
            value = encode_audit(record)
        except TypeError:  # text that is no Unicode
            self._lose(1)
            return
        self._waiting.append(_Written(record.tenant.encode(), value, record.at_ms))
        self._written.clear()
        self._wake.set()

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="audit writer")

    async def stop(self) -> None:
        """Write what is waiting, as far as Kafka takes it within two seconds."""
        if self._task is None:
            return
        if self._waiting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_S):
                    await self._written.wait()
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=_LAST_WORDS_S)
        if self._waiting:
            self._lose(len(self._waiting))

    def _lose(self, count: int) -> None:
        if self._lost // _SAID_EVERY != (self._lost + count) // _SAID_EVERY or not self._lost:
            log.error("audit records are lost: %d so far", self._lost + count)
        self._lost += count
        self._counted("lost", count)

    async def _run(self) -> None:
        while True:
            producer = AIOKafkaProducer(
                **self._brokers.client(),
                acks="all",
                enable_idempotence=not self._is_embedded,
                request_timeout_ms=_TIMEOUT_MS,
            )
            try:
                await producer.start()
                await self._write(producer)
            except _BROKER_ERRORS as error:
                log.warning("audit records wait, Kafka: %r", error)
            finally:
                await producer.stop()
            await asyncio.sleep(_RETRY_S)

    async def _write(self, producer: AIOKafkaProducer) -> None:
        while True:  # asking for one topic by name would create it on some clusters
            cluster = await producer.client.fetch_all_metadata()
            if self._topic in cluster.topics():
                break
            await asyncio.sleep(_RETRY_S)
        while True:
            await self._wake.wait()
            batch = [*islice(self._waiting, _BATCH)]
            await asyncio.gather(*[await self._send(producer, record) for record in batch])
            for _ in batch:
                self._waiting.popleft()
            self._counted("kept", len(batch))
            if not self._waiting:
                self._wake.clear()
                self._written.set()

    async def _send(self, producer: AIOKafkaProducer, record: _Written) -> asyncio.Future[object]:
        sent: asyncio.Future[object] = await producer.send(
            self._topic,
            record.value,
            key=record.key,
            partition=0,
            timestamp_ms=record.at_ms,
        )
        return sent
