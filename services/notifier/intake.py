"""Reading the topic of changes: what a webhook wants is queued, once, and never skipped.

How far a tenant was taken stands beside its queues and is written with them in one step; how far
the topic was read stands apart and may lag behind. So after a crash records are read again, and
those that a tenant has are dropped. A topic that is shorter than what was read is another one:
it gets a new epoch, and is read from its beginning.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from redis.asyncio import Redis

from schemas.brokers import Brokers
from schemas.calendar import format_time
from schemas.tables import notice_place
from services.notifier.clock import Clock
from services.notifier.core.filters import Interest, message_id
from services.notifier.deliveries import Deliveries
from services.notifier.outbox import Letter

log = logging.getLogger(__name__)
_POLL_MS: Final = 200
_SETTLE_S: Final = 0.1
_MOST: Final = 2000
Interests = Mapping[str, Interest]


class Place:
    """How far one partition of the topic was read."""

    def __init__(self, epoch: int, offset: int) -> None:
        self.epoch, self.offset = epoch, offset

    @classmethod
    def read(cls, text: str) -> Place:
        """Read '<epoch>/<next offset>'; (0, -1) for nothing."""
        epoch, _, offset = text.partition("/")
        return cls(int(epoch), int(offset)) if offset else cls(0, -1)

    def __str__(self) -> str:
        return f"{self.epoch}/{self.offset}"

    def has(self, other: Place) -> bool:
        """Say whether a record at the other place is before this one."""
        return (other.epoch, other.offset) < (self.epoch, self.offset)


class Intake:
    """Follows `kpi-changes` and fills the outboxes."""

    def __init__(
        self,
        redis: Redis,
        *,
        brokers: Brokers,
        topic: str,
        deliveries: Deliveries,
        interests: Interests,
        clock: Clock,
        lag: Callable[[int], None],
        catch_up: Callable[[], Awaitable[None]],
    ) -> None:
        self._redis = redis
        self._brokers = brokers
        self._topic = topic
        self._deliveries = deliveries
        self._interests = interests
        self._clock = clock
        self._lag = lag
        self._catch_up = catch_up
        self._places: dict[int, Place] = {}
        self._taken: dict[str, dict[str, str]] = {}

    async def run(self) -> None:
        """Follow until cancelled, or until broker or store is away: the caller begins again."""
        # without a group every partition of the topic is assigned, and known
        consumer = AIOKafkaConsumer(self._topic, **self._brokers.client(), enable_auto_commit=False)
        await consumer.start()
        try:
            await self._begin(consumer)
            while True:
                fetched = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_MOST)
                if fetched:
                    # a webhook is defined before what it is told: nothing overtakes it here
                    await self._catch_up()
                for partition, records in fetched.items():
                    await self._take(partition.partition, records)
                if not fetched:
                    self._lag(0)
                    continue
                self._lag(
                    sum(
                        (consumer.highwater(tp) or 0) - r[-1].offset - 1
                        for tp, r in fetched.items()
                    )
                )
        finally:
            await consumer.stop()

    async def _begin(self, consumer: AIOKafkaConsumer) -> None:
        while not (assigned := consumer.assignment()):  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(_SETTLE_S)
        parts = sorted(assigned)
        ends = await consumer.end_offsets(parts)
        firsts = await consumer.beginning_offsets(parts)
        self._taken.clear()
        for tp in parts:
            raw = cast("bytes | None", await self._redis.get(notice_place(tp.partition)))
            place = Place.read((raw or b"").decode())
            if place.offset < 0:
                place = Place(1, ends[tp])  # a first start tells what comes, not what was
            elif place.offset > ends[tp]:
                log.warning("%s/%d is another topic now", self._topic, tp.partition)
                place = Place(place.epoch + 1, firsts[tp])
            place.offset = max(place.offset, firsts[tp])
            self._places[tp.partition] = place
            await self._redis.set(notice_place(tp.partition), str(place))
            consumer.seek(tp, place.offset)

    async def _take(self, partition: int, records: list[ConsumerRecord]) -> None:
        if partition not in self._places:
            raise OSError(f"{self._topic} has more partitions now")
        epoch = self._places[partition].epoch
        by_tenant: defaultdict[str, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
        for record in records:
            tenant = record.key.decode().partition("|")[0]
            if tenant in self._interests:
                change = orjson.loads(record.value)
                by_tenant[tenant].append((record.offset, record.key.decode(), change))
        following = Place(epoch, records[-1].offset + 1)
        for tenant, changes in by_tenant.items():
            await self._queue(tenant, partition, epoch, changes, following)
        self._places[partition] = following
        await self._redis.set(notice_place(partition), str(following))

    async def _queue(
        self,
        tenant: str,
        partition: int,
        epoch: int,
        changes: list[tuple[int, str, dict[str, Any]]],
        following: Place,
    ) -> None:
        taken = self._taken.get(tenant)
        if taken is None:
            taken = self._taken[tenant] = await self._deliveries.outbox(tenant).taken()
        before = Place.read(taken.get(str(partition), ""))
        interest, now_ms = self._interests[tenant], self._clock.now_ms()
        open_: dict[str, bool] = {}
        letters = []
        for offset, key, change in changes:
            if before.has(Place(epoch, offset)):
                continue
            for webhook in interest.of_change(change):
                if webhook.id not in open_:
                    open_[webhook.id] = await self._deliveries.is_open(tenant, webhook)
                if open_[webhook.id]:
                    letters.append(_letter(webhook.id, key, change, now_ms))
        if letters:
            noted = {str(partition): str(following)}
            await self._deliveries.put(tenant, letters, taken=noted)
            taken |= noted


def _letter(webhook: str, key: str, change: dict[str, Any], now_ms: int) -> Letter:
    kind = "kpi.changed"
    told = {"type": kind, "timestamp": format_time(now_ms), "data": change}
    message = message_id(webhook, key, change["version"])
    return Letter(webhook, message, key, kind, orjson.dumps(told), now_ms)
