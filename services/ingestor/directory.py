"""The tenant directory: which tenant lives in which partition; a topic read whole and followed.

The first claim of a tenant id holds. A claim that came second is seen by its own writer when it
reads the directory up to its own record, and is then taken back.
"""

from __future__ import annotations

import asyncio
import logging
import re
from hashlib import blake2b
from typing import Final, NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.ingestor.producer import BROKER_ERRORS
from services.ingestor.settings import IngestorSettings
from services.ingestor.topic_log import log_bounds, open_reader

_log = logging.getLogger(__name__)
_BACKOFF_S = 0.5
_POLL_MS = 500

TENANT_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Tenant(NamedTuple):
    """One tenant of the directory.

    Units:  created_at and erased_at are RFC 3339 in UTC; '' of one that was not erased.
    """

    id: str
    partition: int
    name: str
    created_at: str
    region: str = ""
    erased_at: str = ""


def encode_tenant(tenant: Tenant) -> bytes:
    """Write the value of a directory record."""
    value = {
        "tenant": tenant.id,
        "partition": tenant.partition,
        "name": tenant.name,
        "created_at": tenant.created_at,
    }
    if tenant.region:
        value["region"] = tenant.region
    if tenant.erased_at:
        value["erased_at"] = tenant.erased_at
    return orjson.dumps(value)


def decode_tenant(value: bytes) -> Tenant:
    """Read the value of a directory record; raises on what `encode_tenant` did not write."""
    raw = orjson.loads(value)
    return Tenant(
        raw["tenant"],
        raw["partition"],
        raw["name"],
        raw["created_at"],
        raw.get("region", ""),
        raw.get("erased_at", ""),
    )


def default_partition(tenant: str, partitions: int) -> int:
    """Return where a tenant goes when nobody says: a stable hash over the partitions there are."""
    return int.from_bytes(blake2b(tenant.encode(), digest_size=8).digest()) % partitions


class Directory:
    """The directory as far as it was read."""

    def __init__(self, topic: str, settings: IngestorSettings) -> None:
        self._partition = TopicPartition(topic, 0)
        self._settings = settings
        self._tenants: dict[str, Tenant] = {}
        self._next = 0
        self._moved = asyncio.Condition()
        self.ready = False

    def get(self, tenant: str) -> Tenant | None:
        """Return a tenant, None of one that was erased too."""
        found = self._tenants.get(tenant)
        return None if found is None or found.erased_at else found

    def claimed(self, tenant: str) -> Tenant | None:
        """Return who has, or had, an id: an erased tenant keeps it for ever."""
        return self._tenants.get(tenant)

    def all(self) -> list[Tenant]:
        """Return every tenant that was not erased, by id."""
        return sorted(tenant for tenant in self._tenants.values() if not tenant.erased_at)

    def claims(self) -> list[Tenant]:
        """Return every tenant that ever was, by id."""
        return sorted(self._tenants.values())

    async def reached(self, offset: int) -> None:
        """Wait until everything below `offset` was read."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._next >= offset)

    async def follow(self) -> None:
        """Read the topic from its beginning, for ever; survives the broker's absence."""
        while True:
            try:
                async with open_reader(self._settings) as reader:
                    await self._follow(reader)
            except BROKER_ERRORS as error:
                _log.warning("the tenant directory cannot be read: %r", error)
                await asyncio.sleep(_BACKOFF_S)

    async def _follow(self, reader: AIOKafkaConsumer) -> None:
        partition = self._partition
        first, end = (await log_bounds(reader, [partition], self._settings))[partition]
        reader.assign([partition])
        reader.seek(partition, first)
        while True:
            if await reader.position(partition) >= end:
                self.ready = True
            fetched = await reader.getmany(partition, timeout_ms=_POLL_MS)
            for record in fetched.get(partition, ()):
                self._take(record.value)
            async with self._moved:
                self._next = await reader.position(partition)
                self._moved.notify_all()

    def _take(self, value: bytes | None) -> None:
        if value is None:
            return
        try:
            tenant = decode_tenant(value)
        except (ValueError, KeyError, TypeError):
            _log.exception("a record of the tenant directory is not one of ours")
            return
        if tenant.erased_at:
            self._tenants[tenant.id] = tenant
        self._tenants.setdefault(tenant.id, tenant)
