"""An ingestor alone on a broker and a store: what the tests of the door drive.

No aggregator runs here. Where a test needs what the fold writes (the served generation, a key, a
fence), it is put into the store by the key grammar of `schemas.tables`, which is the contract.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
import redis
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.broker import Broker
from deploy.local.process import wait_for
from deploy.local.services import Meeting, Service
from schemas.brokers import Brokers
from schemas.envelope import BATCH_CONTENT_TYPE
from schemas.keystore import create_key_file
from schemas.tables import GenerationKeys, PartitionKeys
from services.commands.topics import Plan, ensure
from services.ingestor.settings import IngestorSettings
from services.ingestor.topic_log import log_bounds, open_reader, read_range
from tests.brokers import KafkaInDocker

ADMIN = {"Authorization": "Bearer the-admin"}
PARTITIONS = 2


def _tenant(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


class Stored(NamedTuple):
    """One record of the log as a consumer sees it."""

    offset: int
    key: bytes
    value: bytes
    at_ms: int


def event(tenant: str, number: int, **changes: Any) -> dict[str, Any]:
    """Return a good order event; `changes` replace attributes of the envelope."""
    return {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "crm",
        "type": "order.created",
        "time": "2026-11-22T10:00:00+07:00",
        "subject": f"order-{number}",
        "tenantid": tenant,
        "data": {
            "order_date": "2026-11-22",
            "created_at": "2026-11-22T10:00:00+07:00",
            "total": {"amount": 1000 + number, "currency": "VND"},
            "customer_id": "customer-1",
            "owner_id": "employee-1",
        },
    } | changes


class Rig:
    """One ingestor process with topics of its own."""

    def __init__(self, broker: Broker, redis_url: str, folder: Path, **settings: str) -> None:
        self.broker = broker
        self.redis_url = redis_url
        self.prefix = f"t{secrets.token_hex(3)}-"
        meeting = Meeting(
            kafka_bootstrap=broker.bootstrap,
            redis_url=redis_url,
            embedded_broker=broker.embedded,
            topic_prefix=self.prefix,
        )
        self.keys, self.master = folder / "keys.sqlite", folder / "master.key"
        create_key_file(self.keys, self.master)
        own = {
            "ADMIN_TOKEN": "the-admin",
            "KEY_STORE": str(self.keys),
            "KEY_MASTER_FILE": str(self.master),
        } | {n.upper(): v for n, v in settings.items()}
        self.service = Service("ingestor", meeting, folder, settings=own)
        self.http = httpx.Client(base_url=self.service.url, timeout=60)

    def start(self) -> None:
        """Make the topics, start the ingestor and wait until it is ready."""
        self.make_topics()
        self.service.start()
        self.service.wait(60)

    def make_topics(self) -> None:
        """Create what is missing of the topics."""
        plan = Plan(prefix=self.prefix, partitions=PARTITIONS)
        asyncio.run(ensure(Brokers(self.broker.bootstrap), plan))

    def stop(self) -> None:
        """Stop the ingestor."""
        self.http.close()
        self.service.stop()

    def serve(self, generation: str = "g1", behind: int = 0) -> None:
        """Say in the store that a generation is served and how far behind its fold is."""
        beat = {"position": 0, "end": behind, "at_ms": time.time_ns() // 1_000_000}
        with redis.Redis.from_url(self.redis_url) as store:
            for partition in range(PARTITIONS):
                keys = PartitionKeys(partition)
                store.set(keys.served, generation)
                store.set(keys.heartbeat, orjson.dumps(beat))

    def set_fence(self, partition: int, following: int, generation: str = "g1") -> None:
        """Move the fence, as a commit of the aggregator does."""
        with redis.Redis.from_url(self.redis_url) as store:
            store.hset(GenerationKeys(partition, generation).fence, "next", following)

    def create_tenant(self, **body: Any) -> dict[str, Any]:
        """Create a tenant with a new id."""
        return _tenant(self._ask_for_tenant(body))

    def first_tenant(self) -> dict[str, Any]:
        """Create a tenant once it is taken: a broker is slow at the first records of its life."""
        answers: list[httpx.Response] = []

        def is_answered() -> bool:
            answers.append(self._ask_for_tenant({}))
            return answers[-1].status_code != 503

        wait_for(is_answered, 60, "no tenant is taken")
        return _tenant(answers[-1])

    def _ask_for_tenant(self, body: dict[str, Any]) -> httpx.Response:
        return self.http.post(
            "/v1/tenants", headers=ADMIN, json={"id": f"t-{secrets.token_hex(4)}"} | body
        )

    def post(
        self,
        tenant: dict[str, Any],
        content: bytes | Sequence[Any],
        content_type: str = BATCH_CONTENT_TYPE,
        **params: str,
    ) -> httpx.Response:
        """Send events, or any bytes, with the tenant's write key."""
        headers = {
            "Authorization": f"Bearer {tenant['write_key']}",
            "Content-Type": content_type,
        }
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        return self.http.post("/v1/events", headers=headers, content=body, params=params)

    def post_as_admin(
        self, tenant: str, events: Sequence[Any], headers: dict[str, str] = ADMIN, **params: str
    ) -> httpx.Response:
        """Send a batch to the administrator's door of a tenant."""
        return self.http.post(
            f"/v1/tenants/{tenant}/events",
            headers=headers | {"Content-Type": BATCH_CONTENT_TYPE},
            content=orjson.dumps(events),
            params=params,
        )

    def log(self, topic: str, partition: int = 0) -> list[Stored]:
        """Read a partition from its beginning to its end."""
        return asyncio.run(self._log(TopicPartition(self.prefix + topic, partition)))

    async def _log(self, partition: TopicPartition) -> list[Stored]:
        settings = IngestorSettings.load(
            {
                "SALESPULSE_KAFKA_BOOTSTRAP": self.broker.bootstrap,
                "SALESPULSE_EMBEDDED_BROKER": str(self.broker.embedded),
            }
        )
        async with open_reader(settings) as reader:
            return await self._read(reader, partition, settings)

    async def _read(
        self, reader: AIOKafkaConsumer, partition: TopicPartition, settings: IngestorSettings
    ) -> list[Stored]:
        first, end = (await log_bounds(reader, [partition], settings))[partition]
        return [
            Stored(record.offset, record.key, record.value, record.timestamp)
            async for record in read_range(reader, partition, first, end, settings)
        ]

    def events(self, tenant: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the tenant's own events in the log, those of the administration left out."""
        stored = self.log("crm-events", tenant["partition"])
        found = [orjson.loads(record.value) for record in stored]
        return [
            each
            for each in found
            if each["tenantid"] == tenant["tenant"] and each["source"] != "salespulse"
        ]

    def dead_letters(self, tenant: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the tenant's dead letters as the ingestor lists them."""
        answer = self.http.get("/v1/dead-letters", headers=ADMIN, params={"limit": 1000})
        assert answer.status_code == 200, answer.text
        letters: list[dict[str, Any]] = answer.json()["dead_letters"]
        return [letter for letter in letters if letter["tenant"] == tenant["tenant"]]


def pause(broker: Any) -> None:
    """Freeze a broker: connections stay open and nothing answers."""
    if isinstance(broker, KafkaInDocker):
        broker._container.get_wrapped_container().pause()
    else:
        os.kill(broker.child.pid, signal.SIGSTOP)


def resume(broker: Any) -> None:
    """Undo `pause`."""
    if isinstance(broker, KafkaInDocker):
        broker._container.get_wrapped_container().unpause()
    else:
        os.kill(broker.child.pid, signal.SIGCONT)
