"""Who is told what by himself: webhooks and alerts, and what a person orders of them.

All of them are configuration documents: the last event about one holds. Secrets stand in none.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import EventData, Id, Text, Timestamp

Url = Annotated[
    str,
    StringConstraints(max_length=1024, pattern=r"^https?://[^\s/@?#]+(/[^\s#]*)?(\?[^\s#]*)?$"),
]
"""Absolute, without user, password or fragment."""
Mail = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$")
]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of the tenant's clock, 'HH:MM'."""
Scope = Literal["employee", "department", "company"]
Told = Literal["kpi.changed", "alert.changed"]
Rotation = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


class WebhookDefined(EventData):
    """Another service wants to be called at a URL. Subject: webhook id. The whole of it.

    Laws:   without `metrics`, `scope` or `alerts` it is told of all of them; of a department with
            `sub` also of those below it, each for itself; without `has_parts` only of whole
            figures and of money by currency. The secret is derived
            from its id and `rotation`; that of `rotation` - 1 signs too until `previous_until`.
            Defined anew it is enabled again.
    """

    event_type: ClassVar[str] = "webhook.defined"

    url: Url
    label: Text = ""
    events: Annotated[list[Told], Field(min_length=1, max_length=2)]
    metrics: Annotated[list[Id], Field(min_length=1, max_length=200)] | None = None
    scope: Scope | None = None
    scope_id: Id | None = None
    sub: StrictBool = False
    has_parts: StrictBool = False
    alerts: Annotated[list[Id], Field(min_length=1, max_length=200)] | None = None
    contact: Mail | None = None
    rotation: Rotation = 1
    previous_until: Timestamp | None = None
    defined_at: Timestamp
    defined_by: Id | None = None

    @model_validator(mode="after")
    def _scope_of_an_id(self) -> Self:
        if self.scope_id is not None and self.scope is None:
            raise PydanticCustomError("missing_field", "'scope_id' wants its 'scope'")
        if self.sub and (self.scope != "department" or self.scope_id is None):
            raise PydanticCustomError("invalid_field", "'sub' is of one department")
        return self


class WebhookDeleted(EventData):
    """Nothing more is sent to it. Subject: webhook id."""

    event_type: ClassVar[str] = "webhook.deleted"

    deleted_by: Id | None = None


class WebhookTestOrdered(EventData):
    """A test delivery is to be sent. Subject: webhook id."""

    event_type: ClassVar[str] = "webhook.test_ordered"

    order: Id
    ordered_by: Id | None = None


class WebhookReplayOrdered(EventData):
    """What was delivered is to be sent again, from a time or a message on. Subject: webhook id."""

    event_type: ClassVar[str] = "webhook.replay_ordered"

    order: Id
    since: Timestamp | None = None
    message: Id | None = None
    ordered_by: Id | None = None

    @model_validator(mode="after")
    def _from_one_place(self) -> Self:
        if (self.since is None) == (self.message is None):
            raise PydanticCustomError("missing_field", "one of 'since' and 'message' is given")
        return self


class QuietHours(BaseModel):
    """Between these times of day nothing is told; over midnight where the first is later."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first: TimeOfDay
    last: TimeOfDay


class WorkingHours(BaseModel):
    """When silence counts. Units: weekdays 1 (Monday) to 7."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first: TimeOfDay
    last: TimeOfDay
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]


class AlertDefined(EventData):
    """A figure is watched. Subject: alert id. The whole of it.

    Shape:  `value`: the figure of the window against `warn` and `critical`; `silence`: minutes
            since the figure last grew, in working hours; `age`: customers created at least
            `days` and at most 90 days ago who have not been converted.
    Units:  warn, critical and hysteresis in units of the figure: a ratio as 0..1, money in minor
            units, silence in minutes, age in customers.
    Laws:   with `sub` the figure is that of the department and all below it together; `by` has a
            value judged from that time of day on; `once_per` tells at most one
            occurrence in a day, week or month. It resolves by itself.
    """

    event_type: ClassVar[str] = "alert.defined"

    name: Text
    rule: Literal["value", "silence", "age"] = "value"
    metric: Id | None = None
    scope: Scope = "company"
    scope_id: Id = "all"
    sub: StrictBool = False
    window: Literal["now", "today", "week", "month"] = "today"
    operator: Literal["<", "<=", ">", ">="] = ">="
    warn: float | None = None
    critical: float | None = None
    hysteresis: Annotated[float, Field(ge=0)] = 0
    by: TimeOfDay | None = None
    days: Annotated[int, Field(ge=1, le=89)] | None = None
    working_hours: WorkingHours | None = None
    quiet: QuietHours | None = None
    once_per: Literal["day", "week", "month"] | None = None
    mails: Annotated[list[Mail], Field(max_length=10)] | None = None
    defined_at: Timestamp
    defined_by: Id | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.warn is None and self.critical is None:
            raise PydanticCustomError("missing_field", "one of 'warn' and 'critical' is given")
        if self.rule != "age" and self.metric is None:
            raise PydanticCustomError("missing_field", "'metric' is required")
        if self.rule == "age" and self.days is None:
            raise PydanticCustomError("missing_field", "an age rule wants 'days'")
        if self.sub and self.scope != "department":
            raise PydanticCustomError("invalid_field", "'sub' is of a department")
        return self


class AlertDeleted(EventData):
    """It is watched no more. Subject: alert id."""

    event_type: ClassVar[str] = "alert.deleted"

    deleted_by: Id | None = None


class AlertAcknowledged(EventData):
    """Somebody takes care of an occurrence. Subject: alert id."""

    event_type: ClassVar[str] = "alert.acknowledged"

    occurrence: Id
    acknowledged_at: Timestamp
    acknowledged_by: Id | None = None


class AlertTestOrdered(EventData):
    """The channels of an alert are to be tried. Subject: alert id."""

    event_type: ClassVar[str] = "alert.test_ordered"

    order: Id
    ordered_by: Id | None = None
