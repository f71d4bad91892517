"""The administrator's routes: tenants, keys, dead letters."""

from __future__ import annotations

import hmac
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE
from schemas.phones import DEFAULT_REGION
from services.ingestor.directory import TENANT_ID
from services.ingestor.keys import Scope, bearer
from services.ingestor.parts import Ingestor
from services.ingestor.problems import Problem
from services.ingestor.tenants import Administration, FirstSettings

_REPLAY_SLICE = 1000


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewTenant(_Body):
    """A tenant to be created."""

    id: str = Field(pattern=f"^{TENANT_ID.pattern}$", description="May contain '-', never '_'.")
    name: str = Field("", max_length=256)
    time_zone: str = Field(DEFAULT_TIME_ZONE, description="IANA time zone.")
    currency: str = Field(DEFAULT_CURRENCY, description="ISO 4217 code.")
    region: str = Field(
        DEFAULT_REGION, description="ISO 3166 code: where numbers without country code are."
    )
    partition: int | None = Field(None, ge=0, description="Pins the tenant; else a stable hash.")


class NewKeyBody(_Body):
    """A key to be created."""

    scopes: list[Scope] = Field(min_length=1)
    label: str = Field("", max_length=256)


def check_admin(ingestor: Ingestor, authorization: str | None) -> None:
    """Raise a 401 problem for all but the admin token, a 403 while none is set."""
    expected = ingestor.settings.admin_token.get_secret_value()
    if not expected:
        raise Problem(403, "admin_disabled", "no admin token is set: administration is closed")
    if not hmac.compare_digest(bearer(authorization).encode(), expected.encode()):
        raise Problem(401, "unauthorized", "this is not the admin token")


def admin_only(ingestor: Ingestor) -> list[Any]:
    """Return what a route depends on that only the administrator may use."""

    def admin(request: Request) -> None:
        check_admin(ingestor, request.headers.get("authorization"))
        ingestor.check_open()

    return [Depends(admin)]


def admin_router(ingestor: Ingestor) -> APIRouter:
    """Return the routes; all of them want the admin token."""
    administration = Administration(ingestor)

    router = APIRouter(prefix="/v1", dependencies=admin_only(ingestor))

    @router.post("/tenants", status_code=201)
    async def create_tenant(body: NewTenant) -> dict[str, Any]:
        first = FirstSettings(body.name or body.id, body.time_zone, body.currency, body.region)
        made = await administration.create_tenant(body.id, first, body.partition)
        return {
            "tenant": made.tenant.id,
            "partition": made.tenant.partition,
            "write_key": made.write_key.text,
            "read_key": made.read_key.text,
        }

    @router.get("/tenants")
    async def list_tenants() -> dict[str, Any]:
        rows = [
            {"tenant": row.id, "partition": row.partition, "name": row.name, "at": row.created_at}
            for row in ingestor.directory.all()
        ]
        return {"tenants": rows}

    @router.post("/tenants/{tenant}/keys", status_code=201)
    async def create_key(tenant: str, body: NewKeyBody) -> dict[str, str]:
        key = await administration.create_key(tenant, body.scopes, body.label)
        return {"key_id": key.id, "key": key.text}

    @router.delete("/tenants/{tenant}/keys/{key_id}", status_code=204)
    async def revoke_key(tenant: str, key_id: str) -> Response:
        await administration.revoke_key(tenant, key_id)
        return Response(status_code=204)

    return router
