"""One partition's change stream, read once for all who listen to tenants in it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from redis.asyncio import Redis

from schemas.changes import ChangeRecord, Version
from schemas.ending import end
from schemas.tables import GenerationKeys, NoticeKeys
from services.query.basis import Basis
from services.query.freshness import Freshness, freshness
from services.query.problems import Problem
from services.query.reader import Reader
from services.query.stream.alarms import Alerted, AlertWatch, Kept
from services.query.stream.audience import AWAY, MOST_MISSED, Audience
from services.query.stream.guard import Guard, Guarded
from services.query.stream.records import next_records, record_at_or_before, records_after

log = logging.getLogger(__name__)
_BLOCK_MS = 1000
_BATCH = 500
_RETRY_S = 0.5


class Feed:
    """Follows the change stream of a partition while somebody listens.

    Laws:   every audience gets every record after the version it was loaded at, in order. Where
            that cannot be proven (records were cut off, another generation is served) all
            of them start again from a snapshot.
    """

    def __init__(self, redis: Redis, reader: Reader, partition: int, heartbeat_s: float) -> None:
        self.audiences: dict[Hashable, Audience] = {}
        self.guards: dict[str, Guard] = {}
        """By tenant: whose streams may be lost."""
        self.alarms: dict[str, AlertWatch] = {}
        """By tenant: whose streams show alerts."""
        self._redis = redis
        self._reader = reader
        self.partition = partition
        self._heartbeat_s = heartbeat_s
        self._position: Version | None = None
        self._served = ""
        self._fresh = freshness(Version("", 0), 0, None, reader.now_ms())
        self._tasks: list[asyncio.Task[None]] = []
        self._started = asyncio.Lock()

    async def start(self) -> None:
        """Begin to follow from where the figures stand now; what is loaded later is later."""
        async with self._started:
            if self._tasks:
                return
            await self._take_position()
            self._tasks = [
                asyncio.create_task(self._follow(), name=f"changes-{self.partition}"),
                asyncio.create_task(self._beat(), name=f"heartbeat-{self.partition}"),
            ]

    async def stop(self) -> None:
        """Stop following."""
        tasks, self._tasks = self._tasks, []
        await end(*tasks)

    @property
    def is_idle(self) -> bool:
        """Whether nobody listens."""
        return not self.audiences

    def join(self, key: Hashable, make: Callable[[], Audience]) -> Audience:
        """Enter an audience, which is made where there is none; to be parted from."""
        audience = self.audiences.get(key)
        if audience is None:
            audience = self.audiences[key] = make()
        audience.streams += 1
        return audience

    def part(self, key: Hashable) -> None:
        """Leave an audience; it ends with the last one."""
        audience = self.audiences[key]
        audience.streams -= 1
        if not audience.streams:
            del self.audiences[key]
            audience.close()

    def release(self, stream: Guarded) -> None:
        """Judge a stream no more."""
        guard = self.guards.get(stream.right.tenant)
        if guard is not None:
            guard.discard(stream)
            if guard.is_idle:
                del self.guards[stream.right.tenant]

    def silence(self, tenant: str, stream: Alerted) -> None:
        """Tell a stream no more alerts."""
        alarm = self.alarms.get(tenant)
        if alarm is not None:
            alarm.leave(stream)
            if alarm.is_idle:
                del self.alarms[tenant]

    def guard(self, tenant: str) -> Guard:
        """Return who judges the streams of a tenant."""
        if tenant not in self.guards:
            self.guards[tenant] = Guard(partial(self._basis, tenant), self._reader.now_ms)
        return self.guards[tenant]

    def alarm(self, tenant: str) -> AlertWatch:
        """Return who tells the streams of a tenant which alerts are open."""
        if tenant not in self.alarms:
            look_up, read = partial(self._open_alerts, tenant), partial(self._basis, tenant)
            self.alarms[tenant] = AlertWatch(look_up, read, self._reader.now_ms)
        return self.alarms[tenant]

    async def _open_alerts(self, tenant: str) -> Kept:
        redis: Any = self._redis
        found: Kept = await redis.hgetall(NoticeKeys(tenant).open_alerts)
        return found

    async def _basis(self, tenant: str) -> Basis:
        return (await self._reader.read(self.partition, tenant)).basis

    async def missed(self, since: Version) -> list[ChangeRecord]:
        """Return the records since a version, preceded by the last one not after it."""
        key = GenerationKeys(self.partition, since.generation).changes
        before = await record_at_or_before(self._redis, key, since.offset)
        if before is None:
            return []
        return [before, *await records_after(self._redis, key, since.offset, count=MOST_MISSED)]

    async def _take_position(self) -> None:
        self._fresh = await self._reader.status(self.partition)
        self._position = self._fresh.version
        self._served = self._position.generation

    async def _follow(self) -> None:
        while True:
            try:
                await self._take_records()
            except AWAY as error:
                log.warning("changes of partition %d: %s", self.partition, type(error).__name__)
                await asyncio.sleep(_RETRY_S)

    async def _take_records(self) -> None:
        """Take what the next read brings, after making sure that nothing was passed over."""
        position = self._position
        if position is None or position.generation != self._served:
            await self._take_position()
            await self._reload(lambda audience: audience.reset())
            return
        key = GenerationKeys(self.partition, position.generation).changes
        offset = position.offset
        records = await next_records(self._redis, key, offset, count=_BATCH, block_ms=_BLOCK_MS)
        if len(records) == _BATCH and not await record_at_or_before(self._redis, key, offset):
            self._position = None
            return
        for record in records:
            self._position = Version(position.generation, record["offset"])
            for audience in list(self.audiences.values()):
                audience.take(record)
            for tenant in record["tenants"].keys() & self.guards.keys():
                self.guards[tenant].soon()
            for tenant in record["tenants"].keys() & self.alarms.keys():
                self.alarms[tenant].moved()

    async def _reload(self, frames: Callable[[Audience], bytes]) -> None:
        for audience in list(self.audiences.values()):
            await self._reload_one(audience, frames)

    async def _reload_one(self, audience: Audience, frames: Callable[[Audience], bytes]) -> None:
        audience.is_loaded = False
        try:
            await audience.load()
        except AWAY as error:
            log.info("no snapshot yet for partition %d: %s", self.partition, error)
        else:
            audience.publish(frames(audience))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_s)
            try:
                fresh = await self._reader.status(self.partition)
            except AWAY as error:
                fresh = self._silent(error)
            self._served = fresh.version.generation
            for guard in self.guards.values():
                guard.soon()
            for alarm in self.alarms.values():
                alarm.moved()
            for audience in list(self.audiences.values()):
                if fresh.state != "recovering":
                    await self._refresh(audience)
                audience.beat(fresh)
            self._fresh = fresh

    def _silent(self, error: Exception) -> Freshness:
        """Return what is left to say while the store does not answer."""
        reason = error.detail if isinstance(error, Problem) else "the store does not answer"
        before = self._fresh
        lag_ms = max(0, self._reader.now_ms() - before.as_of_ms)
        return before._replace(state="stale", reason=reason, lag_ms=lag_ms)

    async def _refresh(self, audience: Audience) -> None:
        """Bring an audience up to date where the change stream alone does not do it."""
        if not audience.is_loaded:
            await self._reload_one(audience, lambda loaded: loaded.reset())
            return
        with contextlib.suppress(*AWAY):
            await audience.refresh(self._fresh.version)
