"""The streams of a tenant that somebody may lose the right to: judged again when it changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from services.query.basis import Basis
from services.query.stream.audience import AWAY
from services.query.stream.right import Right
from services.query.stream.ticker import Ticker

_GAP_S: Final = 0.25
"""At most four looks a second at who belongs where: well within a second of the commit."""


class Guarded(Protocol):
    """A stream that may be lost."""

    right: Right
    judged_on: object
    """The facts of people and what is configured at the last judgement, None before the first."""

    async def judge(self, basis: Basis) -> None:
        """Decide anew, and do what follows."""


class Guard:
    """Looks at the organisation after every commit that touched the tenant, and now and then.

    Laws:   a stream is judged after it was taken in, and again whenever the facts of people, or
            what is configured, are others than at its last judgement; one that moves with facts
            at every look. While the store does not answer it is tried again.
    """

    def __init__(self, look: Callable[[], Awaitable[Basis]], now_ms: Callable[[], int]) -> None:
        self._look = look
        self._streams: set[Guarded] = set()
        self._ticker = Ticker(self._judge, now_ms, _GAP_S)

    @property
    def is_idle(self) -> bool:
        """Whether there is nobody to judge."""
        return not self._streams

    def add(self, stream: Guarded) -> None:
        """Take in a stream."""
        self._streams.add(stream)
        self.soon()

    def discard(self, stream: Guarded) -> None:
        """Let go of a stream; with the last one the looking ends."""
        self._streams.discard(stream)
        if self.is_idle:
            self._ticker.stop()

    def soon(self) -> None:
        """Look as soon as may be."""
        self._ticker.soon()

    async def _judge(self) -> bool:
        try:
            basis = await self._look()
            for stream in list(self._streams):
                known = (basis.packed_org, basis.configuration.count)
                if stream.right.moves_with_facts or stream.judged_on != known:
                    await stream.judge(basis)
                    stream.judged_on = known
        except AWAY:
            return False
        return True
