"""One open stream: whom it is fed by, what it is told first, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from typing import NamedTuple

from schemas.access import Decision
from services.query.basis import Basis
from services.query.problems import Problem
from services.query.stream.audience import AWAY, Audience
from services.query.stream.feed import Feed
from services.query.stream.frames import RETRY
from services.query.stream.listener import Listener
from services.query.stream.right import Right, farewell

_CHECK_S = 10.0


class Following(NamedTuple):
    """What somebody wants to follow.

    Shape:  `question` tells it from all others of the partition; `make` makes the audience of
            those who are shown what a decision says.
    """

    question: Hashable
    make: Callable[[Decision], Audience]


class Stream:
    """One open stream.

    Laws:   it is fed with those of the same question who are shown the same, and sent nothing
            that was made for an earlier decision once another was made.
    """

    def __init__(
        self,
        feed: Feed,
        following: Following,
        right: Right,
        decision: Decision,
        *,
        listener: Listener,
        left: Callable[[Stream], Awaitable[None]],
    ) -> None:
        self.feed, self.right, self.listener = feed, right, listener
        self.judged_on: frozenset[bytes] | None = None
        self._following = following
        self._left = left
        self._decision = decision
        self._first = b""
        self._has_left = False
        self._again: asyncio.Task[None] | None = None
        self.audience = self._join(decision)
        if not right.is_fixed:
            feed.guard(right.tenant).add(self)

    def _join(self, decision: Decision) -> Audience:
        question, make = self._following
        return self.feed.join((question, decision), lambda: make(decision))

    def _part(self) -> None:
        self.audience.listeners.discard(self.listener)
        self.feed.part((self._following.question, self._decision))

    async def leave(self) -> None:
        """End this stream, once."""
        if self._has_left:
            return
        self._has_left = True
        if self._again is not None:
            self._again.cancel()
        self.feed.release(self)
        self._part()
        await self._left(self)

    async def begin(self, last_event_id: str) -> None:
        """Find what to tell first, a snapshot or what was missed, and listen from there on."""
        audience, first = self.audience, b""
        try:
            await audience.ensure_loaded()
        except Problem as problem:
            if problem.code != "recovering":
                raise
        else:
            first = await audience.beginning(last_event_id, self.feed.missed)
        if self._is_fed_by(audience):
            self._first = first
            audience.listeners.add(self.listener)

    async def judge(self, basis: Basis) -> None:
        """Decide anew: go on, begin again with what may be seen now, or say why it ends."""
        decision = await self.right.judge(basis)
        if self._has_left or self.listener.is_closed or decision == self._decision:
            return
        self._first = b""
        self.audience.listeners.discard(self.listener)
        if not decision.is_allowed:
            self.listener.end(farewell(decision))
            return
        self.listener.forget()
        joined = self._join(decision)
        self._part()
        self.audience, self._decision = joined, decision
        self._again = asyncio.create_task(self._begin_again(), name="begin-again")

    async def _begin_again(self) -> None:
        """Tell everything afresh; if that cannot be read now, the next heartbeat does."""
        audience = self.audience
        with contextlib.suppress(*AWAY):
            await audience.ensure_loaded()
        if self._is_fed_by(audience):
            audience.listeners.add(self.listener)
            if audience.is_loaded:
                self.listener.put(audience.reset())

    def _is_fed_by(self, audience: Audience) -> bool:
        is_listening = not self._has_left and not self.listener.is_closed
        return is_listening and self.audience is audience

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield what is to be sent, as long as the key is good."""
        loop = asyncio.get_running_loop()
        check_at = loop.time() + _CHECK_S
        yield RETRY + self._first
        while not self.listener.is_closed:
            await self.listener.wait()
            if self.right.is_over():
                return
            if loop.time() > check_at:
                if not await self.right.still_allowed():
                    return
                check_at = loop.time() + _CHECK_S
            chunk = self.listener.take()
            if self.listener.has_lost and self.audience.is_loaded:
                self.listener.has_lost = False
                chunk = self.audience.reset()
            if chunk:
                yield chunk
