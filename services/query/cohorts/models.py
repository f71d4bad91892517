"""The shape of the cohort reports, for the OpenAPI document; handlers build the same as JSON."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from services.query.answers import FactRow, Head
from services.query.reports.answers import Label


class Money(BaseModel):
    """An amount in another currency than the tenant's."""

    value: int
    currency: str


class CohortCell(BaseModel):
    """One figure."""

    value: float | int | None
    currency: str | None = None
    others: list[Money] | None = Field(None, description="The same in other currencies.")
    parts: dict[str, int] | None = Field(None, description="Numerator and denominator of a ratio.")
    why: str | None = Field(None, description="`not_available`: there is no feed for it.")
    facts: str | None = Field(None, description="Address of the list behind it.")


class CohortColumn(BaseModel):
    """What stands above a column."""

    name: str
    unit: str
    label: Label
    definition: str
    definition_vi: str = Field(description="The same in Vietnamese.")
    source: str = Field(description="Rows of the requirements.")
    kind: str = Field(description="What the list behind a cell holds.")


class CohortRow(BaseModel):
    """The figures of one owner, in the order of the columns."""

    id: str = Field(description="Employee id; `-` is the unassigned row.")
    name: str
    department_id: str | None
    active: bool
    former: int | None = Field(None, description="Of who is named no more: `Former employee N`.")
    cells: list[CohortCell]


class CohortTotal(BaseModel):
    """The figures of all rows together, counted anew and not summed up."""

    cells: list[CohortCell]


class CohortAnswer(Head):
    """What all cohort reports begin with."""

    report: str
    filters: dict[str, Any] = Field(description="The parameters as they were understood.")
    currency: str


class TelesalesAnswer(CohortAnswer):
    """The telesales report."""

    columns: list[CohortColumn]
    rows: list[CohortRow]
    total: CohortTotal


class LifecycleRow(BaseModel):
    """The customers that were created on one day."""

    day: str
    created: int
    converted: int
    exact: list[int | None] = Field(description="By lag in days; null after today.")
    cumulative: list[int | None]
    facts: str | None = None


class LifecycleTotal(BaseModel):
    """The sums over all days of creation."""

    exact: list[int]
    cumulative: list[int]
    facts: str | None = None


class LifecycleAnswer(CohortAnswer):
    """The lifecycle report: created day by days until converted."""

    from_: str = Field(alias="from")
    to: str
    target: Literal["order", "stage"]
    stage: str | None = None
    created: int
    converted: int
    mean_days: float | None = Field(description="Over those converted.")
    median_days: float | None
    columns: list[CohortColumn]
    rows: list[LifecycleRow]
    total: LifecycleTotal


class JourneyStageHead(BaseModel):
    """One stage; the id is empty for customers that are in none."""

    id: str
    name: str


class JourneyStageCells(BaseModel):
    """How many are in a stage at the end of a day, came and went on it."""

    stock: CohortCell
    entries: CohortCell
    exits: CohortCell


class JourneyReportRow(BaseModel):
    """One day; of today it is as of now."""

    day: str
    total: CohortCell
    revenue: CohortCell
    stages: list[JourneyStageCells]


class JourneyReportAnswer(CohortAnswer):
    """The customer journey statistics."""

    from_: str = Field(alias="from")
    to: str
    columns: list[CohortColumn]
    stages: list[JourneyStageHead]
    rows: list[JourneyReportRow]
    total: CohortTotal


class PerformanceRow(BaseModel):
    """One customer."""

    id: str
    name: str
    phones: list[str]
    owner_id: str | None
    department_id: str | None
    created_at: str
    stage: str | None
    status: Literal["purchased", "in_progress", "not_purchased"]
    in_progress: bool = Field(description="Has an order that waits, purchased or not.")
    purchases: int
    pending: int
    value: int
    currency: str
    others: list[Money] | None = None
    last_order: str | None
    facts: dict[str, str] = Field(description="By column: address of the orders behind it.")


class PerformanceTotals(BaseModel):
    """How many customers there are in all, and of each label, whatever status is asked for."""

    customers: int
    purchased: int
    in_progress: int
    not_purchased: int


class SalesPerformanceAnswer(CohortAnswer):
    """A page of the sales performance report."""

    columns: list[CohortColumn]
    totals: PerformanceTotals
    facts: dict[str, str] = Field(description="By total: address of its list.")
    total: int
    rows: list[PerformanceRow]
    next: str | None


class CohortFactsAnswer(Head):
    """A page of the list behind a number of a cohort report."""

    report: str
    filters: dict[str, Any]
    cell: dict[str, Any] = Field(description="Which number it is, as parameters name it.")
    total: int | None = Field(description="Rows of the whole list.")
    rows: list[FactRow]
    next: str | None
    why: Literal["not_available"] | None = Field(None, description="Why there is no list.")
