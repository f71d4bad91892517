"""Peer: an idiomatic Faust app with tables, as its documentation shows it.

Recommended settings: in-memory tables with changelog topics, one agent, per-event stream. Counts
by employee and day and by department and day; prints {'events', 'seconds', 'counts'}.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from typing import Any

import faust
import orjson


def make_app(bootstrap: str, topic_name: str, count: int, done: asyncio.Event) -> Any:
    """Return the app and what it measures."""
    app = faust.App(
        f"peer-{os.getpid()}",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        web_enabled=False,
        autodiscover=False,
        datadir=tempfile.mkdtemp(prefix="salespulse-peer-"),
        topic_partitions=1,
        topic_replication_factor=1,
        stream_wait_empty=False,
    )
    topic = app.topic(topic_name, key_type=bytes, value_type=bytes, value_serializer="raw")
    by_employee = app.Table("by_employee", default=int)
    by_department = app.Table("by_department", default=int)
    measured: dict[str, Any] = {"events": 0, "counts": {}}

    async def count_events(stream: Any) -> None:
        departments: dict[str, str] = {}
        async for value in stream:
            if not measured["events"]:
                measured["began"] = time.perf_counter()
            event = orjson.loads(value)
            data = event["data"]
            match event["type"]:
                case "employee.upserted":
                    departments[event["subject"]] = data["department_id"]
                    name = employee = ""
                case "email.opened":
                    name, employee = "emails_opened", data["sender_id"]
                case "order.created":
                    name, employee = "orders", data["owner_id"]
                case "call.ended" if data["duration_s"] > 0:
                    name, employee = "calls", data["employee_id"]
                case _:
                    name = employee = ""
            if name:
                day = event["time"][:10]
                by_employee[f"{name}|{employee}|{day}"] += 1
                by_department[f"{name}|{departments[employee]}|{day}"] += 1
            measured["events"] += 1
            if measured["events"] == count:
                measured["seconds"] = time.perf_counter() - measured["began"]
                measured["counts"] = dict(by_employee.items())
                done.set()

    app.agent(topic, name="count_events")(count_events)
    return app, measured


async def main(bootstrap: str, topic: str, count: int) -> None:
    """Run until `count` events are counted, print the figures."""
    done = asyncio.Event()
    app, measured = make_app(bootstrap, topic, count, done)
    async with app:
        await done.wait()
    counts: dict[str, int] = {}
    for key, value in measured["counts"].items():
        name, employee, _ = key.split("|")
        label = f"calls:{employee}" if name == "calls" else name
        counts[label] = counts.get(label, 0) + value
    body = {"events": count, "seconds": measured["seconds"], "counts": counts}
    print(json.dumps(body))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
