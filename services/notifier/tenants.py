"""Which tenants there are, what they configured, and which of their figures moved.

The topic `tenant-directory` names them; what they configured is read from the store, again when
a change record of theirs says that a document changed. Nothing here has to survive: at a start
everything is read afresh.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from schemas.brokers import Brokers
from schemas.changes import ChangeRecord, read_record
from schemas.feeds import is_fed
from schemas.formulas import compiled
from schemas.kpis import Kpi
from schemas.tables import GenerationKeys, PartitionKeys, TenantKeys
from services.notifier.company import Company, company_commands, company_of

log = logging.getLogger(__name__)
_RECORDS: Final = 200
_POLL_MS: Final = 500
_FRESH_MS: Final = 15_000
_RESTING: Final = frozenset({"alert", "webhook"})
"""Kinds of documents that rest on departments, terms and settings."""
META: Final = ("time_zone", "currency", "feeds", "modules_off")
Documents = dict[str, dict[str, dict[str, Any]]]
"""kind -> id -> document."""


class Settings(NamedTuple):
    """What of a tenant's settings alerts need."""

    time_zone: str
    currency: str
    feeds: frozenset[str] = frozenset()
    modules_off: frozenset[str] = frozenset()

    @classmethod
    def read(cls, meta: Sequence[bytes | None]) -> Settings | None:
        """Read what `META` names; None of a tenant that is not folded yet."""
        zone, currency, feeds, modules_off = ((each or b"").decode() for each in meta)
        if not zone:
            return None
        named = (frozenset(each.split(",")) - {""} for each in (feeds, modules_off))
        return cls(zone, currency, *named)

    def is_fed(self, feed: str) -> bool:
        """Say whether figures of a feed can be told (G15)."""
        return is_fed(feed, self.feeds, self.modules_off)


class Tenant(NamedTuple):
    """A tenant as it stands."""

    name: str
    partition: int
    generation: str
    settings: Settings
    documents: Documents
    formulas: Mapping[str, Kpi] = MappingProxyType({})
    """The figures that it made itself, by name."""
    company: Company = Company()

    @property
    def keys(self) -> TenantKeys:
        """Return where its figures are."""
        return TenantKeys(self.partition, self.generation, self.name)


class Moved(NamedTuple):
    """What a round saw of one tenant.

    Shape:  `cells` (metric field, scope, id) -> when it last grew, or 0 where it only shrank.
    """

    is_configured: bool
    cells: Mapping[tuple[str, str, str], int]


Told = Callable[[Tenant, Moved], Awaitable[None]]


class Tenants:
    """Follows directory and change streams; tells what changed of whom.

    Laws:   a change of departments, terms or settings, which no record names, is told as one of
            documents within `_FRESH_MS`, of tenants that have alerts or webhooks.
    """

    def __init__(
        self,
        redis: Redis,
        brokers: Brokers,
        topic: str,
        told: Told,
        now_ms: Callable[[], int],
    ) -> None:
        self._redis: Any = redis
        self._now_ms = now_ms
        self._fresh_ms = 0
        self._brokers = brokers
        self._topic = topic
        self._told = told
        self._partitions: defaultdict[int, set[str]] = defaultdict(set)
        self._served: dict[int, tuple[str, str]] = {}
        """partition -> (served generation, last id of its change stream)."""
        self.known: dict[str, Tenant] = {}
        self._looking = asyncio.Lock()

    async def open(self) -> AIOKafkaConsumer:
        """Start to read the directory; the caller stops what is returned."""
        consumer = AIOKafkaConsumer(**self._brokers.client(), enable_auto_commit=False)
        await consumer.start()
        tp = TopicPartition(self._topic, 0)
        consumer.assign([tp])
        await consumer.seek_to_beginning(tp)
        end = (await consumer.end_offsets([tp]))[tp]
        while await consumer.position(tp) < end:
            await self.learn(consumer)
        return consumer

    async def learn(self, consumer: AIOKafkaConsumer) -> None:
        """Take what is new in the directory."""
        for records in (await consumer.getmany(timeout_ms=0)).values():
            for record in records:
                entry = orjson.loads(record.value)
                self._partitions[entry["partition"]].add(entry["tenant"])

    async def round(self) -> None:
        """Look at every partition that has tenants, up to what there is now."""
        async with self._looking:
            for partition, names in list(self._partitions.items()):
                while await self._look(partition, names):
                    pass
            now_ms = self._now_ms()
            if now_ms - self._fresh_ms >= _FRESH_MS:
                self._fresh_ms = now_ms
                await self._refresh()

    async def _refresh(self) -> None:
        for tenant in list(self.known.values()):
            if tenant.documents.keys() & _RESTING:
                pipe = self._redis.pipeline(transaction=False)
                _ask_company(pipe, tenant.keys, tenant.company)
                meta, *replies = await pipe.execute()
                company = company_of(tenant.company, replies)
                settings = Settings.read(meta) or tenant.settings
                if company is not tenant.company or settings != tenant.settings:
                    found = tenant._replace(company=company, settings=settings)
                    self.known[tenant.name] = found
                    await self._told(found, Moved(True, {}))

    async def _look(self, partition: int, names: set[str]) -> bool:
        """Look once at a partition; say whether there may be more."""
        raw: bytes | None = await self._redis.get(PartitionKeys(partition).served)
        generation = (raw or b"").decode()
        if not generation:
            return False
        served, last = self._served.get(partition, ("", ""))
        changes = GenerationKeys(partition, generation).changes
        records: list[ChangeRecord] | None = None
        if served == generation:
            records, last = await self._since(changes, last)
        if records is None:  # another generation, a first look, or records are missing
            newest = await self._redis.xrevrange(changes, count=1)
            last = newest[0][0].decode() if newest else "0-0"
            for name in sorted(names):
                await self._load(partition, generation, name, Moved(True, {}))
        else:
            await self._hear(partition, generation, names, records)
        self._served[partition] = (generation, last)
        return records is not None and len(records) >= _RECORDS

    async def _since(self, changes: str, last: str) -> tuple[list[ChangeRecord] | None, str]:
        """Return the records behind an id; None where some were cut off."""
        found = await self._redis.xrange(changes, min=last, count=_RECORDS + 1)
        if last != "0-0" and (not found or found[0][0].decode() != last):
            return None, last
        fresh = [entry for entry in found if entry[0].decode() != last]
        position = fresh[-1][0].decode() if fresh else last
        return [read_record(fields[b"c"]) for _, fields in fresh], position

    async def _hear(
        self, partition: int, generation: str, names: set[str], records: list[ChangeRecord]
    ) -> None:
        cells: defaultdict[str, dict[tuple[str, str, str], int]] = defaultdict(dict)
        configured = set()
        for record in records:
            for name, change in record["tenants"].items():
                if change.get("configured"):
                    configured.add(name)
                moved = cells[name]
                for group in change["groups"]:
                    for field, (value, previous) in group["cells"].items():
                        key = (field, group["scope"], group["id"])
                        grew = record["log_ms"] if value > previous else 0
                        moved[key] = max(moved.get(key, 0), grew)
        unknown = {name for name in names if name not in self.known}
        for name in sorted((names & cells.keys()) | (names & configured) | unknown):
            moved_ = Moved(name in configured or name in unknown, cells.get(name, {}))
            if moved_.is_configured:
                await self._load(partition, generation, name, moved_)
            else:
                await self._told(self.known[name], moved_)

    async def _load(self, partition: int, generation: str, name: str, moved: Moved) -> None:
        keys = TenantKeys(partition, generation, name)
        pipe = self._redis.pipeline(transaction=True)
        pipe.hgetall(keys.config)
        _ask_company(pipe, keys, Company())
        config, meta, *replies = await pipe.execute()
        settings = Settings.read(meta)
        if settings is None:
            return  # in the directory, and not folded yet
        documents: Documents = {}
        for field, value in config.items():
            kind, _, subject = field.decode().partition(":")
            documents.setdefault(kind, {})[subject] = orjson.loads(value)
        formulas = compiled(documents.get("formula", {}))[0]
        company = company_of(Company(), replies)
        tenant = Tenant(name, partition, generation, settings, documents, formulas, company)
        self.known[name] = tenant
        await self._told(tenant, moved)


def _ask_company(pipe: Any, keys: TenantKeys, known: Company) -> None:
    """Ask for the settings, and for what of the company is not known."""
    pipe.hmget(keys.meta, META)
    for command in company_commands(keys, known):
        pipe.execute_command(*command)
