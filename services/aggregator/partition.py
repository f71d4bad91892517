"""Folding one partition: from records to one atomic commit, exactly once.

Per batch: decode, drop duplicates, load what is missing, fold in memory, load the cells it
touches, commit under the fence. Nothing here knows Faust; the live worker, the rebuild and the
tests drive the same class.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TypeVar

from redis.asyncio import Redis

from schemas.changes import Occurrence
from schemas.envelope import LogEvent, read_event
from schemas.rejection import Rejection
from schemas.tables import NOBODY, Scope
from services.aggregator.batch import (
    Bugs,
    DeadLetters,
    FoldLimits,
    Poison,
    Record,
    Work,
    expect_run,
)
from services.aggregator.commit import CommitWriter
from services.aggregator.committer import Committer
from services.aggregator.core.aims import concerns_targets, crossings, told
from services.aggregator.core.memory import Missing
from services.aggregator.core.occurrences import RECENT, SHOWN, Sighting, occurrence, sighting
from services.aggregator.core.tenant import Tenant
from services.aggregator.erased import ErasedTenants
from services.aggregator.garbage import Garbage
from services.aggregator.metrics import FoldMetrics
from services.aggregator.store import Fence, PartitionStore, record_digest
from services.aggregator.summed import summed

T = TypeVar("T")
_BREATH = 50
"""Events applied before whatever else waits, a commit to be sent above all, gets its turn."""


class PartitionFolder:
    """The only writer of one generation of one partition.

    Laws:   `fold` either commits a batch whole and moves the fence past it, or changes nothing.
            After any exception but Gap call `forget` before folding again.
    """

    def __init__(
        self,
        redis: Redis,
        partition: int,
        generation: str,
        *,
        dead_letters: DeadLetters,
        metrics: FoldMetrics,
        limits: FoldLimits,
        muted: bool = False,
    ) -> None:
        self.store = PartitionStore(redis, partition, generation)
        self.fence: Fence | None = None
        self.is_ending = False
        self._committer = Committer(redis, self.store, muted=muted, limits=limits)
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._limits = limits
        self._muted = muted
        self._bugs = Bugs(partition, limits.bugs)
        self._tenants: dict[str, Tenant] = {}
        self._recent: dict[str, list[Occurrence]] = {}
        self._quality: dict[str, dict[str, int]] = {}
        self._cells: dict[str, dict[str, int]] = {}
        self._flight: asyncio.Task[None] | None = None
        self._sent: Fence | None = None
        self._flying: dict[tuple[str, bytes], bytes] = {}
        self._ahead: tuple[Sequence[Record], Work] | None = None
        self._erased = ErasedTenants(redis, partition)
        self._garbage = Garbage()

    def forget(self) -> None:
        """Drop everything read or folded but not committed."""
        self.fence = self._sent = None
        self._ahead = None
        self._flying = {}
        self._tenants.clear()
        self._recent.clear()
        self._quality.clear()
        self._cells.clear()
        self._erased.forget()

    @property
    def committed(self) -> int:
        """Return the offset up to which all is known to be committed, 0 for not known."""
        return 0 if self.fence is None else self.fence.next

    async def last(self) -> Fence:
        """Return the fence of the last batch: of the commit under way, else of the store."""
        if self.fence is None:
            self.fence = await self.store.fence()
        return self._sent or self.fence

    async def position(self) -> int:
        """Return the offset of the next record to fold."""
        return (await self.last()).next

    async def begin_at(self, offset: int) -> None:
        """Start an empty generation behind the part of the log that is no longer kept."""
        fence = Fence(offset, b"", time.time_ns() // 1_000_000, 0)
        await self._committer.commit(0, fence, CommitWriter(self.store, muted=True))
        self.fence = fence

    async def fold(self, records: Sequence[Record], *, lands: bool = True) -> int:
        """Fold records and commit them; return the next offset.

        Shape:  records of this partition, ascending; what lies below the fence is dropped.
                `lands` False leaves the last commit under way, for whoever has more records:
                the next call waits for it, if only with none, and raises what it raised.
                With `is_ending` set it stops behind the batch under way.
        Errors: Gap when they do not start at the fence; Refused when somebody else commits;
                redis errors (the outcome is unknown, the fence will tell); TooManyBugs.
        Laws:   exactly-once in effect; independent of how the log is cut into batches.
        """
        position = await self.position()
        todo = [record for record in records if record.offset >= position]
        size = self._limits.batch_events
        try:
            while todo and not self.is_ending:
                part = todo[:size]
                expect_run(part, position)
                if await self._fold_part(part, todo[len(part) : len(part) + size]):
                    todo = todo[len(part) :]
                    position = part[-1].offset + 1
                else:
                    size = max(1, len(part) // 2)
            if lands:
                await self._land()
        except BaseException:
            await self._give_up()
            raise
        return position

    async def _give_up(self) -> None:
        flight, self._flight = self._flight, None
        if flight is not None:
            flight.cancel()
            await asyncio.gather(flight, return_exceptions=True)
        self.forget()

    async def _fold_part(self, part: Sequence[Record], following: Sequence[Record]) -> bool:
        """Fold one batch while the commit of the one before it is under way, then send it.

        What the following batch needs is read before the commit is sent: the store answers at
        once then, and works on the commit while the following batch is folded.

        Shape:  False if its commit would be too large and it must be halved; nothing is sent then.
        """
        if self._is_full():
            await self._land()
            self._make_room()
        while True:
            try:
                work = await self._apply(part)
            except Poison as poison:
                await self._land()
                self._bugs.note(poison.offset, poison.tenant, poison.reason)
                self.forget()
                continue
            break
        writer, fence = await self._prepare(part, work)
        await self._land()
        if writer.size > self._limits.commit_commands and len(part) > 1:
            self.forget()
            return False
        if work.dead and not self._muted:
            await self._dead_letters(work.dead)
        self._after_prepare(part, work)
        if following and not self._is_full():
            self._ahead = (following, await self._admit(following))
        self._sent = fence
        self._flight = asyncio.create_task(self._commit(part[0].offset, fence, writer, work.erased))
        return True

    async def _commit(
        self, start: int, fence: Fence, writer: CommitWriter, erased: list[str]
    ) -> None:
        with self._metrics.commit_seconds.time():
            await self._committer.commit(start, fence, writer)
        if erased:
            await self._erased.sweep(erased)
        self.fence = fence

    async def _land(self) -> None:
        """Wait for the commit under way; raises what it raised."""
        flight, self._flight = self._flight, None
        if flight is not None:
            await flight
        self._sent = None
        self._flying = {}

    async def _apply(self, part: Sequence[Record]) -> Work:
        ahead, self._ahead = self._ahead, None
        work = ahead[1] if ahead is not None and ahead[0] == part else await self._admit(part)
        with self._metrics.fold_seconds.time():
            for at, (record, event) in enumerate(work.events):
                if at % _BREATH == 0:
                    await asyncio.sleep(0)  # the commit under way goes on being sent
                await self._apply_one(record, event, work)
        return work

    async def _admit(self, part: Sequence[Record]) -> Work:
        """Decode records, keep those whose id is new, and load the facts they are about."""
        work = Work()
        with self._metrics.load_seconds.time():
            await self._sift(part, work)
            wanted: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
            for _, event in work.events:
                wanted[event.tenant] += self._tenants[event.tenant].needs(event)
            for tenant_id, keys in wanted.items():
                tenant = self._tenants[tenant_id]
                await self.store.load_entities(tenant, keys)
                await self.store.load_entities(tenant, tenant.needs_next(keys))
        return work

    async def _sift(self, part: Sequence[Record], work: Work) -> None:
        """Drop duplicates: the first of an id wins."""
        decoded: list[tuple[Record, LogEvent, bytes]] = []
        for record in part:
            event = self._decode(record, work)
            if event is None:
                continue
            name = f"{event.source}\0{event.id}".encode()
            decoded.append((record, event, blake2b(name, digest_size=8).digest()))
        decoded = await self._erased.left(decoded, work.outcomes)
        for _, event, _ in decoded:
            await self._open(event.tenant)
        places = [self.store.tenant_keys(event.tenant).seen(digest) for _, event, digest in decoded]
        known = dict(zip(places, await self.store.hget_many(places), strict=True))
        known |= {place: self._flying[place] for place in places if place in self._flying}
        for (record, event, _), place in zip(decoded, places, strict=True):
            content = blake2b(record.value, digest_size=4).digest()
            first = known[place]
            if first is None:
                known[place] = content
                work.seen[place[0]] += (place[1], content)
                work.new_ids[place] = content
                work.events.append((record, event))
            elif first == content:
                work.outcomes[event.type, "duplicate"] += 1
            else:
                detail = f"'{event.id}' of '{event.source}' was taken before with other content"
                rejection = Rejection("duplicate_id", detail, "/id")
                work.dead.append((record, event.tenant, rejection))
                work.outcomes[event.type, "dead_letter"] += 1

    def _decode(self, record: Record, work: Work) -> LogEvent | None:
        if record.offset not in self._bugs.found:
            try:
                return read_event(record.value)
            except Exception as error:  # noqa: BLE001 - nobody foresaw it: kept raw, counted
                self._bugs.note(record.offset, "", f"{type(error).__name__}: {error}")
        tenant, reason = self._bugs.found[record.offset]
        work.dead.append((record, tenant, Rejection("bug", reason)))
        work.outcomes["unknown", "dead_letter"] += 1
        return None

    async def _open(self, tenant_id: str) -> None:
        if tenant_id not in self._tenants:
            self._tenants[tenant_id] = await self.store.tenant(tenant_id)
            self._recent[tenant_id] = await self.store.recent(tenant_id)
            self._quality[tenant_id] = await self.store.quality(tenant_id)

    async def _apply_one(self, record: Record, event: LogEvent, work: Work) -> None:
        """Apply one event, and note which thresholds of targets it has crossed."""
        tenant = self._tenants[event.tenant]
        outcome = await self._asked(record, event, lambda: tenant.apply(event))
        tenant.count(event, record.timestamp_ms)
        work.counts[event.tenant] += 1
        work.outcomes[event.type, outcome] += 1
        last = work.last[event.tenant]
        if outcome == "applied" and event.type in SHOWN:
            last.append(sighting(tenant, event))
        if concerns_targets(tenant, event):
            keys = self.store.tenant_keys(tenant.id)

            def held(scope: Scope, scope_id: str, point: int) -> dict[str, int] | None:
                return self._cells.get(keys.point(scope, scope_id, point))

            found = await self._asked(record, event, lambda: crossings(tenant, event, held))
            last.extend(told(tenant, crossing) for crossing in found)

    async def _asked(self, record: Record, event: LogEvent, step: Callable[[], T]) -> T:
        """Take a step of the core, and load what it asks for; raises Poison on a bug."""
        while True:
            try:
                return step()
            except Missing as missing:
                await self._load(self._tenants[event.tenant], missing)
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                raise Poison(record.offset, event.tenant, reason) from error

    async def _load(self, tenant: Tenant, missing: Missing) -> None:
        if missing.entities:
            await self.store.load_entities(tenant, missing.entities)
        if missing.numbers:
            await self.store.load_numbers(tenant, missing.numbers)
        if missing.related:
            await self._flown()
            await self.store.load_related(tenant, missing.related)
        if missing.employee is not None:
            await self._flown()
            await self.store.load_listed(tenant, missing.employee)
        if missing.periods:
            await self._flown()
            await self.store.load_targets(tenant, missing.periods)
        if missing.cells:
            keys = self.store.tenant_keys(tenant.id)
            names = [keys.point(*cells) for cells in missing.cells]
            absent = [name for name in names if name not in self._cells]
            self._cells.update(zip(absent, await self.store.cells(absent), strict=True))

    async def _flown(self) -> None:
        """Wait until the store has the batch before this one: its lists are read from there."""
        if self._flight is not None:
            await asyncio.wait({self._flight})

    async def _prepare(self, part: Sequence[Record], work: Work) -> tuple[CommitWriter, Fence]:
        """Load the cells the batch touches and write down its commit."""
        last = part[-1]
        fence = Fence(
            last.offset + 1,
            record_digest(last.value),
            time.time_ns() // 1_000_000,
            last.timestamp_ms,
        )
        touched = [self._tenants[tenant_id] for tenant_id in work.counts]
        groups = {tenant.id: list(tenant.ledger.groups()) for tenant in touched}
        wanted: list[str] = []
        for tenant in touched:
            keys = self.store.tenant_keys(tenant.id)
            wanted += summed(keys, groups[tenant.id], tenant.ledger)
        absent = [key for key in dict.fromkeys(wanted) if key not in self._cells]
        self._cells.update(zip(absent, await self.store.cells(absent), strict=True))
        writer = CommitWriter(self.store, muted=self._muted)
        work.erased = writer.add_erased(self._erased)
        for tenant in touched:
            fresh = [
                occurrence(seen) if isinstance(seen, Sighting) else seen
                for seen in work.last[tenant.id]
            ]
            recent = ([*reversed(fresh), *self._recent[tenant.id]])[:RECENT]
            self._recent[tenant.id] = recent
            writer.add_tenant(
                tenant,
                self._cells,
                groups=groups[tenant.id],
                recent=recent,
                fresh=fresh,
                log_ms=last.timestamp_ms,
                events=work.counts[tenant.id],
            )
        for key, arguments in work.seen.items():
            writer.add_seen(key, arguments)
        for _, tenant_id, rejection in work.dead:
            name = tenant_id or NOBODY
            if name not in self._quality:
                self._quality[name] = await self.store.quality(name)
            counts = self._quality[name]
            counts[rejection.code] = counts.get(rejection.code, 0) + 1
            writer.add_quality(name, rejection.code, counts[rejection.code])
        return writer, fence

    def _after_prepare(self, part: Sequence[Record], work: Work) -> None:
        """Count the batch, and let its changes be what the next batch starts from."""
        self._flying = work.new_ids
        self._metrics.batch_events.observe(len(part))
        for (event_type, outcome), count in work.outcomes.items():
            self._metrics.events.labels(event_type, outcome).inc(count)
        for tenant in self._tenants.values():
            tenant.settle()
        self._garbage.after(len(part))

    def _is_full(self) -> bool:
        cached = sum(len(tenant.entities) for tenant in self._tenants.values())
        limits = self._limits
        return cached > limits.cached_facts or len(self._cells) > limits.cached_cells

    def _make_room(self) -> None:
        """Empty the caches; only while nothing is applied that the store does not hold."""
        for tenant in self._tenants.values():
            tenant.forget_facts()
            tenant.watch.forget()
        self._cells.clear()
