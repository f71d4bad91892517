"""What a tenant configures: its settings and keys. They hold from their place in the log."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from schemas.events.base import (
    Currency,
    EventData,
    Id,
    LocalDate,
    Percent,
    Region,
    Text,
    Timestamp,
    TimeZone,
)

Module = Literal["inventory", "contracts", "payments", "messages", "tasks", "notes", "products"]
Scope = Literal["ingest", "query", "kiosk", "administer"]


def _is_network(value: str) -> str:
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        raise PydanticCustomError(
            "invalid_field", "an address range is like 192.168.7.0/24 or 2001:db8::/32"
        ) from None


Network = Annotated[str, StringConstraints(max_length=64), AfterValidator(_is_network)]


class SettingChanged(EventData):
    """The company's time zone, currency, name, region, modules or thresholds changed.

    Subject: 'company'.
    Shape:  `thresholds` are the percents at which crossings are told of targets that name none.
    Laws:   holds from its place in the log on: days already computed, telephone numbers already
            read in the region of before, and targets already set stay as they are.
    """

    event_type: ClassVar[str] = "setting.changed"

    time_zone: TimeZone | None = None
    currency: Currency | None = None
    name: Text | None = None
    region: Region | None = None
    modules_off: Annotated[list[Module], Field(max_length=16)] | None = None
    thresholds: Annotated[list[Percent], Field(min_length=1, max_length=16)] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        given = (
            self.time_zone, self.currency, self.name, self.region, self.modules_off,
            self.thresholds,
        )  # fmt: skip
        if all(value is None for value in given):
            raise PydanticCustomError(
                "missing_field",
                "one of time_zone, currency, name, region, modules_off, thresholds must be given",
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


class KioskBoard(BaseModel):
    """What a kiosk may show: figures of one scope, and nothing behind them (E-16).

    Shape:  with `board_id` it shows that stored board, and all its figures, for as long as the
            board is one of this scope.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    scope: Literal["employee", "department", "company"]
    scope_id: Id
    sub: StrictBool = False
    metrics: Annotated[list[Id], Field(min_length=1, max_length=64)]
    has_names: StrictBool = True
    board_id: Id | None = None


class ApiKeyCreated(EventData):
    """An API key may be used for the scopes given. Subject: key id. Written by us only.

    Laws:   a kiosk has a board, and no other scope; no other key has one. A kiosk never expires
            by not being used; `addresses` are the networks it may be shown in, default all.
            `administer` lets a key with `query` change what an administrator may change.
    """

    event_type: ClassVar[str] = "apikey.created"

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    label: Text = ""
    expires_at: Timestamp | None = None
    board: KioskBoard | None = None
    addresses: Annotated[list[Network], Field(max_length=16)] | None = None
    created_by: Id | None = None

    @model_validator(mode="after")
    def _kiosk_has_a_board(self) -> Self:
        is_kiosk = self.scopes == ["kiosk"]
        if is_kiosk != (self.board is not None) or ("kiosk" in self.scopes and not is_kiosk):
            raise PydanticCustomError(
                "invalid_field", "a kiosk has a board and the one scope 'kiosk', others have none"
            )
        if "administer" in self.scopes and "query" not in self.scopes:
            raise PydanticCustomError(
                "invalid_field", "the scope 'administer' wants the scope 'query' beside it"
            )
        return self


class ApiKeyRevoked(EventData):
    """An API key may no longer be used. Subject: key id. Written by us only."""

    event_type: ClassVar[str] = "apikey.revoked"
