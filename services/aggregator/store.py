"""Reading the state of a partition from Redis: what a batch needs, in few round trips.

Single look-ups are sent packed to a script, because one command per look-up costs ten times more
in the client than in the server. The worker is the only writer of its partition, so what it has
read once stays true until it loses the partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple, cast

import msgpack
import orjson
from redis.asyncio import Redis

from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE
from schemas.facts import AnyFact, unpack
from schemas.kpis import LISTS, SCORED
from schemas.phones import DEFAULT_REGION
from schemas.relations import numbers_in
from schemas.tables import GenerationKeys, PartitionKeys, TenantKeys, dimension, field, parse_pair
from services.aggregator.core.fold import EntityKey
from services.aggregator.core.tenant import Settings, Tenant

_HGET_MANY = """
local wanted, found = cmsgpack.unpack(ARGV[1]), {}
for i = 1, #wanted do found[i] = redis.call('HGET', wanted[i][1], wanted[i][2]) end
return found
"""
_HGETALL_MANY = """
local wanted, found = cmsgpack.unpack(ARGV[1]), {}
for i = 1, #wanted do found[i] = redis.call('HGETALL', wanted[i]) end
return found
"""
_CHUNK = 2000
_TRANSFERS: Final = field("stock_in", dimension(reason="transfer"))
"""A list by a dimension is part of the list without it, but for this one and the journey's."""


class Fence(NamedTuple):
    """Up to where a partition is folded.

    Units:  next is the offset of the next record; digest is of the record before it;
            at_ms is the wall clock of the commit, log_ms the timestamp of its last record.
    """

    next: int
    digest: bytes
    at_ms: int
    log_ms: int


def record_digest(value: bytes) -> bytes:
    """Return the digest of a record as a fence keeps it."""
    return blake2b(value, digest_size=8).hexdigest().encode()


def _hash(answer: Any) -> dict[bytes, bytes]:
    """Narrow an answer: this client is made with decode_responses=False."""
    return cast("dict[bytes, bytes]", answer)


def _journeys(words: Iterable[str]) -> list[str]:
    """Return the lists of who entered and left each stage that was ever named."""
    named = (word.partition(":") for word in words)
    stages = sorted({"", *(name for kind, _, name in named if kind == "relationship")})
    return [
        field(kpi, dimension(stage=stage))
        for kpi in ("journey_entries", "journey_exits")
        for stage in stages
    ]


def _words(raw: bytes | None) -> list[str]:
    """Read names written with ',' between."""
    return [name for name in (raw or b"").decode().split(",") if name]


def _members(answer: Any) -> set[bytes]:
    return cast("set[bytes]", answer)


class PartitionStore:
    """The tables of one generation of one partition."""

    def __init__(self, redis: Redis, partition: int, generation: str) -> None:
        self.redis = redis
        self.partition = partition
        self.generation = generation
        self.keys = GenerationKeys(partition, generation)
        self.partition_keys = PartitionKeys(partition)
        self._tenant_keys: dict[str, TenantKeys] = {}
        self._hget_many = redis.register_script(_HGET_MANY)
        self._hgetall_many = redis.register_script(_HGETALL_MANY)

    def tenant_keys(self, tenant: str) -> TenantKeys:
        """Return the key grammar of a tenant."""
        keys = self._tenant_keys.get(tenant)
        if keys is None:
            keys = self._tenant_keys[tenant] = TenantKeys(self.partition, self.generation, tenant)
        return keys

    async def fence(self) -> Fence:
        """Read the fence; a partition never folded stands at 0."""
        raw = _hash(await self.redis.hgetall(self.keys.fence))
        return Fence(
            int(raw.get(b"next", 0)),
            raw.get(b"digest", b""),
            int(raw.get(b"at_ms", 0)),
            int(raw.get(b"log_ms", 0)),
        )

    async def standing(self) -> tuple[str, int]:
        """Read which generation is served, and where the fence of this one stands."""
        pipeline = self.redis.pipeline(transaction=False)
        pipeline.get(self.partition_keys.served)
        pipeline.hget(self.keys.fence, "next")
        served, following = await pipeline.execute()
        return (served or b"").decode(), int(following or 0)

    async def hget_many(self, wanted: Sequence[tuple[str, str | bytes]]) -> list[bytes | None]:
        """Read one field each of many hashes."""
        found: list[bytes | None] = []
        for start in range(0, len(wanted), _CHUNK):
            part = msgpack.packb(wanted[start : start + _CHUNK], use_bin_type=False)
            found += await self._hget_many(keys=[self.keys.fence], args=[part])
        return found

    async def cells(self, wanted: Sequence[str]) -> list[dict[str, int]]:
        """Read many cell hashes whole."""
        found: list[dict[str, int]] = []
        for start in range(0, len(wanted), _CHUNK):
            part = msgpack.packb(wanted[start : start + _CHUNK], use_bin_type=False)
            for flat in await self._hgetall_many(keys=[self.keys.fence], args=[part]):
                pairs = zip(flat[::2], flat[1::2], strict=True)
                found.append({name.decode(): int(value) for name, value in pairs})
        return found

    async def tenant(self, tenant_id: str) -> Tenant:
        """Read a tenant's settings, keys and people."""
        keys = self.tenant_keys(tenant_id)
        pipeline = self.redis.pipeline(transaction=False)
        for key in (keys.meta, keys.keys, keys.config):
            pipeline.hgetall(key)
        pipeline.smembers(keys.org)
        pipeline.hkeys(keys.words)
        pipeline.smembers(keys.aimed)
        meta, api_keys, documents, org, words, aimed = await pipeline.execute()
        tenant = Tenant(
            id=tenant_id,
            settings=Settings(
                name=meta.get(b"name", b"").decode(),
                time_zone=meta.get(b"time_zone", DEFAULT_TIME_ZONE.encode()).decode(),
                currency=meta.get(b"currency", DEFAULT_CURRENCY.encode()).decode(),
                region=meta.get(b"region", DEFAULT_REGION.encode()).decode(),
                modules_off=tuple(_words(meta.get(b"modules_off"))),
                thresholds=tuple(map(int, _words(meta.get(b"thresholds")))),
                locks=tuple((lock[0], lock[1]) for lock in orjson.loads(meta.get(b"locks", b"[]"))),
            ),
            next_number=int(meta.get(b"next_number", 1)),
            events=int(meta.get(b"events", 0)),
            feeds=_words(meta.get(b"feeds")),
            words=[word.decode() for word in words],
            keys={name.decode(): orjson.loads(value) for name, value in api_keys.items()},
            documents={name.decode(): orjson.loads(value) for name, value in documents.items()},
            configured=int(meta.get(b"configured", 0)),
            aimed=[name.decode() for name in aimed],
            heard={
                source: (events, last_ms)
                for source, (events, last_ms) in orjson.loads(meta.get(b"heard", b"{}")).items()
            },
        )
        await self.load_numbers(tenant, sorted(int(number) for number in org))
        return tenant

    async def recent(self, tenant_id: str) -> list[Any]:
        """Read the last occurrences of a tenant, newest first."""
        raw = await self.redis.get(self.tenant_keys(tenant_id).recent)
        return cast("list[Any]", orjson.loads(raw)) if raw else []

    async def quality(self, tenant_id: str) -> dict[str, int]:
        """Read how many events of a tenant were dead-lettered, by code."""
        raw = _hash(await self.redis.hgetall(self.tenant_keys(tenant_id).quality))
        return {code.decode(): int(count) for code, count in raw.items()}

    async def load_entities(self, tenant: Tenant, wanted: Iterable[EntityKey]) -> None:
        """Put the facts of entities into the tenant; None for those that do not exist."""
        absent = [key for key in dict.fromkeys(wanted) if key not in tenant.entities]
        keys = self.tenant_keys(tenant.id)
        numbers = await self.hget_many([keys.number(tag, name) for tag, name in absent])
        known: list[tuple[EntityKey, int]] = []
        for key, number in zip(absent, numbers, strict=True):
            if number is None:
                tenant.put(key, None)
            else:
                known.append((key, int(number)))
        facts = await self._facts(tenant.id, [number for _, number in known])
        for (key, _), fact in zip(known, facts, strict=True):
            tenant.put(key, fact)

    async def load_numbers(self, tenant: Tenant, numbers: Sequence[int]) -> None:
        """Put facts into the tenant by their numbers."""
        absent = [number for number in numbers if number not in tenant.by_number]
        for fact in await self._facts(tenant.id, absent):
            tenant.put((str(fact.__struct_config__.tag), fact.id), fact)

    async def load_related(self, tenant: Tenant, wanted: Iterable[int]) -> None:
        """Put the numbers of the facts that refer to some facts into the tenant."""
        keys = self.tenant_keys(tenant.id)
        numbers = list(wanted)
        fields = await self.hget_many([keys.related(number) for number in numbers])
        for number, field_ in zip(numbers, fields, strict=True):
            together = numbers_in(field_)
            if together is None:
                apart = _members(await self.redis.smembers(keys.related_apart(number)))
                together = [int(member) for member in apart]
            tenant.related[number] = set(together)
        for (target, number), is_related in tenant.relations.items():
            known = tenant.related[target] if target in numbers else set()
            known.add(number) if is_related else known.discard(number)

    async def load_targets(self, tenant: Tenant, periods: Sequence[str]) -> None:
        """Put the targets of some periods into the tenant, and what was crossed in them."""
        keys = self.tenant_keys(tenant.id)
        pipeline = self.redis.pipeline(transaction=False)
        for period in periods:
            pipeline.hgetall(keys.targets(period))
            pipeline.hkeys(keys.crossed(period))
        answers = await pipeline.execute()
        for period, aims, crossed in zip(periods, answers[::2], answers[1::2], strict=True):
            named = {name.decode(): value for name, value in aims.items()}
            tenant.watch.load(period, named, (mark.decode() for mark in crossed))

    async def load_listed(self, tenant: Tenant, employee: str) -> None:
        """Put the numbers of every fact on any list of an employee into the tenant."""
        keys = self.tenant_keys(tenant.id)
        pairs = [
            parse_pair(raw.decode()) for raw in _members(await self.redis.smembers(keys.pairs))
        ]
        numbers: set[int] = set()
        for department, name in pairs:
            if name == employee:
                days = _members(await self.redis.smembers(keys.days(department, employee)))
                names = [*LISTS, _TRANSFERS, *_journeys(tenant.words)]
                numbers |= await self._listed_on(keys, (department, employee), days, names)
                numbers |= await self._scored(keys, department, employee)
        tenant.listed[employee] = numbers

    async def _listed_on(
        self,
        keys: TenantKeys,
        place: tuple[str, str],
        days: Iterable[bytes],
        names: Sequence[str],
    ) -> set[int]:
        pipeline = self.redis.pipeline(transaction=False)
        for day in days:
            for name in names:
                pipeline.smembers(keys.posting(name, *place, int(day)))
        return {int(number) for members in await pipeline.execute() for number in members}

    async def _scored(self, keys: TenantKeys, department: str, employee: str) -> set[int]:
        pipeline = self.redis.pipeline(transaction=False)
        for name in SCORED:
            pipeline.zrange(keys.scored(name, department, employee), 0, -1)
        return {int(number) for members in await pipeline.execute() for number in members}

    async def _facts(self, tenant_id: str, numbers: Sequence[int]) -> list[AnyFact]:
        keys = self.tenant_keys(tenant_id)
        packed = await self.hget_many([keys.facts(number) for number in numbers])
        found: list[AnyFact] = []
        for number, value in zip(numbers, packed, strict=True):
            if value is None:
                raise LookupError(
                    f"fact {number} of partition {self.partition}, generation {self.generation}, "
                    "is indexed but missing: run 'salespulse verify', then 'salespulse rebuild'"
                )
            found.append(unpack(value))
        return found
