"""Check one partition: the log to the fence, the store at the fence, and no verdict in between.

On a live system the fence moves while Redis is read. Keys that agree with the log then are right.
Those that do not are read again, fewer each time, and at last in one atomic step together with
the fence; the log is recounted to exactly that fence, and what then differs is wrong.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.verify.compare import Difference, Keys, compare
from services.verify.decode import MARKS
from services.verify.log import Log
from services.verify.recount import Recount
from services.verify.reports.served import Served
from services.verify.store import Found, Store

Progress = Callable[[int], None]
_AT_ONCE = 5_000
_MARKED = "SELECT count(*) FROM marks WHERE register = '{}'"
_COUNTS = {
    "records": "SELECT count(*) FROM records",
    "events": "SELECT count(*) FROM events",
    "duplicates": "SELECT coalesce(sum(repeats), 0) FROM duplicates",
    "cells": "SELECT count(*) FROM cells WHERE grain = 'cell'",
    "month sums": "SELECT count(*) FROM cells WHERE grain = 'month sum'",
    "gauges": "SELECT count(*) FROM cells WHERE grain = 'gauge'",
    "list rows": "SELECT count(*) FROM list_rows",
    "lists": "SELECT count(*) FROM posting_keys",
    "scores": "SELECT count(*) FROM scored",
    "visits": "SELECT count(*) FROM visits",
    "late changes": "SELECT count(*) FROM late",
    "marks": "SELECT count(*) FROM marks",
    **{f"{name} marks": _MARKED.format(name) for name in MARKS},
    "members": "SELECT count(*) FROM cohorts",
    "words": "SELECT count(*) FROM words",
    "holders": "SELECT count(*) FROM number_holders",
    "holdings": "SELECT count(*) FROM extension_holders",
    "agents": "SELECT count(*) FROM call_agents WHERE agent IS NOT NULL",
    "called": "SELECT count(*) FROM call_customers",
    "targets": "SELECT count(*) FROM targets_held",
    "crossings": "SELECT count(*) FROM found_crossed",
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

    def __init__(
        self, log: Log, store: Store, keys: Keys, tenant: str | None, served: Served | None = None
    ) -> None:
        self._log = log
        self._served = served
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
        try:
            await self._load(recount, fence, progress)
            found = Found(recount.connection, self._keys.generation, self._tenant)
            found.fill(self._store, names, progress)
            after = self._store.fence(self._keys.generation)
            differences = await self._compare_at(recount, after)
            done = 1
            if after != fence and differences:
                differences, done = await self._settle(recount, found, differences, rounds)
            outcome = self._outcome(recount, differences, done)
            if self._served is not None:
                await self._compare_reports(recount, self._served, rounds, outcome)
            return outcome
        finally:
            recount.close()

    async def _settle(
        self, recount: Recount, found: Found, differences: list[Difference], rounds: int
    ) -> tuple[list[Difference], int]:
        for attempt in range(2, rounds + 2):
            suspects = {difference.key for difference in differences}
            at_once = len(suspects) <= _AT_ONCE
            fence = found.refill(self._store, suspects, at_once=at_once)
            differences = await self._compare_at(recount, fence, suspects)
            if at_once:
                return self._explained(recount, found, differences, suspects), attempt
        raise MovingError(
            f"partition {self._keys.partition} did not come to rest in {rounds} rounds: use"
            " --wait, or verify when less is coming in"
        )

    def _explained(
        self, recount: Recount, found: Found, differences: list[Difference], suspects: set[str]
    ) -> list[Difference]:
        """Look up numbers that are new since the store was read: a number never changes hands."""
        looked_up: set[str] = set()
        while unknown := {each.also for each in differences} - suspects - looked_up - {""}:
            looked_up |= unknown
            found.refill(self._store, unknown, at_once=False)
            differences = _about(compare(recount, self._keys), suspects)
        return differences

    async def _compare_at(
        self, recount: Recount, fence: int, suspects: set[str] | None = None
    ) -> list[Difference]:
        await self._load(recount, fence, lambda _: None)
        recount.recompute()
        return _about(compare(recount, self._keys), suspects)

    async def _load(self, recount: Recount, until: int, progress: Progress) -> None:
        async for records in self._log.read(self._keys.partition, self._loaded, until):
            progress(len(records))
            recount.load(
                records
                if self._tenant is None
                else [record for record in records if record[2] == self._tenant]
            )
        self._loaded = max(self._loaded, until)

    async def _compare_reports(
        self, recount: Recount, served: Served, rounds: int, outcome: Outcome
    ) -> None:
        """Ask the query service for the cohort reports until all it answers is of one version."""
        for _ in range(rounds):
            documents = await asyncio.to_thread(served.documents, recount)
            versions = {document.version for document in documents}
            generation, offset = max(versions)
            if versions == {(generation, offset)} and generation == self._keys.name:
                await self._load(recount, offset, lambda _: None)
                recount.derive()
                outcome.differences += served.differences(recount, documents)
                outcome.counts["reports"] = len(documents)
                return
        raise MovingError(
            f"the reports did not come to rest in {rounds} rounds: verify when less is coming in"
        )

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


def _about(differences: list[Difference], suspects: set[str] | None) -> list[Difference]:
    if suspects is None:
        return differences
    return [difference for difference in differences if difference.key in suspects]
