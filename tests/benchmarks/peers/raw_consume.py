"""Peer: raw aiokafka consume + JSON decode, counting nothing: the limit of this machine.

Recommended settings: `getmany` with many records a poll, orjson.
"""

from __future__ import annotations

import asyncio
import sys

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.benchmarks.peers.counting import Clock


async def main(bootstrap: str, topic: str, count: int) -> None:
    """Consume `count` records and print the figures."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, 0)
    clock = Clock(count)
    is_over = False
    while not is_over:
        for records in (await consumer.getmany(timeout_ms=1000, max_records=5000)).values():
            for record in records:
                orjson.loads(record.value)
            is_over = clock.tick(len(records))
    await consumer.stop()
    clock.tell({})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
