"""`salespulse simulate`: the made-up company, written into a tenant or into a file.

Exit codes: 0 all taken, 1 some refused, 2 nothing could be done.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import httpx
import orjson

from schemas.calendar import zone
from services.ingestor.importers.admin import tenant_of
from services.ingestor.importers.command import TIMEOUT_S
from services.ingestor.importers.demo.company import SMALLEST
from services.ingestor.importers.demo.floor import TIME_ZONE
from services.ingestor.importers.feed import Feed
from services.ingestor.importers.poster import Poster, PostError
from services.ingestor.importers.progress import shown
from services.ingestor.importers.simulate import demo_history, live, opening
from services.ingestor.translate.item import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What to simulate and where to write it.

    Shape:  start is where the history ends and the live part begins; None = now, read when each
            part begins. With `join`, only the live part is written, into a tenant that has the
            company already.
    Units:  rate in events per second, duration in seconds of the live part.
    """

    seed: int
    start: datetime | None = None
    employees: int = 24
    rate: float = 20
    duration_s: float = 60
    history_days: int = 0
    join: bool = False
    out: Path | None = None
    ingestor_url: str = ""
    key: str = ""


def past(wish: Simulation, end: datetime) -> Iterator[Event]:
    """Yield the history, or the organisation alone when no days are wanted."""
    if wish.join:
        return iter(())
    if not wish.history_days:
        return opening(wish.seed, end, wish.employees)
    today = end.astimezone(zone(TIME_ZONE)).date()
    return demo_history(wish.seed, today, wish.history_days, wish.employees, end)


def present(wish: Simulation, start: datetime) -> Iterator[Event]:
    """Yield the live part: as many events as its rate and duration make."""
    count = int(wish.rate * wish.duration_s)
    return islice(live(wish.seed, start, wish.rate, wish.employees), count)


def run(wish: Simulation, say: TextIO = sys.stdout) -> int:
    """Simulate and return the exit code."""
    if wish.employees < SMALLEST or wish.rate <= 0:
        say.write(f"error: at least {SMALLEST} employees, and a rate above 0\n")
        return 2
    if wish.out is not None:
        lines = _write_file(wish, wish.out)
        say.write(f"simulate: {lines} events in {wish.out}\n")
        return 0
    try:
        refused = asyncio.run(_post(wish, say))
    except PostError as error:
        say.write(f"error: {error}\n")
        return 2
    return 1 if refused else 0


def _now() -> datetime:
    return datetime.now(UTC)


def _write_file(wish: Simulation, out: Path) -> int:
    lines, start = 0, wish.start or _now()
    with out.open("wb") as file:
        for event in chain(past(wish, start), present(wish, start)):
            file.write(orjson.dumps(event) + b"\n")
            lines += 1
    return lines


async def _post(wish: Simulation, say: TextIO) -> int:
    tenant = tenant_of(wish.key)
    history = list(past(wish, wish.start or _now()))
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
        poster = Poster(client, wish.ingestor_url, wish.key)
        with shown(say, f"history -> {tenant}", len(history)) as show:
            outcome = await Feed(poster, tenant, show).run(history)
        refused = outcome.refused
        total = int(wish.rate * wish.duration_s)
        with shown(say, f"live -> {tenant}", total) as show:
            events = present(wish, wish.start or _now())
            outcome = await Feed(poster, tenant, show, rate=wish.rate).run(events)
    refused += outcome.refused
    say.write(f"simulate: {len(history)} + {outcome.done} events, {refused} refused\n")
    return refused
