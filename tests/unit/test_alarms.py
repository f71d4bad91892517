"""Open alerts on streams: who is told when, and what happens while nothing can be read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import orjson
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from schemas.access import Viewer
from schemas.alerts import State
from services.query.alerts.sight import AlertSight, Place
from services.query.basis import Basis
from services.query.configuration import Configuration
from services.query.stream import alarms
from services.query.stream.alarms import Alerted, AlertWatch
from services.query.stream.listener import Listener
from tests.unit.query_stage import NOON, basis

SIGHT = AlertSight(frozenset({Place("company", "all")}))
RULE = {"name": "Many", "metric": "orders", "warn": 1, "defined_at": "2026-11-01T00:00:00Z"}


class Store:
    """What the notifier and the fold wrote, in the hands of the test."""

    def __init__(self) -> None:
        self.kept: Mapping[bytes, bytes] = {}
        self.documents = {"many": RULE}
        self.failure: Exception | None = None
        self.reads = 0
        self.looked = asyncio.Event()

    def open(self, value: float) -> None:
        """Let the alert be open."""
        state = State("warn", NOON, "many@1", value, "warn")
        self.kept = {b"many": orjson.dumps(state._asdict())}

    async def look_up(self) -> Mapping[bytes, bytes]:
        """Return what is open."""
        self.looked.set()
        if self.failure is not None:
            raise self.failure
        return self.kept

    async def read(self) -> Basis:
        """Return what is configured."""
        self.reads += 1
        kinds = {"alert": self.documents}
        return replace(basis(), configuration=Configuration(str(self.reads), kinds))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a store that is looked at as often as may be."""
    monkeypatch.setattr(alarms, "_LOOK_S", 0.0)
    return Store()


def watching(store: Store) -> AlertWatch:
    return AlertWatch(store.look_up, store.read, lambda: NOON)


def listening() -> tuple[Alerted, Listener]:
    """Return a stream that shows the alerts of the company, and what it is sent."""
    listener = Listener(64)
    stream = Alerted(lambda _: SIGHT, lambda _: Viewer("machine"))
    return stream, listener


async def told(listener: Listener) -> list[float]:
    """Wait for a frame; return the values in the last one."""
    async with asyncio.timeout(10):
        await listener.wait()
    return values(listener.take())


def values(frames: bytes) -> list[float]:
    (*_, last) = frames.decode().strip().split("data: ")
    return [row["value"] for row in orjson.loads(last)["rows"]]


async def looks(store: Store, count: int = 3) -> None:
    """Wait until it was looked so often."""
    for _ in range(count):
        store.looked.clear()
        async with asyncio.timeout(10):
            await store.looked.wait()
        await asyncio.sleep(0)


async def test_first_what_is_open_then_what_is_other(store: Store) -> None:
    """Told at once, and again only where something is other; nothing is read where nothing is."""
    store.open(7)
    watch, (stream, listener) = watching(store), listening()
    await watch.join(stream)
    assert values(stream.listen(listener)) == [7]
    await looks(store)
    reads = store.reads
    await looks(store)
    assert (store.reads, listener.take()) == (reads, b"")
    store.open(8)
    assert await told(listener) == [8]
    store.kept = {}
    assert await told(listener) == []
    watch.leave(stream)


async def test_what_was_configured_meanwhile_is_heeded(store: Store) -> None:
    """A deleted alert is gone as soon as something moved, though the notifier said nothing."""
    store.open(7)
    watch, (stream, listener) = watching(store), listening()
    await watch.join(stream)
    stream.listen(listener)
    store.documents = {}
    watch.moved()
    assert await told(listener) == []
    watch.leave(stream)


@pytest.mark.parametrize("failure", [RedisConnectionError(), KeyError("a bug")])
async def test_while_nothing_can_be_read_what_was_told_stands(
    store: Store, failure: Exception
) -> None:
    """The store away, or a fault of ours: it is tried again, and told when it works."""
    store.open(7)
    watch, (stream, listener) = watching(store), listening()
    await watch.join(stream)
    stream.listen(listener)
    store.failure = failure
    store.open(9)
    await looks(store)
    assert listener.take() == b""
    assert values(stream.told) == [7]
    store.failure = None
    assert await told(listener) == [9]
    watch.leave(stream)


async def test_who_comes_while_the_store_is_away_is_told_later(store: Store) -> None:
    """The stream opens without alerts, and has them as soon as they can be read."""
    store.open(7)
    store.failure = RedisConnectionError()
    watch, (stream, listener) = watching(store), listening()
    await watch.join(stream)
    assert stream.listen(listener) == b""
    store.failure = None
    assert await told(listener) == [7]
    watch.leave(stream)
