"""One notifier works at a time; others wait until it has been silent for the lease.

Two at once would still send the same messages under the same ids, but could change their order.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Final, cast

from redis.asyncio import Redis

from schemas.tables import NOTICE_LEASE

_PARTS: Final = 4


class LeaseLostError(RuntimeError):
    """Another notifier works now."""


class Lease:
    """The right to work, held by saying so again and again."""

    def __init__(self, redis: Redis, seconds: float) -> None:
        self._redis = redis
        self._seconds = seconds
        self._me = secrets.token_hex(8)

    async def take(self) -> None:
        """Wait until nobody else holds it."""
        while not await self._redis.set(NOTICE_LEASE, self._me, nx=True, px=self._ms):
            if await self._holder() == self._me:
                return
            await asyncio.sleep(self._seconds / _PARTS)

    async def keep(self) -> None:
        """Hold it until it is lost: LeaseLostError, or an error of the store."""
        while True:
            await asyncio.sleep(self._seconds / _PARTS)
            holder = await self._holder()
            # one that ran out because this machine was busy, and that nobody took, is ours
            is_free = not holder and await self._redis.set(
                NOTICE_LEASE, self._me, nx=True, px=self._ms
            )
            if holder != self._me and not is_free:
                raise LeaseLostError("another notifier works")
            await self._redis.set(NOTICE_LEASE, self._me, px=self._ms)

    async def give(self) -> None:
        """Let the next one begin at once."""
        if await self._holder() == self._me:
            await self._redis.delete(NOTICE_LEASE)

    async def _holder(self) -> str:
        return (cast("bytes | None", await self._redis.get(NOTICE_LEASE)) or b"").decode()

    @property
    def _ms(self) -> int:
        return round(self._seconds * 1000)
