"""What the notifier knows of tenants: loaded once, and again where something it rests on moved."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.brokers import Brokers
from services.notifier.tenants import Moved, Tenant, Tenants
from tests.integration.query_house import NOON
from tests.integration.query_seed import Clock, Seed, department

FRESH_MS = 15_000
ALERT = {"name": "Many", "metric": "orders", "warn": 1, "defined_at": "2026-11-01T00:00:00Z"}


class Directory:
    """A topic with one entry, as its consumer hands it out."""

    def __init__(self, seed: Seed) -> None:
        self._entries = [{"tenant": seed.tenant, "partition": seed.partition}]

    async def getmany(self, **_: Any) -> dict[str, list[Any]]:
        """Return what is new."""
        found, self._entries = self._entries, []
        record = type("Record", (), {})
        records = []
        for entry in found:
            records.append(record())
            records[-1].value = orjson.dumps(entry)
        return {"tp": records} if records else {}


class Office:
    """A tenant in the store, and what was told of it."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.clock = Clock(NOON)
        name = f"t{secrets.token_hex(4)}"
        self.seed = Seed(store.url, secrets.randbelow(1_000_000), name, self.clock)
        self.seed.serve(feeds="tasks")
        self.seed.facts(department(1, "sales"), department(2, "hanoi", "sales"))
        self.seed.commit()
        self.redis: Any = Redis.from_url(store.url)
        self.told: list[tuple[Tenant, Moved]] = []
        self.tenants = Tenants(self.redis, Brokers("nowhere:1"), "x", self._tell, self.clock)

    async def _tell(self, tenant: Tenant, moved: Moved) -> None:
        self.told.append((tenant, moved))

    def define(self) -> None:
        """Define an alert, as the fold does."""
        self.seed.redis.hset(self.seed.keys.config, "alert:many", orjson.dumps(ALERT))

    async def round(self) -> list[Tenant]:
        """Look again after a while; return what was told as another configuration."""
        self.told.clear()
        self.clock.at_ms += FRESH_MS
        await self.tenants.round()
        return [tenant for tenant, moved in self.told if moved.is_configured]


@pytest.fixture
async def office(store: EmbeddedStore) -> AsyncIterator[Office]:
    """Give a tenant whose alert is known."""
    made = Office(store)
    made.define()
    await made.tenants.learn(Directory(made.seed))
    (tenant,) = await made.round()
    assert tenant.documents["alert"] == {"many": ALERT}
    assert tenant.company.places("department", "sales", sub=True) == ("sales", "hanoi")
    yield made
    made.seed.close()
    await made.redis.aclose()


async def test_what_stays_is_not_told_again(office: Office) -> None:
    """Nothing moved: nobody is defined anew, however often it is looked at."""
    assert await office.round() == []
    office.seed.commit()
    assert await office.round() == []


async def test_a_department_that_moved_is_told(office: Office) -> None:
    """No record names it, so it is seen when the facts of people have another digest."""
    office.seed.facts(department(2, "hanoi"), department(3, "hue", "sales"))
    office.seed.commit()
    (tenant,) = await office.round()
    assert tenant.company.places("department", "sales", sub=True) == ("sales", "hue")
    assert await office.round() == []


async def test_a_setting_that_changed_is_told(office: Office) -> None:
    """Zone and modules decide what is judged, and when."""
    office.seed.serve(time_zone="Asia/Tokyo", feeds="tasks", modules_off="tasks")
    (tenant,) = await office.round()
    assert tenant.settings.time_zone == "Asia/Tokyo"
    assert not tenant.settings.is_fed("tasks")
    assert tenant.documents["alert"] == {"many": ALERT}
    assert await office.round() == []
