"""A stack of the product on Apache Kafka and Valkey, for one part of the benchmark."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

from deploy.local.kafka import KafkaFromJars
from deploy.local.services import ServiceName
from deploy.local.stack import Stack, Tenant
from deploy.local.store import EmbeddedStore
from services.commands.topics import EMBEDDED_PARTITIONS

_CHUNK: Final = 2000
_BATCH_TYPE: Final = "application/cloudevents-batch+json"


def end_tidily() -> None:
    """Let SIGTERM end this process as Ctrl-C does: what it started is stopped before."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextmanager
def floor(
    directory: Path, *, settings: Mapping[ServiceName, Mapping[str, str]] | None = None,
    partitions: int = EMBEDDED_PARTITIONS,
) -> Iterator[Stack]:  # fmt: skip
    """Start broker, store and services; stop them at the end, whatever happens."""
    kafka, store = KafkaFromJars(directory / "kafka"), EmbeddedStore(directory / "store")
    stack = Stack(
        broker=kafka,
        redis_url=store.url,
        directory=directory,
        topic_prefix="bench-",
        store=store,
        settings=settings or {},
        partitions=partitions,
    )
    try:
        kafka.start()
        store.start()
        stack.start()
        yield stack
    finally:
        stack.stop()
        store.stop()
        kafka.stop()


def post(stack: Stack, tenant: Tenant, events: list[dict[str, Any]], *, wait: bool = True) -> None:
    """Post events as the administration may, in batches; wait until the figures have them.

    Errors: AssertionError where one was refused.
    """
    url = f"{stack.ingestor_url}/v1/tenants/{tenant.id}/events"
    headers = {"Authorization": f"Bearer {stack.admin_token}", "Content-Type": _BATCH_TYPE}
    asked = {"wait": "applied"} if wait else {}
    with httpx.Client(headers=headers, timeout=120) as client:
        for start in range(0, len(events), _CHUNK):
            content = orjson.dumps(events[start : start + _CHUNK])
            answer = client.post(url, content=content, params=asked)
            answer.raise_for_status()
            assert answer.json()["rejected"] == [], answer.text[:500]
