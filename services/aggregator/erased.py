"""Tenants that are no more: their events are passed over, their keys in Redis are deleted.

`erased` names them for good, for every generation, so a rebuild passes over them from its first
record on; `erasing` those of which keys may still be there, so a crash in between is made good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import Any, Final

from redis.asyncio import Redis

from schemas.envelope import LogEvent
from schemas.tables import PartitionKeys, encode
from services.aggregator.batch import Record

Decoded = tuple[Record, LogEvent, bytes]
"""A record, its event, and the hash of its id."""
ERASED: Final = "tenant.erased"
_SCANNED: Final = 2000
_DELETED: Final = 500


class ErasedTenants:
    """The erased tenants of one partition."""

    def __init__(self, redis: Redis, partition: int) -> None:
        self._redis = redis
        self._keys = PartitionKeys(partition)
        self._names: set[str] | None = None
        self.new: list[str] = []
        """Those that the batch under way erases."""

    def forget(self) -> None:
        """Drop what was read or folded but not committed."""
        self._names = None
        self.new = []

    async def load(self) -> None:
        """Read who is erased, and finish what was begun before a crash."""
        if self._names is None:
            self._names = await self._members(self._keys.erased)
            await self.sweep(sorted(await self._members(self._keys.erasing)))

    def note(self, events: Iterable[LogEvent]) -> None:
        """Take note of those that these events erase."""
        for event in events:
            if event.type == ERASED and event.tenant not in (self._names or ()):
                self._names = {*(self._names or ()), event.tenant}
                self.new.append(event.tenant)

    async def left(
        self, decoded: Sequence[Decoded], outcomes: defaultdict[tuple[str, str], int]
    ) -> list[Decoded]:
        """Return the events that still count; who is erased by one is noted."""
        await self.load()
        self.note(event for _, event, _ in decoded)
        found = []
        for one in decoded:
            if one[1].tenant in self:
                outcomes[one[1].type, "erased"] += 1
            else:
                found.append(one)
        return found

    def __contains__(self, tenant: object) -> bool:
        return self._names is not None and tenant in self._names

    def commands(self) -> list[list[Any]]:
        """Return what the commit of the batch says of them; they are new no longer."""
        names, self.new = self.new, []
        if not names:
            return []
        return [
            ["SADD", key, *names]
            for key in (self._keys.erased, self._keys.erasing, self._keys.untold)
        ]

    async def sweep(self, names: list[str]) -> None:
        """Delete every key of these tenants, in all generations."""
        for name in names:
            async for part in _parts(self._of(name)):
                await self._redis.unlink(*part)
            await self._redis.srem(self._keys.erasing, name)

    async def _of(self, name: str) -> AsyncIterator[bytes]:
        tenant = encode(name)
        match = f"{self._keys.prefix}*:{tenant}:*"
        async for key in self._redis.scan_iter(match=match, count=_SCANNED):
            # the pattern also finds other tenants' keys with such a name in them
            if key.decode().removeprefix(self._keys.prefix).split(":")[1] == tenant:
                yield key

    async def _members(self, key: str) -> set[str]:
        found: Any = await self._redis.smembers(key)
        return {name.decode() for name in found}


async def _parts(keys: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    waiting: list[bytes] = []
    async for key in keys:
        waiting.append(key)
        if len(waiting) >= _DELETED:
            yield list(islice(waiting, _DELETED))
            waiting.clear()
    if waiting:
        yield waiting
