"""`salespulse rebuild`: build, verify, switch, and drop what is no longer served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from aiokafka import AIOKafkaConsumer
from redis.asyncio import Redis
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from services.aggregator.rebuild import Built, build, drop, switch

Verify = Callable[[dict[int, str]], bool]
"""Recount the log against these generations (partition -> generation); True if nothing differs."""

_GRACE_S = 5.0
"""What was served is dropped after this, when no reader is in the middle of it any more."""


def run(
    kafka_bootstrap: str,
    redis_url: str,
    topic_prefix: str,
    *,
    verify: Verify,
    partitions: Sequence[int] = (),
    console: Console | None = None,
) -> int:
    """Rebuild the given partitions, all by default; return the exit code.

    Errors: 1 when the recount of the new tables differs, or somebody else switched meanwhile;
            what is served stays as it was then.
    """
    out = console or Console()
    work = _rebuild(kafka_bootstrap, redis_url, topic_prefix + "crm-events", partitions, out)
    built = asyncio.run(work)
    if not verify({each.partition: each.generation for each in built}):
        out.print("The new tables differ from a recount of the log: nothing was switched.")
        asyncio.run(_drop(redis_url, [(each.partition, each.generation) for each in built]))
        return 1
    return asyncio.run(_switch(redis_url, built, out))


async def _rebuild(
    bootstrap: str, redis_url: str, topic: str, partitions: Sequence[int], out: Console
) -> list[Built]:
    chosen = list(partitions) or await _partitions(bootstrap, topic)
    columns = (TextColumn("partition {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out) as bars:
        async with Redis.from_url(redis_url) as redis:
            built = []
            for partition in chosen:
                show = partial(_show, bars, bars.add_task(str(partition), total=None))
                built.append(await build(redis, bootstrap, topic, partition, show))
            return built


def _show(bars: Progress, task: TaskID, _partition: int, done: int, end: int) -> None:
    bars.update(task, completed=done, total=end)


async def _partitions(bootstrap: str, topic: str) -> list[int]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        return sorted(consumer.partitions_for_topic(topic) or ())
    finally:
        await consumer.stop()


async def _switch(redis_url: str, built: Sequence[Built], out: Console) -> int:
    code = 0
    unserved: list[tuple[int, str]] = []
    async with Redis.from_url(redis_url) as redis:
        for each in built:
            if await switch(redis, each):
                out.print(f"partition {each.partition}: now serves {each.generation}")
                if each.served is not None:
                    unserved.append((each.partition, each.served))
            else:
                code = 1
                out.print(f"partition {each.partition}: somebody else switched, left alone")
                unserved.append((each.partition, each.generation))
    await asyncio.sleep(_GRACE_S)
    await _drop(redis_url, unserved)
    return code


async def _drop(redis_url: str, generations: Sequence[tuple[int, str]]) -> None:
    async with Redis.from_url(redis_url) as redis:
        for partition, generation in generations:
            await drop(redis, partition, generation)
