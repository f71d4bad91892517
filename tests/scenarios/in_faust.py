"""The second driver: the real worker on the embedded broker and store, read in process.

Events are written into the log as the ingestor would; figures are evaluated by the query
service's own reader and evaluation, at the clock of the step.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis

from deploy.local.apart import run_apart
from deploy.local.broker import EmbeddedBroker
from deploy.local.services import Meeting, Service
from deploy.local.store import EmbeddedStore
from schemas.changes import CellChange
from schemas.envelope import parse_event
from schemas.tables import GenerationKeys, PartitionKeys
from services.commands.topics import Plan, ensure
from services.query.evaluation import Evaluation, Wish
from services.query.periods import Period
from services.query.reader import Reader
from tests.scenarios.rounds import AT_ONCE, Clock, play_all, seen, told
from tests.scenarios.story import Event, Question, Story

PARTITION = 0
_PATIENCE_S = 60.0
_STEP_S = 0.02


class FaustHouse:
    """A worker, its log and its store."""

    def __init__(self, redis: Redis, producer: AIOKafkaProducer | None) -> None:
        self.clock = Clock()
        self.free = asyncio.Semaphore(AT_ONCE)
        self.redis = redis
        self.producer = producer
        self.reader = Reader(redis, self.clock)
        self.written = 0

    async def post(self, batches: Mapping[str, Sequence[Event]]) -> None:
        """Write the events into the log and wait for the fence to pass them."""
        assert self.producer is not None, "this house is only read"
        for tenant, events in batches.items():
            for event in events:
                value = parse_event(orjson.loads(orjson.dumps(event.body(tenant))), tenant)
                assert isinstance(value, bytes), f"{value}: {event}"
                await self.producer.send("crm-events", value, tenant.encode(), PARTITION)
                self.written += 1
        await self.producer.flush()
        until = time.monotonic() + _PATIENCE_S
        while await self._folded() < self.written:
            assert time.monotonic() < until, f"folded {await self._folded()} of {self.written}"
            await asyncio.sleep(_STEP_S)

    async def _folded(self) -> int:
        generation = await self.redis.get(PartitionKeys(PARTITION).served)
        if not generation:
            return 0
        keys = GenerationKeys(PARTITION, generation.decode())
        return int(await self.redis.hget(keys.fence, "next") or 0)

    async def read(self, story: Story, question: Question) -> Any:
        """Evaluate one figure as the query service does."""
        planned: list[Evaluation] = []

        def plan(basis: Any) -> Any:
            first, last = question.first or basis.today, question.last or basis.today
            wish = Wish(
                kpi=question.kpi,
                scope=question.scope,
                scope_id=question.scope_id,
                period=Period(first, last),
                sub=question.sub,
                basis=question.basis,
                by=question.by,
            )
            planned.append(Evaluation(basis, [wish]))
            return planned[-1].commands

        reading = await self.reader.read(PARTITION, story.name, plan)
        (value,) = planned[-1].answer(reading.replies)
        return seen(question, value.figure, value.by)

    async def changes(self, story: Story) -> list[CellChange]:
        """Return what the change stream told of a story so far."""
        return await told(self.redis, PARTITION, story.name)


@contextmanager
def running(directory: Path) -> Iterator[Meeting]:
    """Run a worker on an embedded broker and store of its own."""
    broker, store = EmbeddedBroker(directory / "broker.log"), EmbeddedStore(directory / "store")
    broker.start()
    store.start()
    meeting = Meeting(kafka_bootstrap=broker.bootstrap, redis_url=store.url, embedded_broker=True)
    worker = Service("aggregator", meeting, directory, settings={"INSTANCE": "scenarios"})
    try:
        run_apart(ensure(broker.bootstrap, Plan(partitions=1)))
        worker.start()
        worker.wait()
        yield meeting
    finally:
        worker.stop()
        store.stop()
        broker.stop()


def play_in_faust(directory: Path, stories: Sequence[Story]) -> dict[str, list[str]]:
    """Play all stories; return, by name, what was seen otherwise than expected."""
    with running(directory) as meeting:
        return run_apart(play_on(meeting, stories))


async def play_on(meeting: Meeting, stories: Sequence[Story]) -> dict[str, list[str]]:
    """Play all stories on a worker that runs."""
    redis = Redis.from_url(meeting.redis_url)
    producer = AIOKafkaProducer(bootstrap_servers=meeting.kafka_bootstrap, enable_idempotence=False)
    await producer.start()
    try:
        return await play_all(FaustHouse(redis, producer), stories)
    finally:
        await producer.stop()
        await redis.aclose()
