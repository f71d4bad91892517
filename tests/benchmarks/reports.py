"""How long the reports take on a year of a large department, while events keep arriving.

The year is written to the log of a tenant as the ingestor would write it, folded by the real
aggregator, and asked for over HTTP, one request after another, while a thousand events a second
come in through the ingestor.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import redis

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from schemas.calendar import DEFAULT_TIME_ZONE, format_day, local_day
from tests.benchmarks import cohorts
from tests.benchmarks.floor import floor
from tests.benchmarks.load import loading
from tests.benchmarks.readings import Spent, position, used
from tests.benchmarks.throughput import write
from tests.benchmarks.year import DEPARTMENT, Size, Year

_PATIENCE_S = 3600
_CHUNK = 20_000
_LOAD_PER_S = 1_000
_LAST = 50_000
"""Facts at the end of the year over which an event's cost is taken."""
_WARM_UP = 6
"""Requests of each kind before it is measured: the first one of a cohort loads its days."""


class Found(NamedTuple):
    """What was measured.

    Units:  waits in ms by name; bytes of the store per fact, and per customer; events per second;
            processor time of the worker and of the store for each of the last events, in us.
    """

    waits: Mapping[str, list[float]]
    bytes_per_fact: float
    bytes_per_customer: float
    load_per_s: float
    worker_us: float
    store_us: float


def run(
    directory: Path,
    size: Size,
    *,
    requests: int,
    say: Callable[[str], None],
    only: Sequence[str] = (),
) -> Found:
    """Start a stack on Apache Kafka, fold a year, and measure all questions, or only some."""
    with floor(directory) as stack:
        return _measure(stack, size, requests, say, only)


def _measure(
    stack: Stack, size: Size, requests: int, say: Callable[[str], None], only: Sequence[str]
) -> Found:
    tenant = stack.create_tenant(name="Bench")
    today = date.fromisoformat(format_day(local_day(int(time.time() * 1000), DEFAULT_TIME_ZONE)))
    year, last = Year(tenant.id, size, today), min(_LAST, size.facts // 2)
    assert stack.store is not None
    processes = stack.aggregator.child, stack.store.child
    with redis.Redis.from_url(stack.redis_url) as client:
        events = _fold(stack, tenant, year.people())
        empty = used(client)
        events += _fold(stack, tenant, year.customers())
        with_customers = used(client)
        events += _fold(stack, tenant, year.facts(0, size.facts - last))
        # made beforehand, so that the log grows faster than it is folded and batches are full
        final = list(year.facts(size.facts - last, size.facts))
        before = Spent.of(*processes)
        lasted = _fold(stack, tenant, final)
        worker_us, store_us = (each / lasted * 1e6 for each in Spent.of(*processes).since(before))
        full = used(client)
    say(f"{events + lasted:,} events folded; {(full - empty) / 1e6:,.0f} MB in the store")
    questions = {name: [address] for name, address in _questions(today, size).items()}
    questions |= cohorts.questions(today, size, requests)
    questions = {name: questions[name] for name in only or questions}
    with loading(stack, tenant, _LOAD_PER_S) as load:
        waits = _ask(stack, tenant, questions, requests)
    return Found(
        waits,
        (full - with_customers) / size.facts,
        (with_customers - empty) / size.customers,
        load.reached,
        worker_us,
        store_us,
    )


def _questions(today: date, size: Size) -> dict[str, str]:
    """Return name -> address of every request that is measured."""
    month = f"from={today - timedelta(29)}&to={today}"
    year = f"from={today - timedelta(size.days - 1)}&to={today}"
    found = {}
    for name, span in (("", month), ("_year", year)):
        found[f"report_department{name}"] = f"/v1/reports/department?department={DEPARTMENT}&{span}"
        found[f"report_employee{name}"] = f"/v1/reports/employee?employee=emp7&{span}"
        figures = f"/v1/kpis/department/{DEPARTMENT}?{span}&metrics="
        found[f"kpi_get{name}"] = f"{figures}revenue,orders,calls_outbound,tasks,customers_new"
        found[f"kpi_distinct{name}"] = f"{figures}customers_interacted"
        found[f"facts_page{name}"] = (
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
    topic, rest, count = f"{stack.topic_prefix}crm-events", iter(values), 0
    headers = {"Authorization": f"Bearer {tenant.read_key}"}
    with (
        redis.Redis.from_url(stack.redis_url) as store,
        httpx.Client(base_url=stack.query_url, headers=headers, timeout=60) as client,
    ):
        began = position(store, tenant.partition)
        while chunk := list(islice(rest, _CHUNK)):
            asyncio.run(write(stack.kafka_bootstrap, topic, chunk, tenant.id, tenant.partition))
            count += len(chunk)

        def is_folded() -> bool:
            if position(store, tenant.partition) < began + count:
                return False
            answer: dict[str, Any] = client.get("/v1/tenant").json()
            return bool(answer.get("state") == "live")

        wait_for(is_folded, _PATIENCE_S, "the year was not folded")
    return count
