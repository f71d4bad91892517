"""What the operator sends and is shown of the tenants of an installation."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from schemas.calendar import DEFAULT_TIME_ZONE
from schemas.events.base import Currency, Region, TimeZone
from services.query.administration.bodies import Name


class NewTenant(BaseModel):
    """A tenant that is to be; what is left out is as the ingestor has it by default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$",
        description="It never changes, and is never given again.",
    )
    name: Name | None = Field(None, description="Default its id.")
    time_zone: TimeZone | None = Field(None, description=f"Default {DEFAULT_TIME_ZONE}.")
    currency: Currency | None = None
    region: Region | None = Field(
        None, description="Where telephone numbers without a country code are."
    )


class TenantRow(BaseModel):
    """One tenant; nothing of what is in it."""

    id: str
    name: str
    partition: int
    created_at: str
    erased_at: str | None = Field(description="null: it is there.")


class TenantsAnswer(BaseModel):
    """All tenants that ever were, by id."""

    rows: list[TenantRow]


class TenantMade(BaseModel):
    """A new tenant with its first keys: the only time they are shown."""

    id: str
    partition: int
    write_key: str = Field(description="With the scope `ingest`.")
    read_key: str = Field(description="With the scope `query`.")
