"""Peer: raw aiokafka consume + JSON decode, counting nothing: the limit of this machine.

Recommended settings: `getmany` with many records a poll, orjson.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition


async def main(bootstrap: str, topic: str, count: int) -> None:
    """Consume `count` records and print {'events', 'seconds'}."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, 0)
    done = 0
    began = time.perf_counter()
    while done < count:
        for records in (await consumer.getmany(timeout_ms=1000, max_records=5000)).values():
            for record in records:
                orjson.loads(record.value)
            done += len(records)
    seconds = time.perf_counter() - began
    await consumer.stop()
    print(json.dumps({"events": done, "seconds": seconds}))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
