"""One view of a stream: what is followed, by which decision, and how its frames are told apart.

Most streams have one view, without a name. Where a page asks several questions they are views of
one stream: each event and each id carries the name of its view, so that nothing is mixed up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import NamedTuple

from schemas.access import Decision
from services.query.basis import Basis
from services.query.problems import Problem
from services.query.stream.audience import Audience
from services.query.stream.feed import Feed
from services.query.stream.listener import Hearer, Listener

_EVENT, _ID = b"\nevent: ", b"\nid: "


class Following(NamedTuple):
    """What somebody wants to follow.

    Shape:  `question` tells it from all others of the partition; `make` makes the audience of
            those who are shown what a decision says.
    """

    question: Hashable
    make: Callable[[Decision], Audience]


class View(NamedTuple):
    """One question of a stream.

    Shape:  `name` is '' where it is the only one; `judge` decides on what is known of the
            organisation now; `decision` is what was decided at the beginning.
    """

    name: str
    following: Following
    judge: Callable[[Basis], Awaitable[Decision]]
    decision: Decision


class Seat:
    """The place of a stream among those who are shown the same of one view.

    Laws:   nothing that was made for an earlier decision is told once another was made.
    """

    def __init__(self, feed: Feed, view: View, listener: Listener) -> None:
        self.decision = view.decision
        self.first = b""
        self._feed, self._view = feed, view
        self._listener: Hearer = NamedListener(listener, view.name) if view.name else listener
        self.audience = self._join(view.decision)

    def _join(self, decision: Decision) -> Audience:
        question, make = self._view.following
        return self._feed.join((question, decision), lambda: make(decision))

    async def judge(self, basis: Basis) -> Decision:
        """Decide anew."""
        return await self._view.judge(basis)

    def listen(self) -> None:
        """Hear from now on what is told to the audience."""
        self.audience.listeners.add(self._listener)

    def part(self) -> None:
        """Leave the audience."""
        self.hush()
        self._feed.part((self._view.following.question, self.decision))

    def hush(self) -> None:
        """Hear nothing more."""
        self.first = b""
        self.audience.listeners.discard(self._listener)

    def move(self, decision: Decision) -> None:
        """Go over to those who are shown what another decision says; to be begun again."""
        self.hush()
        joined = self._join(decision)
        self.part()
        self.audience, self.decision = joined, decision

    async def begin(self, last_event_id: str) -> None:
        """Find what to tell first, a snapshot or what was missed, and listen from there on.

        Errors: those of `Audience.load`; while the store recovers the heartbeats say so.
        """
        audience, first = self.audience, b""
        try:
            await audience.ensure_loaded()
        except Problem as problem:
            if problem.code != "recovering":
                raise
        else:
            first = await audience.beginning(self._own(last_event_id), self._feed.missed)
        if self.audience is audience:
            self.first = self._named(first)
            self.listen()

    def reset(self) -> bytes:
        """Return the frames that say 'forget what you have' and begin again."""
        return self._named(self.audience.reset())

    def _own(self, last_event_id: str) -> str:
        """Return an id that the listener brought, if it is one of this view."""
        if not self._view.name:
            return last_event_id
        name, _, own = last_event_id.partition(":")
        return own if name == self._view.name else ""

    def _named(self, frames: bytes) -> bytes:
        return named(self._view.name, frames) if self._view.name else frames


class NamedListener:
    """A listener that says of everything which view it is of, and hands it on to the connection."""

    def __init__(self, listener: Listener, name: str) -> None:
        self._inner = listener
        self._name = name

    def put(self, frame: bytes) -> None:
        """Hand frames on under the name of the view."""
        self._inner.put(named(self._name, frame))


def named(name: str, frames: bytes) -> bytes:
    """Return frames with the name of a view before those of their events, and in their ids.

    Laws:   the data of a frame is one line of JSON, so a line that begins so is never of it.
    """
    view = name.encode()
    told = (b"\n" + frames).replace(_EVENT, _EVENT + view + b".")
    return told.replace(_ID, _ID + view + b":")[1:]
