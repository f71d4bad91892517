"""Where a tenant's telephone numbers are at home: known at the door, where they are hashed.

What passes this door holds at once; what passed another one holds as soon as it is folded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from schemas.phones import DEFAULT_REGION
from services.ingestor.directory import Tenant
from services.ingestor.problems import unavailable
from services.ingestor.store import REDIS_ERRORS, Store

_FRESH_S: Final = 5.0
_OWN_S: Final = 60.0
"""For how long a region that passed here is believed before the fold has said so."""


class _Known(NamedTuple):
    region: str
    until: float


class Regions:
    """The region in force of each tenant, as of the last setting that is known."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now
        self._known: dict[str, _Known] = {}
        self._own: dict[str, _Known] = {}

    def note(self, tenant: str, region: str) -> None:
        """Remember a region that this door has just let pass."""
        self._own[tenant] = _Known(region, self._now() + _OWN_S)

    async def of(self, tenant: Tenant) -> str:
        """Return the region in force; Problem 503 where nobody can say."""
        own = self._own.get(tenant.id)
        if own is not None and own.until > self._now():
            return own.region
        known = self._known.get(tenant.id)
        if known is not None and known.until > self._now():
            return known.region
        try:
            region = await self._folded(tenant)
        except REDIS_ERRORS:
            if known is not None:
                return known.region
            raise unavailable(
                "redis_down", "the region of the tenant cannot be read; nothing was taken"
            ) from None
        self._known[tenant.id] = _Known(region, self._now() + _FRESH_S)
        return region

    async def _folded(self, tenant: Tenant) -> str:
        generation = await self._store.generation(tenant.partition)
        folded = None
        if generation is not None:
            folded = await self._store.region(tenant.partition, generation, tenant.id)
        return folded or tenant.region or DEFAULT_REGION
