"""Reading the served figures: everything of one answer in one MULTI/EXEC, hence of one version.

What has to be read depends on what stands there (the tenant's zone, the department tree), so a
read is planned on what was seen last and repeated until the plan made from what was read is the
plan that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from schemas.access import Decision
from schemas.ages import Ages
from schemas.calendar import format_day
from schemas.changes import Version
from schemas.keystore import KeyStoreError
from schemas.layout import unreadable
from schemas.tables import GenerationKeys, PartitionKeys, TenantKeys
from services.query.aged import Unreadable
from services.query.basis import BASIS_REPLIES, Basis, Command, basis_commands, basis_of
from services.query.freshness import Freshness, freshness, read_heartbeat
from services.query.names import Names, Sight
from services.query.problems import Problem

_ATTEMPTS = 5
_UNDECIDED = Decision(False)
_BLIND = Sight(has_phones=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One consistent answer of the store.

    Laws:   `decision` is no, until the door has decided who may see it.
    """

    basis: Basis
    freshness: Freshness
    replies: list[Any] = field(repr=False)
    decision: Decision = _UNDECIDED
    sight: Sight = field(default=_BLIND, compare=False, repr=False)

    def decided(self, decision: Decision) -> Reading:
        """Return what was read for who was let in by a decision."""
        basis = self.basis.narrowed(decision.within)
        return replace(self, basis=basis, decision=decision)

    def shows(self, employee: str | None) -> bool:
        """Say whether what an employee did may be shown by itself; nobody is not anybody."""
        people = self.decision.people
        return people is None or employee in people

    def head(self) -> dict[str, Any]:
        """Return the members that every answer carries."""
        head = {**self.freshness.head(), "today": format_day(self.basis.today)}
        within = self.decision.within
        return head if within is None else {**head, "within": sorted(within)}


Plan = Callable[[Basis], Sequence[Command]]


def nothing_more(_: Basis) -> Sequence[Command]:
    """Plan to read only what every answer reads."""
    return ()


class Reader:
    """Reads partitions; remembers the highest version shown of each, and never goes below it."""

    def __init__(self, redis: Redis, now_ms: Callable[[], int], names: Names | None = None) -> None:
        self.redis = redis
        self.names = names or Names(None, lambda: 0.0)
        self.now_ms = now_ms
        self._generations: dict[int, str] = {}
        self._bases: dict[str, Basis] = {}
        self._shown: dict[int, int] = {}

    async def read(self, partition: int, tenant: str, plan: Plan = nothing_more) -> Reading:
        """Read what a plan asks for, with settings, organisation and freshness of that moment.

        Errors: Problem `recovering` where the fence is below a version already shown;
                redis errors where the store does not answer.
        """
        for _ in range(_ATTEMPTS):
            shown = self._shown.get(partition, 0)
            generation = self._generations.get(partition) or await self._served(partition)
            keys = TenantKeys(partition, generation, tenant)
            basis, now_ms = self._bases.get(keys.prefix), self.now_ms()
            ages = await self._ages(tenant)
            basis = None if basis is None else replace(basis, now_ms=now_ms, ages=ages)
            planned = None if basis is None else _tried(plan, basis)
            reading = await self._once(partition, keys, generation, planned or (), now_ms)
            if reading is None:
                continue
            offset = reading.freshness.version.offset
            if offset < shown:
                raise Problem(503, "recovering", _recovering(offset, shown), retry_after=2)
            if offset < self._shown.get(partition, 0):
                continue  # overtaken by another answer while this one was on its way
            reading = replace(reading, basis=replace(reading.basis, ages=ages))
            self._bases[keys.prefix] = reading.basis
            if basis is None:
                continue
            is_alike = planned is not None and basis.is_alike(reading.basis)
            if is_alike or plan(reading.basis) == planned:
                self._shown[partition] = offset
                return reading
        raise Problem(503, "busy", "the organisation changes too fast to read", retry_after=1)

    async def shown_to(self, tenant: str, reading: Reading, decision: Decision) -> Reading:
        """Return what was read for who was let in; the keys of its sealed texts are read too."""
        await self.names.load(tenant, reading.replies)
        sight = Sight(decision.has_phones, tenant, self.names)
        return replace(reading.decided(decision), sight=sight)

    async def _ages(self, tenant: str) -> Ages | Unreadable | None:
        try:
            return await self.names.ages(tenant)
        except KeyStoreError:
            return Unreadable()

    def known(self, partition: int, tenant: str) -> Basis:
        """Return what was read last of a tenant; KeyError before anything was."""
        keys = TenantKeys(partition, self._generations[partition], tenant)
        return self._bases[keys.prefix]

    async def status(self, partition: int) -> Freshness:
        """Read the freshness of a partition alone; its state says `recovering` by itself."""
        shown = self._shown.get(partition, 0)
        for _ in range(_ATTEMPTS):
            generation = self._generations.get(partition) or await self._served(partition)
            async with self.redis.pipeline(transaction=True) as pipe:
                _head(pipe, partition, generation)
                served, heartbeat, fence = await pipe.execute()
            if self._is_served(partition, generation, served):
                break
        found = _freshness(generation, fence, heartbeat, self.now_ms())
        offset = found.version.offset
        if offset < shown:
            return found._replace(state="recovering", reason=_recovering(offset, shown))
        return found

    async def api_key(self, partition: int, tenant: str, key_id: str) -> bytes | None:
        """Return the stored record of an API key, at whatever version the store stands."""
        keys = TenantKeys(partition, await self._served(partition), tenant)
        async with self.redis.pipeline(transaction=False) as pipe:
            pipe.hget(keys.keys, key_id)
            found: list[bytes | None] = await pipe.execute()
        return found[0]

    async def _served(self, partition: int) -> str:
        """Return the served generation of a partition.

        Errors: Problem `not_ready` without one; `other_layout` of one that we would read wrongly.
        """
        raw: Any = await self.redis.get(PartitionKeys(partition).served)
        if not raw:
            code = "recovering" if partition in self._shown else "not_ready"
            detail = "no figures yet: no worker has begun to fold this partition"
            raise Problem(503, code, detail, retry_after=2)
        generation: str = raw.decode()
        if why := unreadable(generation):
            raise Problem(503, "other_layout", why, retry_after=10)
        self._generations[partition] = generation
        return generation

    def _is_served(self, partition: int, generation: str, served: bytes | None) -> bool:
        """Say whether what was read is what is served, and forget the generation if not."""
        if served is not None and served.decode() == generation:
            return True
        self._generations.pop(partition, None)
        return False

    async def _once(
        self,
        partition: int,
        keys: TenantKeys,
        generation: str,
        commands: Sequence[Command],
        now_ms: int,
    ) -> Reading | None:
        """Read head and commands in one transaction; None if another generation is served.

        Units:  now_ms is when the commands were planned, and the moment of the answer.
        """
        before = self._bases.get(keys.prefix)
        async with self.redis.pipeline(transaction=True) as pipe:
            _head(pipe, partition, generation)
            for command in (*basis_commands(keys, before), *commands):
                pipe.execute_command(*command)
            served, heartbeat, fence, *replies = await pipe.execute()
        if not self._is_served(partition, generation, served):
            return None
        fresh = _freshness(generation, fence, heartbeat, self.now_ms())
        found = basis_of(before, keys, generation, replies[:BASIS_REPLIES], now_ms)
        since = fresh.version.offset
        if before is not None and before.names_are_alike(found):
            since = min(before.since, since)
        return Reading(replace(found, since=since), fresh, replies[BASIS_REPLIES:])


def _tried(plan: Plan, basis: Basis) -> Sequence[Command] | None:
    """Return a plan made on what was seen last; None where it refuses, which may be out of date."""
    try:
        return plan(basis)
    except Problem:
        return None


def _head(pipe: Pipeline, partition: int, generation: str) -> None:
    keys = PartitionKeys(partition)
    pipe.get(keys.served)
    pipe.get(keys.heartbeat)
    pipe.hmget(GenerationKeys(partition, generation).fence, ["next", "log_ms"])


def _freshness(
    generation: str, fence: list[bytes | None], heartbeat: bytes | None, now_ms: int
) -> Freshness:
    version = Version(generation, int(fence[0] or 0))
    return freshness(version, int(fence[1] or 0), read_heartbeat(heartbeat), now_ms)


def _recovering(offset: int, shown: int) -> str:
    return f"the figures are being rebuilt: at {offset}, {shown} was shown before"
