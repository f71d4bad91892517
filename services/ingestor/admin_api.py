"""The administrator's routes: tenants, keys, dead letters."""

from __future__ import annotations

import hmac
from typing import Any, Literal, Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import JSONResponse, Response

from schemas.audit import ACTOR_HEADER, read_actor
from schemas.calendar import DEFAULT_CURRENCY, DEFAULT_TIME_ZONE
from schemas.phones import DEFAULT_REGION
from services.ingestor.audit import Sender, administrator
from services.ingestor.directory import TENANT_ID
from services.ingestor.keys import Scope, bearer
from services.ingestor.parts import Ingestor
from services.ingestor.problems import Problem
from services.ingestor.tenants import Administration, FirstSettings

Wait = Literal["applied"] | None
"""Whether the answer waits until the figures include it."""


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
    """A key to be created. The rules of a kiosk's key are those of apikey.created."""

    scopes: list[Scope] = Field(min_length=1)
    label: str = Field("", max_length=256)
    expires_at: str | None = Field(None, max_length=64, description="RFC 3339; default never.")
    board: dict[str, Any] | None = Field(None, description="What a kiosk shows.")
    addresses: list[str] | None = Field(
        None, max_length=16, description="Networks that a kiosk may be in; default all."
    )
    created_by: str | None = Field(None, max_length=256, description="Who grants it.")

    @model_validator(mode="after")
    def _a_kiosk_is_granted(self) -> Self:
        if "kiosk" in self.scopes and not self.created_by:
            raise ValueError("a kiosk is granted by somebody: created_by")
        if "kiosk" not in self.scopes and self.addresses is not None:
            raise ValueError("addresses are for kiosks")
        return self

    def wish(self) -> dict[str, Any]:
        """Return what was given, as apikey.created takes it."""
        return self.model_dump(exclude_none=True)


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


def sent_by_admin(request: Request) -> Sender:
    """Return whom the audit trail names: the holder of the admin token, or for whom they ask.

    Errors: Problem 400 `invalid_actor`.
    """
    named = request.headers.get(ACTOR_HEADER)
    if named is None:
        return administrator(request.client.host if request.client else "")
    try:
        actor, address = read_actor(named)
    except ValueError as error:
        raise Problem(400, "invalid_actor", f"{ACTOR_HEADER}: {error}") from None
    return Sender(actor, address, is_on_behalf=True)


def admin_router(ingestor: Ingestor) -> APIRouter:
    """Return the routes; all of them want the admin token."""
    administration = Administration(ingestor)

    router = APIRouter(prefix="/v1", dependencies=admin_only(ingestor))

    @router.post("/tenants", status_code=201)
    async def create_tenant(request: Request, body: NewTenant) -> dict[str, Any]:
        first = FirstSettings(body.name or body.id, body.time_zone, body.currency, body.region)
        made = await administration.create_tenant(
            body.id, first, body.partition, sent_by_admin(request)
        )
        return {
            "tenant": made.tenant.id,
            "partition": made.tenant.partition,
            "write_key": made.write_key.text,
            "read_key": made.read_key.text,
        }

    @router.get("/tenants")
    async def list_tenants(*, erased: bool = False) -> dict[str, Any]:
        """List the tenants; with `erased` also those that are no more, and since when."""
        known = ingestor.directory.claims() if erased else ingestor.directory.all()
        rows = [
            {"tenant": row.id, "partition": row.partition, "name": row.name, "at": row.created_at}
            | ({"erased_at": row.erased_at} if erased else {})
            for row in known
        ]
        return {"tenants": rows}

    @router.post("/tenants/{tenant}/keys", status_code=201)
    async def create_key(
        request: Request, tenant: str, body: NewKeyBody, wait: Wait = None
    ) -> dict[str, Any]:
        sender = sent_by_admin(request)
        key, following = await administration.create_key(tenant, body.wish(), sender)
        applied = await administration.applied(tenant, following) if wait else {}
        return {"key_id": key.id, "key": key.text, **applied}

    @router.get("/tenants/{tenant}/keys")
    async def list_keys(tenant: str) -> dict[str, Any]:
        return {"keys": await administration.list_keys(tenant)}

    @router.delete("/tenants/{tenant}/keys/{key_id}", status_code=204)
    async def revoke_key(request: Request, tenant: str, key_id: str, wait: Wait = None) -> Response:
        following = await administration.revoke_key(tenant, key_id, sent_by_admin(request))
        if wait is None:
            return Response(status_code=204)
        return JSONResponse(await administration.applied(tenant, following))

    return router
