"""Check one partition: the log to the fence, the store at the fence, and no verdict in between.

On a live system the fence moves while Redis is read. Keys that agree with the log then are right.
Those that do not are read again in one atomic step together with the fence, and the log is
recounted to exactly that fence, until nothing differs or the same keys differ twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.verify.compare import Difference, Keys, compare
from services.verify.log import Log
from services.verify.recount import Recount
from services.verify.store import Found, Store

Progress = Callable[[int], None]
_AT_ONCE = 5_000
_PAUSE_S = 1.0
_COUNTS = {
    "records": "SELECT count(*) FROM records",
    "events": "SELECT count(*) FROM events",
    "duplicates": "SELECT coalesce(sum(repeats), 0) FROM duplicates",
    "cells": "SELECT count(*) FROM cells WHERE grain = 'cell'",
    "month sums": "SELECT count(*) FROM cells WHERE grain = 'month sum'",
    "gauges": "SELECT count(*) FROM cells WHERE grain = 'gauge'",
    "list rows": "SELECT count(*) FROM list_rows",
    "lists": "SELECT count(*) FROM posting_keys",
    "facts": "SELECT count(*) FROM facts",
    "registers": "SELECT count(*) FROM registers",
}


class MovingError(RuntimeError):
    """The store changed faster than it could be compared."""


@dataclass(slots=True)
class Outcome:
    """What was compared in one partition, and what differs."""

    partition: int
    generation: str = ""
    offset: int = 0
    rounds: int = 0
    tenants: frozenset[str] = frozenset()
    counts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


class PartitionCheck:
    """The recount of one partition and its comparison."""

    def __init__(self, log: Log, store: Store, keys: Keys, tenant: str | None) -> None:
        self._log = log
        self._store = store
        self._keys = keys
        self._tenant = tenant
        self._loaded = 0

    async def run(
        self, fence: int, names: list[str], rounds: int, spill: Path, progress: Progress
    ) -> Outcome:
        """Compare everything served with a recount of the log.

        Shape:  fence and names as read before, in this order.
        Errors: LogError if the log does not reach the fence or lost its beginning; MovingError.
        """
        recount = Recount(spill)
        found = Found(recount.connection, self._keys.generation, self._tenant)
        try:
            for attempt in range(1, rounds + 1):
                await self._load(recount, fence, progress)
                found.fill(self._store, names, progress)
                after = self._store.fence(self._keys.generation)
                recount.recompute()
                differences = compare(recount, self._keys)
                suspects = _keys_of(differences)
                if after == fence or not suspects:
                    return self._outcome(recount, differences, attempt)
                if len(suspects) <= _AT_ONCE:
                    differences, rounds = await self._settle(recount, found, suspects, rounds)
                    return self._outcome(recount, differences, attempt + rounds)
                await asyncio.sleep(_PAUSE_S * attempt)
                fence = self._store.fence(self._keys.generation)
                names = self._store.names([self._keys.generation.prefix])[
                    self._keys.generation.prefix
                ]
            raise MovingError(self._restless(rounds))
        finally:
            recount.close()

    async def _settle(
        self, recount: Recount, found: Found, suspects: set[str], rounds: int
    ) -> tuple[list[Difference], int]:
        for attempt in range(1, rounds + 1):
            fence = found.refill(self._store, sorted(suspects))
            await self._load(recount, fence, lambda _: None)
            recount.recompute()
            differences = [
                difference
                for difference in compare(recount, self._keys)
                if difference.key in suspects or difference.also in suspects
            ]
            remaining = _keys_of(differences)
            if remaining <= suspects:
                return differences, attempt
            suspects = remaining
        raise MovingError(self._restless(rounds))

    def _restless(self, rounds: int) -> str:
        return (
            f"partition {self._keys.partition} did not come to rest in {rounds} rounds: use"
            " --wait, or verify when less is coming in"
        )

    async def _load(self, recount: Recount, until: int, progress: Progress) -> None:
        async for records in self._log.read(self._keys.partition, self._loaded, until):
            progress(len(records))
            recount.load(
                records
                if self._tenant is None
                else [record for record in records if record[2] == self._tenant]
            )
        self._loaded = max(self._loaded, until)

    def _outcome(self, recount: Recount, differences: list[Difference], rounds: int) -> Outcome:
        counts = Counter({name: recount.count(query) for name, query in _COUNTS.items()})
        return Outcome(
            self._keys.partition,
            self._keys.name,
            self._loaded,
            rounds,
            frozenset(row[0] for row in recount.rows("SELECT DISTINCT tenant FROM events")),
            counts,
            differences,
        )


def _keys_of(differences: list[Difference]) -> set[str]:
    named = {difference.key for difference in differences}
    return (named | {difference.also for difference in differences}) - {""}
