"""Which facts refer to which, as commits write it and the fold reads it: like a set each."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.facts import Customer, Note, Task, unpack
from schemas.relations import APART, MOST_TOGETHER, numbers_in, together
from schemas.sealing import Root
from services.aggregator.batch import FoldLimits
from services.aggregator.commit import CommitWriter
from services.aggregator.committer import Committer
from services.aggregator.core.tenant import Tenant
from services.aggregator.store import Fence, PartitionStore
from services.ingestor import directory
from services.ingestor.belongings import belongings
from services.ingestor.settings import IngestorSettings
from services.ingestor.store import Store
from services.query import journeys
from tests.integration.query_seed import Clock, Seed

_TARGETS = (63, 64, 900)
_NUMBERS = st.integers(1, 90) | st.integers(2**32 - 3, 2**32 - 1)
_BATCH = st.dictionaries(st.tuples(st.sampled_from(_TARGETS), _NUMBERS), st.booleans())
_ALL = {(64, number): True for number in range(1, MOST_TOGETHER + 1)}
_partitions = itertools.count()
_generations = (f"related-{number}" for number in itertools.count())
_REAL = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def _commit(
    redis: Redis, store: PartitionStore, at: int, batch: dict[tuple[int, int], bool]
) -> None:
    """Commit what a batch says of relations, twice: an answer may be lost."""
    tenant = Tenant("acme")
    tenant.relations.update(batch)
    committer = Committer(redis, store, muted=True, limits=FoldLimits())
    for start, following in ((2 * at, 2 * at + 1), (2 * at + 1, 2 * at + 2)):
        writer = CommitWriter(store, muted=True)
        writer.add_tenant(tenant, {}, groups=[], recent=[], fresh=[], log_ms=0, events=0)
        await committer.commit(start, Fence(following, b"", 0, 0), writer)


async def _related(store: PartitionStore) -> dict[int, set[int]]:
    tenant = Tenant("acme")
    await store.load_related(tenant, _TARGETS)
    return tenant.related


@_REAL
@given(st.lists(_BATCH | st.just(_ALL), max_size=6))
def test_what_batches_add_and_take_away_is_what_is_read(
    store: EmbeddedStore, batches: list[dict[tuple[int, int], bool]]
) -> None:
    """Whatever comes and goes in whatever batches, few or many, and told twice."""

    async def compare() -> None:
        async with Redis.from_url(store.url) as redis:
            tables = PartitionStore(redis, 0, next(_generations))
            model: dict[int, set[int]] = {target: set() for target in _TARGETS}
            for at, batch in enumerate(batches):
                await _commit(redis, tables, at, batch)
                for (target, number), is_related in batch.items():
                    held = model[target]
                    held.add(number) if is_related else held.discard(number)
                assert await _related(tables) == model

    asyncio.run(compare())


async def test_many_get_a_set_of_their_own(store: EmbeddedStore) -> None:
    """A field is written whole, so it must not grow without end."""
    async with Redis.from_url(store.url) as redis:
        tables = PartitionStore(redis, 0, next(_generations))
        keys = tables.tenant_keys("acme")
        await _commit(redis, tables, 0, _ALL)
        assert numbers_in(await redis.hget(*keys.related(64))) == list(range(1, MOST_TOGETHER + 1))
        assert not await redis.exists(keys.related_apart(64))
        await _commit(redis, tables, 1, {(64, 99): True})
        assert await redis.hget(*keys.related(64)) == APART
        assert await redis.scard(keys.related_apart(64)) == MOST_TOGETHER + 1
        await _commit(redis, tables, 2, dict.fromkeys(_ALL, False))
        assert await redis.smembers(keys.related_apart(64)) == {b"99"}


async def test_nothing_is_kept_of_what_nobody_refers_to(store: EmbeddedStore) -> None:
    """A field without numbers is gone, like an empty set."""
    async with Redis.from_url(store.url) as redis:
        tables = PartitionStore(redis, 0, next(_generations))
        keys = tables.tenant_keys("acme")
        await _commit(redis, tables, 0, {(64, 7): True})
        await _commit(redis, tables, 1, {(64, 7): False})
        assert not await redis.exists(keys.related(64)[0])


@given(st.sets(st.integers(0, 2**32 - 1), max_size=MOST_TOGETHER))
def test_numbers_come_back_from_their_field_ascending(numbers: set[int]) -> None:
    assert numbers_in(together(numbers)) == sorted(numbers)
    assert numbers_in(None) == []
    assert numbers_in(APART) is None


@pytest.mark.parametrize("count", [3, MOST_TOGETHER, MOST_TOGETHER + 1])
async def test_readers_find_few_and_many(store: EmbeddedStore, count: int) -> None:
    """The journey of a customer, and what belongs to one who is to be forgotten."""
    partition = 40 + next(_partitions)
    seed = Seed(store.url, partition, "acme", Clock(0))
    notes = [Note(f"n{number}", number) for number in range(100, 100 + count)]
    tasks = [Task("t1", 98), Task("t2", 99)]
    about = [fact.number for fact in (*tasks, *notes)]
    seed.facts(Customer("c1", 1), *tasks, *notes, about={1: about})
    seed.serve()
    found = seed.redis.execute_command(*journeys.command(seed.keys, "c1"))
    assert (unpack(found[0]).id, found[1], found[2]) == ("c1", [], len(about))
    assert [unpack(fact).number for fact in found[3]] == sorted(about, reverse=True)
    root = Root(b"secret")
    reader = Store(IngestorSettings(redis_url=store.url))
    tenant = directory.Tenant("acme", partition, "Acme", "")
    belong = await belongings(reader, tenant, "c1", root)
    assert belong.tasks == {root.key_id("task", "t1"), root.key_id("task", "t2")}
    await reader.close()
    seed.close()
