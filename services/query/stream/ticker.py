"""When a channel asks the store again for what change records alone do not tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

_SLACK_S: Final = 0.005
"""A timer may fire a little before the clock of the service shows its instant."""


class Ticker:
    """Asks at an instant of the service's clock, and soon after something arrived.

    Shape:  `ask` says whether it got an answer; it is asked again if not.
    Laws:   never two at a time, never within `gap_s` of the one before; without an instant and
            without anything that arrived, nothing is done.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[bool]], now_ms: Callable[[], int], gap_s: float
    ) -> None:
        self._ask = ask
        self._now_ms = now_ms
        self.gap_s = gap_s
        self._at_ms: int | None = None
        self._is_wanted = False
        self._is_stopped = False
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def tick_at(self, at_ms: int | None) -> None:
        """Ask when the clock shows an instant (ms since 1970 UTC); None: never."""
        self._at_ms = at_ms
        self.plan()

    def soon(self) -> None:
        """Ask as soon as may be."""
        self._is_wanted = True
        self.plan()

    def stop(self) -> None:
        """Ask no more."""
        self._is_stopped = True
        self._disarm()
        if self._task is not None:
            self._task.cancel()

    def plan(self) -> None:
        """See when to ask next; to be called again now and then, since a clock may be set."""
        self._disarm()
        if self._is_stopped or self._task is not None:
            return
        wait_s = self._wait_s()
        if wait_s is None:
            return
        if wait_s > 0:
            self._timer = asyncio.get_running_loop().call_later(wait_s, self.plan)
        else:
            self._task = asyncio.create_task(self._run(), name="ask-again")

    def _wait_s(self) -> float | None:
        wait_s = 0.0
        if not self._is_wanted:
            if self._at_ms is None:
                return None
            left_ms = self._at_ms - self._now_ms()
            wait_s = left_ms / 1000 + _SLACK_S if left_ms > 0 else 0.0
        return max(wait_s, self._last + self.gap_s - asyncio.get_running_loop().time())

    async def _run(self) -> None:
        self._is_wanted = False
        self._last = asyncio.get_running_loop().time()
        try:
            has_answer = await self._ask()
        finally:
            self._task = None
        self._is_wanted = self._is_wanted or not has_answer
        self.plan()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
