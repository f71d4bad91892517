"""What is sent about alerts, and what is shown of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from schemas.events.base import Id, Text
from schemas.events.notices import Mail, QuietHours, Scope, TimeOfDay, WorkingHours
from schemas.webhooks import Level
from services.query.answers import Head


class AlertBody(BaseModel):
    """An alert, whole; docs/alerts.md says what each member does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    rule: Literal["value", "silence", "age"] = "value"
    metric: Id | None = Field(None, description="A KPI of cells, a ratio or formula of such.")
    scope: Scope = "company"
    scope_id: Id = "all"
    sub: StrictBool = Field(False, description="Of a department: with all departments below it.")
    window: Literal["now", "today", "week", "month"] = "today"
    operator: Literal["<", "<=", ">", ">="] = ">="
    warn: float | None = None
    critical: float | None = None
    hysteresis: Annotated[float, Field(ge=0)] = 0
    by: TimeOfDay | None = Field(None, description="Judged from this time of day on.")
    days: Annotated[int, Field(ge=1, le=89)] | None = None
    working_hours: WorkingHours | None = None
    quiet: QuietHours | None = None
    once_per: Literal["day", "week", "month"] | None = None
    mails: Annotated[list[Mail], Field(max_length=10)] | None = None


class AcknowledgeBody(BaseModel):
    """Which occurrence is taken care of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    occurrence: Id


class AlertRow(AlertBody):
    """An alert as it stands."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    defined_at: str
    defined_by: str | None = None
    state: Level
    since: str | None
    occurrence: str | None
    value: float | None = Field(description="When the state last changed.")
    acknowledged_at: str | None = Field(description="Of this occurrence; null: by nobody yet.")
    acknowledged_by: str | None


class AlertsAnswer(Head):
    """All alerts."""

    rows: list[AlertRow]


class HistoryRow(BaseModel):
    """A change of the state of an alert."""

    at: str
    state: Level
    before: Level
    occurrence: str
    value: float | None
    told: bool = Field(description="false: one was told in its period already.")


class HistoryAnswer(Head):
    """What an alert did, newest first."""

    alert: str
    rows: list[HistoryRow]
