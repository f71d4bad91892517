"""The clock, injected: tests run through an hour in a moment."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What time it is, and how to wait."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class RealClock:
    """The clock of the machine."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
