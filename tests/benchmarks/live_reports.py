"""A live telesales board: how soon it shows an event, and what it costs beside plain counters.

The board is the documented default (created today, called today). While 500 calls a second
arrive, one in ten to a customer of today, customers are created one by one: the clock starts at
the 202 and stops when the frame with the new number was received. Then the processor time of the
query service is taken over the same load, with this board open and with one of plain counters.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import httpx
import orjson
import psutil

from deploy.local.kafka import KafkaFromJars
from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from deploy.local.store import EmbeddedStore

_BUSY = 40
_CUSTOMERS = 10_000
_OLDER = 9
"""Of ten customers that are called, so many were created a week before."""
_EVERY_S = 0.25
_FIGURES = (
    "customers_new", "customers_called", "calls_attempted", "calls_outbound",
    "talk_seconds_outbound", "connect_rate_outbound", "tasks_created", "tasks_completed",
    "orders", "orders_approved", "sales", "revenue", "collections",
)  # fmt: skip
_COUNTERS = f"/v1/stream?scope=department&id=floor&metrics={','.join(_FIGURES)}"
"""The plain counters nearest to the columns of the report, for the same people."""
_TELESALES = "/v1/reports/telesales/stream"


class Live(NamedTuple):
    """Milliseconds from acceptance to the frame; processor time of the query service an event."""

    p50_ms: float
    p99_ms: float
    telesales_us: float
    counters_us: float
    load_per_s: float


def run(
    directory: Path, *, rate: float, probes: int, seconds: float, say: Callable[[str], None]
) -> Live:
    """Start a stack on Apache Kafka and measure."""
    kafka, store = KafkaFromJars(directory / "kafka"), EmbeddedStore(directory / "store")
    kafka.start()
    store.start()
    stack = Stack(
        broker=kafka, redis_url=store.url, directory=directory, topic_prefix="live-", store=store
    )
    try:
        stack.start()
        tenant = stack.create_tenant(name="Bench")
        _fill(stack, tenant)
        waits, reached = _probe(stack, tenant, rate, probes)
        costs = [
            _cost(stack, tenant, rate, seconds, address)
            for address in (_COUNTERS, _TELESALES, _COUNTERS, _TELESALES)
        ]
    finally:
        stack.stop()
        store.stop()
        kafka.stop()
    found = Live(
        median(waits),
        quantiles(waits, n=100)[98],
        (costs[1] + costs[3]) / 2,
        (costs[0] + costs[2]) / 2,
        reached,
    )
    say(f"event to telesales board: p50 {found.p50_ms:.0f} ms, p99 {found.p99_ms:.0f} ms")
    return found


def _event(tenant: Tenant, event_type: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{subject}-{event_type}",
        "source": "bench",
        "type": event_type,
        "time": _now(),
        "subject": subject,
        "tenantid": tenant.id,
        "data": data,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _created(tenant: Tenant, name: str, owner: str, days_ago: int = 0) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(days_ago)
    data = {"created_at": at.isoformat(), "owner_id": owner, "source_ids": ["web"]}
    return _event(tenant, "customer.created", name, data)


def _post(client: httpx.Client, url: str, events: list[dict[str, Any]]) -> None:
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    client.post(url, content=orjson.dumps(events), headers=headers).raise_for_status()


def _fill(stack: Stack, tenant: Tenant) -> None:
    people = ["prober", *(f"busy{n}" for n in range(_BUSY))]
    events = [
        _event(tenant, "employee.upserted", name, {"name": name, "department_id": "floor"})
        for name in people
    ]
    for number in range(_CUSTOMERS):
        days = 7 if number % (_OLDER + 1) < _OLDER else 0
        events.append(_created(tenant, f"load{number}", f"busy{number % _BUSY}", days))
    url = f"{stack.ingestor_url}/v1/events?wait=applied"
    with httpx.Client(headers=_key(tenant.write_key), timeout=60) as client:
        for start in range(0, len(events), 500):
            _post(client, url, events[start : start + 500])


def _key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@contextmanager
def _load(stack: Stack, tenant: Tenant, rate: float, seconds: float) -> Iterator[Any]:
    command = [sys.executable, "-m", "tests.benchmarks.load", stack.ingestor_url]
    command += [tenant.write_key, tenant.id, _now(), str(rate), str(seconds), str(_CUSTOMERS)]
    load = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield load
    finally:
        load.communicate(timeout=seconds + 60)


class _Board(threading.Thread):
    """Listens to a stream and keeps when the prober's number of customers changed."""

    def __init__(self, stack: Stack, tenant: Tenant, address: str) -> None:
        super().__init__(daemon=True)
        self.seen: dict[int, float] = {}
        self.frames = 0
        self._url, self._headers = f"{stack.query_url}{address}", _key(tenant.read_key)
        self._is_over = False

    def run(self) -> None:
        """Read until told to stop."""
        with (
            httpx.Client(headers=self._headers, timeout=60) as client,
            client.stream("GET", self._url) as answer,
        ):
            answer.raise_for_status()
            for line in answer.iter_lines():
                if self._is_over:
                    return
                if line.startswith("data: "):
                    self._take(orjson.loads(line[6:]))

    def _take(self, body: dict[str, Any]) -> None:
        at = time.time()
        self.frames += 1
        for row in body.get("rows", ()):
            if row.get("id") == "prober":
                self.seen.setdefault(row["cells"][0]["value"], at)

    def stop(self) -> None:
        """Stop at the next line: a heartbeat comes each 2 s."""
        self._is_over = True
        self.join(10)


def _probe(stack: Stack, tenant: Tenant, rate: float, probes: int) -> tuple[list[float], float]:
    board = _Board(stack, tenant, _TELESALES)
    board.start()
    wait_for(lambda: board.frames > 0, 30, "no frame came")
    accepted: dict[int, float] = {}
    url = f"{stack.ingestor_url}/v1/events"
    with (
        _load(stack, tenant, rate, (probes + 4) * _EVERY_S),
        httpx.Client(headers=_key(tenant.write_key), timeout=30) as client,
    ):
        began = time.monotonic()
        for number in range(1, probes + 1):
            _post(client, url, [_created(tenant, f"probe{number}", "prober")])
            accepted[number] = time.time()
            time.sleep(_EVERY_S)
        wait_for(lambda: probes in board.seen, 30, "the last probe is missing")
        took = time.monotonic() - began
    board.stop()
    waits = [(board.seen[n] - at) * 1000 for n, at in accepted.items() if n in board.seen]
    return waits, probes / took + rate


def _cost(stack: Stack, tenant: Tenant, rate: float, seconds: float, address: str) -> float:
    """Return the processor time of the query service an event, in microseconds."""
    board = _Board(stack, tenant, address)
    board.start()
    wait_for(lambda: board.frames > 0, 30, "no frame came")
    query = psutil.Process(stack.query.child.pid)
    with _load(stack, tenant, rate, seconds):
        before, began = query.cpu_times(), time.monotonic()
        time.sleep(seconds - 1)
        after, took = query.cpu_times(), time.monotonic() - began
    board.stop()
    used = after.user + after.system - before.user - before.system
    return used / (took * rate) * 1_000_000
