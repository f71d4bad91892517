"""One open connection: a bounded queue of frames that others have encoded."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol


class Hearer(Protocol):
    """Whoever is told frames."""

    def put(self, frame: bytes) -> None:
        """Take frames."""


class Listener:
    """Keeps frames until the connection has taken them.

    Laws:   never holds more than `limit` frames; beyond it all are dropped and `has_lost` is set,
            whereupon the connection starts again from a snapshot.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._frames: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self.has_lost = False
        self.is_closed = False

    def put(self, frame: bytes) -> None:
        """Add a frame, or note that the connection is too slow; none after the end."""
        if self.is_closed:
            return
        if len(self._frames) >= self._limit:
            self._frames.clear()
            self.has_lost = True
        self._frames.append(frame)
        self._ready.set()

    def close(self) -> None:
        """End the connection after what is queued."""
        self.is_closed = True
        self._ready.set()

    def forget(self) -> None:
        """Drop what is queued."""
        self._frames.clear()
        self.has_lost = False

    def end(self, frame: bytes) -> None:
        """End the connection with this frame, and nothing that was queued before."""
        self.forget()
        self.put(frame)
        self.close()

    async def wait(self) -> None:
        """Wait until there is something to take, or the end."""
        await self._ready.wait()

    def take(self) -> bytes:
        """Return all queued frames as one chunk."""
        chunk = b"".join(self._frames)
        self._frames.clear()
        if not self.is_closed:
            self._ready.clear()
        return chunk
