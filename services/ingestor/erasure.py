"""Forgetting a customer, or a whole tenant: keys are destroyed, and the log is told (0027)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any

from schemas.calendar import format_time
from schemas.keystore import KeyStoreError
from services.ingestor.applied import Applied
from services.ingestor.audit import Sender
from services.ingestor.belongings import belongings
from services.ingestor.directory import Tenant
from services.ingestor.parts import Ingestor
from services.ingestor.problems import Problem, unavailable
from services.ingestor.seals import keys_down
from services.ingestor.store import REDIS_ERRORS
from services.ingestor.tenants import Administration


class Erasure:
    """What can never be undone. Every step may be repeated; the answer says how far it came."""

    def __init__(self, ingestor: Ingestor, administration: Administration) -> None:
        self._ingestor = ingestor
        self._administration = administration

    async def customer(self, tenant_id: str, customer: str, sender: Sender) -> dict[str, Any]:
        """Forget who a customer is, and all that were merged into it.

        1. Its own key is destroyed: from here on nothing that says who it is passes the door.
        2. customer.erased is written, and the fold has it: it knows all that belongs to it now.
        3. The keys of its contacts, numbers, addresses and tasks are destroyed.

        Errors: Problem 503 `keys_down`, `kafka_down`, `redis_down`, `fold_behind`: repeat it.
        """
        tenant = self._ingestor.tenant(tenant_id)
        root = await self._ingestor.seals.root(tenant.id)
        destroyed = await self._destroy(tenant.id, [root.key_id("customer", customer)])
        await self._tell(tenant, [customer], sender)
        try:
            found = await belongings(self._ingestor.store, tenant, customer, root)
        except REDIS_ERRORS:
            raise unavailable("redis_down", "what belongs to it cannot be read: repeat") from None
        merged = [name for name in found.customers if name != customer]
        if merged:
            keys = [root.key_id("customer", name) for name in merged]
            destroyed += await self._destroy(tenant.id, keys)
            await self._tell(tenant, merged, sender)
        destroyed += await self._destroy(tenant.id, found.keys)
        return {
            "customers": sorted({customer, *found.customers}),
            "keys_destroyed": destroyed,
            "contacts": len(found.contacts),
            "numbers": len(found.numbers),
            "addresses": len(found.addresses),
            "plain": found.plain,
        }

    async def tenant(self, tenant_id: str, sender: Sender) -> dict[str, Any]:
        """Erase a tenant: no door knows it any more, no key of it is left, no figure is kept.

        Laws:   its id is never given again, because its records stay in the log, unreadable.
        """
        ingestor = self._ingestor
        tenant = ingestor.directory.claimed(tenant_id)
        if tenant is None:
            raise Problem(404, "not_found", f"there is no tenant '{tenant_id}'")
        gone = tenant._replace(name="", erased_at=format_time(ingestor.now_ms()))
        if not tenant.erased_at:
            await self._administration.place(gone)
        following = await self._administration.tell(tenant, "tenant.erased", [tenant_id], sender)
        destroyed = await self._asked(ingestor.seals.keys.store.destroy_tenant, tenant_id)
        ingestor.seals.keys.forget(tenant_id)
        left = await self._asked(ingestor.seals.keys.store.count, tenant_id)
        applied = await ingestor.fences.wait(tenant.partition, following)
        return {
            "tenant": tenant_id,
            "partition": tenant.partition,
            "keys_destroyed": destroyed,
            "keys_left": left,
            "applied": applied.applied,
        }

    async def _tell(self, tenant: Tenant, customers: list[str], sender: Sender) -> Applied:
        following = await self._administration.tell(tenant, "customer.erased", customers, sender)
        applied = await self._ingestor.fences.wait(tenant.partition, following)
        if not applied.applied:
            detail = "its own key is destroyed; the fold is behind, so what belongs to it is not"
            raise unavailable("fold_behind", f"{detail} known yet: repeat")
        return applied

    async def _destroy(self, tenant: str, ids: Collection[str]) -> int:
        if not ids:
            return 0
        store = self._ingestor.seals.keys.store
        destroyed = await self._asked(store.destroy, tenant, list(ids))
        self._ingestor.seals.keys.forget(tenant, ids)
        return destroyed

    @staticmethod
    async def _asked(ask: Callable[..., int], *arguments: Any) -> int:
        try:
            return await asyncio.to_thread(ask, *arguments)
        except KeyStoreError as error:
            raise keys_down(error) from None
