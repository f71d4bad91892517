"""Folding one partition: from records to one atomic commit, exactly once.

Per batch: decode, drop duplicates, load what is missing, fold in memory, load the cells it
touches, commit under the fence. Nothing here knows Faust; the live worker, the rebuild and the
tests drive the same class.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b

from redis.asyncio import Redis

from schemas.changes import Occurrence
from schemas.envelope import LogEvent, read_event
from schemas.rejection import Rejection
from schemas.tables import NOBODY
from services.aggregator.batch import (
    DeadLetters,
    FoldLimits,
    Poison,
    Record,
    TooManyBugs,
    Work,
    expect_run,
)
from services.aggregator.commit import Committer, CommitWriter
from services.aggregator.core.ledger import Change, month_of
from services.aggregator.core.memory import Missing
from services.aggregator.core.occurrences import RECENT, SHOWN, occurrence, sighting
from services.aggregator.core.tenant import Tenant
from services.aggregator.metrics import FoldMetrics
from services.aggregator.store import Fence, PartitionStore, record_digest


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
        self._committer = Committer(redis, self.store, muted=muted, keep=limits.kept_changes)
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._limits = limits
        self._muted = muted
        self._bugs: dict[int, tuple[str, str]] = {}
        self._tenants: dict[str, Tenant] = {}
        self._recent: dict[str, list[Occurrence]] = {}
        self._quality: dict[str, dict[str, int]] = {}
        self._cells: dict[str, dict[str, int]] = {}
        self._flight: asyncio.Task[None] | None = None
        self._flying: dict[tuple[str, bytes], bytes] = {}
        self._ahead: tuple[Sequence[Record], Work] | None = None

    def forget(self) -> None:
        """Drop everything read or folded but not committed."""
        self.fence = None
        self._ahead = None
        self._flying = {}
        self._tenants.clear()
        self._recent.clear()
        self._quality.clear()
        self._cells.clear()

    async def position(self) -> int:
        """Return the offset of the next record to fold."""
        if self.fence is None:
            self.fence = await self.store.fence()
        return self.fence.next

    async def begin_at(self, offset: int) -> None:
        """Start an empty generation behind the part of the log that is no longer kept."""
        fence = Fence(offset, b"", time.time_ns() // 1_000_000, 0)
        await self._committer.commit(0, fence, CommitWriter(self.store, muted=True))
        self.fence = fence

    async def fold(self, records: Sequence[Record]) -> int:
        """Fold records and commit them; return the next offset.

        Shape:  records of this partition, ascending; what lies below the fence is dropped.
        Errors: Gap when they do not start at the fence; Refused when somebody else commits;
                redis errors (the outcome is unknown, the fence will tell); TooManyBugs.
        Laws:   exactly-once in effect; independent of how the log is cut into batches.
        """
        position = await self.position()
        todo = [record for record in records if record.offset >= position]
        size = self._limits.batch_events
        try:
            while todo:
                part = todo[:size]
                expect_run(part, position)
                if await self._fold_part(part, todo[len(part) : len(part) + size]):
                    todo = todo[len(part) :]
                    position = part[-1].offset + 1
                else:
                    size = max(1, len(part) // 2)
            await self._land()
        except BaseException:
            if self._flight is not None:
                self._flight.cancel()
                await asyncio.gather(self._flight, return_exceptions=True)
                self._flight = None
            self.forget()
            raise
        return position

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
                self._note_bug(poison.offset, poison.tenant, poison.reason)
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
        self._flight = asyncio.create_task(self._commit(part[0].offset, fence, writer))
        return True

    async def _commit(self, start: int, fence: Fence, writer: CommitWriter) -> None:
        with self._metrics.commit_seconds.time():
            await self._committer.commit(start, fence, writer)
        self.fence = fence

    async def _land(self) -> None:
        """Wait for the commit under way; raises what it raised."""
        flight, self._flight = self._flight, None
        if flight is not None:
            await flight
        self._flying = {}

    async def _apply(self, part: Sequence[Record]) -> Work:
        ahead, self._ahead = self._ahead, None
        work = ahead[1] if ahead is not None and ahead[0] == part else await self._admit(part)
        with self._metrics.fold_seconds.time():
            for record, event in work.events:
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
        if record.offset not in self._bugs:
            try:
                return read_event(record.value)
            except Exception as error:  # noqa: BLE001 - nobody foresaw it: kept raw, counted
                self._note_bug(record.offset, "", f"{type(error).__name__}: {error}")
        tenant, reason = self._bugs[record.offset]
        work.dead.append((record, tenant, Rejection("bug", reason)))
        work.outcomes["unknown", "dead_letter"] += 1
        return None

    def _note_bug(self, offset: int, tenant: str, reason: str) -> None:
        """Remember that a record cannot be folded; past the limit none may be dropped any more."""
        self._bugs[offset] = (tenant, reason)
        if len(self._bugs) > self._limits.bugs:
            raise TooManyBugs(
                f"{len(self._bugs)} records of partition {self.store.partition} could not be "
                f"folded, the last one at offset {offset}: {reason}"
            )

    async def _open(self, tenant_id: str) -> None:
        if tenant_id not in self._tenants:
            self._tenants[tenant_id] = await self.store.tenant(tenant_id)
            self._recent[tenant_id] = await self.store.recent(tenant_id)
            self._quality[tenant_id] = await self.store.quality(tenant_id)

    async def _apply_one(self, record: Record, event: LogEvent, work: Work) -> None:
        tenant = self._tenants[event.tenant]
        while True:
            try:
                outcome = tenant.apply(event)
                break
            except Missing as missing:
                await self._load(tenant, missing)
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                raise Poison(record.offset, event.tenant, reason) from error
        tenant.events += 1
        work.counts[event.tenant] += 1
        work.outcomes[event.type, outcome] += 1
        if outcome == "applied" and event.type in SHOWN:
            work.last[event.tenant].append(sighting(tenant, event))

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
        wanted = [key for name in groups for key in self._cell_keys(name, groups[name])]
        wanted += [key for tenant in touched for key in self._other_keys(tenant)]
        absent = [key for key in dict.fromkeys(wanted) if key not in self._cells]
        self._cells.update(zip(absent, await self.store.cells(absent), strict=True))
        writer = CommitWriter(self.store, muted=self._muted)
        for tenant in touched:
            fresh = [occurrence(seen) for seen in work.last[tenant.id]]
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

    def _cell_keys(self, tenant_id: str, groups: Sequence[Change]) -> list[str]:
        keys = self.store.tenant_keys(tenant_id)
        found: list[str] = []
        for group, _, _ in groups:
            found.append(keys.cells(*group))
            if group.day:
                found.append(keys.month(group.scope, group.scope_id, month_of(group.day)))
        return found

    def _other_keys(self, tenant: Tenant) -> list[str]:
        """Return the hashes of visits and late changes that a batch touches."""
        keys = self.store.tenant_keys(tenant.id)
        months = {place.day // 100 for _, place, _ in tenant.ledger.late}
        return [keys.visits(*visits) for visits in tenant.ledger.visits] + [
            keys.late(month) for month in sorted(months)
        ]

    def _after_prepare(self, part: Sequence[Record], work: Work) -> None:
        """Count the batch, and let its changes be what the next batch starts from."""
        self._flying = work.new_ids
        self._metrics.batch_events.observe(len(part))
        for (event_type, outcome), count in work.outcomes.items():
            self._metrics.events.labels(event_type, outcome).inc(count)
        for tenant in self._tenants.values():
            tenant.settle()

    def _is_full(self) -> bool:
        cached = sum(len(tenant.entities) for tenant in self._tenants.values())
        limits = self._limits
        return cached > limits.cached_facts or len(self._cells) > limits.cached_cells

    def _make_room(self) -> None:
        """Empty the caches; only while nothing is applied that the store does not hold."""
        for tenant in self._tenants.values():
            tenant.forget_facts()
        self._cells.clear()
