"""A live telesales board: how soon it shows an event, and what it costs beside plain counters.

The board is the documented default (created today, called today). While 500 calls a second
arrive, one in ten to a customer of today, customers are created one by one: the clock starts at
the 202 and stops when the frame with the new number was received. Then the processor time of the
query service is taken over the same load, with this board open and with one of plain counters.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import httpx
import orjson

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from tests.benchmarks.floor import floor
from tests.benchmarks.load import loading
from tests.benchmarks.readings import Spent

_BUSY = 40
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
    directory: Path, *, rate: float, customers: int, probes: int, seconds: float,
    say: Callable[[str], None],
) -> Live:  # fmt: skip
    """Start a stack on Apache Kafka and measure."""
    with floor(directory) as stack:
        tenant = stack.create_tenant(name="Bench")
        _fill(stack, tenant, customers)
        waits, reached = _probe(stack, tenant, _Rate(rate, customers), probes)
        costs = [
            _cost(stack, tenant, _Rate(rate, customers), seconds, address)
            for address in (_COUNTERS, _TELESALES, _COUNTERS, _TELESALES)
        ]
    found = Live(
        median(waits),
        quantiles(waits, n=100)[98],
        (costs[1] + costs[3]) / 2,
        (costs[0] + costs[2]) / 2,
        reached,
    )
    say(f"event to telesales board: p50 {found.p50_ms:.0f} ms, p99 {found.p99_ms:.0f} ms")
    return found


class _Rate(NamedTuple):
    """A load: events a second, to so many customers."""

    per_s: float
    customers: int


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


def _fill(stack: Stack, tenant: Tenant, customers: int) -> None:
    people = ["prober", *(f"busy{n}" for n in range(_BUSY))]
    events = [
        _event(tenant, "employee.upserted", name, {"name": name, "department_id": "floor"})
        for name in people
    ]
    for number in range(customers):
        days = 7 if number % (_OLDER + 1) < _OLDER else 0
        events.append(_created(tenant, f"load{number}", f"busy{number % _BUSY}", days))
    url = f"{stack.ingestor_url}/v1/events?wait=applied"
    with httpx.Client(headers=_key(tenant.write_key), timeout=60) as client:
        for start in range(0, len(events), 500):
            _post(client, url, events[start : start + 500])


def _key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


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


def _probe(stack: Stack, tenant: Tenant, rate: _Rate, probes: int) -> tuple[list[float], float]:
    board = _Board(stack, tenant, _TELESALES)
    board.start()
    wait_for(lambda: board.frames > 0, 30, "no frame came")
    accepted: dict[int, float] = {}
    url = f"{stack.ingestor_url}/v1/events"
    with (
        loading(stack, tenant, *rate) as load,
        httpx.Client(headers=_key(tenant.write_key), timeout=30) as client,
    ):
        for number in range(1, probes + 1):
            _post(client, url, [_created(tenant, f"probe{number}", "prober")])
            accepted[number] = time.time()
            time.sleep(_EVERY_S)
        wait_for(lambda: probes in board.seen, 30, "the last probe is missing")
    board.stop()
    waits = [(board.seen[n] - at) * 1000 for n, at in accepted.items() if n in board.seen]
    return waits, load.reached


def _cost(stack: Stack, tenant: Tenant, rate: _Rate, seconds: float, address: str) -> float:
    """Return the processor time of the query service an event, in microseconds."""
    board = _Board(stack, tenant, address)
    board.start()
    wait_for(lambda: board.frames > 0, 30, "no frame came")
    query = stack.query.child
    with loading(stack, tenant, *rate) as load:
        before, began = Spent.of(query), time.monotonic()
        time.sleep(seconds)
        used_s, took = Spent.of(query).since(before)[0], time.monotonic() - began
    board.stop()
    return used_s / (took * load.reached) * 1_000_000
