"""The same events spread over many tenants, or over two workers: what an event costs then.

Every tenant has its people and customers; only the calls after that are measured, in a random
order of tenants, from the log to committed figures.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import redis

from deploy.local.kafka import KafkaFromJars
from deploy.local.process import wait_for
from deploy.local.services import Meeting, Service
from deploy.local.store import EmbeddedStore
from schemas.brokers import Brokers
from services.commands.topics import Plan, ensure
from tests.benchmarks import written
from tests.benchmarks.company import employee
from tests.benchmarks.day import phone, profile
from tests.benchmarks.readings import Spent, position
from tests.benchmarks.throughput import write

_EMPLOYEES: Final = 200
_CUSTOMERS: Final = 20_000
_TALKS: Final = (0, 0, 45, 90, 240)
_BEGINS_MS: Final = 1_795_140_000_000
_LENGTH_MS: Final = 10 * 3_600_000
_PATIENCE_S: Final = 3600
_POLL_S: Final = 0.02


class Spread(NamedTuple):
    """Units: events a second of all workers; us of processor time an event."""

    events_per_s: float
    worker_us: float
    store_us: float


class Log(NamedTuple):
    """What stands in one partition: what is folded before, and what is measured."""

    before: list[bytes]
    measured: list[bytes]


def log(tenants: int, calls: int, seed: int) -> Log:
    """Return the log of a partition; people and customers are divided among its tenants."""
    people, customers = max(2, _EMPLOYEES // tenants), max(3, _CUSTOMERS // tenants)
    chance, names = random.Random(seed), [f"t{seed}x{number}" for number in range(tenants)]
    return Log(
        [value for name in names for value in _company(chance, name, people, customers)],
        [
            value
            for number in range(calls)
            for value in _call(chance, chance.choice(names), number, people, customers, calls)
        ],
    )


def _company(chance: random.Random, tenant: str, people: int, customers: int) -> Iterator[bytes]:
    said = [("employee.upserted", f"emp{who}", employee(who)) for who in range(people)]
    said += [
        ("customer.created", f"c{name}",
         profile(chance, name) | {"created_at": written.moment(_BEGINS_MS)})
        for name in range(customers)
    ]  # fmt: skip
    for number, (event_type, subject, data) in enumerate(said):
        yield written.logged(written.event(event_type, number, subject, _BEGINS_MS, data, tenant))


def _call(  # noqa: PLR0917 - the parts of a call
    chance: random.Random, tenant: str, number: int, people: int, customers: int, calls: int
) -> Iterator[bytes]:
    customer, at_ms = chance.randrange(customers), _BEGINS_MS + number * _LENGTH_MS // calls
    who = {"direction": "outbound", "employee_id": f"emp{chance.randrange(people)}"}
    who |= {"customer_id": f"c{customer}", "phone": phone(customer)}
    talk_s, name = chance.choice(_TALKS), f"call{number}"
    data = {"started_at": written.moment(at_ms), **who}
    first = 1_000_000 + 2 * number
    yield written.logged(written.event("call.started", first, name, at_ms, data, tenant))
    ended_ms = at_ms + 9000 + talk_s * 1000
    data = {"ended_at": written.moment(ended_ms), "duration_s": talk_s, **who}
    yield written.logged(written.event("call.ended", first + 1, name, ended_ms, data, tenant))


def run(directory: Path, *, tenants: int, workers: int, calls: int, partitions: int) -> Spread:
    """Fold the logs of all partitions; `tenants` and `calls` are those of all of them."""
    kafka, store = KafkaFromJars(directory / "kafka"), EmbeddedStore(directory / "store")
    logs = [log(max(1, tenants // partitions), calls // partitions, seed) for seed in
            range(partitions)]  # fmt: skip
    folding: list[Service] = []
    kafka.start()
    store.start()
    try:
        asyncio.run(ensure(Brokers(kafka.bootstrap), Plan(partitions=partitions)))
        folding = [_worker(directory, kafka, store, number) for number in range(workers)]
        for worker in folding:
            worker.start()
        for worker in folding:
            worker.wait()
        with redis.Redis.from_url(store.url) as client:
            _write(kafka, [each.before for each in logs])
            _wait(client, [len(each.before) for each in logs])
            return _measure(kafka, store, client, logs, folding)
    finally:
        for worker in folding:
            worker.stop()
        store.stop()
        kafka.stop()


def _worker(directory: Path, kafka: KafkaFromJars, store: EmbeddedStore, number: int) -> Service:
    meeting = Meeting(
        kafka_bootstrap=kafka.bootstrap, redis_url=store.url, embedded_broker=False,
        log_level="WARNING",
    )  # fmt: skip
    label = f"worker-{number}"
    return Service("aggregator", meeting, directory, settings={"INSTANCE": label}, label=label)


def _write(kafka: KafkaFromJars, values: list[list[bytes]]) -> None:
    for partition, each in enumerate(values):
        asyncio.run(write(kafka.bootstrap, "crm-events", each, "bench", partition))


def _wait(client: redis.Redis, ends: list[int]) -> None:
    def is_level() -> bool:
        return all(position(client, at) >= end for at, end in enumerate(ends))

    wait_for(is_level, _PATIENCE_S, "it was not folded")


def _measure(
    kafka: KafkaFromJars, store: EmbeddedStore, client: redis.Redis, logs: list[Log],
    folding: list[Service],
) -> Spread:  # fmt: skip
    """Write the calls while nobody folds, then let everybody begin at once."""
    for worker in folding:
        worker.stop()
    _write(kafka, [each.measured for each in logs])
    starts = [len(each.before) for each in logs]
    ends = [start + len(each.measured) for start, each in zip(starts, logs, strict=True)]
    for worker in folding:
        worker.start()
    wait_for(
        lambda: all(position(client, at) > start for at, start in enumerate(starts)),
        _PATIENCE_S,
        "nobody folds",
    )
    children = [store.child, *(worker.child for worker in folding)]
    before, began = Spent.of(*children), time.perf_counter()
    left = sum(ends) - sum(position(client, at) for at in range(len(ends)))
    while any(position(client, at) < end for at, end in enumerate(ends)):
        time.sleep(_POLL_S)
    seconds = time.perf_counter() - began
    store_s, *workers_s = Spent.of(*children).since(before)
    return Spread(left / seconds, sum(workers_s) / left * 1e6, store_s / left * 1e6)
