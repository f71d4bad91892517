"""Forgetting: who asked to be forgotten, and tenants that are no more. Written by us only."""

from __future__ import annotations

from typing import ClassVar

from schemas.events.base import EventData, Id


class CustomerErased(EventData):
    """Nobody is to know any more who a customer is. Subject: customer id. For good.

    Laws:   its keys are destroyed; name and phones leave its fact, whatever comes before or
            after; no figure changes.
    """

    event_type: ClassVar[str] = "customer.erased"

    actor_id: Id | None = None


class TenantErased(EventData):
    """A tenant is no more. Subject: tenant id. For good.

    Laws:   every event of the tenant, before and after, is passed over.
    """

    event_type: ClassVar[str] = "tenant.erased"

    actor_id: Id | None = None
