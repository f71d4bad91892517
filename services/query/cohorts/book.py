"""The cohorts of one tenant, kept in memory and brought up to date with every answer.

A *day* is one set of the store: the customers created on it, or first added to a campaign on it.
Asked for days that are not there, the book loads them in small steps; between steps others are
answered. Whatever is there follows the stream `touched`: a customer that changed is made anew
from its facts, comes to a day that is there, or leaves it.

One answer sees columns that do not change: they change only while the lock is held and the book
awaits, so what `read` returned stands until the caller awaits anything.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal, NamedTuple

import msgspec
import numpy as np

from schemas.calendar import days_between
from schemas.facts import Customer, head_of_customer, unpack
from services.query.basis import Basis, Command
from services.query.cohorts.case import Case, case_of
from services.query.cohorts.columns import Columns
from services.query.cohorts.following import MOST_FACTS, follow_command, followed
from services.query.cohorts.kinship import Kinship
from services.query.cohorts.units import first_added
from services.query.periods import Period
from services.query.problems import Problem, invalid
from services.query.reader import Plan, Reader, Reading, nothing_more

Name = Literal["created", "campaign"]
_STEP: Final = 100
"""Customers made anew before others have their turn: some milliseconds."""
_MOST_CALLS: Final = 400
"""Calls after which a book gives up to reach a stream that grows faster than it reads."""


class Day(NamedTuple):
    """One set of customers of the store. Units: day is yyyymmdd."""

    name: Name
    day: int


class Cohort(NamedTuple):
    """Which customers are needed: those of some days."""

    name: Name
    days: Period

    def parts(self) -> list[Day]:
        """Return the days, the latest first."""
        return [Day(self.name, day) for day in reversed(days_between(*self.days))]


class Found(NamedTuple):
    """Settings, organisation and words, and the customers: all of one version.

    Laws:   the columns stand until the next await of who asked.
    """

    reading: Reading
    columns: Columns


class Book:
    """The days of one tenant that are in memory."""

    def __init__(self, reader: Reader, partition: int, tenant: str) -> None:
        self._reader, self._partition, self._tenant = reader, partition, tenant
        self._lock = asyncio.Lock()
        self._coming: dict[Day, asyncio.Future[None]] = {}
        self._begin("", "")

    def _begin(self, generation: str, cursor: str) -> None:
        """Forget everything; follow the store from here on."""
        self._generation, self._cursor = generation, cursor
        self._start = object()
        self.columns = Columns()
        self.used: dict[Day, int] = {}
        """The days that are there, and when each was asked for last (a count, not a time)."""
        self._inbox: deque[bytes] = deque()
        self._asked: frozenset[str] = frozenset()
        self._kinship = Kinship()

    async def read(
        self, cohort: Callable[[Basis], Cohort], plan: Plan, turn: int
    ) -> tuple[Found, list[Day]]:
        """Bring the book up to date; return what there is, and the days that are not there yet.

        Errors: those of `Reader.read`, `cohort` and `plan`; Problem `busy`.
        """
        async with self._lock:
            reading = await self._advance(plan)
            days = cohort(reading.basis).parts()
            missing = [day for day in days if day not in self.used]
            if not missing:
                self.used.update(dict.fromkeys(days, turn))
            return Found(reading, self.columns), missing

    async def load(self, days: Sequence[Day], turn: int, most: int) -> None:
        """Load days, or wait until somebody else has; where all begins anew it may not be done.

        Errors: Problem `cohort_too_large` where they hold more than `most` customers.
        """
        others = [self._coming[day] for day in days if day in self._coming]
        mine = [day for day in days if day not in self._coming]
        loop = asyncio.get_running_loop()
        self._coming.update((day, loop.create_future()) for day in mine)
        try:
            await self._load(mine, turn, most)
        finally:
            for day in mine:
                self._done(day)
        if others:
            await asyncio.wait(others)

    def drop(self, turn: int) -> None:
        """Forget the days that were asked for last at a turn; nobody may be at work here."""
        self.used = {day: last for day, last in self.used.items() if last != turn}
        columns = self.columns
        slots = columns.live()
        created = [day.day for day in self._days() if day.name == "created"]
        campaign = [day.day for day in self._days() if day.name == "campaign"]
        stays = np.isin(columns.people["created_day"][slots], created)
        if campaign:
            added = first_added(columns, slots)
            stays[added.parent[np.isin(added["day"], campaign)]] = True
        columns.remove(columns.people["number"][slots[~stays]].tolist())
        columns.compact()

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody reads or loads."""
        return not self._lock.locked() and not self._coming

    def _days(self) -> Iterator[Day]:
        """Yield the days whose customers have to be here: those that are, and that come."""
        yield from self.used
        yield from self._coming

    def _done(self, day: Day) -> None:
        future = self._coming.pop(day, None)
        if future is not None:
            future.set_result(None)

    async def _load(self, days: Sequence[Day], turn: int, most: int) -> None:
        async with self._lock:
            sizes: list[int] = await self._sets("SCARD", days)
            start = self._start
        if sum(sizes) > most:
            detail = f"{sum(sizes)} customers; at most {most} are looked at in one answer"
            raise invalid("cohort_too_large", detail, "created_from", limit=most)
        for batch in _batches(days, sizes):
            async with self._lock:
                found: list[list[bytes]] = await self._sets("SMEMBERS", batch)
            numbers = [int(number) for members in found for number in members]
            numbers = [number for number in numbers if number not in self.columns]
            for at in range(0, len(numbers), MOST_FACTS):
                async with self._lock:
                    await self._advance(numbers=numbers[at : at + MOST_FACTS])
            if self._start is not start:
                return
            self.used.update(dict.fromkeys(batch, turn))
            for day in batch:
                self._done(day)

    async def _sets(self, command: str, days: Sequence[Day]) -> list[Any]:
        """Ask for the sets of some days."""

        def plan(basis: Basis) -> Sequence[Command]:
            return [(command, basis.keys.cohort(*day)) for day in days]

        reading = await self._advance(plan)
        return reading.replies

    async def _advance(self, plan: Plan = nothing_more, numbers: Sequence[int] = ()) -> Reading:
        """Read on until all that is here is of one version; return the reading of that version.

        Laws:   what was read and not taken in yet stays, should whoever asked go away meanwhile.
                Where entries were lost, or another generation is served, all begins anew.
        """
        for _ in range(_MOST_CALLS):
            names = self._kinship.missing
            commands = partial(self._commands, plan, names, numbers)
            reading = await self._reader.read(self._partition, self._tenant, commands)
            reply, *replies = reading.replies
            told = followed(reply)
            if reading.basis.generation != self._generation or not told.is_intact:
                self._begin(reading.basis.generation, told.cursor)
            else:
                self._cursor, self._asked, numbers = told.cursor, names, ()
                self._inbox.extend(told.facts)
                await self._take_in()
            if not told.more and not self._kinship.missing:
                return replace(reading, replies=replies)
        raise Problem(503, "busy", "the figures change too fast to read", retry_after=1)

    def _commands(
        self, plan: Plan, names: Iterable[str], numbers: Sequence[int], basis: Basis
    ) -> list[Command]:
        """Return what to read: what changed, and what the answer needs beside."""
        if basis.generation == self._generation:
            follow = follow_command(basis.keys, self._cursor, names, numbers)
        else:
            follow = follow_command(basis.keys, "", (), ())
        return [follow, *plan(basis)]

    async def _take_in(self) -> None:
        """Let the columns say what the facts say that were read."""
        while self._inbox or self._asked:
            packed = [self._inbox.popleft() for _ in range(min(_STEP, len(self._inbox)))]
            asked, self._asked = ((), self._asked) if self._inbox else (self._asked, frozenset())
            facts = [unpack(fact) for fact in packed if self._is_wanted(fact)]
            customers = [fact for fact in facts if isinstance(fact, Customer)]
            self._put(self._kinship.groups(customers, asked))
            if self._inbox:
                await asyncio.sleep(0)

    def _is_wanted(self, packed: bytes) -> bool:
        """Say whether a customer that changed may be, or has been, on one of the days here."""
        try:
            head = head_of_customer(packed)
        except msgspec.ValidationError:
            return False  # the number of another generation, where something else has it
        if head.number in self.columns or self._kinship.wants(head) or head.created is None:
            return True
        if any(day.name == "campaign" for day in self._days()):
            return True
        day = Day("created", head.created[2])
        return day in self.used or day in self._coming

    def _put(self, groups: Iterable[Sequence[Customer]]) -> None:
        days = frozenset(self._days())
        has_campaigns = any(day.name == "campaign" for day in days)
        found: dict[int, Case | None] = {}
        for survivor, *absorbed in groups:
            case = case_of(survivor, absorbed)
            found.update((fact.number, None) for fact in absorbed)
            is_here = case is not None and not days.isdisjoint(_days_of(case, has_campaigns))
            found[survivor.number] = case if is_here else None
        self.columns.remove(number for number, case in found.items() if case is None)
        self.columns.put([case for case in found.values() if case is not None])
        if self.columns.is_sparse:
            self.columns.compact()


def _days_of(case: Case, has_campaigns: bool) -> Iterator[Day]:
    """Yield the days to which a customer belongs."""
    yield Day("created", case.created_day)
    if has_campaigns:
        first: dict[str, tuple[int, int]] = {}
        for _, at, day, campaign, _ in case.opportunities:
            first[campaign] = min(first.get(campaign, (at, day)), (at, day))
        for _, day in first.values():
            yield Day("campaign", day)


def _batches(days: Sequence[Day], sizes: Sequence[int]) -> Iterator[list[Day]]:
    """Yield days that are loaded together: so many that a call is worth while."""
    batch: list[Day] = []
    customers = 0
    for day, size in zip(days, sizes, strict=True):
        if batch and customers + size > MOST_FACTS:
            yield batch
            batch, customers = [], 0
        batch.append(day)
        customers += size
    if batch:
        yield batch
