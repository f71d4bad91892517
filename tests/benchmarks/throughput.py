"""Throughput in one run: raw consume, an idiomatic Faust table, and ours, interleaved.

Everything runs on Apache Kafka from its jars and Valkey with AOF every second, on loopback. Each
program reads the same topic from its beginning; the counts are checked equal.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Self

import redis
from aiokafka import AIOKafkaProducer

from deploy.local.kafka import KafkaFromJars
from deploy.local.process import wait_for
from deploy.local.services import Meeting, Service
from deploy.local.store import EmbeddedStore
from schemas.brokers import Brokers
from schemas.tables import GenerationKeys, PartitionKeys, TenantKeys
from services.commands.topics import Plan, ensure
from tests.benchmarks import mix

_PATIENCE_S = 600
_POLL_S = 0.02


@dataclass
class Runs:
    """Events per second of each program, a value per repetition."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, events: int, seconds: float) -> None:
        """Add one repetition."""
        self.values.setdefault(name, []).append(events / seconds)

    def median(self, name: str) -> float:
        """Return the median of a program."""
        return median(self.values[name])


class Bench:
    """A broker with the log in it, and what it takes to run a program on it."""

    def __init__(self, directory: Path, events: int, peer_events: int) -> None:
        self.directory = directory
        self.kafka = KafkaFromJars(directory / "kafka")
        self.values = list(mix.events(events))
        self.peer_values = list(mix.events(peer_events))
        self.runs = Runs()
        self._number = 0

    def __enter__(self) -> Self:
        mix.check()
        self.kafka.start()
        for prefix, values in (("log-", self.values), ("peer-", self.peer_values)):
            asyncio.run(ensure(Brokers(self.kafka.bootstrap), Plan(prefix=prefix, partitions=1)))
            asyncio.run(_load(self.kafka.bootstrap, f"{prefix}crm-events", values))
        return self

    def __exit__(self, *_: object) -> None:
        self.kafka.stop()

    def raw(self) -> None:
        """Run the limit: consume and decode."""
        answer = self._peer("raw_consume", "log-", len(self.values))
        self.runs.add("raw_consume", answer["events"], answer["seconds"])

    def faust_table(self) -> None:
        """Run the idiomatic Faust table on its (smaller) log."""
        answer = self._peer("faust_table", "peer-", len(self.peer_values))
        self.runs.add("faust_table", answer["events"], answer["seconds"])
        if answer["counts"] != mix.expected(self.peer_values):
            raise AssertionError("the Faust table counted something else")

    def _peer(self, module: str, prefix: str, count: int) -> dict[str, Any]:
        command = [sys.executable, "-m", f"tests.benchmarks.peers.{module}"]
        command += [self.kafka.bootstrap, f"{prefix}crm-events", str(count)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE_S, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def ours(self) -> None:
        """Run the aggregator, all outputs on, from an empty store to the end of the log."""
        self._number += 1
        home = self.directory / f"ours-{self._number}"
        store = EmbeddedStore(home / "store")
        store.start()
        meeting = Meeting(
            kafka_bootstrap=self.kafka.bootstrap,
            redis_url=store.url,
            embedded_broker=False,
            topic_prefix="log-",
            log_level="WARNING",
        )
        group = {"GROUP": f"bench-{self._number}"}
        service = Service("aggregator", meeting, home, settings=group)
        try:
            with redis.Redis.from_url(store.url) as client:
                self._measure(service, client)
                if _counts(client) != mix.expected(self.values):
                    raise AssertionError("the aggregator counted something else")
        finally:
            service.stop()
            store.stop()

    def _measure(self, service: Service, client: redis.Redis) -> None:
        """Measure from the first commit on, without the start of the process."""
        total = len(self.values)
        service.start()
        wait_for(lambda: _position(client) > 0, _PATIENCE_S, "nothing was folded")
        first, began = _position(client), time.perf_counter()
        while (position := _position(client)) < total:
            time.sleep(_POLL_S)
            if time.perf_counter() - began > _PATIENCE_S:
                raise TimeoutError(f"stuck at {position} of {total}")
        self.runs.add("ours", total - first, time.perf_counter() - began)


def _generation(client: redis.Redis) -> str:
    raw: Any = client.get(PartitionKeys(0).served)
    return "" if raw is None else raw.decode()


def _position(client: redis.Redis) -> int:
    raw: Any = client.hget(GenerationKeys(0, _generation(client)).fence, "next")
    return int(raw or 0)


def _counts(client: redis.Redis) -> dict[str, int]:
    """Return what ours counted, in the form of `mix.expected`."""
    keys = TenantKeys(0, _generation(client), mix.TENANT)
    found: dict[str, int] = {}
    company: Any = client.hgetall(keys.month("company", "all", 202611))
    found |= {name: int(company[name.encode()]) for name in ("emails_opened", "orders")}
    for number in range(mix.EMPLOYEES):
        name = f"emp{number}"
        calls: Any = client.hget(keys.month("employee", name, 202611), "calls_outbound")
        if calls:
            found[f"calls:{name}"] = int(calls)
    return found


async def _load(bootstrap: str, topic: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=20, max_batch_size=262_144, acks="all"
    )
    await producer.start()
    try:
        sent = [
            await producer.send(topic, value, key=mix.TENANT.encode(), partition=0)
            for value in values
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


def run(
    directory: Path, *, events: int, peer_events: int, repetitions: int, say: Callable[[str], None]
) -> Runs:
    """Run every program `repetitions` times, interleaved, and return the figures."""
    with Bench(directory, events, peer_events) as bench:
        for number in range(1, repetitions + 1):
            for name, program in (
                ("raw_consume", bench.raw),
                ("faust_table", bench.faust_table),
                ("ours", bench.ours),
            ):
                program()
                rate = bench.runs.values[name][-1]
                say(f"repetition {number}: {name} {rate:,.0f} events/s")
        return bench.runs
