"""Follows a small topic of our own from its beginning, without a consumer group."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.brokers import Brokers
from schemas.ending import end
from schemas.topics import TOPICS

log = logging.getLogger(__name__)
_RETRY_S: Final = 0.5
_POLL_MS: Final = 500


class Message(Protocol):
    """A record of a topic, as far as we look at it."""

    key: bytes | None
    value: bytes | None


class TopicFollower:
    """Hands over every record of a topic, in order, and goes on from the end.

    Laws:   after the loss of the broker it begins anew from the first record. With `begin`, which
            forgets what was taken, the topic counts as unread until then; without, what was taken
            stays known. What `take` cannot read (ValueError, KeyError, TypeError) is passed over
            and logged.
    """

    def __init__(
        self,
        brokers: Brokers,
        prefix: str,
        name: str,
        take: Callable[[Message], None],
        begin: Callable[[], None] | None = None,
    ) -> None:
        self._brokers = brokers
        self._topic = prefix + name
        self._name = name
        self._partitions = range(TOPICS[name].partitions or 1)
        self._take = take
        self._begin = begin
        self._task: asyncio.Task[None] | None = None
        self.is_read = False
        """Whether the topic was read to its end."""

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._follow(), name=self._name)

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            await end(self._task)

    async def _follow(self) -> None:
        while True:
            consumer = AIOKafkaConsumer(
                **self._brokers.client(),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                metadata_max_age_ms=60_000,
            )
            try:
                await consumer.start()
                await self._consume(consumer)
            except (KafkaError, OSError) as error:
                log.warning("%s: %s; trying again", self._name, error)
            finally:
                await consumer.stop()
            await asyncio.sleep(_RETRY_S)

    async def _consume(self, consumer: AIOKafkaConsumer) -> None:
        while self._topic not in await consumer.topics():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(_RETRY_S)
        # its partitions are known to the client only after they are assigned
        partitions = [TopicPartition(self._topic, number) for number in self._partitions]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        if self._begin is not None:
            self.is_read = False
            self._begin()
        while True:
            batches = await consumer.getmany(timeout_ms=_POLL_MS)
            for messages in batches.values():
                for message in messages:
                    self._read(message)
            if not batches and not self.is_read:
                ends = await consumer.end_offsets(partitions)
                positions = [await consumer.position(partition) for partition in partitions]
                self.is_read = all(
                    position >= ends[partition]
                    for partition, position in zip(partitions, positions, strict=True)
                )

    def _read(self, message: Message) -> None:
        try:
            self._take(message)
        except (ValueError, KeyError, TypeError):
            log.exception("%s: unreadable record passed over", self._name)
