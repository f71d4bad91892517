"""Generations of state: which definitions made the tables, and which ones are read.

A generation is `<layout>_<definitions>-<build>`: how its tables are laid out (schemas/layout.py),
the hash of the core's version and of every KPI definition, and a running number. A worker writes
only into a generation of its own definitions; a changed definition is built beside the served one
by `salespulse rebuild` (decision 0003).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, cast

from redis.asyncio import Redis

from schemas.kpis import CATALOGUE
from schemas.layout import LAYOUT
from schemas.tables import PartitionKeys

CORE_VERSION: Final = 5
"""Raise it whenever the fold changes its result."""


class WrongGeneration(RuntimeError):  # noqa: N818 - read as a sentence
    """The served tables were made by other definitions than this worker's."""


def definitions() -> str:
    """Return the layout, and the hash of the core's version and the KPI definitions."""
    stored = [
        (kpi.name, kpi.version, kpi.date_basis, kpi.attribution, kpi.dimensions)
        for kpi in CATALOGUE.values()
        if kpi.is_stored
    ]
    digest = blake2b(repr((CORE_VERSION, stored)).encode(), digest_size=4).hexdigest()
    return f"{LAYOUT}_{digest}"


def next_build(served: str | None) -> str:
    """Return the name of the generation to build after the served one."""
    build = 1 if served is None else int(served.rpartition("-")[2]) + 1
    return f"{definitions()}-{build}"


async def served_generation(redis: Redis, partition: int) -> str:
    """Return the generation to fold into, naming the first one where there is none yet.

    Errors: WrongGeneration when the served tables were made by other definitions.
    """
    key = PartitionKeys(partition).served
    await redis.set(key, next_build(None), nx=True)
    served = cast("bytes", await redis.get(key)).decode()
    if not served.startswith(definitions() + "-"):
        raise WrongGeneration(
            f"partition {partition} serves generation {served}, made by other KPI definitions "
            f"than this worker's ({definitions()}): run 'salespulse rebuild'"
        )
    return served
