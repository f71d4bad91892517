"""The administrator's routes that forget: a customer, a whole tenant. Neither can be undone."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from services.ingestor.admin_api import admin_only, sent_by_admin
from services.ingestor.erasure import Erasure
from services.ingestor.parts import Ingestor
from services.ingestor.tenants import Administration


def erasure_router(ingestor: Ingestor) -> APIRouter:
    """Return the routes; all of them want the admin token."""
    erasure = Erasure(ingestor, Administration(ingestor))
    router = APIRouter(prefix="/v1/tenants/{tenant}", dependencies=admin_only(ingestor))

    @router.post("/erasure")
    async def erase_tenant(request: Request, tenant: str) -> dict[str, Any]:
        """Erase a tenant wholly."""
        return await erasure.tenant(tenant, sent_by_admin(request))

    @router.post("/customers/{customer:path}/erasure")
    async def erase_customer(request: Request, tenant: str, customer: str) -> dict[str, Any]:
        """Forget who a customer is; no figure changes."""
        return await erasure.customer(tenant, customer, sent_by_admin(request))

    return router
