"""`salespulse import`: a data set becomes events of a tenant.

Exit codes: 0 all taken, 1 some items refused, 2 nothing could be done (file, key, address).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TextIO

import httpx

from schemas.phones import DEFAULT_REGION
from services.ingestor.importers.admin import NewTenant, tenant_of, write_key
from services.ingestor.importers.feed import BATCH, Feed, Outcome
from services.ingestor.importers.formats import (
    FORMATS,
    InputError,
    digest,
    input_files,
    read_items,
)
from services.ingestor.importers.poster import Poster, PostError
from services.ingestor.importers.progress import shown
from services.ingestor.importers.resume import DEFAULT_PATH, ResumeState
from services.ingestor.translate.item import Item, Unreadable
from services.ingestor.translate.moments import last_day, shifted

TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What to import, where to and how.

    Laws:   `key` writes to its own tenant; without one, `admin_token` makes the tenant named, or a
            key for it. `as_of` always needs the admin token: every shift has a tenant of its own.
    Units:  rate in events per second, 0 = as fast as they are taken.
    """

    format_name: str
    path: Path
    ingestor_url: str
    key: str = ""
    tenant: str = ""
    admin_token: str = ""
    time_zone: str = "UTC"
    currency: str = ""
    region: str = DEFAULT_REGION
    rate: float = 0
    as_of: date | None = None
    resume_state: Path = DEFAULT_PATH
    batch: int = BATCH


class _Extent(NamedTuple):
    items: int
    last: date | None


def run(job: Import, out: TextIO = sys.stdout) -> int:
    """Import a data set and return the exit code."""
    try:
        outcome = asyncio.run(_import(job, out))
    except (InputError, PostError) as error:
        out.write(f"error: {error}\n")
        return 2
    taken = outcome.done - outcome.refused
    out.write(f"{job.format_name}: {taken} events in the log, {outcome.refused} refused\n")
    return 1 if outcome.refused else 0


async def _import(job: Import, out: TextIO) -> Outcome:
    files = input_files(job.format_name, job.path)
    extent = _extent(job)
    days = 0
    if job.as_of is not None:
        if extent.last is None:
            raise InputError("there is no date in the data that could become --as-of")
        days = (job.as_of - extent.last).days
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
        tenant, key = await _target(client, job, out)
        parts = (digest(files), job.format_name, job.ingestor_url, tenant, job.time_zone, str(days))
        state = ResumeState(job.resume_state, sha256("|".join(parts).encode()).hexdigest())
        start = state.load()
        if start.acknowledged:
            out.write(f"going on after {start.acknowledged} items that were acknowledged\n")
        with shown(out, f"{job.format_name} -> {tenant}", extent.items) as show:
            poster = Poster(client, job.ingestor_url, key)
            feed = Feed(poster, tenant, show, rate=job.rate, size=job.batch, on_batch=state.save)
            outcome = await feed.run(_items(job, days), start)
    state.forget()
    return outcome


def _items(job: Import, days: int) -> Iterator[Item]:
    for item in read_items(job.format_name, job.path, job.time_zone):
        yield (
            item
            if isinstance(item, Unreadable)
            else shifted(item, days, job.time_zone)
            if (days)
            else item
        )


def _extent(job: Import) -> _Extent:
    items, last = 0, None
    for item in read_items(job.format_name, job.path, job.time_zone):
        items += 1
        if job.as_of is not None and not isinstance(item, Unreadable):
            day = last_day(item, job.time_zone)
            last = day if last is None or (day is not None and day > last) else last
    return _Extent(items, last)


async def _target(client: httpx.AsyncClient, job: Import, out: TextIO) -> tuple[str, str]:
    tenant = job.tenant or (tenant_of(job.key) if job.key else "")
    if not tenant:
        raise PostError("name a key, or a tenant with the admin token")
    if job.as_of is not None:
        tenant = f"{tenant}-asof-{job.as_of:%Y%m%d}"
    elif job.key:
        return tenant, job.key
    if not job.admin_token:
        raise PostError(f"the tenant {tenant} is made with --admin-token; it is missing")
    currency = job.currency or FORMATS[job.format_name].currency
    wish = NewTenant(tenant, job.time_zone, currency, job.region)
    key, read_key = await write_key(client, job.ingestor_url, job.admin_token, wish)
    if read_key is not None:
        out.write(f"tenant {tenant} was made; its read key: {read_key}\n")
    return tenant, key
