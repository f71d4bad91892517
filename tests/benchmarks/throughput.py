"""Throughput in one run: the peers and ours, interleaved, on the same log.

Everything runs on Apache Kafka from its jars and Valkey with AOF every second, on loopback. Each
program reads the topic from its beginning; its first tenth is the warm-up of all of them. The
counts are checked equal. The slowest peer reads a shorter log of the same kind.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import redis
from aiokafka import AIOKafkaProducer

from deploy.local.kafka import KafkaFromJars
from deploy.local.process import wait_for
from deploy.local.services import Meeting, Service
from deploy.local.store import EmbeddedStore
from schemas.brokers import Brokers
from schemas.tables import TenantKeys
from services.commands.topics import Plan, ensure
from tests.benchmarks import mix, readings
from tests.benchmarks.figures import Figures
from tests.benchmarks.peers import running
from tests.benchmarks.peers.counting import WARM_UP
from tests.benchmarks.readings import Spent, generation, position
from tests.benchmarks.recount import Counts, compared, expected

_PATIENCE_S: Final = 600
_POLL_S: Final = 0.02
_SLOW: Final = frozenset({"faust_table"})
_CHUNK: Final = 1000


class Ours(NamedTuple):
    """One run of the aggregator. Units: events a second, ms, us of processor time an event."""

    rate: float
    commit_p50_ms: float
    commit_p99_ms: float
    worker_us: float
    store_us: float


class Bench:
    """A broker with the logs in it, and what it takes to run a program on one."""

    def __init__(self, directory: Path, events: int, peer_events: int) -> None:
        self.directory = directory
        self.kafka = KafkaFromJars(directory / "kafka")
        self.values = list(mix.events(events))
        self.peer_values = list(mix.events(peer_events))
        self.rebuilt: list[float] = []
        self._counts = {"log-": expected(self.values), "peer-": expected(self.peer_values)}
        self._exact = expected(self.values, takes_back=True)
        self._number = 0

    def __enter__(self) -> Self:
        mix.check()
        running.prepare()
        self.kafka.start()
        for prefix, values in (("log-", self.values), ("peer-", self.peer_values)):
            asyncio.run(ensure(Brokers(self.kafka.bootstrap), Plan(prefix=prefix, partitions=1)))
            asyncio.run(write(self.kafka.bootstrap, f"{prefix}crm-events", values))
        return self

    def __exit__(self, *_: object) -> None:
        self.kafka.stop()

    def peer(self, peer: running.Peer) -> float:
        """Run a peer; return its events a second.

        Errors: AssertionError where it counted something else.
        """
        prefix, values = ("peer-", self.peer_values) if peer in _SLOW else ("log-", self.values)
        topic = f"{prefix}crm-events"
        answer = running.run(peer, self.kafka.bootstrap, topic, len(values))
        if peer != "raw_consume":
            compare(peer, answer["counts"], self._counts[prefix])
        return float(answer["events"] / answer["seconds"])

    def ours(self, *, is_rebuilt: bool) -> Ours:
        """Run the aggregator, all outputs on, from an empty store to the end of the log.

        Errors: AssertionError where it counted something else.
        """
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
                found = self._measure(service, store, client)
                compare("ours", counts(client, self._counts["log-"]), self._exact)
            service.stop()
            if is_rebuilt:
                self.rebuilt.append(_rebuild(self.kafka.bootstrap, store.url))
        finally:
            service.stop()
            store.stop()
        return found

    def _measure(self, service: Service, store: EmbeddedStore, client: redis.Redis) -> Ours:
        total = len(self.values)
        service.start()
        wait_for(lambda: position(client) >= total // WARM_UP, _PATIENCE_S, "nothing was folded")
        first, began = position(client), time.perf_counter()
        before = Spent.of(service.child, store.child)
        while (done := position(client)) < total:
            time.sleep(_POLL_S)
            if time.perf_counter() - began > _PATIENCE_S:
                raise TimeoutError(f"stuck at {done} of {total}")
        seconds = time.perf_counter() - began
        used = Spent.of(service.child, store.child).since(before)
        worker_us, store_us = (each / (total - first) * 1e6 for each in used)
        said = readings.metrics(service.url)
        commits = [
            readings.quantile(said, "salespulse_commit_seconds", share) * 1000
            for share in (0.5, 0.99)
        ]
        return Ours((total - first) / seconds, *commits, worker_us, store_us)


def compare(program: str, found: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    """Check that a program counted what the recount did; raises AssertionError."""
    differing = sorted({key for key, _ in found.items() ^ wanted.items()})
    shown = [f"{key}: {found.get(key, 0)} for {wanted.get(key, 0)}" for key in differing[:6]]
    assert not differing, f"{program} counted {len(differing)} numbers otherwise: {shown}"


def counts(client: redis.Redis, plain: Iterable[str]) -> Counts:
    """Return what ours counted, in the form of the recount.

    Shape:  every cell of a day or a month there is, of the figures and scopes that the keys of
            `plain` have: ours keeps other figures too, and more dimensions of these.
    """
    places = compared(plain)
    prefix = TenantKeys(0, generation(client), mix.TENANT).prefix
    found: Counts = {}
    for name, cells in (*_hashes(client, f"{prefix}d:*"), *_hashes(client, f"{prefix}m:*")):
        _, scope, whose, point = name.removeprefix(prefix).split(":")
        date = "-".join(filter(None, (point[:4], point[4:6], point[6:])))
        for figure, number in cells.items():
            if (figure, scope) in places:
                found[f"{figure}|{scope}|{whose}|{date}"] = number
    return found


def _hashes(client: redis.Redis, pattern: str) -> Iterator[tuple[str, dict[str, int]]]:
    names = client.scan_iter(pattern, count=_CHUNK)
    while chunk := list(islice(names, _CHUNK)):
        with client.pipeline(transaction=False) as asked:
            for name in chunk:
                asked.hgetall(name)
            answers: list[Any] = asked.execute()
        for name, cells in zip(chunk, answers, strict=True):
            yield name.decode(), {field.decode(): int(value) for field, value in cells.items()}


async def write(
    bootstrap: str, topic: str, values: Iterable[bytes], key: str = mix.TENANT, partition: int = 0
) -> None:
    """Write values into a partition, in order."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=20, max_batch_size=262_144, acks="all"
    )
    await producer.start()
    try:
        sent = [
            await producer.send(topic, value, key=key.encode(), partition=partition)
            for value in values
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


def _rebuild(bootstrap: str, redis_url: str) -> float:
    """Build a new generation from the log beside the served one; return events a second."""
    command = [sys.executable, "-m", "tests.benchmarks.rebuilding", bootstrap, redis_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    return float(answer["events"] / answer["seconds"])


def run(
    directory: Path, *, events: int, peer_events: int, repetitions: int, found: Figures,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Run every program `repetitions` times, interleaved."""
    rates: dict[running.Peer, list[float]] = {peer: [] for peer in running.PEERS}
    ours: list[Ours] = []
    with Bench(directory, events, peer_events) as bench:
        for number in range(1, repetitions + 1):
            for peer in running.PEERS:
                rates[peer].append(bench.peer(peer))
                say(f"repetition {number}: {peer} {rates[peer][-1]:,.0f} events/s")
            ours.append(bench.ours(is_rebuilt=number == repetitions))
            say(f"repetition {number}: ours {ours[-1].rate:,.0f} events/s")
        found.add("rebuild_events_per_s", *bench.rebuilt)
    found.add("commit_path_events_per_s", *(one.rate for one in ours))
    found.add("commit_p50_ms", *(one.commit_p50_ms for one in ours))
    found.add("commit_p99_ms", *(one.commit_p99_ms for one in ours))
    found.add("cpu_us_per_event_worker", *(one.worker_us for one in ours))
    found.add("cpu_us_per_event_store", *(one.store_us for one in ours))
    for peer in running.PEERS:
        found.add(f"{peer}_events_per_s", *rates[peer])
        found.ratio(f"ratio_to_{peer}", "commit_path_events_per_s", f"{peer}_events_per_s")
