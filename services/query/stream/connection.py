"""One open stream: whom it is fed by, what it is told first, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from services.query.basis import Basis
from services.query.stream.alarms import Alerted
from services.query.stream.audience import AWAY
from services.query.stream.feed import Feed
from services.query.stream.frames import RETRY
from services.query.stream.listener import Listener
from services.query.stream.right import Right, farewell
from services.query.stream.view import Seat, View

_CHECK_S = 10.0


class Stream:
    """One open stream.

    Laws:   each of its views is fed with those of the same question who are shown the same, and
            sent nothing that was made for an earlier decision once another was made. Who may not
            see one of its views any more hears nothing more of any. Where it is `alerted`, open
            alerts are told beside its views.
    """

    def __init__(
        self,
        feed: Feed,
        views: Sequence[View],
        right: Right,
        *,
        listener: Listener,
        left: Callable[[Stream], Awaitable[None]],
        alerted: Alerted | None = None,
    ) -> None:
        self.feed, self.right, self.listener = feed, right, listener
        self.judged_on: object = None
        self._left = left
        self._alerted = alerted
        self._has_left = False
        self._again: asyncio.Task[None] | None = None
        self._first = b""
        self._seats = [Seat(feed, view, listener) for view in views]
        if not right.is_fixed:
            feed.guard(right.tenant).add(self)

    async def leave(self) -> None:
        """End this stream, once."""
        if self._has_left:
            return
        self._has_left = True
        if self._again is not None:
            self._again.cancel()
        self.feed.release(self)
        if self._alerted is not None:
            self.feed.silence(self.right.tenant, self._alerted)
        for seat in self._seats:
            seat.part()
        await self._left(self)

    @property
    def _is_over(self) -> bool:
        return self._has_left or self.listener.is_closed

    async def begin(self, last_event_id: str) -> None:
        """Find what to tell first, a snapshot or what was missed, and listen from there on."""
        for seat in self._seats:
            await seat.begin(last_event_id)
            if self._is_over:
                seat.hush()
        if self._alerted is not None:
            await self.feed.alarm(self.right.tenant).join(self._alerted)
            self._first = self._alerted.listen(self.listener)

    async def judge(self, basis: Basis) -> None:
        """Decide anew: go on, begin again with what may be seen now, or say why it ends."""
        decisions = [await seat.judge(basis) for seat in self._seats]
        if self._is_over:
            return
        moved = [
            (seat, decision)
            for seat, decision in zip(self._seats, decisions, strict=True)
            if decision != seat.decision
        ]
        refused = next((decision for _, decision in moved if not decision.is_allowed), None)
        if refused is not None:
            for seat in self._seats:
                seat.hush()
            self.listener.end(farewell(refused))
        elif moved:
            self.listener.forget()
            for seat, decision in moved:
                seat.move(decision)
            self._again = asyncio.create_task(self._begin_again(), name="begin-again")

    async def _begin_again(self) -> None:
        """Tell everything afresh; if that cannot be read now, the next heartbeat does."""
        for seat in self._seats:
            audience = seat.audience
            with contextlib.suppress(*AWAY):
                await audience.ensure_loaded()
            if not self._is_over and seat.audience is audience:
                seat.listen()
                if audience.is_loaded:
                    self.listener.put(seat.reset())
        if self._alerted is not None:
            self.listener.put(self._alerted.told)

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield what is to be sent, as long as the key is good."""
        loop = asyncio.get_running_loop()
        check_at = loop.time() + _CHECK_S
        yield RETRY + b"".join(seat.first for seat in self._seats) + self._first
        while not self.listener.is_closed:
            await self.listener.wait()
            if self.right.is_over():
                return
            if loop.time() > check_at:
                if not await self.right.still_allowed():
                    return
                check_at = loop.time() + _CHECK_S
            chunk = self.listener.take()
            if self.listener.has_lost and all(seat.audience.is_loaded for seat in self._seats):
                self.listener.has_lost = False
                chunk = b"".join(seat.reset() for seat in self._seats)
                if self._alerted is not None:
                    chunk += self._alerted.told
            if chunk:
                yield chunk
