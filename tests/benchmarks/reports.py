"""How long the reports take on a year of a large department, while events keep arriving.

The year is written to the log of a tenant as the ingestor would write it, folded by the real
aggregator, and asked for over HTTP, one request after another, while a thousand events a second
come in through the ingestor.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import httpx
import redis
from aiokafka import AIOKafkaProducer

from deploy.local.kafka import KafkaFromJars
from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from deploy.local.store import EmbeddedStore
from schemas.calendar import DEFAULT_TIME_ZONE, format_day, local_day
from tests.benchmarks import cohorts
from tests.benchmarks.year import DAYS, DEPARTMENT, Size, Year

_PATIENCE_S = 3600
_CHUNK = 20_000
_LOAD_PER_S = 1_000
_WARM_UP = 6
"""Requests of each kind before it is measured: the first one of a cohort loads its days."""


class Found(NamedTuple):
    """What was measured.

    Units:  waits in ms by name; bytes of the store per fact, and per customer; events per second.
    """

    waits: Mapping[str, list[float]]
    bytes_per_fact: float
    bytes_per_customer: float
    load_per_s: float
    events: int

    def p50(self, name: str) -> float:
        """Return the median of a request."""
        return median(self.waits[name])

    def p95(self, name: str) -> float:
        """Return the 95th percentile of a request."""
        return quantiles(self.waits[name], n=20)[18]


def run(directory: Path, size: Size, *, requests: int, say: Callable[[str], None]) -> Found:
    """Start a stack on Apache Kafka, fold a year, and measure."""
    kafka, store = KafkaFromJars(directory / "kafka"), EmbeddedStore(directory / "store")
    kafka.start()
    store.start()
    stack = Stack(
        broker=kafka, redis_url=store.url, directory=directory, topic_prefix="rep-", store=store
    )
    try:
        stack.start()
        return _measure(stack, store, size, requests, say)
    finally:
        stack.stop()
        store.stop()
        kafka.stop()


def _measure(
    stack: Stack, store: EmbeddedStore, size: Size, requests: int, say: Callable[[str], None]
) -> Found:
    tenant = stack.create_tenant(name="Bench")
    today = date.fromisoformat(format_day(local_day(int(time.time() * 1000), DEFAULT_TIME_ZONE)))
    values = Year(tenant.id, size, today).events()
    with redis.Redis.from_url(store.url) as client:
        people = 1 + 200 + size.customers
        empty = _memory(client)
        _fold(stack, tenant, islice(values, people))
        with_customers = _memory(client)
        events = people + _fold(stack, tenant, values)
        full = _memory(client)
    say(f"{events:,} events folded; {(full - empty) / 1e6:,.0f} MB in the store")
    command = [sys.executable, "-m", "tests.benchmarks.load", stack.ingestor_url]
    command += [tenant.write_key, tenant.id, datetime.now(UTC).isoformat(), str(_LOAD_PER_S)]
    questions = {name: [address] for name, address in _questions(today).items()}
    questions |= cohorts.questions(today, size, requests)
    seconds = 5 + requests * len(questions) * 0.5
    load = subprocess.Popen([*command, str(seconds)], stdout=subprocess.PIPE, text=True)
    try:
        waits = _ask(stack, tenant, questions, requests)
    finally:
        reached = float(load.communicate(timeout=seconds + 60)[0])
    return Found(
        waits,
        (full - with_customers) / size.facts,
        (with_customers - empty) / size.customers,
        reached,
        events,
    )


def _questions(today: date) -> dict[str, str]:
    """Return name -> address of every request that is measured."""
    month = f"from={today - timedelta(29)}&to={today}"
    year = f"from={today - timedelta(DAYS - 1)}&to={today}"
    found = {}
    for name, span in (("month", month), ("year", year)):
        found[f"report_department_{name}"] = (
            f"/v1/reports/department?department={DEPARTMENT}&{span}"
        )
        found[f"report_employee_{name}"] = f"/v1/reports/employee?employee=emp7&{span}"
        figures = f"/v1/kpis/department/{DEPARTMENT}?{span}&metrics="
        found[f"kpi_get_{name}"] = f"{figures}revenue,orders,calls_outbound,tasks,customers_new"
        found[f"kpi_distinct_{name}"] = f"{figures}customers_interacted"
        found[f"facts_page_{name}"] = (
            f"/v1/facts?metric=calls_outbound&scope=department&id={DEPARTMENT}&{span}"
        )
    return found


def _ask(
    stack: Stack, tenant: Tenant, questions: Mapping[str, Sequence[str]], requests: int
) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = {name: [] for name in questions}
    headers = {"Authorization": f"Bearer {tenant.read_key}"}
    with httpx.Client(base_url=stack.query_url, headers=headers, timeout=120) as client:
        for addresses in questions.values():
            for address in addresses[:_WARM_UP]:
                client.get(address).raise_for_status()
        for turn in range(requests):
            for name, addresses in questions.items():
                began = time.perf_counter()
                client.get(addresses[turn % len(addresses)]).raise_for_status()
                waits[name].append((time.perf_counter() - began) * 1000)
    return waits


def _fold(stack: Stack, tenant: Tenant, values: Iterable[bytes]) -> int:
    """Write events into the tenant's log and wait until the figures have them all."""
    count = asyncio.run(_write(stack, tenant, values))
    headers = {"Authorization": f"Bearer {tenant.read_key}"}

    def is_folded() -> bool:
        answer: dict[str, Any] = client.get("/v1/tenant").json()
        return bool(answer.get("state") == "live")

    with httpx.Client(base_url=stack.query_url, headers=headers, timeout=60) as client:
        time.sleep(2)  # the heartbeat of before may still say that nothing is behind
        wait_for(is_folded, _PATIENCE_S, "the year was not folded")
    return count


async def _write(stack: Stack, tenant: Tenant, values: Iterable[bytes]) -> int:
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.kafka_bootstrap, linger_ms=20, max_batch_size=262_144, acks="all"
    )
    topic = f"{stack.topic_prefix}crm-events"
    count = 0
    rest = iter(values)
    await producer.start()
    try:
        while chunk := list(islice(rest, _CHUNK)):
            sent = [
                await producer.send(
                    topic, value, key=tenant.id.encode(), partition=tenant.partition
                )
                for value in chunk
            ]
            await asyncio.gather(*sent)
            count += len(chunk)
    finally:
        await producer.stop()
    return count


def _memory(client: redis.Redis) -> int:
    """Return the bytes of the tables, without the change streams: these are bounded."""
    answer: Any = client.info("memory")
    streams = [client.memory_usage(key, samples=0) or 0 for key in client.scan_iter(_type="stream")]
    return int(answer["used_memory_dataset"]) - sum(streams)
