"""The tenant directory: which partition a tenant is in, read from its topic and followed."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import TOPICS

log = logging.getLogger(__name__)
_RETRY_S = 0.5
_POLL_MS = 500


class Directory:
    """Follows the topic `tenant-directory` from its beginning, without a consumer group.

    Laws:   the last record of a tenant holds. What was read stays known while the broker is away.
    """

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._partitions: dict[str, int] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.is_read = False
        """Whether the topic was once read to its end."""

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._follow(), name="tenant-directory")

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def partition(self, tenant: str, patience_s: float = 0.0) -> int | None:
        """Return the partition of a tenant, None if nobody has heard of it.

        A tenant made this very moment may still be on its way: `patience_s` waits for it.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while tenant not in self._partitions:
                    self._changed.clear()
                    await self._changed.wait()
        return self._partitions.get(tenant)

    def record(self, tenant: str, value: bytes | None) -> None:
        """Take one record of the topic."""
        if value is None:
            self._partitions.pop(tenant, None)
        else:
            self._partitions[tenant] = int(orjson.loads(value)["partition"])
        self._changed.set()

    async def _follow(self) -> None:
        while True:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                metadata_max_age_ms=60_000,
            )
            try:
                await consumer.start()
                await self._consume(consumer)
            except (KafkaError, OSError) as error:
                log.warning("tenant directory: %s; trying again", error)
            finally:
                await consumer.stop()
            await asyncio.sleep(_RETRY_S)

    async def _consume(self, consumer: AIOKafkaConsumer) -> None:
        while self._topic not in await consumer.topics():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(_RETRY_S)
        # its partitions are known to the client only after they are assigned
        numbers = range(TOPICS["tenant-directory"].partitions or 1)
        partitions = [TopicPartition(self._topic, number) for number in numbers]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        while True:
            batches = await consumer.getmany(timeout_ms=_POLL_MS)
            for messages in batches.values():
                for message in messages:
                    self._take(message.key, message.value)
            if not batches and not self.is_read:
                ends = await consumer.end_offsets(partitions)
                positions = [await consumer.position(partition) for partition in partitions]
                self.is_read = all(
                    position >= ends[partition]
                    for partition, position in zip(partitions, positions, strict=True)
                )

    def _take(self, key: bytes | None, value: bytes | None) -> None:
        if key is None:
            return
        try:
            self.record(key.decode(), value)
        except (ValueError, KeyError, TypeError):
            log.exception("tenant directory: unreadable record passed over")
