"""How fast a change is told to other services, and what alerts and webhooks cost the fold.

- From the 202 of a probe until its change is on the topic `kpi-changes`, and on `/v1/stream`, while
  a steady load arrives; both on this machine's clock.
- CPU time of the aggregator per event at 2,000 events/s, without a notifier and then with one that
  watches 10,000 alerts and 500 webhooks, in one run. CPU time, because the wall clock of a machine
  that also runs load, broker and store says little. Ten of the webhooks are told of what moves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
from aiokafka import AIOKafkaConsumer
from httpx_sse import aconnect_sse

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from schemas.calendar import format_time
from tests.benchmarks.figures import p50
from tests.benchmarks.floor import floor, post
from tests.benchmarks.load import Load, call
from tests.benchmarks.readings import Spent
from tests.changes.subscriber import subscriber
from tests.faults.rig import metric

_METRIC = "calls_outbound"
_EVERY_S = 0.1
_WARM_UP = 10
_HOT = 10


class Told(NamedTuple):
    """Milliseconds from acceptance, and CPU microseconds per event without and with a notifier.

    Units:  the loads that were reached, in events a second.
    """

    topic: list[float]
    stream: list[float]
    waits_load_per_s: float
    alone_us: float
    beside_us: float
    load_per_s: float


def run(
    directory: Path, *, rate: float, probes: int, seconds: float, alerts: int, webhooks: int,
    say: Callable[[str], None],
) -> Told:  # fmt: skip
    """Start a stack on Apache Kafka and measure."""
    with floor(directory, settings={"notifier": {"ALLOWED_NETWORKS": "127.0.0.0/8"}}) as stack:
        bench = _Bench(stack, stack.create_tenant(name="Bench"))
        topic, stream, waits_load = asyncio.run(bench.waits(rate, probes))
        say(f"event to topic: p50 {p50(topic):.0f} ms, to stream: p50 {p50(stream):.0f} ms")
        bench.load(seconds)  # everything is warm
        alone_us, _ = bench.load(seconds)
        beside_us, reached = asyncio.run(bench.beside(seconds, alerts, webhooks))
        say(f"fold: {alone_us:.0f} us of CPU an event alone, {beside_us:.0f} us beside a notifier")
    return Told(topic, stream, waits_load, alone_us, beside_us, reached)


class _Bench:
    def __init__(self, stack: Stack, tenant: Tenant) -> None:
        self.stack = stack
        self.tenant = tenant
        self._at = datetime.now(UTC).isoformat()
        self._batch = 0
        people = [("prober", "probes"), *((f"busy{n}", "load") for n in range(40))]
        self._administer(
            [
                ("employee.upserted", name, {"name": name, "department_id": department})
                for name, department in people
            ]
        )

    def _administer(self, said: list[tuple[str, str, dict[str, Any]]]) -> None:
        self._batch += 1
        events = [
            {
                "specversion": "1.0", "id": f"{self._batch}-{n}", "source": "bench",
                "type": kind, "time": self._at, "subject": subject,
                "tenantid": self.tenant.id, "data": data,
            }
            for n, (kind, subject, data) in enumerate(said)
        ]  # fmt: skip
        post(self.stack, self.tenant, events)

    async def waits(self, rate: float, probes: int) -> tuple[list[float], list[float], float]:
        """Post probes beside a load; return how long topic and stream took, and the load."""
        accepted: dict[int, float] = {}
        on_topic: dict[int, float] = {}
        on_stream: dict[int, float] = {}
        listening = [
            asyncio.create_task(self._topic(on_topic)),
            asyncio.create_task(self._stream(on_stream)),
        ]
        load = Load(self.stack, self.tenant, rate)
        headers = {
            "Authorization": f"Bearer {self.tenant.write_key}",
            "Content-Type": "application/cloudevents+json",
        }
        async with httpx.AsyncClient(headers=headers, timeout=60) as client:
            await asyncio.sleep(2)
            for number in range(1, probes + 1):
                body = call(self.tenant.id, f"probe-{number}", "prober", self._at)
                url = f"{self.stack.ingestor_url}/v1/events"
                (await client.post(url, content=orjson.dumps(body))).raise_for_status()
                accepted[number] = time.time()
                await asyncio.sleep(_EVERY_S)
        async with asyncio.timeout(60):
            while probes not in on_topic or probes not in on_stream:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        reached = await asyncio.to_thread(load.stop)

        def of(seen: dict[int, float]) -> list[float]:
            return [
                (seen[n] - at) * 1000 for n, at in accepted.items() if n > _WARM_UP and n in seen
            ]

        return of(on_topic), of(on_stream), reached

    async def _topic(self, seen: dict[int, float]) -> None:
        consumer = AIOKafkaConsumer(
            f"{self.stack.topic_prefix}kpi-changes", bootstrap_servers=self.stack.kafka_bootstrap
        )
        await consumer.start()
        try:
            async for record in consumer:
                key = record.key.decode().split("|")
                if key[1] == _METRIC and key[2:4] == ["employee", "prober"]:
                    seen.setdefault(orjson.loads(record.value)["value"], time.time())
        finally:
            await consumer.stop()

    async def _stream(self, seen: dict[int, float]) -> None:
        headers = {"Authorization": f"Bearer {self.tenant.read_key}"}
        place = {"scope": "employee", "id": "prober", "metrics": _METRIC}
        async with (
            httpx.AsyncClient(base_url=self.stack.query_url, headers=headers) as client,
            aconnect_sse(client, "GET", "/v1/stream", params=place, timeout=60) as source,
        ):
            async for event in source.aiter_sse():
                if event.event == "change":
                    for cell in orjson.loads(event.data)["cells"]:
                        seen.setdefault(cell["value"], time.time())

    def load(self, seconds: float) -> tuple[float, float]:
        """Load at 2,000 events/s; return CPU microseconds of the fold per event, and the rate."""
        before, events = Spent.of(self.stack.aggregator.child), self._folded()
        reached = Load(self.stack, self.tenant, 2000, seconds=seconds).wait()
        wait_for(
            lambda: metric(self.stack.aggregator, "salespulse_lag_events") == 0, 60, "lag remains"
        )
        used_s = Spent.of(self.stack.aggregator.child).since(before)[0]
        return used_s / (self._folded() - events) * 1e6, reached

    def _folded(self) -> float:
        return metric(self.stack.aggregator, "salespulse_batch_events_sum")

    async def beside(self, seconds: float, alerts: int, webhooks: int) -> tuple[float, float]:
        """Define alerts and webhooks, start a notifier, and load again."""
        at = format_time(time.time_ns() // 1_000_000)
        async with subscriber() as listening:
            hooks = [self._hook(n, listening.url, at) for n in range(webhooks)]
            rules = [self._rule(n, at) for n in range(alerts)]
            await asyncio.to_thread(self._administer, [*hooks, *rules])
            self.stack.notifier.start()
            await asyncio.to_thread(self.stack.notifier.wait)
            found = await asyncio.to_thread(self.load, seconds)
            await listening.until_times(1)
        return found

    @staticmethod
    def _hook(number: int, url: str, at: str) -> tuple[str, str, dict[str, Any]]:
        moves = number < _HOT
        data = {
            "url": url, "events": ["kpi.changed"], "metrics": [_METRIC if moves else "contracts"],
            "scope": "employee", "scope_id": f"busy{number % 40}", "defined_at": at,
        }  # fmt: skip
        return "webhook.defined", f"hook-{number}", data

    @staticmethod
    def _rule(number: int, at: str) -> tuple[str, str, dict[str, Any]]:
        data = {
            "name": f"Rule {number}", "metric": _METRIC, "scope": "employee",
            "scope_id": f"busy{number % 40}", "warn": 1_000_000 + number, "defined_at": at,
        }  # fmt: skip
        return "alert.defined", f"rule-{number}", data
