"""`salespulse rebuild`: the figures anew from the log, beside the served ones, then switched."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from schemas.brokers import Brokers
from schemas.settings import SharedSettings
from services.commands.connection import CommandError, Connection

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from services.aggregator.rebuild import Built

_GRACE_SECONDS = 5.0
"""What was served is dropped after this, when no reader is in the middle of it any more."""


def rebuild(
    partition: Annotated[
        list[int] | None, typer.Option(help="Only this partition; may be repeated.")
    ] = None,
) -> None:
    """Build new figures from the log, recount them, serve them, and drop the old ones.

    Where the recount finds a difference the old figures stay and the exit code is 1.
    """
    shared = Connection.open(os.environ).shared()
    console = Console()
    if not asyncio.run(_rebuild(shared, partition, console)):
        raise typer.Exit(1)


async def _rebuild(shared: SharedSettings, chosen: list[int] | None, console: Console) -> bool:
    from aiokafka.errors import KafkaError
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    from schemas.topics import TOPICS

    brokers = shared.brokers()
    topic = shared.topic_prefix + TOPICS["crm-events"].name
    redis = Redis.from_url(**shared.redis())
    try:
        partitions = chosen or await _partitions(brokers, topic)
        built = await _build(redis, brokers, topic, partitions, console)
        return await _serve(redis, built, shared, console)
    except (KafkaError, RedisError, OSError, RuntimeError) as error:
        raise CommandError(f"cannot rebuild: {error}") from None
    finally:
        await redis.aclose()


async def _build(
    redis: Redis, brokers: Brokers, topic: str, partitions: list[int], console: Console
) -> list[Built]:
    from services.aggregator.rebuild import build

    with Progress(console=console) as progress:
        shown: dict[int, TaskID] = {}

        def advance(number: int, done: int, end: int) -> None:
            if number not in shown:
                shown[number] = progress.add_task(f"partition {number}", total=end)
            progress.update(shown[number], completed=done, total=end)

        return [await build(redis, brokers, topic, number, advance) for number in partitions]


async def _serve(
    redis: Redis, built: list[Built], shared: SharedSettings, console: Console
) -> bool:
    """Recount the new figures, then switch to them and drop the old ones; or drop the new ones."""
    from services.aggregator.rebuild import drop, switch

    if not await _right(built, shared, console):
        for each in built:
            await drop(redis, each.partition, each.generation)
        console.print("nothing was switched: the old figures are served as before")
        return False
    switched = [each for each in built if await switch(redis, each)]
    await asyncio.sleep(_GRACE_SECONDS)
    for each in built:
        if each not in switched:
            console.print(f"partition {each.partition}: somebody else switched meanwhile")
            await drop(redis, each.partition, each.generation)
        elif each.served is not None:
            await drop(redis, each.partition, each.served)
            console.print(f"partition {each.partition}: {each.served} -> {each.generation}")
    return len(switched) == len(built)


async def _right(built: list[Built], shared: SharedSettings, console: Console) -> bool:
    from services.verify.command import Options, verify
    from services.verify.report import report

    options = Options(generations={each.partition: each.generation for each in built})
    outcomes = await verify(shared, options, console)
    return report(console, outcomes, options.shown) == 0


async def _partitions(brokers: Brokers, topic: str) -> list[int]:
    from aiokafka.admin import AIOKafkaAdminClient

    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await admin.start()
        described = (await admin.describe_topics([topic]))[0]
        return sorted(each["partition"] for each in described["partitions"])
    finally:
        await admin.close()
