"""`salespulse verify`: recount the whole log and compare it with everything that is served."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from redis.exceptions import RedisError
from rich.console import Console

from schemas.layout import unreadable
from schemas.settings import SharedSettings
from schemas.tables import TenantKeys
from services.verify.check import MovingError, Outcome, PartitionCheck
from services.verify.compare import Keys
from services.verify.log import Log, LogError
from services.verify.report import progress_bar, report
from services.verify.reports.served import Served, ServedError
from services.verify.store import Store

TOPIC = "crm-events"
_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to verify.

    With `query_url` the cohort reports are compared too, as the query service answers them to
    `key`, a read key of the tenant.

    `generations` names tables that are not served yet (partition -> generation), to check them
    instead of the served ones.

    Units:  patience_s: how long nothing may come from the log before its end counts as reached;
            idle_s: how long `wait_idle` waits for the aggregator to be level with the log.
    """

    tenant: str | None = None
    shown: int = 20
    rounds: int = 8
    patience_s: float = 10.0
    wait_idle: bool = False
    idle_s: float = 600.0
    generations: Mapping[int, str] = field(default_factory=dict)
    query_url: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Part:
    keys: Keys
    fence: int
    names: list[str]


def run(
    settings: SharedSettings,
    *,
    options: Options | None = None,
    console: Console | None = None,
) -> int:
    """Recount, compare, print.

    Shape:  -> exit code: 0 nothing differs; 1 something does, or nothing could be compared.
    """
    chosen = options or Options()
    console = console or Console()
    try:
        outcomes = asyncio.run(verify(settings, chosen, console))
    except (LogError, MovingError, ServedError, RedisError, OSError, httpx.HTTPError) as error:
        console.print(f"cannot verify: {error}", markup=False, highlight=False, soft_wrap=True)
        return 1
    return report(console, outcomes, chosen.shown)


async def verify(settings: SharedSettings, options: Options, console: Console) -> list[Outcome]:
    """Check every partition that is served and holds the tenant asked for.

    Errors: LogError, MovingError; RedisError if the store does not answer.
    """
    store = Store(settings)
    topic = settings.topic_prefix + TOPIC
    served = None
    if options.query_url:
        if options.tenant is None:
            raise ServedError("reports are of one tenant: say which, and give a read key of it")
        served = Served(options.query_url, options.key, options.tenant)
    try:
        async with Log(settings.brokers(), topic, options.patience_s) as log:
            partitions = await log.partitions()
            if options.wait_idle:
                await _wait_until_level(store, partitions, options.idle_s)
            parts = _parts(store, partitions, options)
            total = sum(part.fence + len(part.names) for part in parts)
            with progress_bar(console, total) as progress, TemporaryDirectory() as spill:
                return [
                    await PartitionCheck(log, store, part.keys, options.tenant, served).run(
                        part.fence, part.names, options.rounds, Path(spill), progress
                    )
                    for part in parts
                ]
    finally:
        store.close()


def _parts(store: Store, partitions: list[int], options: Options) -> list[_Part]:
    named = options.generations or {number: store.served(number) for number in partitions}
    keys = [Keys(partition, generation) for partition, generation in named.items() if generation]
    tenant = options.tenant
    if not keys:
        raise LogError("no partition is served yet: no aggregator has started on this store")
    for key in keys:
        if why := unreadable(key.name):
            raise LogError(why)
    fences = {key.partition: store.fence(key.generation) for key in keys}
    names = store.names(key.generation.prefix for key in keys)
    parts = [_Part(key, fences[key.partition], names[key.generation.prefix]) for key in keys]
    if tenant is None:
        return parts
    holding = [part for part in parts if _holds(part, tenant)]
    if not holding:
        raise LogError(f"no partition holds anything of tenant {tenant}")
    return holding


def _holds(part: _Part, tenant: str) -> bool:
    prefix = TenantKeys(part.keys.partition, part.keys.name, tenant).prefix
    return any(name.startswith(prefix) for name in part.names)


async def _wait_until_level(store: Store, partitions: list[int], idle_s: float) -> None:
    deadline = time.monotonic() + idle_s
    for partition in partitions:
        while not _is_level(store, partition):
            if time.monotonic() > deadline:
                raise MovingError(f"partition {partition} was not level with its log in time")
            await asyncio.sleep(_PAUSE_S)


def _is_level(store: Store, partition: int) -> bool:
    generation = store.served(partition)
    end = store.end_seen(partition, time.time_ns() // 1_000_000)
    if not generation or end is None:
        return True
    return store.fence(Keys(partition, generation).generation) >= end
