"""The shape of every answer, for the OpenAPI document; handlers build the same as plain JSON."""

from __future__ import annotations

import builtins
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.kpis.model import Additivity, Unit


class Lag(BaseModel):
    """How far the figures are behind the log."""

    events: int = Field(description="Events accepted and not yet in the figures.")
    seconds: float = Field(description="Age of `as_of`.")


class Head(BaseModel):
    """What every answer carries."""

    as_of: str = Field(description="Up to when everything accepted is in these figures.")
    lag: Lag
    version: str = Field(description="`<generation>.<log offset>`; never goes back.")
    state: Literal["live", "catching_up", "stale", "recovering"]
    reason: str | None = Field(None, description="Why the figures are not live.")
    today: str = Field(description="The tenant's date of this answer.")


class Money(BaseModel):
    """An amount in a currency other than the tenant's."""

    value: int
    currency: str


class Parts(BaseModel):
    """What a ratio was divided from."""

    numerator: int
    denominator: int


class Value(BaseModel):
    """The value of a figure."""

    value: float | int | None = Field(
        description="Null: a ratio over zero, or a day that has not come."
    )
    currency: str | None = Field(None, description="Of money: the tenant's; value in minor units.")
    others: list[Money] | None = Field(None, description="Money in other currencies, never added.")
    parts: Parts | None = None
    why: Literal["mixed_currencies"] | None = Field(None, description="Why a mean is null.")


class Point(Value):
    """One point of a breakdown: of a day, a month, or a dimension value."""

    day: str | None = None
    month: str | None = None
    dimension_value: str | None = Field(None, description="Empty: the part without a value.")
    facts: str | None = None


class Figure(Value):
    """One figure."""

    metric: str
    label: str
    unit: Unit
    definition: str
    day: Literal["now"] | None = Field(None, description="Of a gauge: it ignores the range.")
    by: list[Point] | None = None
    facts: str = Field(description="Address of the list behind the figure.")


class KpiAnswer(Head):
    """Figures of a scope."""

    scope: str
    id: str
    sub: bool
    from_: str = Field(alias="from")
    to: str
    figures: list[Figure]


class LeaderboardRow(Value):
    """One person of a ranking."""

    rank: int | None
    id: str
    name: str
    department_id: str
    active: bool
    facts: str | None = None


class LeaderboardAnswer(Head):
    """A ranking."""

    metric: str
    unit: Unit
    definition: str
    department: str
    sub: bool
    from_: str = Field(alias="from")
    to: str
    total: int
    rows: list[LeaderboardRow]


class FactRow(BaseModel):
    """One fact of a list; beside these members it carries those of its kind."""

    model_config = ConfigDict(extra="allow")

    kind: Literal[
        "customer", "contact", "call", "email", "message", "note", "task", "opportunity",
        "order", "payment", "contract", "voucher",
    ]  # fmt: skip
    id: str
    day: str | None = Field(
        description="The day it counts for, or by which it is scored (birthday, last contact)."
    )
    at: str | None = Field(None, description="The instant by which it is scored.")
    times: int | None = Field(None, description="How often, of a customer who counts once.")
    part: str | None = Field(None, description="Of several lists together: which one.")
    employee_id: str | None
    department_id: str | None


class BandWindow(BaseModel):
    """What a band means at this moment: days or instants, both included, null is open."""

    band: str
    from_: str | None = Field(alias="from")
    to: str | None


class FactsAnswer(Head):
    """A page of the list behind a figure."""

    metric: str
    list: str = Field(description="The counting KPI whose list this is.")
    scope: str
    id: str
    sub: bool
    from_: str | None = Field(alias="from")
    to: str | None
    basis: str = Field(description="The date by which facts are in the range.")
    dimension: str
    total: int | None = Field(description="Rows of the whole list: the figure of `list`.")
    rows: builtins.list[FactRow]
    next: str | None = Field(description="Cursor of the next page.")
    why: Literal["not_available"] | None = Field(None, description="Why there is no list.")
    windows: builtins.list[BandWindow] | None = Field(None, description="Of a KPI by the clock.")


class JourneyStage(BaseModel):
    """One relationship stage that a customer went through."""

    stage: str
    from_: str = Field(alias="from")
    to: str | None
    seconds: int
    actor_id: str | None


class JourneyOwner(BaseModel):
    """One owner that a customer had."""

    owner_id: str | None
    from_: str = Field(alias="from")
    to: str | None


class JourneyAnswer(Head):
    """All that happened with a customer."""

    customer: dict[str, Any]
    merged: list[str] = Field(description="Customers that were merged into this one.")
    contacts: list[dict[str, Any]]
    owners: list[JourneyOwner]
    stages: list[JourneyStage]
    events: list[dict[str, Any]]
    truncated: bool


class TenantAnswer(Head):
    """The tenant of the key."""

    tenant: str
    name: str
    time_zone: str
    currency: str


class DepartmentRow(BaseModel):
    """One department."""

    id: str
    name: str
    parent_id: str | None
    head_id: str | None
    active: bool


class EmployeeRow(BaseModel):
    """One employee, in the department of now."""

    id: str
    name: str
    department_id: str | None
    manager_id: str | None
    active: bool


class OrgAnswer(Head):
    """The organisation."""

    departments: list[DepartmentRow]
    employees: list[EmployeeRow]


class KpiDefinition(BaseModel):
    """The definition of one KPI, as the catalogue has it."""

    name: str
    label_en: str
    label_vi: str
    unit: Unit
    source: str
    events: list[str]
    date_basis: str
    attribution: str
    additivity: Additivity
    definition: str
    listed_by: str
    adds_over_people: bool
    streamed: bool
    retracts_on: list[str]
    dimensions: list[str]
    numerator: str
    denominator: str
    version: int


class CatalogueAnswer(Head):
    """The KPIs there are, in the order of display."""

    kpis: list[KpiDefinition]


class ProblemDocument(BaseModel):
    """RFC 9457 problem; carries further members that name the limit passed."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
