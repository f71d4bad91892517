# ruff: noqa: INP001 - scripts, not a package
"""Quirks of the embedded broker, measured: `python docs/decisions/evidence/broker.py`.

Starts an embedded broker of its own and prints one line per finding (decision 0020).
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from deploy.local.broker import EmbeddedBroker

PARTITION = TopicPartition("log", 1)
COUNT = 50_000


def say(line: str) -> None:
    """Print one finding."""
    sys.stdout.write(line + "\n")


async def idempotence(bootstrap: str) -> None:
    """Try to start a producer that is idempotent."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    try:
        await asyncio.wait_for(producer.start(), 5)
        await asyncio.wait_for(producer.send_and_wait("log", b"x", partition=0), 5)
        say("idempotence: works")
    except (KafkaError, TimeoutError) as error:
        say(f"idempotence: refused: {type(error).__name__} {error}")
    finally:
        try:
            await asyncio.wait_for(producer.stop(), 5)
        except (KafkaError, TimeoutError):
            say("idempotence: and the producer does not stop cleanly")


async def produce(bootstrap: str) -> None:
    """Write, then ask for the end, and look for the end."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=False, acks="all", linger_ms=5
    )
    await producer.start()
    start = time.perf_counter()
    sent = [
        await producer.send("log", b"x" * 300, partition=1, timestamp_ms=1_700_000_000_000 + n)
        for n in range(COUNT)
    ]
    last = (await asyncio.gather(*sent))[-1]
    say(f"produce: {COUNT / (time.perf_counter() - start):,.0f} messages of 300 bytes a second")
    await producer.stop()
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([PARTITION])
    claimed = (await consumer.end_offsets([PARTITION]))[PARTITION]
    say(f"latest: ListOffsets says {claimed}, the end is {last.offset + 1}")
    seen, start = 0, time.perf_counter()
    stamp = 0
    while seen < COUNT:
        for records in (await consumer.getmany(timeout_ms=1000, max_records=5000)).values():
            seen += len(records)
            stamp = records[-1].timestamp
    say(f"consume: {seen / (time.perf_counter() - start):,.0f} messages a second")
    say(f"timestamps: {'kept' if stamp == 1_700_000_000_000 + COUNT - 1 else 'changed'}")
    await consumer.stop()


async def join(bootstrap: str) -> None:
    """Measure how long a lone member waits for its partitions."""
    consumer = AIOKafkaConsumer(
        "log", bootstrap_servers=bootstrap, group_id="g", group_instance_id="w1"
    )
    start = time.perf_counter()
    await consumer.start()
    while not consumer.assignment():
        await consumer.getmany(timeout_ms=50)
    say(f"join: {time.perf_counter() - start:.1f} s until a lone member has its partitions")
    await consumer.stop()


async def measure(bootstrap: str) -> None:
    """Create the topic and run all of it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("log", 4, 1)])
    await admin.close()
    await produce(bootstrap)
    await join(bootstrap)
    await idempotence(bootstrap)


def main() -> None:
    """Start the broker, measure, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedBroker(Path(folder) / "broker.log")
        start = time.perf_counter()
        broker.start()
        say(f"start: {time.perf_counter() - start:.1f} s until it answers")
        version = subprocess.run(  # noqa: S603 - the path of the wheel
            [broker.child.command[0], "--version"], capture_output=True, check=False, text=True
        )
        say(f"version: {version.stdout.strip()}")
        try:
            asyncio.run(measure(broker.bootstrap))
        finally:
            broker.stop()


if __name__ == "__main__":
    main()
