"""The tenant directory: which partition a tenant is in, read from its topic and followed."""

from __future__ import annotations

import asyncio
import contextlib

import orjson

from schemas.brokers import Brokers
from services.query.topic_follower import Message, TopicFollower


class Directory:
    """Follows the topic `tenant-directory` from its beginning, without a consumer group.

    Laws:   the last record of a tenant holds. What was read stays known while the broker is away.
    """

    def __init__(self, brokers: Brokers, prefix: str) -> None:
        self._partitions: dict[str, int] = {}
        self._changed = asyncio.Event()
        self._follower = TopicFollower(brokers, prefix, "tenant-directory", self._take)
        self.start = self._follower.start
        self.stop = self._follower.stop

    @property
    def is_read(self) -> bool:
        """Whether the topic was once read to its end."""
        return self._follower.is_read

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
        told = None if value is None else orjson.loads(value)
        if told is None or told.get("erased_at"):
            self._partitions.pop(tenant, None)
        else:
            self._partitions[tenant] = int(told["partition"])
        self._changed.set()

    def _take(self, message: Message) -> None:
        if message.key is not None:
            self.record(message.key.decode(), message.value)
