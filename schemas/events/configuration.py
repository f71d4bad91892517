"""What a tenant configures: its settings and keys. They hold from their place in the log."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import Currency, EventData, Text, TimeZone

Scope = Literal["ingest", "query"]


class SettingChanged(EventData):
    """The company's time zone or currency changed. Subject: 'company'.

    Laws:   holds from its place in the log on: days already computed stay as they are.
    """

    event_type: ClassVar[str] = "setting.changed"

    time_zone: TimeZone | None = None
    currency: Currency | None = None
    name: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.time_zone is None and self.currency is None and self.name is None:
            raise PydanticCustomError(
                "missing_field", "one of time_zone, currency, name must be given"
            )
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
