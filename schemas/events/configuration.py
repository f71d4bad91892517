"""What a tenant configures: its settings and keys. They hold from their place in the log."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import Currency, EventData, Id, LocalDate, Region, Text, TimeZone

Module = Literal["inventory", "contracts", "payments", "messages", "tasks", "notes", "products"]
Scope = Literal["ingest", "query"]


class SettingChanged(EventData):
    """The company's time zone, currency, name, region or modules changed. Subject: 'company'.

    Laws:   holds from its place in the log on: days already computed, and telephone numbers
            already read in the region of before, stay as they are.
    """

    event_type: ClassVar[str] = "setting.changed"

    time_zone: TimeZone | None = None
    currency: Currency | None = None
    name: Text | None = None
    region: Region | None = None
    modules_off: Annotated[list[Module], Field(max_length=16)] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        given = (self.time_zone, self.currency, self.name, self.region, self.modules_off)
        if all(value is None for value in given):
            raise PydanticCustomError(
                "missing_field",
                "one of time_zone, currency, name, region, modules_off must be given",
            )
        return self


class PeriodLocked(EventData):
    """A period is closed, for the pay slip. Subject: any id. For good.

    Laws:   what changes in its days after this place in the log is listed apart (A-11).
    """

    event_type: ClassVar[str] = "period.locked"

    first: LocalDate
    last: LocalDate
    actor_id: Id | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("end_before_start", "the period ends before it starts")
        return self


class ApiKeyCreated(EventData):
    """An API key may be used for the scopes given. Subject: key id. Written by us only."""

    event_type: ClassVar[str] = "apikey.created"

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    label: Text = ""


class ApiKeyRevoked(EventData):
    """An API key may no longer be used. Subject: key id. Written by us only."""

    event_type: ClassVar[str] = "apikey.revoked"
