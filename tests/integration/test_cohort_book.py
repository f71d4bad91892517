"""The book of cohorts follows a real store: what is kept is what a fresh load would find."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.calendar import format_time
from schemas.envelope import LogEvent, parse_event
from schemas.rejection import Rejection
from schemas.tables import PartitionKeys, TenantKeys
from services.aggregator.batch import FoldLimits, Record
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from services.query.basis import Basis
from services.query.cohorts import book, following
from services.query.cohorts.book import Cohort, Found
from services.query.cohorts.books import Books
from services.query.cohorts.telesales import Counted, evaluate
from services.query.cohorts.units import TelesalesQuestion
from services.query.periods import Period
from services.query.problems import Problem
from services.query.reader import Reader
from tests.properties.cohort_dice import CohortDice
from tests.properties.pure_driver import TENANT
from tests.unit.cohort_people import told

pytestmark = pytest.mark.once

DAYS = Period(20261024, 20261109)
CREATED, CAMPAIGN = Cohort("created", DAYS), Cohort("campaign", DAYS)
NOW_MS = round(datetime.fromisoformat("2026-11-05T05:00:00Z").timestamp() * 1000)
MOST = 1_000_000


class Town:
    """A partition of its own that is folded from a log, bit by bit."""

    def __init__(self, redis: Redis, log: Sequence[LogEvent]) -> None:
        self.redis = redis
        self.partition = secrets.randbelow(1_000_000) + 1000
        self.records = [_record(offset, event) for offset, event in enumerate(log)]
        self.folded = 0
        self.generation = ""

    async def serve(self, generation: str) -> None:
        """Begin to fold another generation, and serve it."""
        self.generation, self.folded = generation, 0
        self.folder = PartitionFolder(
            self.redis, self.partition, generation,
            dead_letters=_dead, metrics=FoldMetrics(CollectorRegistry()), limits=FoldLimits(),
            muted=True,
        )  # fmt: skip
        await self.redis.set(PartitionKeys(self.partition).served, generation)

    async def fold(self, count: int = MOST) -> bool:
        """Fold so many more records; say whether there are more."""
        end = min(self.folded + count, len(self.records))
        await self.folder.fold(self.records[self.folded : end])
        self.folded = end
        return end < len(self.records)

    def books(self, most: int = MOST) -> Books:
        """Return books that know nothing yet."""
        return Books(Reader(self.redis, lambda: NOW_MS), most)

    async def ask(self, books: Books, cohort: Cohort = CREATED) -> Found:
        """Ask for a cohort."""
        return await books.read(self.partition, TENANT, lambda _: cohort)

    async def fresh(self, *cohorts: Cohort) -> dict[int, Any]:
        """Return what a book that knows nothing finds of some cohorts."""
        books = self.books()
        for cohort in cohorts:
            found = await self.ask(books, cohort)
        return told(found.columns)

    @property
    def keys(self) -> TenantKeys:
        """Return the keys of the tenant."""
        return TenantKeys(self.partition, self.generation, TENANT)


def _record(offset: int, event: LogEvent) -> Record:
    body = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": format_time(event.time_ms),
        "subject": event.subject,
        "tenantid": event.tenant,
        "data": event.data,
    }
    value = parse_event(orjson.loads(orjson.dumps(body)), TENANT)
    assert isinstance(value, bytes), value
    return Record(offset, event.time_ms, value)


async def _dead(letters: Sequence[tuple[Record, str, Rejection]]) -> None:
    """Accept what the dice make wrong on purpose: ids used twice."""
    assert {rejection.code for _, _, rejection in letters} <= {"duplicate_id"}


@asynccontextmanager
async def town_of(store: EmbeddedStore, seed: int, events: int) -> AsyncIterator[Town]:
    """Give a town with a random history, nothing of it folded."""
    async with Redis.from_url(store.url) as redis:
        town = Town(redis, CohortDice(seed).history(events))
        await town.serve("g1")
        yield town


@pytest.fixture(params=[1000, 2], ids=["in one step", "in small steps"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a book read and take in as much as it does, or as little as it can."""
    monkeypatch.setattr(following, "MOST_FACTS", request.param)
    monkeypatch.setattr(book, "MOST_FACTS", request.param)
    monkeypatch.setattr(book, "_STEP", request.param)


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_book_is_what_a_fresh_load_finds(store: EmbeddedStore, seed: int) -> None:
    """After any events: the same customers, and they are those of the days the fold wrote."""
    dice = random.Random(seed)
    async with town_of(store, seed, 400) as town:
        warm = town.books()
        await town.fold(20)
        kept = (await town.ask(warm)).columns
        await town.ask(warm, CAMPAIGN)
        while await town.fold(dice.choice([1, 1, 3, 30])):
            if dice.random() < 0.6:
                await town.ask(warm)
        found = await town.ask(warm)
        assert found.columns is kept, "read anew without need"
        assert told(found.columns) == await town.fresh(CREATED, CAMPAIGN)
        people = found.columns.people
        for day in CREATED.parts():
            members = await town.redis.smembers(town.keys.cohort("created", day.day))
            there = people["number"][people["live"] & (people["created_day"] == day.day)]
            assert {int(number) for number in members} == set(there.tolist())


@pytest.mark.usefixtures("steps")
async def test_answers_are_of_the_version_they_say(store: EmbeddedStore) -> None:
    """Asked by several at once while commits come: each answer is that of its version."""
    questions = [
        (CREATED, TelesalesQuestion(subject="customer", created=DAYS, called=DAYS)),
        (CAMPAIGN, TelesalesQuestion(subject="opportunity", created=DAYS, called=DAYS)),
        (
            Cohort("created", Period(20261030, 20261101)),
            TelesalesQuestion(subject="customer", created=Period(20261030, 20261101), called=DAYS),
        ),
    ]
    async with town_of(store, 7, 120) as town:
        warm = town.books()
        expected: dict[tuple[int, int], Counted] = {}
        said: list[tuple[int, int, Counted]] = []
        folding = asyncio.Event()

        async def expect() -> None:
            for number, (cohort, question) in enumerate(questions):
                found = await town.ask(town.books(), cohort)
                offset = found.reading.freshness.version.offset
                expected[number, offset] = evaluate(found.columns, question)

        async def follow(number: int) -> None:
            cohort, question = questions[number]
            while not folding.is_set():
                found = await town.ask(warm, cohort)
                counted = evaluate(found.columns, question)
                said.append((number, found.reading.freshness.version.offset, counted))

        await town.fold(10)
        await expect()
        followers = [asyncio.create_task(follow(number)) for number in range(len(questions))]
        while await town.fold(5):
            await expect()
        folding.set()
        await expect()
        await asyncio.gather(*followers)
    assert len({offset for _, offset, _ in said}) > 3
    for number, offset, counted in said:
        assert counted == expected[number, offset]


async def test_lost_entries_are_noticed(store: EmbeddedStore) -> None:
    """Where the stream was cut beyond what was read, everything is loaded anew."""
    async with town_of(store, 11, 200) as town:
        warm = town.books()
        await town.fold(100)
        before = (await town.ask(warm)).columns
        await town.redis.xtrim(town.keys.touched, maxlen=1, approximate=False)
        assert (await town.ask(warm)).columns is before, "what was read was cut, nothing else"
        await town.fold(50)
        await town.fold(20)
        await town.redis.xtrim(town.keys.touched, maxlen=1, approximate=False)
        found = await town.ask(warm)
        assert found.columns is not before
        assert told(found.columns) == await town.fresh(CREATED)


async def test_a_stream_that_was_empty_may_be_cut_too(store: EmbeddedStore) -> None:
    """A book that began before the first commit notices when that is lost."""
    async with town_of(store, 12, 60) as town:
        warm = town.books()
        await town.ask(warm)
        await town.fold(20)
        await town.fold(20)
        await town.redis.xtrim(town.keys.touched, maxlen=1, approximate=False)
        assert told((await town.ask(warm)).columns) == await town.fresh(CREATED)


async def test_another_generation_is_another_book(store: EmbeddedStore) -> None:
    """What is served after a rebuild has other fact numbers; nothing of before remains."""
    async with town_of(store, 13, 150) as town:
        warm = town.books()
        await town.fold()
        await town.ask(warm)
        before = {each["id"]: each for each in (await town.fresh(CREATED)).values()}
        town.records = [record._replace(offset=at) for at, record in enumerate(town.records)]
        await town.serve("g2")
        await town.fold()
        found = await town.ask(warm)
        assert found.reading.basis.generation == "g2"
        assert told(found.columns) == await town.fresh(CREATED)
        assert {each["id"] for each in told(found.columns).values()} == before.keys()


async def test_generations_that_change_under_a_load(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is served in the middle of a load: the answer is of one generation, and whole."""
    monkeypatch.setattr(book, "MOST_FACTS", 1)
    async with town_of(store, 14, 120) as town:
        await town.fold()
        log = town.records
        town.records = [record._replace(offset=at) for at, record in enumerate(log[60:] + log[:60])]
        await town.serve("g2")
        await town.fold()
        served = PartitionKeys(town.partition).served
        whole = {}
        for generation in ("g1", "g2"):
            await town.redis.set(served, generation)
            whole[generation] = await town.fresh(CREATED)
        assert whole["g1"].keys() != whole["g2"].keys()
        for turns in range(0, 120, 7):
            warm = town.books()
            asking = asyncio.create_task(town.ask(warm))
            for _ in range(turns):
                await asyncio.sleep(0.0003)
            await town.redis.set(served, ("g1", "g2")[turns % 2])
            found = await asking
            assert told(found.columns) == whole[found.reading.basis.generation]


async def test_an_answer_given_up_leaves_the_book_whole(store: EmbeddedStore) -> None:
    """Whoever goes away in the middle of a read or a load takes nothing along."""
    dice = random.Random(3)
    async with town_of(store, 17, 300) as town:
        warm = town.books()
        while await town.fold(10):
            asking = asyncio.create_task(town.ask(warm, dice.choice([CREATED, CAMPAIGN])))
            for _ in range(dice.randrange(12)):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait([asking])
        await town.ask(warm, CREATED)
        found = await town.ask(warm, CAMPAIGN)
        assert told(found.columns) == await town.fresh(CREATED, CAMPAIGN)


async def test_memory_is_bounded(store: EmbeddedStore) -> None:
    """Days asked for longest ago are forgotten; a cohort beyond the bound is refused."""
    async with town_of(store, 19, 300) as town:
        await town.fold()
        days = []
        for cohort in (CREATED, CAMPAIGN):
            keys = {day: town.keys.cohort(*day) for day in cohort.parts()}
            sizes = {day: await town.redis.scard(key) for day, key in keys.items()}
            days += sorted(sizes.items(), key=lambda item: item[1])[-3:]
        most = max(size for _, size in days)
        books = town.books(most)
        for (name, day), _ in random.Random(4).choices(days, k=30):
            cohort = Cohort(name, Period(day, day))
            columns = (await town.ask(books, cohort)).columns
            assert books.customers <= most
            assert told(columns).items() >= (await town.fresh(cohort)).items()
            used = [each for one in books._books.values() for each in one.used]
            kept = [Cohort(each.name, Period(each.day, each.day)) for each in used]
            assert told(columns) == await town.fresh(*kept)
        assert 1 < len(kept) < len(days)
        with pytest.raises(Problem) as refused:
            await town.ask(books)
        assert refused.value.code == "cohort_too_large"
        assert refused.value.members["limit"] == most


async def test_what_a_filter_refuses_is_told(store: EmbeddedStore) -> None:
    """A problem with the parameters comes out as it is, and the book serves the next."""

    def refuse(_: Basis) -> Cohort:
        raise Problem(422, "unknown_employee", "nobody of that name")

    async with town_of(store, 23, 30) as town:
        await town.fold()
        books = town.books()
        with pytest.raises(Problem, match="nobody of that name"):
            await books.read(town.partition, TENANT, refuse)
        assert told((await town.ask(books)).columns) == await town.fresh(CREATED)
