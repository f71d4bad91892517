"""The parameters of every request, as typed models: validation and OpenAPI come from them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.events.base import LocalDate
from schemas.tables import Scope


class Parameters(BaseModel):
    """What every request takes; an unknown parameter is refused, because it may be a typo."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    key: str = Field("", description="API key, for a browser that cannot set the header.")


class Ranged(Parameters):
    """A range of business days of the tenant, both ends included."""

    from_: LocalDate | None = Field(None, alias="from", description="First day; default today.")
    to: LocalDate | None = Field(None, description="Last day; default today.")


class KpiParameters(Ranged):
    """Parameters of `/v1/kpis/{scope}/{id}`."""

    metrics: str = Field("", description="KPI names, separated by commas; default all.")
    by: Literal["none", "day", "month", "dimension"] = Field(
        "none", description="Break each figure down."
    )
    dimension: str = Field("", description="With `by=dimension`: which one, for example `source`.")
    sub: bool = Field(False, description="Of a department: with all departments below it.")
    basis: Literal["", "order_date", "created_at"] = Field(
        "", description="By which date facts are in the range, for KPIs that have the choice."
    )
    compare: Literal["none", "previous", "last_year"] = Field(
        "none",
        description=(
            "Set beside it: the same elapsed part of the previous period, or the same days a year "
            "earlier."
        ),
    )
    sum: Literal["", "people", "days"] = Field(
        "", description="The figures are to be the plain sum of those of people, or of days."
    )


class LeaderboardParameters(Ranged):
    """Parameters of `/v1/leaderboard`."""

    metric: str = Field(description="KPI by which people are ranked.")
    department: str = Field("", description="Department id; default the whole company.")
    sub: bool = Field(False, description="With all departments below it.")
    mode: Literal["value", "attainment", "improved"] = Field(
        "value",
        description=(
            "By the value, the part of one's own target, or the growth over the same elapsed part "
            "of the previous period."
        ),
    )
    period: str = Field(
        "",
        description=(
            "Instead of a range: day, week, month, quarter, year (those of today), or one by name. "
            "Targets are of a period: with mode `attainment` it is the day by default."
        ),
    )
    top: int | None = Field(None, ge=1, le=1000, description="Only the first ranks, with ties.")
    around: str = Field("", description="Only this employee and two neighbours on each side.")
    limit: int = Field(50, ge=1, le=1000, description="Most rows.")


class FactsParameters(Ranged):
    """Parameters of `/v1/facts`."""

    metric: str = Field(description="KPI whose list is wanted.")
    scope: Scope = Field("company", description="Whose list.")
    id: str = Field("all", description="Employee or department id; `-` for nobody; company `all`.")
    dimension: str = Field(
        "", description="Only the facts of one part: `source:web`, `currency:VND`, or both."
    )
    basis: str = Field("", description="Date basis, where the KPI has another: `created_at`.")
    sub: bool = Field(False, description="Of a department: with all departments below it.")
    department: str = Field(
        "", description="Of an employee: only what counts for this department (with `sub`, below)."
    )
    limit: int = Field(100, ge=1, description="Rows on a page.")
    cursor: str = Field("", description="The `next` of the page before.")


class RestatementParameters(Ranged):
    """Parameters of `/v1/restatements`."""

    limit: int = Field(100, ge=1, description="Rows on a page.")
    cursor: str = Field("", description="The `next` of the page before.")


class AuditParameters(Ranged):
    """Parameters of `/v1/audit`."""

    actor: str = Field("", description="Employee or key id; default everybody.")
    action: str = Field("", description="Actions, separated by commas; default all.")
    limit: int = Field(100, ge=1, description="Rows on a page.")
    cursor: str = Field("", description="The `next` of the page before.")


class PlaceParameters(Parameters):
    """Parameters of what is asked about one place at this moment."""

    scope: Scope = Field("company", description="Whose figures.")
    id: str = Field("all", description="Employee or department id; company `all`.")
    sub: bool = Field(False, description="Of a department: with all departments below it.")


class HoursParameters(PlaceParameters):
    """Parameters of `/v1/hours`."""

    metric: str = Field(description="KPI that counts what happens at an instant.")


class FollowParameters(Parameters):
    """Parameters of every stream."""

    last_event_id: str = Field(
        "", description="Where to go on, if the header `Last-Event-ID` cannot be set."
    )


class StreamParameters(FollowParameters):
    """Parameters of `/v1/stream`."""

    scope: Scope = Field("company", description="Whose figures.")
    id: str = Field("all", description="Employee or department id; company `all`.")
    metrics: str = Field(
        "",
        description=(
            "KPI names, separated by commas, for the scope and its people; default all that are "
            "streamed, of its people those that add over people."
        ),
    )
    sub: bool = Field(False, description="Of a department: with all departments below it.")
    moments: bool = Field(
        False, description="With the first order of the day and best days of people, as they come."
    )
    alerts: bool = Field(False, description="With the alerts of the scope that are open.")
