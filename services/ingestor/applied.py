"""Waiting until the figures include an event: the fence of the served generation has passed it."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from schemas.changes import Version
from services.ingestor.store import REDIS_ERRORS, Store

_FIRST_STEP_S = 0.005
_LONGEST_STEP_S = 0.05


class Served(NamedTuple):
    """What is served of a partition: its generation, and the next offset it will fold."""

    generation: str
    following: int


class Applied(NamedTuple):
    """Whether the figures include the events, and the version that does."""

    applied: bool
    version: str | None


class Fences:
    """Reads the fences that the aggregator commits."""

    def __init__(self, store: Store, timeout_s: float) -> None:
        self._store = store
        self._timeout_s = timeout_s

    async def read(self, partition: int) -> Served | None:
        """Return what is served; None while nothing is, or Redis is away."""
        try:
            generation = await self._store.generation(partition)
            if generation is None:
                return None
            return Served(generation, await self._store.following(partition, generation))
        except REDIS_ERRORS:
            return None

    async def wait(self, partition: int, following: int) -> Applied:
        """Wait until the offset before `following` is folded, at most for the time set.

        Units:  following = offset after the last event, -1 where it is not known.
        """
        end = time.monotonic() + self._timeout_s
        step = _FIRST_STEP_S
        while True:
            served = await self.read(partition)
            if served is not None and 0 <= following <= served.following:
                return Applied(True, str(Version(served.generation, max(following, 0))))
            if following < 0 or time.monotonic() + step > end:
                known = served is not None and following >= 0
                version = str(Version(served.generation, following)) if served and known else None
                return Applied(False, version)
            await asyncio.sleep(step)
            step = min(step * 1.5, _LONGEST_STEP_S)
