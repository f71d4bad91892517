"""New tables beside the served ones while events keep coming, and the topic of changes over it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from redis.asyncio import Redis

from deploy.local.apart import run_apart
from deploy.local.stack import Tenant
from schemas.brokers import Brokers
from services.aggregator import rebuild
from services.aggregator.batch import Record
from services.aggregator.partition import PartitionFolder
from services.aggregator.rebuild import Built, build, drop, switch
from tests.faults.company import Company
from tests.faults.followers import wait_followed
from tests.faults.rig import Rig, canonical
from tests.faults.sizes import EVENTS

pytestmark = pytest.mark.kafka
_LIST = 100
_MANY = 12
"""Lists of records after which it would never end."""
_FETCHED_S = 0.2
"""Until a consumer, which waits for records, has those that are in the log."""


@contextmanager
def arriving(rig: Rig, tenant: Tenant, company: Company) -> Iterator[None]:
    """Let events arrive in the log, in small portions, while something else happens."""
    done = Event()

    def load() -> None:
        while not done.is_set():
            rig.load(tenant, canonical(company.events(50)))

    loading = Thread(target=load)
    loading.start()
    try:
        yield
    finally:
        done.set()
        loading.join()


async def _rebuilt(rig: Rig) -> Built:
    redis = Redis.from_url(rig.store.url)
    try:
        built = await build(redis, Brokers(rig.bootstrap), rig.topic, 0, lambda *_: None)
        assert await switch(redis, built)
        return built
    finally:
        await redis.aclose()


async def _dropped(rig: Rig, generation: str) -> int:
    redis = Redis.from_url(rig.store.url)
    try:
        return await drop(redis, 0, generation)
    finally:
        await redis.aclose()


def test_rebuild_while_events_arrive(rig: Rig) -> None:
    """Built, switched and dropped twice while the worker folds on, the second time idle at the end.

    The worker goes on in the new generation by itself, and so does the topic of changes.
    """
    tenant = rig.tenant()
    company = Company(80, tenant.id)
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    worker = rig.worker(batch_events=100)
    worker.start()
    rig.wait_level(workers=[worker])
    for _ in range(2):
        with arriving(rig, tenant, company):
            built = run_apart(_rebuilt(rig))
            assert rig.generation() == built.generation
            assert built.served is not None
            assert run_apart(_dropped(rig, built.served)) > 0
        rig.wait_level(workers=[worker])
    rig.verify()
    assert rig.heartbeat()["generation"] == rig.generation()
    wait_followed(rig, tenant.id, worker)


def test_a_rebuild_ends_though_the_log_grows_as_fast(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each list of records that it folds as many arrive: the live worker folds those."""
    tenant = rig.tenant()
    company = Company(82, tenant.id)
    rig.load(tenant, canonical(company.events(_LIST)))
    folded: list[int] = []

    class Overtaken(PartitionFolder):
        async def fold(self, records: Sequence[Record], *, lands: bool = True) -> int:
            assert len(folded) < _MANY, f"it never ends: {folded}"
            position = await super().fold(records, lands=lands)
            if records:
                folded.append(len(records))
                await asyncio.to_thread(rig.load, tenant, canonical(company.events(len(records))))
                await asyncio.sleep(_FETCHED_S)
            return position

    async def built() -> Built:
        redis = Redis.from_url(rig.store.url)
        try:
            return await build(redis, Brokers(rig.bootstrap), rig.topic, 0, lambda *_: None)
        finally:
            await redis.aclose()

    monkeypatch.setattr(rebuild, "PartitionFolder", Overtaken)
    assert run_apart(built()).offset == sum(folded) < rig.end()


def test_switch_to_a_generation_that_is_behind_while_nothing_comes(rig: Rig) -> None:
    """Events folded between build and switch, then silence: the worker folds them once more."""
    tenant = rig.tenant()
    company = Company(81, tenant.id)
    rig.load(tenant, canonical(company.events(EVENTS // 10)))
    worker = rig.worker()
    worker.start()
    rig.wait_level(workers=[worker])

    async def built_then_overtaken() -> Built:
        redis = Redis.from_url(rig.store.url)
        try:
            built = await build(redis, Brokers(rig.bootstrap), rig.topic, 0, lambda *_: None)
            await asyncio.to_thread(rig.load, tenant, canonical(company.events(300)))
            await asyncio.to_thread(rig.wait_level, workers=[worker])
            assert await switch(redis, built)
            return built
        finally:
            await redis.aclose()

    built = run_apart(built_then_overtaken())
    assert built.offset < rig.end()
    rig.wait_level(workers=[worker])
    rig.verify()
