"""Reading the served figures: everything of one answer in one MULTI/EXEC, hence of one version.

What has to be read depends on what stands there (the tenant's zone, the department tree), so a
read is planned on what was seen last and repeated until the plan made from what was read is the
plan that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE, format_day, local_day
from schemas.changes import Version
from schemas.tables import FACTS_PER_BUCKET, GenerationKeys, PartitionKeys, TenantKeys
from services.query.freshness import Freshness, freshness, read_heartbeat
from services.query.organisation import Organisation
from services.query.places import Pairs
from services.query.problems import Problem
from services.query.words import Words

Command = tuple[Any, ...]
_ATTEMPTS = 5
_META = ("name", "time_zone", "currency", "feeds", "modules_off", "locks")
_FACTS_OF = """
local found = {}
for _, number in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local bucket = string.format('%d', math.floor(number / ARGV[2]))
  local fact = redis.call('HGET', ARGV[1] .. 'f:' .. bucket, number)
  if fact then found[#found + 1] = fact end
end
return found
"""
_PAIRS = """
if redis.call('SCARD', KEYS[1]) == tonumber(ARGV[1]) then return false end
return redis.call('SMEMBERS', KEYS[1])
"""
"""The set of pairs only grows, so it is read again only where it has another size."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a tenant has set, and what it has sent.

    Units:  locks are (first, last) days, both included.
    """

    name: str
    time_zone: str
    currency: str
    feeds: frozenset[str] = frozenset()
    modules_off: frozenset[str] = frozenset()
    locks: tuple[tuple[int, int], ...] = ()

    def is_fed(self, feed: str) -> bool:
        """Say whether figures of a feed can be told: it was sent, and its module is on (G15)."""
        return not feed or (feed in self.feeds and feed not in self.modules_off)

    def locked(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the parts of a range of days that lie in a locked period."""
        parts = ((max(first, start), min(last, end)) for start, end in self.locks)
        return [part for part in parts if part[0] <= part[1]]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan may depend on.

    Units:  since is an offset since which organisation, words and settings have been seen as they
            are.
    """

    generation: str
    keys: TenantKeys
    settings: Settings
    packed_org: frozenset[bytes] = field(repr=False)
    org: Organisation = field(repr=False)
    since: int
    now_ms: int
    packed_words: frozenset[bytes] = field(default=frozenset(), repr=False)
    words: Words = field(default_factory=Words, repr=False)
    pairs: Pairs = field(default_factory=Pairs, repr=False)
    plots: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What an evaluation has worked out on this very basis, for the next of its figures."""

    @property
    def today(self) -> int:
        """Return the tenant's date (yyyymmdd)."""
        return local_day(self.now_ms, self.settings.time_zone)


@dataclass(frozen=True, slots=True)
class Reading:
    """One consistent answer of the store."""

    basis: Basis
    freshness: Freshness
    replies: list[Any] = field(repr=False)

    def head(self) -> dict[str, Any]:
        """Return the members that every answer carries."""
        return {**self.freshness.head(), "today": format_day(self.basis.today)}


Plan = Callable[[Basis], Sequence[Command]]


def nothing_more(_: Basis) -> Sequence[Command]:
    """Plan to read only what every answer reads."""
    return ()


class Reader:
    """Reads partitions; remembers the highest version shown of each, and never goes below it."""

    def __init__(self, redis: Redis, now_ms: Callable[[], int]) -> None:
        self.redis = redis
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
            basis = None if basis is None else replace(basis, now_ms=now_ms)
            planned = None if basis is None else _tried(plan, basis)
            reading = await self._once(partition, keys, generation, planned or (), now_ms)
            if reading is None:
                continue
            offset = reading.freshness.version.offset
            if offset < shown:
                raise Problem(503, "recovering", _recovering(offset, shown), retry_after=2)
            if offset < self._shown.get(partition, 0):
                continue  # overtaken by another answer while this one was on its way
            self._bases[keys.prefix] = reading.basis
            if basis is None:
                continue
            is_alike = planned is not None and _is_alike(basis, reading.basis)
            if is_alike or plan(reading.basis) == planned:
                self._shown[partition] = offset
                return reading
        raise Problem(503, "busy", "the organisation changes too fast to read", retry_after=1)

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
        """Return the served generation of a partition; Problem `not_ready` without one."""
        raw: Any = await self.redis.get(PartitionKeys(partition).served)
        if not raw:
            code = "recovering" if partition in self._shown else "not_ready"
            detail = "no figures yet: no worker has begun to fold this partition"
            raise Problem(503, code, detail, retry_after=2)
        generation: str = raw.decode()
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
        known = 0 if before is None else len(before.pairs.raw)
        async with self.redis.pipeline(transaction=True) as pipe:
            _head(pipe, partition, generation)
            pipe.hmget(keys.meta, _META)
            for facts in (keys.org, keys.terms):
                pipe.execute_command("EVAL_RO", _FACTS_OF, 1, facts, keys.prefix, FACTS_PER_BUCKET)
            pipe.execute_command("EVAL_RO", _PAIRS, 1, keys.pairs, known)
            for command in commands:
                pipe.execute_command(*command)
            served, heartbeat, fence, meta, org, words, pairs, *replies = await pipe.execute()
        if not self._is_served(partition, generation, served):
            return None
        fresh = _freshness(generation, fence, heartbeat, self.now_ms())
        found = _basis(before, keys, generation, (meta, frozenset(org), frozenset(words), pairs))
        offset = fresh.version.offset
        is_same = before is not None and (
            (before.packed_org, before.settings, before.packed_words)
            == (found.packed_org, found.settings, found.packed_words)
        )
        since = min(before.since, offset) if before is not None and is_same else offset
        return Reading(replace(found, since=since, now_ms=now_ms), fresh, replies)


def _is_alike(one: Basis, other: Basis) -> bool:
    """Say whether a plan made of one basis is that of another, without making it again."""
    return one.pairs is other.pairs and (
        (one.generation, one.now_ms, one.settings, one.packed_org, one.packed_words)
        == (other.generation, other.now_ms, other.settings, other.packed_org, other.packed_words)
    )


def _tried(plan: Plan, basis: Basis) -> Sequence[Command] | None:
    """Return a plan made on what was seen last; None where it refuses, which may be out of date."""
    try:
        return plan(basis)
    except Problem:
        return None


def _basis(
    before: Basis | None,
    keys: TenantKeys,
    generation: str,
    read: tuple[list[bytes | None], frozenset[bytes], frozenset[bytes], list[bytes] | None],
) -> Basis:
    """Return the basis of what was read, with those parts of the one before that are the same."""
    meta, packed_org, packed_words, pairs = read
    return Basis(
        generation,
        keys,
        _settings(meta),
        packed_org,
        Organisation(packed_org)
        if before is None or before.packed_org != packed_org
        else before.org,
        0,
        0,
        packed_words,
        Words(packed_words)
        if before is None or before.packed_words != packed_words
        else before.words,
        Pairs(pairs or ()) if before is None or pairs is not None else before.pairs,
    )


def _settings(meta: list[bytes | None]) -> Settings:
    name, time_zone, currency, feeds, modules_off, locks = (
        value.decode() if value else "" for value in meta
    )
    return Settings(
        name,
        time_zone or DEFAULT_TIME_ZONE,
        currency or DEFAULT_CURRENCY,
        frozenset(feeds.split(",")) - {""},
        frozenset(modules_off.split(",")) - {""},
        tuple((int(first), int(last)) for first, last in orjson.loads(locks or b"[]")),
    )


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
