"""A floor to break: ingestor and any number of aggregators on a broker and a store of its own.

The log is loaded straight into `crm-events` with what `parse_event` returns, because these tests
are about folding; the ingestor only makes the tenants, as it alone may.
"""

from __future__ import annotations

import asyncio
import io
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx
import orjson
import redis
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord
from rich.console import Console

from deploy.local.apart import run_apart
from deploy.local.process import wait_for
from deploy.local.services import Service
from deploy.local.stack import Stack, Tenant
from deploy.local.store import EmbeddedStore
from schemas.envelope import parse_event
from schemas.tables import GenerationKeys, PartitionKeys
from services.verify.command import Options, verify
from services.verify.report import report
from tests.faults.company import Event
from tests.faults.sizes import PATIENCE_S

_CHUNK = 5_000
_TAKEOVER = {"SESSION_TIMEOUT_S": "3", "STORE_PATIENCE_S": "120"}


def canonical(events: Iterable[Event]) -> list[bytes]:
    """Return the bytes the ingestor would write for these events."""
    values = []
    for event in events:
        value = parse_event(event, event["tenantid"])
        assert isinstance(value, bytes), value
        values.append(value)
    return values


class Rig:
    """A stack whose parts are started one by one, and what a test asks about them."""

    def __init__(self, stack: Stack, store: EmbeddedStore) -> None:
        self.stack = stack
        self.store = store
        self.prefix = stack.topic_prefix
        self.topic = self.prefix + "crm-events"
        self.bootstrap = stack.kafka_bootstrap
        self.workers: list[Service] = []
        self.redis: Any = redis.Redis.from_url(store.url, socket_timeout=30)

    def start(self) -> None:
        """Make keys and topics, and start the ingestor."""
        self.stack.prepare()
        self.stack.ingestor.start()
        self.stack.ingestor.wait(PATIENCE_S)

    def stop(self) -> None:
        """Stop everything that was started here."""
        for worker in self.workers:
            worker.kill()
        self.stack.stop()
        self.redis.close()

    def worker(self, label: str = "worker-1", *, static: bool = True, **settings: Any) -> Service:
        """Return an aggregator, not started; `settings` are its own, in small letters."""
        own = _TAKEOVER | {
            "GROUP": f"{self.prefix}aggregator",
            "INSTANCE": label if static else "",
            **{name.upper(): str(value) for name, value in settings.items()},
        }
        made = Service(
            "aggregator", self.stack.meeting, self.stack.directory, settings=own, label=label
        )
        self.workers.append(made)
        return made

    def tenant(self, partition: int = 0) -> Tenant:
        """Create a tenant in a partition."""
        name = f"t{secrets.token_hex(4)}"
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/tenants",
            headers={"Authorization": f"Bearer {self.stack.admin_token}"},
            json={"id": name, "partition": partition},
            timeout=60,
        )
        answer.raise_for_status()
        made = answer.json()
        return Tenant(
            id=name,
            partition=made["partition"],
            write_key=made["write_key"],
            read_key=made["read_key"],
        )

    def load(self, tenant: Tenant, values: Sequence[bytes]) -> None:
        """Write values into the log of a tenant, in order."""
        run_apart(self._load(tenant.partition, tenant.id.encode(), values))

    async def _load(self, partition: int, key: bytes, values: Sequence[bytes]) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap,
            acks="all",
            enable_idempotence=not self.stack.broker.embedded,
            linger_ms=5,
            max_batch_size=1 << 20,
        )
        await producer.start()
        try:
            for start in range(0, len(values), _CHUNK):
                sent = [
                    await producer.send(self.topic, value, key=key, partition=partition)
                    for value in values[start : start + _CHUNK]
                ]
                await asyncio.gather(*sent)
        finally:
            await producer.stop()

    def end(self, partition: int = 0, topic: str = "crm-events") -> int:
        """Return the end of a partition of the log."""
        return run_apart(self._bounds(self.prefix + topic, partition))[1]

    async def _bounds(self, topic: str, partition: int) -> tuple[int, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            tp = TopicPartition(topic, partition)
            first = (await consumer.beginning_offsets([tp]))[tp]
            return first, (await consumer.end_offsets([tp]))[tp]
        finally:
            await consumer.stop()

    def records(self, topic: str, partition: int = 0) -> list[ConsumerRecord]:
        """Read a partition of a topic from its beginning to its end."""
        return run_apart(self._records(self.prefix + topic, partition))

    async def _records(self, topic: str, partition: int) -> list[ConsumerRecord]:
        first, end = await self._bounds(topic, partition)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        await consumer.start()
        found: list[ConsumerRecord] = []
        try:
            tp = TopicPartition(topic, partition)
            consumer.assign([tp])
            consumer.seek(tp, first)
            while first < end and await consumer.position(tp) < end:
                found += (await consumer.getmany(tp, timeout_ms=1000)).get(tp, [])
            return found
        finally:
            await consumer.stop()

    def generation(self, partition: int = 0) -> str:
        """Return the generation that is served, '' before the first."""
        raw = self.redis.get(PartitionKeys(partition).served)
        return raw.decode() if raw else ""

    def fence(self, partition: int = 0) -> int:
        """Return the next offset to fold."""
        keys = GenerationKeys(partition, self.generation(partition))
        return int(self.redis.hget(keys.fence, "next") or 0)

    def heartbeat(self, partition: int = 0) -> dict[str, Any]:
        """Return the last heartbeat of a partition."""
        raw = self.redis.get(PartitionKeys(partition).heartbeat)
        return {} if raw is None else dict(orjson.loads(raw))

    def figures(self, partition: int = 0) -> dict[bytes, Any]:
        """Return every cell, gauge, list and fact that is served."""
        prefix = GenerationKeys(partition, self.generation(partition)).prefix
        found: dict[bytes, Any] = {}
        for key in sorted(set(self.redis.scan_iter(match=f"{prefix}*", count=5000))):
            kind = key.decode().removeprefix(prefix).partition(":")[2].partition(":")[0]
            if kind in {"d", "m", "g", "f", "n", "r"}:
                found[key] = self.redis.hgetall(key)
            elif kind in {"i", "days", "pairs", "rs", "org"}:
                found[key] = self.redis.smembers(key)
        return found

    def wait_fence(self, at_least: int, partition: int = 0, *also: Service) -> None:
        """Wait until so much is folded, while the workers named live."""
        wait_while_alive(
            lambda: self.fence(partition) >= at_least,
            f"partition {partition} is not folded up to {at_least}",
            *also,
        )

    def wait_level(self, *partitions: int, workers: Sequence[Service] = ()) -> dict[int, int]:
        """Wait until partitions are level with their logs; return their ends."""
        ends = {partition: self.end(partition) for partition in partitions or (0,)}
        for partition, end in ends.items():
            self.wait_fence(end, partition, *workers)
        return ends

    def verify(self) -> Counter[str]:
        """Recount the log, assert that nothing differs, and return what was compared."""
        work = verify(self.stack.meeting.settings(), Options(), Console(file=io.StringIO()))
        outcomes = run_apart(work)
        said = io.StringIO()
        code = report(Console(file=said, width=200), outcomes, 20)
        print(said.getvalue())  # noqa: T201 - pytest shows it where the test fails
        assert code == 0, said.getvalue()
        counts: Counter[str] = Counter()
        for outcome in outcomes:
            counts.update(outcome.counts)
            assert outcome.offset == self.fence(outcome.partition)
        assert counts["cells"] > 0
        return counts


def wait_while_alive(condition: Any, otherwise: str, *services: Service) -> None:
    """Wait for a condition; give up at once where one of the services ended."""

    def holds() -> bool:
        for service in services:
            if not service.child.running:
                code = service.child.exit_code
                raise AssertionError(f"{service.label} ended with {code}\n{service.child.tail()}")
        return bool(condition())

    wait_for(holds, PATIENCE_S, otherwise)


def partitions_of(worker: Service) -> Mapping[str, Any]:
    """Return the partitions a worker says it folds, with their positions."""
    try:
        answer = httpx.get(f"{worker.url}/readyz", timeout=5)
    except httpx.TransportError:
        return {}
    return dict(answer.json()["partitions"])


def metric(worker: Service, name: str) -> float:
    """Return one metric of a worker, summed over its labels."""
    text = httpx.get(f"{worker.url}/metrics", timeout=60).text
    values = (line.rpartition(" ") for line in text.splitlines())
    return sum(float(value) for label, _, value in values if label.partition("{")[0] == name)


def exit_code(worker: Service) -> int | None:
    """Wait until a worker has ended; return its exit code."""
    wait_for(lambda: not worker.child.running, PATIENCE_S, f"{worker.label} does not end")
    return worker.child.exit_code
