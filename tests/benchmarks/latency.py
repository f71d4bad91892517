"""From the acceptance of an event to the changed number in the page, in real Chromium.

A probe event every quarter of a second, in a department of its own, while a steady load of other
events arrives at the same tenant. The clock starts when the 202 is there and stops when the page
has set the new value; both on this machine's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import httpx
import orjson
from playwright.sync_api import Page

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from tests.benchmarks.floor import floor
from tests.benchmarks.load import call, loading
from tests.browser.chromium import chromium

_METRIC = "calls_outbound"
_EVERY_S = 0.25
_WARM_UP = 10
_WATCH = """
metric => {
  window.changes = {};
  const tile = document.querySelector(`[data-kind=number][data-metric="${metric}"]`);
  new MutationObserver(() => {
    const value = tile.dataset.value;
    window.changes[value] ??= performance.timeOrigin + performance.now();
  }).observe(tile, {attributes: true, attributeFilter: ["data-value"]});
}
"""


class Latency(NamedTuple):
    """Milliseconds from acceptance to the page."""

    p50_ms: float
    p99_ms: float
    probes: int
    load_per_s: float


def run(directory: Path, *, rate: float, probes: int, say: Callable[[str], None]) -> Latency:
    """Start a stack on Apache Kafka, open a board, and measure."""
    with floor(directory) as stack, chromium() as browser:
        found = _measure(stack, stack.create_tenant(name="Bench"), browser.new_page(), rate, probes)
    say(f"event to page: p50 {found.p50_ms:.0f} ms, p99 {found.p99_ms:.0f} ms")
    return found


def _measure(stack: Stack, tenant: Tenant, page: Page, rate: float, probes: int) -> Latency:
    at = datetime.now(UTC).isoformat()
    headers = {"Authorization": f"Bearer {tenant.write_key}"}
    with httpx.Client(headers=headers, timeout=30) as client:
        _hire(client, stack.ingestor_url, tenant.id, at)
        _post(client, f"{stack.ingestor_url}/v1/events", call(tenant.id, "first", "prober", at))
        page.goto(
            f"{stack.query_url}/board/probes?key={tenant.read_key}", wait_until="domcontentloaded"
        )
        page.wait_for_selector('[data-state="live"]', state="attached", timeout=60_000)
        page.wait_for_selector(f'[data-kind=number][data-metric="{_METRIC}"]', state="attached")
        page.evaluate(_WATCH, _METRIC)
        accepted: dict[str, float] = {}
        with loading(stack, tenant, rate) as load:
            for number in range(1, probes + 1):
                body = call(tenant.id, f"probe-{number}", "prober", at)
                _post(client, f"{stack.ingestor_url}/v1/events", body)
                accepted[str(number + 1)] = time.time() * 1000
                page.wait_for_timeout(_EVERY_S * 1000)
            wait_for(
                lambda: str(probes + 1) in page.evaluate("window.changes"),
                30,
                "the last probe is missing",
            )
        changes: dict[str, float] = page.evaluate("window.changes")
    shown = {n: changes[n] - t for n, t in accepted.items() if n in changes}
    waits = [wait for n, wait in shown.items() if int(n) > _WARM_UP]
    return Latency(median(waits), quantiles(waits, n=100)[98], len(waits), load.reached)


def _post(client: httpx.Client, url: str, body: Any) -> None:
    single = isinstance(body, dict)
    kind = "application/cloudevents+json" if single else "application/cloudevents-batch+json"
    headers = {"Content-Type": kind}
    client.post(url, content=orjson.dumps(body), headers=headers).raise_for_status()


def _hire(client: httpx.Client, url: str, tenant: str, at: str) -> None:
    people = [("prober", "probes"), *((f"busy{n}", "load") for n in range(40))]
    head = {"specversion": "1.0", "source": "bench", "time": at, "tenantid": tenant}
    body: list[dict[str, Any]] = [
        head
        | {
            "id": f"hire-{name}",
            "type": "employee.upserted",
            "subject": name,
            "data": {"name": name, "department_id": department},
        }
        for name, department in people
    ]
    body += [
        head
        | {
            "id": f"department-{name}",
            "type": "department.upserted",
            "subject": name,
            "data": {"name": name},
        }
        for name in ("probes", "load")
    ]
    _post(client, f"{url}/v1/events?wait=applied", body)
