"""The topics command and the embedded store against real processes."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
import redis

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.brokers import Brokers
from schemas.topics import TOPICS
from services.commands.topics import Plan, ensure


@pytest.fixture
def prefix() -> str:
    """Give topics of their own."""
    return f"x{secrets.token_hex(3)}-"


async def test_missing_topics_are_created_once(broker: Broker, prefix: str) -> None:
    """The first run creates every topic of the registry, the second finds nothing to do."""
    plan = Plan(prefix=prefix, partitions=3)
    first = await ensure(Brokers(broker.bootstrap), plan)
    assert set(first.created) == {prefix + name for name in TOPICS}
    second = await ensure(Brokers(broker.bootstrap), plan)
    assert second.created == ()
    assert second.differences == ()


async def test_check_creates_nothing(broker: Broker, prefix: str) -> None:
    """A check on an empty broker names every missing topic and leaves them missing."""
    plan = Plan(prefix=prefix, partitions=3)
    for _ in range(2):
        outcome = await ensure(Brokers(broker.bootstrap), plan, check_only=True)
        assert outcome.created == ()
        assert set(outcome.differences) == {f"{prefix}{name}: missing" for name in TOPICS}


async def test_another_number_of_partitions_is_reported(broker: Broker, prefix: str) -> None:
    """A topic that differs from the registry is named with both numbers, and left as it is."""
    await ensure(Brokers(broker.bootstrap), Plan(prefix=prefix, partitions=2))
    outcome = await ensure(Brokers(broker.bootstrap), Plan(prefix=prefix, partitions=5))
    assert outcome.created == ()
    assert f"{prefix}crm-events: 2 partitions, the registry wants 5" in outcome.differences


def test_a_killed_store_comes_back_with_its_data(tmp_path: Path) -> None:
    """What was written and synced is there after SIGKILL and a start on the same directory."""
    store = EmbeddedStore(tmp_path, appendfsync="always")
    store.start()
    with redis.Redis.from_url(store.url) as client:
        client.set("figure", 7)
    store.kill()
    assert not store.answers()
    store.start()
    with redis.Redis.from_url(store.url) as client:
        assert client.get("figure") == b"7"
    store.stop()
