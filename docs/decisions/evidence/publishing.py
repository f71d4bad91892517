# ruff: noqa: INP001 - scripts, not a package
"""Cost of publishing changes: `PYTHONPATH=. python docs/decisions/evidence/publishing.py`.

Puts cells of a day onto a topic of Apache Kafka from its jars, each way three times in turns, and
prints processor and clock time of this process per record (decision 0046).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from deploy.local.kafka import KafkaFromJars
from schemas.brokers import Brokers
from services.aggregator.publishing import MAX_BATCH_BYTES, partition_of, publish
from services.commands.topics import Plan, ensure

COUNT = 50_000
TOPIC = "kpi-changes"
VALUE = {"tenant": "acme", "metric": "calls_outbound", "scope": "employee", "id": "emp17",
         "day": "2026-11-29", "dimension": "", "value": 41, "previous": 40,
         "version": "5_775fde44-1.447635", "cause": "e-447001", "restated": False,
         "as_of": "2026-11-29T07:03:22.120Z"}  # fmt: skip
RECORDS = [
    (
        f"acme|calls_outbound|employee|emp{n % 200}|2026-11-29|group:g{n}".encode(),
        orjson.dumps(VALUE),
    )
    for n in range(COUNT)
]


async def one_by_one(producer: AIOKafkaProducer) -> None:
    """As it was: a future for every record, the partition by the library."""
    await asyncio.gather(*[await producer.send(TOPIC, value, key=key) for key, value in RECORDS])


async def in_batches(producer: AIOKafkaProducer) -> None:
    """As it is, and every key is a new one."""
    partition_of.cache_clear()
    await publish(producer, TOPIC, RECORDS)


async def in_batches_again(producer: AIOKafkaProducer) -> None:
    """As it is, and every key was there before, as those of a working day are."""
    await publish(producer, TOPIC, RECORDS)


Way = Callable[[AIOKafkaProducer], Awaitable[None]]


async def main(bootstrap: str) -> None:
    """Measure the ways in turns."""
    await ensure(Brokers(bootstrap), Plan(prefix="", partitions=3))
    ways: list[tuple[Way, int]] = [
        (one_by_one, 16_384),
        (in_batches, MAX_BATCH_BYTES),
        (in_batches_again, MAX_BATCH_BYTES),
    ]
    for _ in range(3):
        for way, size in ways:
            producer = AIOKafkaProducer(
                bootstrap_servers=bootstrap,
                acks="all",
                enable_idempotence=True,
                linger_ms=2,
                max_batch_size=size,
                compression_type="lz4",
            )
            await producer.start()
            began, worked = time.perf_counter(), time.process_time()
            await way(producer)
            each = [(time.process_time() - worked), (time.perf_counter() - began)]
            processor, clock = (seconds / COUNT * 1e6 for seconds in each)
            sys.stdout.write(f"{way.__name__}: {processor:.1f} us of processor, {clock:.1f} us\n")
            await producer.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        kafka = KafkaFromJars(Path(directory))
        kafka.start()
        try:
            asyncio.run(main(kafka.bootstrap))
        finally:
            kafka.stop()
