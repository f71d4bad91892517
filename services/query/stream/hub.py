"""All open streams of this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from typing import Protocol

from redis.asyncio import Redis

from services.query.problems import Problem
from services.query.reader import Reader
from services.query.settings import QuerySettings
from services.query.stream.audience import Audience
from services.query.stream.feed import Feed
from services.query.stream.frames import RETRY
from services.query.stream.listener import Listener

_CHECK_S = 10.0


class StreamTelemetry(Protocol):
    """What the hub reports."""

    def listeners(self, count: int) -> None:
        """Take the number of open streams."""

    def pushed(self, committed_ms: int) -> None:
        """Take the commit time of a change that was pushed now."""


class Hub:
    """Joins listeners to those of the same question, and these to their change stream."""

    def __init__(
        self, redis: Redis, reader: Reader, settings: QuerySettings, telemetry: StreamTelemetry
    ) -> None:
        self._redis = redis
        self._reader = reader
        self._settings = settings
        self._telemetry = telemetry
        self._feeds: dict[int, Feed] = {}
        self._streams: set[Stream] = set()
        self._is_closed = False

    async def open(
        self,
        partition: int,
        question: Hashable,
        make: Callable[[], Audience],
        last_event_id: str,
        still_allowed: Callable[[], Awaitable[bool]],
    ) -> Stream:
        """Open a stream, which the caller has to leave.

        Shape:  `make` makes the audience of the question where there is none yet.
        Errors: Problem `too_many_listeners`, `unknown_employee`, `unknown_department`,
                `not_ready`; raised before the first byte.
        """
        limit = self._settings.max_listeners
        if len(self._streams) >= limit or self._is_closed:
            detail = f"{limit} streams are open here, which is the most this process serves"
            raise Problem(503, "too_many_listeners", detail, retry_after=5, limit=limit)
        feed = self._feeds.get(partition)
        if feed is None:
            beat_s = self._settings.heartbeat_s
            feed = self._feeds[partition] = Feed(self._redis, self._reader, partition, beat_s)
        audience = feed.audiences.get(question)
        if audience is None:
            audience = feed.audiences[question] = make()
        stream = Stream(self, feed, audience, self._settings.listener_queue, still_allowed)
        self._streams.add(stream)
        audience.streams += 1
        self._telemetry.listeners(len(self._streams))
        try:
            await feed.start()
            await stream.begin(last_event_id)
        except BaseException:
            await self.leave(stream)
            raise
        return stream

    async def leave(self, stream: Stream) -> None:
        """End a stream; the last one of a partition ends its feed."""
        if stream not in self._streams:
            return
        self._streams.discard(stream)
        self._telemetry.listeners(len(self._streams))
        audience, feed = stream.audience, stream.feed
        audience.listeners.discard(stream.listener)
        audience.streams -= 1
        if not audience.streams:
            feed.audiences.pop(audience.question, None)
            audience.close()
        if not feed.audiences:
            self._feeds.pop(feed.partition, None)
            await feed.stop()

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._is_closed = True
        for stream in self._streams:
            stream.listener.close()


class Stream:
    """One open stream."""

    def __init__(
        self,
        hub: Hub,
        feed: Feed,
        audience: Audience,
        queue: int,
        still_allowed: Callable[[], Awaitable[bool]],
    ) -> None:
        self.feed = feed
        self.audience = audience
        self.listener = Listener(queue)
        self._hub = hub
        self._still_allowed = still_allowed
        self._first = b""

    async def leave(self) -> None:
        """End this stream."""
        await self._hub.leave(self)

    async def begin(self, last_event_id: str) -> None:
        """Find what to tell first, a snapshot or what was missed, and listen from there on."""
        try:
            await self.audience.ensure_loaded()
        except Problem as problem:
            if problem.code != "recovering":
                raise
        else:
            self._first = await self.audience.beginning(last_event_id, self.feed.missed)
        self.audience.listeners.add(self.listener)

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield what is to be sent, as long as the key is good."""
        loop = asyncio.get_running_loop()
        check_at = loop.time() + _CHECK_S
        yield RETRY + self._first
        while not self.listener.is_closed:
            await self.listener.wait()
            if loop.time() > check_at:
                if not await self._still_allowed():
                    return
                check_at = loop.time() + _CHECK_S
            chunk = self.listener.take()
            if self.listener.has_lost and self.audience.is_loaded:
                self.listener.has_lost = False
                chunk = self.audience.reset()
            if chunk:
                yield chunk
