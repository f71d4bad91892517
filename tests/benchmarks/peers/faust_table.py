"""Peer: an idiomatic Faust app with tables, as its documentation shows it.

Recommended settings: in-memory tables with changelog topics, one agent, per-event stream. Counts
the figures of the table that all peers share.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import faust
import orjson

from tests.benchmarks.peers.counting import Clock, additions


def make_app(
    bootstrap: str, topic_name: str, clock: Clock, done: asyncio.Event, directory: str
) -> Any:
    """Return the app and the table of its counts."""
    app = faust.App(
        f"peer-{os.getpid()}",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        web_enabled=False,
        autodiscover=False,
        datadir=directory,
        topic_partitions=1,
        topic_replication_factor=1,
        stream_wait_empty=False,
    )
    topic = app.topic(topic_name, key_type=bytes, value_type=bytes, value_serializer="raw")
    counts = app.Table("counts", default=int)
    departments = app.Table("departments", default=str)

    async def count_events(stream: Any) -> None:
        async for value in stream:
            event = orjson.loads(value)
            if event["type"] == "employee.upserted":
                departments[event["subject"]] = event["data"]["department_id"]
            for key, number in additions(event, departments.__getitem__):
                counts[key] += number
            if clock.tick():
                done.set()

    app.agent(topic, name="count_events")(count_events)
    return app, counts


async def main(bootstrap: str, topic: str, count: int, directory: str) -> None:
    """Run until `count` events are counted, print the figures."""
    clock, done = Clock(count), asyncio.Event()
    app, table = make_app(bootstrap, topic, clock, done, directory)
    async with app:
        await done.wait()
        counts = dict(table.items())
    clock.tell(counts)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
