"""Those who listen to one and the same question: what a feed and the hub need to know of them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Final

from redis.exceptions import RedisError

from schemas.changes import ChangeRecord, Version
from services.query.freshness import Freshness
from services.query.problems import Problem
from services.query.stream.frames import frame
from services.query.stream.listener import Hearer

AWAY = (RedisError, OSError, Problem)
"""What it means that the store does not answer, or not now."""
MOST_MISSED: Final = 1000
"""Of more than so many records only a snapshot tells."""
_RESET: Final = frame("reset", {})

Missed = Callable[[Version], Awaitable[list[ChangeRecord]]]
"""Reads the records since a version, preceded by the last one not after it; none if it is gone."""


class Audience(ABC):
    """The listeners of one question who are shown the same, and the frames they share."""

    def __init__(self) -> None:
        self.listeners: set[Hearer] = set()
        self.streams = 0
        self.is_loaded = False
        self._loading = asyncio.Lock()
        self._first_loading = asyncio.Lock()

    @abstractmethod
    async def load(self) -> None:
        """Read the state afresh; records that arrive meanwhile are not lost."""

    @abstractmethod
    async def refresh(self, version: Version) -> None:
        """Bring up to date what records did not: called now and then, long after a version."""

    @abstractmethod
    def take(self, record: ChangeRecord) -> None:
        """Take a record of the change stream and push what it changes."""

    @abstractmethod
    def beat(self, fresh: Freshness) -> None:
        """Tell everybody how fresh the figures are."""

    @abstractmethod
    def snapshot(self) -> bytes:
        """Return the snapshot frame of the state as it stands."""

    @abstractmethod
    async def beginning(self, last_event_id: str, missed: Missed) -> bytes:
        """Return what a new listener is told first."""

    @abstractmethod
    def close(self) -> None:
        """End what goes on by itself; nobody listens any more."""

    async def ensure_loaded(self) -> None:
        """Read the state unless that has been done."""
        async with self._first_loading:
            if not self.is_loaded:
                await self.load()

    def publish(self, frames: bytes) -> None:
        """Queue frames for every listener."""
        if frames:
            for listener in self.listeners:
                listener.put(frames)

    def reset(self) -> bytes:
        """Return the frames that say 'forget what you have' and begin again."""
        return _RESET + self.snapshot()
