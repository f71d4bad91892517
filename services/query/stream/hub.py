"""All open streams of this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from redis.asyncio import Redis

from services.query.problems import Problem
from services.query.reader import Reader
from services.query.settings import QuerySettings
from services.query.stream.alarms import Alerted
from services.query.stream.connection import Stream
from services.query.stream.feed import Feed
from services.query.stream.listener import Listener
from services.query.stream.right import Right
from services.query.stream.view import View


class StreamTelemetry(Protocol):
    """What the hub reports."""

    def listeners(self, count: int) -> None:
        """Take the number of open streams."""

    def pushed(self, committed_ms: int) -> None:
        """Take the commit time of a change that was pushed now."""


class Hub:
    """Joins listeners to those who are shown the same, and these to their change stream."""

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
        views: Sequence[View],
        right: Right,
        last_event_id: str,
        alerted: Alerted | None = None,
    ) -> Stream:
        """Open a stream for who was let in to all of its views, which the caller has to leave.

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
        listener = Listener(self._settings.listener_queue)
        stream = Stream(feed, views, right, listener=listener, left=self.leave, alerted=alerted)
        self._streams.add(stream)
        self._telemetry.listeners(len(self._streams))
        try:
            await feed.start()
            await stream.begin(last_event_id)
        except BaseException:
            await stream.leave()
            raise
        return stream

    async def leave(self, stream: Stream) -> None:
        """Forget a stream that has ended; the last one of a partition ends its feed."""
        if stream not in self._streams:
            return
        self._streams.discard(stream)
        self._telemetry.listeners(len(self._streams))
        feed = stream.feed
        if feed.is_idle:
            self._feeds.pop(feed.partition, None)
            await feed.stop()

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._is_closed = True
        for stream in self._streams:
            stream.listener.close()
