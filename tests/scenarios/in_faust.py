"""The second driver: the real worker on the embedded broker and store, read in process.

Events are written into the log as the ingestor would; figures are evaluated by the query
service's own reader and evaluation, at the clock of the step.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson
from aiokafka import AIOKafkaProducer
from pydantic import ValidationError

from deploy.local.apart import run_apart
from deploy.local.broker import EmbeddedBroker
from deploy.local.services import Meeting, Service
from deploy.local.store import EmbeddedStore
from schemas.access import Subject
from schemas.brokers import Brokers
from schemas.changes import CellChange
from schemas.envelope import parse_event
from schemas.tables import GenerationKeys, PartitionKeys
from services.commands.topics import Plan, ensure
from services.query.access import Caller
from services.query.api.facts import FactsQuestion
from services.query.app import make_services
from services.query.cohorts import answers
from services.query.cohorts.asking import ask_of
from services.query.cohorts.parameters import (
    CohortParameters,
    JourneyParameters,
    LifecycleFactsParameters,
    LifecycleParameters,
    SalesPerformanceFactsParameters,
    SalesPerformancePage,
    TelesalesFactsParameters,
    TelesalesParameters,
)
from services.query.evaluation import Evaluation, Wish
from services.query.parameters import FactsParameters
from services.query.periods import Period
from services.query.problems import Problem, as_problem
from services.query.selection import scope_named
from services.query.settings import QuerySettings
from services.query.targets.models import AttainmentParameters
from services.query.targets.question import AttainmentQuestion
from tests.scenarios.rounds import AT_ONCE, Clock, play_all, seen, told
from tests.scenarios.sight import Document
from tests.scenarios.story import Event, Question, Story
from tests.scenarios.viewing import View

PARTITION = 0
_ANSWERS: Final[dict[str, tuple[type[CohortParameters], Callable[..., Any]]]] = {
    "/v1/reports/telesales": (TelesalesParameters, answers.telesales),
    "/v1/reports/telesales/facts": (TelesalesFactsParameters, answers.telesales_facts),
    "/v1/reports/lifecycle": (LifecycleParameters, answers.lifecycle),
    "/v1/reports/lifecycle/facts": (LifecycleFactsParameters, answers.lifecycle_facts),
    "/v1/reports/journey": (JourneyParameters, answers.journey),
    "/v1/reports/sales-performance": (SalesPerformancePage, answers.sales_performance),
    "/v1/reports/sales-performance/facts": (
        SalesPerformanceFactsParameters,
        answers.sales_performance_facts,
    ),
}
_ATTAINMENT: Final = "/v1/attainment/"
_PATIENCE_S = 60.0
_STEP_S = 0.02


class FaustHouse:
    """A worker, its log and its store."""

    def __init__(self, meeting: Meeting, producer: AIOKafkaProducer | None) -> None:
        self.clock = Clock()
        self.free = asyncio.Semaphore(AT_ONCE)
        self.producer = producer
        self.services = make_services(QuerySettings.load(meeting.environment()), self.clock)
        self.redis, self.reader = self.services.redis, self.services.reader
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
        return await self._evaluated(question, partial(self.reader.read, PARTITION, story.name))

    async def _evaluated(self, question: Question, read: Callable[..., Any]) -> Any:
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

        reading = await read(plan)
        (value,) = planned[-1].answer(reading.replies)
        return seen(question, value.figure, value.by)

    async def get(self, story: Story, url: str) -> Document:
        """Answer an address by the function behind its route; a refusal is a document, too."""
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query))
        try:
            return await self._answer(parts.path, given, story.name)
        except (Problem, ValidationError) as error:
            problem = as_problem(error)
            return {"status": problem.status, "code": problem.code}

    async def _answer(self, path: str, given: dict[str, str], tenant: str) -> Document:
        if path == "/v1/facts":
            asked = FactsParameters.model_validate(given)
            question = FactsQuestion(asked, self.services.settings)
            return question.answer(await self.reader.read(PARTITION, tenant, question.plan))
        if path.startswith(_ATTAINMENT):
            return await self._attained(path.removeprefix(_ATTAINMENT), given, tenant)
        model, function = _ANSWERS[path]
        subject: Subject = "telesales" if "telesales" in path else "figures"
        filters = model.model_validate(given)
        caller = Caller(tenant, PARTITION, "stories")
        visit = self.services.door.visit(caller, ask_of(subject, "rows", filters))
        found: Document = await function(self.services, visit, filters)
        return found

    async def _attained(self, place: str, given: dict[str, str], tenant: str) -> Document:
        scope, _, name = place.partition("/")
        asked = AttainmentParameters.model_validate(given)
        question = AttainmentQuestion(scope_named(scope), name, asked, self.services.settings)
        while True:
            reading = await self.reader.read(PARTITION, tenant, question.plan)
            if question.is_complete(reading):
                return question.answer(reading)

    async def told(self, story: Story, view: View) -> int | str:
        """Ask at the door of the query service as somebody; of a stream its first figure."""
        caller = Caller(story.name, PARTITION, "", "person", view.viewer)
        visit = self.services.door.visit(caller, view.ask)
        settings, (_, given) = self.services.settings, view.address
        try:
            match view.door:
                case "list":
                    page = FactsQuestion(FactsParameters.model_validate(given), settings)
                    return int(page.answer(await visit.read(page.plan))["total"])
                case "export":
                    file = FactsQuestion(FactsParameters.model_validate(given), settings)
                    return len(file.whole(await visit.read(file.plan_whole)))
                case "figure" | "stream":
                    return int(await self._evaluated(view.question, visit.read))
        except Problem as problem:
            return problem.code

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
        run_apart(ensure(Brokers(broker.bootstrap), Plan(partitions=1)))
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
    producer = AIOKafkaProducer(bootstrap_servers=meeting.kafka_bootstrap, enable_idempotence=False)
    house = FaustHouse(meeting, producer)
    await producer.start()
    try:
        return await play_all(house, stories)
    finally:
        await producer.stop()
        await house.redis.aclose()
