"""Creating tenants and keys: the administration's own events, written through the same door."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from schemas.calendar import format_time
from schemas.envelope import parse_event, read_event
from schemas.rejection import Rejection
from services.ingestor.audit import Sender
from services.ingestor.directory import Tenant, default_partition, encode_tenant
from services.ingestor.journal import Record
from services.ingestor.keys import NewKey, new_key
from services.ingestor.lanes import PublishError
from services.ingestor.parts import Ingestor
from services.ingestor.problems import Problem, unavailable
from services.ingestor.publisher import DIRECTORY, EVENTS
from services.ingestor.store import REDIS_ERRORS

SOURCE = "salespulse"
_LISTED = ("label", "scopes", "expires_at", "board", "addresses", "created_by")


class FirstSettings(NamedTuple):
    """What a tenant is made with."""

    name: str
    time_zone: str
    currency: str
    region: str


class CreatedTenant(NamedTuple):
    """A new tenant with its two keys."""

    tenant: Tenant
    write_key: NewKey
    read_key: NewKey


class Administration:
    """What an administrator may do. Errors are problems."""

    def __init__(self, ingestor: Ingestor) -> None:
        self._ingestor = ingestor
        self._creating = asyncio.Lock()

    async def create_tenant(
        self, tenant_id: str, first: FirstSettings, partition: int | None, sender: Sender
    ) -> CreatedTenant:
        """Create a tenant: its place in the directory first, then its settings and keys.

        Laws:   of several creations of one id, here or in another ingestor, one succeeds.
        """
        partitions = self._ingestor.publisher.partitions
        if partition is None:
            partition = default_partition(tenant_id, partitions)
        elif not 0 <= partition < partitions:
            raise Problem(
                422, "invalid_field", f"partition must be below {partitions}", limit=partitions
            )
        made_at = format_time(self._ingestor.now_ms())
        tenant = Tenant(tenant_id, partition, first.name, made_at, first.region)
        write_key, read_key = new_key(tenant_id), new_key(tenant_id)
        writes = _record(write_key, {"scopes": ["ingest"], "label": "first write key"})
        reads = _record(read_key, {"scopes": ["query"], "label": "first read key"})
        events = [
            self._event(tenant, "setting.changed", "company", first._asdict()),
            self._event(tenant, "apikey.created", write_key.id, writes),
            self._event(tenant, "apikey.created", read_key.id, reads),
        ]
        async with self._creating:
            await self._claim(tenant)
        await self._change(tenant, events, sender)
        self._ingestor.regions.note(tenant_id, first.region)
        self._ingestor.keys.add(tenant_id, write_key, writes)
        self._ingestor.keys.add(tenant_id, read_key, reads)
        return CreatedTenant(tenant, write_key, read_key)

    async def create_key(
        self, tenant_id: str, wish: Mapping[str, Any], sender: Sender
    ) -> tuple[NewKey, int]:
        """Create a key of a tenant; `wish` is what apikey.created takes, but for the digest.

        Units:  beside the key the offset after its event.
        """
        tenant = self._ingestor.tenant(tenant_id)
        key = new_key(tenant_id)
        event = self._event(tenant, "apikey.created", key.id, _record(key, wish))
        following = await self._change(tenant, [event], sender)
        self._ingestor.keys.add(tenant_id, key, read_event(event).data)
        return key, following

    async def list_keys(self, tenant_id: str) -> list[dict[str, Any]]:
        """List the keys of a tenant, in the order of their ids; neither keys nor digests.

        Errors: Problem 503 while the store is away or no fold serves the tenant's partition.
        """
        tenant = self._ingestor.tenant(tenant_id)
        try:
            known = await self._ingestor.keys.all(tenant)
        except REDIS_ERRORS:
            raise unavailable("redis_down", "keys cannot be read at the moment") from None
        return [
            {"key_id": key_id, **{name: known[key_id].get(name) for name in _LISTED}}
            | {"revoked": bool(known[key_id].get("revoked"))}
            for key_id in sorted(known)
        ]

    async def revoke_key(self, tenant_id: str, key_id: str, sender: Sender) -> int:
        """Revoke a key; it may be done again, and while Redis is away.

        Units:  the offset after its event.
        """
        tenant = self._ingestor.tenant(tenant_id)
        try:
            known = await self._ingestor.keys.stored(tenant, key_id)
        except (*REDIS_ERRORS, Problem):
            known = {}
        if known is None:
            raise Problem(404, "not_found", f"tenant '{tenant_id}' has no key '{key_id}'")
        self._ingestor.keys.revoke(tenant_id, key_id)
        revoked = self._event(tenant, "apikey.revoked", key_id, {})
        return await self._change(tenant, [revoked], sender)

    async def pseudonymise(self, tenant_id: str, employee: str, sender: Sender) -> None:
        """Name an employee no more, once they have left; it may be done again."""
        tenant = self._ingestor.tenant(tenant_id)
        event = self._event(tenant, "employee.pseudonymised", employee, {})
        await self._change(tenant, [event], sender)

    async def tell(self, tenant: Tenant, kind: str, subjects: Sequence[str], sender: Sender) -> int:
        """Write an event of one type about each subject; return the offset after the last."""
        events = [self._event(tenant, kind, subject, {}) for subject in subjects]
        return await self._change(tenant, events, sender)

    async def place(self, tenant: Tenant) -> None:
        """Write what the directory says of a tenant that it knows."""
        following = await self._write(DIRECTORY, tenant, [encode_tenant(tenant)])
        async with asyncio.timeout(self._ingestor.settings.publish_timeout_s):
            await self._ingestor.directory.reached(following)

    async def state(self, tenant_id: str, events: list[bytes], sender: Sender) -> None:
        """Write events of the administrator that were checked already, all in one batch."""
        if events:
            await self._change(self._ingestor.tenant(tenant_id), events, sender)

    def envelope(self, tenant_id: str) -> dict[str, Any]:
        """Return what every event of the administration says of itself; the id is a new one."""
        return {
            "specversion": "1.0",
            "id": uuid.uuid4().hex,
            "source": SOURCE,
            "time": format_time(self._ingestor.now_ms()),
            "tenantid": tenant_id,
        }

    async def _claim(self, tenant: Tenant) -> None:
        directory = self._ingestor.directory
        if directory.claimed(tenant.id) is None:
            following = await self._write(DIRECTORY, tenant, [encode_tenant(tenant)])
            try:
                async with asyncio.timeout(self._ingestor.settings.publish_timeout_s):
                    await directory.reached(following)
            except TimeoutError:
                raise unavailable(
                    "kafka_down", "the directory could not be read back; look before a new attempt"
                ) from None
            winner = directory.claimed(tenant.id)
            if winner == tenant:
                return
            if winner is not None:
                await self._write(DIRECTORY, winner, [encode_tenant(winner)])
        raise Problem(
            409,
            "exists",
            f"tenant '{tenant.id}' exists; more keys by POST /v1/tenants/{tenant.id}/keys",
        )

    def _event(self, tenant: Tenant, kind: str, subject: str, data: dict[str, Any]) -> bytes:
        event = {**self.envelope(tenant.id), "type": kind, "subject": subject, "data": data}
        parsed = parse_event(event, tenant.id)
        if isinstance(parsed, Rejection):
            raise Problem(422, parsed.code, f"{parsed.pointer} {parsed.detail}".strip())
        return parsed

    async def applied(self, tenant_id: str, following: int) -> dict[str, Any]:
        """Wait until the figures include what was written; say whether, and at which version."""
        partition = self._ingestor.tenant(tenant_id).partition
        return (await self._ingestor.fences.wait(partition, following))._asdict()

    async def _change(self, tenant: Tenant, events: list[bytes], sender: Sender) -> int:
        following = await self._write(EVENTS, tenant, events)
        await self._ingestor.audit.changed(events, sender)
        return following

    async def _write(self, topic: str, tenant: Tenant, values: list[bytes]) -> int:
        ingestor = self._ingestor
        key = tenant.id.encode()
        records = [Record(key, value, ingestor.now_ms()) for value in values]
        partition = tenant.partition if topic == EVENTS else 0
        promise = ingestor.publisher.publish(topic, partition, records)
        await asyncio.wait([promise], timeout=ingestor.settings.publish_timeout_s)
        try:
            return promise.result()
        except (asyncio.InvalidStateError, PublishError):
            raise unavailable(
                "kafka_down", "Kafka has not acknowledged this; it may have been done or not"
            ) from None


def _record(key: NewKey, wish: Mapping[str, Any]) -> dict[str, Any]:
    return {"digest": key.digest, **wish}
