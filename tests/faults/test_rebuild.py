"""New tables beside the served ones while events keep coming, and the topic of changes over it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from deploy.local.apart import run_apart
from deploy.local.services import Service
from deploy.local.stack import Tenant
from schemas.brokers import Brokers
from schemas.calendar import NOW, format_day
from schemas.tables import (
    COMPANY_ID,
    SCOPE_LETTERS,
    GenerationKeys,
    PartitionKeys,
    TenantKeys,
    decode,
    parse_field,
)
from services.aggregator.rebuild import Built, build, drop, switch
from tests.faults.company import Company
from tests.faults.rig import Rig, canonical, wait_while_alive
from tests.faults.sizes import EVENTS

pytestmark = pytest.mark.kafka
_SCOPES = {letter: scope for scope, letter in SCOPE_LETTERS.items()}
_DAY_OF_GAUGES = "now"


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


def served_cells(rig: Rig, tenant: str) -> dict[str, int]:
    """Return every day cell and gauge of a tenant by its key on the topic of changes."""
    prefix = TenantKeys(0, rig.generation(), tenant).prefix
    found: dict[str, int] = {}
    for kind in ("d", "g"):
        for raw in rig.redis.scan_iter(match=f"{prefix}{kind}:*", count=1000):
            _, letter, scope_id, *day = raw.decode().removeprefix(prefix).split(":")
            scope = _SCOPES[letter]
            when = format_day(int(day[0])) if day and int(day[0]) != NOW else _DAY_OF_GAUGES
            who = COMPANY_ID if scope == "company" else decode(scope_id)
            for name, value in rig.redis.hgetall(raw).items():
                metric, dimension = parse_field(name.decode())
                key = f"{tenant}|{metric}|{scope}|{who}|{when}|{dimension}"
                found[key] = int(value)
    return found


def followed(rig: Rig, tenant: str) -> dict[str, int]:
    """Return what a consumer of `kpi-changes` holds that keeps the latest version of each key."""
    last: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}
    for partition in range(rig.stack.partitions or 1):
        for record in rig.records("kpi-changes", partition):
            value = orjson.loads(record.value)
            generation, _, offset = value["version"].rpartition(".")
            version = (int(generation.rpartition("-")[2]), int(offset))
            key = record.key.decode()
            if value["tenant"] == tenant and version >= last.get(key, ((0, 0), {}))[0]:
                last[key] = (version, value)
    return {key: value["value"] for key, (_, value) in last.items() if value["value"]}


def wait_followed(rig: Rig, tenant: str, worker: Service) -> None:
    """Wait until all changes are published; check that their reader has what is served."""

    def published() -> bool:
        changes = GenerationKeys(0, rig.generation()).changes
        last = rig.redis.xrevrange(changes, count=1)[0][0].decode()
        return bool(rig.redis.get(PartitionKeys(0).relay) == f"{rig.generation()}/{last}".encode())

    wait_while_alive(published, "the changes are not published", worker)
    held, served = followed(rig, tenant), served_cells(rig, tenant)
    assert {k: v for k, v in held.items() if served.get(k) != v} == {}
    assert held == served


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


def test_topic_of_changes_over_kills(rig: Rig) -> None:
    """The worker is killed twice in between: a reader that keeps the latest version has it all."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(82, tenant.id).events(EVENTS // 2)))
    for _ in range(2):
        worker = rig.worker(batch_events=50)
        worker.start()
        rig.wait_fence(rig.fence() + EVENTS // 20, 0, worker)
        worker.kill()
        assert rig.fence() < rig.end()
    worker = rig.worker(batch_events=50)
    worker.start()
    rig.wait_level(workers=[worker])
    rig.verify()
    wait_followed(rig, tenant.id, worker)
