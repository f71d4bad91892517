"""What is to be sent, in Redis: written in one piece with how far it was read, and crash-proof.

A webhook has a few lanes. What is of one key queues in one lane, in order; an entry leaves its
lane in the same step in which its delivery is logged. So a notifier that dies in between sends
once more what was not logged yet, under the same id, and forgets nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis

from schemas.tables import NoticeKeys
from services.notifier.core.filters import lane_of
from services.notifier.core.retries import Standing

LANES: Final = 8
_PAGE: Final = 64
State = Mapping[str, Mapping[str, str | None]]
"""Key of a hash of a tenant -> fields to set, None for those to take out."""


class Letter(NamedTuple):
    """One message to one webhook. Units: at_ms in milliseconds since 1970 UTC."""

    webhook: str
    message: str
    key: str
    kind: str
    body: bytes
    at_ms: int

    def fields(self) -> dict[str | bytes, Any]:
        """Return it as a stream holds it."""
        return {
            "m": self.message, "k": self.key, "t": self.kind, "b": self.body, "at": self.at_ms,
        }  # fmt: skip


class Queued(NamedTuple):
    """A letter in its lane."""

    entry: bytes
    letter: Letter


class Note(NamedTuple):
    """Something to remember in a bounded stream."""

    key: str
    fields: dict[str, Any]
    kept: int


class Attempt(NamedTuple):
    """How a delivery went. Units: at_ms since 1970 UTC; took_ms."""

    number: int
    at_ms: int
    took_ms: int
    status: int
    error: str
    outcome: str
    """delivered, failed, given_up."""


def _letter(webhook: str, fields: Mapping[bytes, bytes]) -> Letter:
    return Letter(
        webhook,
        fields[b"m"].decode(),
        fields[b"k"].decode(),
        fields[b"t"].decode(),
        fields[b"b"],
        int(fields[b"at"]),
    )


class Outbox:
    """The queues of one tenant."""

    def __init__(self, redis: Redis, tenant: str, kept: int) -> None:
        self._redis: Any = redis
        self._kept = kept
        self.keys = NoticeKeys(tenant)

    async def taken(self) -> dict[str, str]:
        """Return up to where each source was taken."""
        raw: dict[bytes, bytes] = await self._redis.hgetall(self.keys.taken)
        return {name.decode(): value.decode() for name, value in raw.items()}

    async def put(
        self,
        letters: Sequence[Letter],
        taken: Mapping[str, str] | None = None,
        state: State | None = None,
        notes: Sequence[Note] = (),
    ) -> None:
        """Queue letters, and in the same step note what they came from."""
        pipe = self._redis.pipeline(transaction=True)
        for letter in letters:
            lane = self.keys.lane(letter.webhook, lane_of(letter.key, LANES))
            pipe.xadd(lane, letter.fields())
        if taken:
            pipe.hset(self.keys.taken, mapping=dict(taken))
        for key, fields in (state or {}).items():
            kept = {name: value for name, value in fields.items() if value is not None}
            gone = [name for name, value in fields.items() if value is None]
            if kept:
                pipe.hset(key, mapping=kept)
            if gone:
                pipe.hdel(key, *gone)
        for note in notes:
            pipe.xadd(note.key, note.fields, maxlen=note.kept, approximate=True)
        await pipe.execute()

    async def head(self, webhook: str, lane: int) -> Queued | None:
        """Return what is first in a lane."""
        found = await self._redis.xrange(self.keys.lane(webhook, lane), count=1)
        return Queued(found[0][0], _letter(webhook, found[0][1])) if found else None

    async def length(self, webhook: str) -> int:
        """Return how many letters wait."""
        pipe = self._redis.pipeline(transaction=False)
        for lane in range(LANES):
            pipe.xlen(self.keys.lane(webhook, lane))
        return sum(await pipe.execute())

    async def attempts(self, webhook: str, lane: int) -> int:
        """Return how often the first of a lane has failed."""
        raw = await self._redis.hget(self.keys.standing(webhook), f"lane{lane}")
        return int(raw or b"0")

    async def standing(self, webhook: str) -> Standing:
        """Return how a webhook stands."""
        return Standing.read(await self._redis.hgetall(self.keys.standing(webhook)))

    async def settle(self, lane: int, queued: Queued, attempt: Attempt, standing: Standing) -> None:
        """Note how an attempt went; unless it failed for now, the letter leaves its lane."""
        letter, webhook = queued.letter, queued.letter.webhook
        key = self.keys.standing(webhook)
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(key, mapping=standing.stored())
        if attempt.outcome == "failed":
            pipe.hset(key, f"lane{lane}", attempt.number)
        else:
            pipe.hdel(key, f"lane{lane}")
            pipe.xdel(self.keys.lane(webhook, lane), queued.entry)
            kept = {"maxlen": self._kept, "approximate": True}
            pipe.xadd(self.keys.sent(webhook), letter.fields(), **kept)
        noted = {**attempt._asdict(), "m": letter.message, "k": letter.key, "t": letter.kind}
        pipe.xadd(self.keys.log(webhook), noted, maxlen=self._kept, approximate=True)
        await pipe.execute()

    async def disable(self, webhook: str, standing: Standing) -> None:
        """Store that a webhook is disabled."""
        await self._redis.hset(self.keys.standing(webhook), mapping=standing.stored())

    async def replayed(
        self, webhook: str, since_ms: int | None, message: str | None
    ) -> AsyncIterator[Letter]:
        """Yield what was delivered from a time, or a message, on; oldest first."""
        is_reached = message is None
        start = "-"
        while True:
            page = await self._redis.xrange(self.keys.sent(webhook), min=start, count=_PAGE)
            for entry, fields in page:
                letter = _letter(webhook, fields)
                is_reached = is_reached or letter.message == message
                if is_reached and (since_ms is None or letter.at_ms >= since_ms):
                    yield letter
                start = f"({entry.decode()}"
            if len(page) < _PAGE:
                return

    async def forget(self, webhook: str) -> None:
        """Drop everything about a webhook that was deleted."""
        keys = [self.keys.lane(webhook, lane) for lane in range(LANES)]
        keys += [self.keys.standing(webhook), self.keys.log(webhook), self.keys.sent(webhook)]
        await self._redis.delete(*keys)
