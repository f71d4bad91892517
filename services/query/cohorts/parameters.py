"""The parameters of the cohort reports, their lists and their files, as typed models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.events.base import LocalDate
from services.query.parameters import Parameters
from services.query.reports.parameters import Lang

Sort = Literal[
    "created_at", "-created_at", "purchases", "-purchases", "value", "-value",
    "last_order", "-last_order", "name", "-name",
]  # fmt: skip
Status = Literal["all", "purchased", "in_progress", "not_purchased"]
_Count = Annotated[int, Field(ge=0, le=1_000_000)]


class CohortParameters(Parameters):
    """Who is asked about: one employee, a department, or all; the department is that of now."""

    employee: str = Field("", description="Employee id, `-` for nobody; default all.")
    department: str = Field("", description="Department id; default all.")
    sub: bool = Field(False, description="With all departments below it.")
    lang: Lang = Field("en", description="Of an export: the language of its headings.")


class TelesalesParameters(CohortParameters):
    """Parameters of `/v1/reports/telesales` (T-10..T-16)."""

    subject: str = Field("customer", description="Unit of the rows: `customer`, `opportunity`.")
    campaign: str = Field("", description="Campaign id; `-`: in none of a name. Default all.")
    source: str = Field("", description="Source id of the customer; `-`: has none. Default all.")
    group: str = Field("", description="Group id of the customer; `-`: has none. Default all.")
    created_from: LocalDate | None = Field(
        None, description="First day of creation, or of being added to a campaign; default today."
    )
    created_to: LocalDate | None = Field(None, description="Last day of it; default today.")
    called_from: LocalDate | None = Field(
        None, description="First day of the calls; default today."
    )
    called_to: LocalDate | None = Field(None, description="Last day of the calls; default today.")
    any_agent: bool = Field(False, description="Calls of whoever called, not of the owner alone.")


class CallsParameters(Parameters):
    """Parameters of `/v1/reports/calls`: whose calls; the department is that of today."""

    department: str = Field("", description="Department id; default all.")
    sub: bool = Field(False, description="With all departments below it.")
    lang: Lang = Field("en", description="Of an export: the language of its headings.")


class ObservedParameters(CohortParameters):
    """A window that ends today, or on another day that is over (D-91, D-92)."""

    days: int | None = Field(None, description="How many days, 4..84; default 28.")
    weeks: int | None = Field(None, description="How many weeks, 1..12, in place of `days`.")
    until: LocalDate | None = Field(None, description="Last day observed; default today.")


class LifecycleParameters(ObservedParameters):
    """Parameters of `/v1/reports/lifecycle` (D-90..D-97, E-60..E-66)."""

    target: Literal["order", "stage"] = Field(
        "order", description="What ends the cycle: the first order, or reaching a stage."
    )
    stage: str = Field("", description="With `target=stage`: which one.")
    source: str = Field("", description="Source id of the customer; `-`: has none. Default all.")
    relationship: str = Field("", description="Stage the customer is in now; `-`: none.")


class JourneyParameters(ObservedParameters):
    """Parameters of `/v1/reports/journey` (D-100..D-105, E-70..E-73)."""

    owner: Literal["on_day", "now"] = Field(
        "on_day", description="Whose customers: by the owner of that day, or of now."
    )


class SalesPerformanceParameters(CohortParameters):
    """Parameters of `/v1/reports/sales-performance` (D-110..D-119)."""

    created_from: LocalDate = Field(description="First day of creation of the customers.")
    created_to: LocalDate = Field(description="Last day of creation of the customers.")
    from_: LocalDate | None = Field(
        None, alias="from", description="First order day; default the first of this month."
    )
    to: LocalDate | None = Field(
        None, description="Last order day, before `from` + 6 months; default the end of this month."
    )
    relationship: str = Field("", description="Stage the customer is in now; `-`: none.")
    status: Status = Field("all", description="`in_progress`: has an order that waits.")
    min_purchases: _Count | None = Field(None, description="At least so many purchases.")
    max_purchases: _Count | None = Field(None, description="At most so many purchases.")
    sort: Sort = Field("-created_at", description="Order of the rows; with `-` the last first.")


class Paged(Parameters):
    """Which page of a list."""

    limit: int = Field(100, ge=1, description="Rows on a page.")
    cursor: str = Field("", description="The `next` of the page before.")


class SalesPerformancePage(Paged, SalesPerformanceParameters):
    """Parameters of `/v1/reports/sales-performance`, which is read page by page."""


class CellParameters(Paged):
    """Which cell of a report."""

    row: str = Field("total", description="Id of the row, `-` for unassigned, `total` for all.")
    column: str = Field(description="Name of the column.")


class TelesalesFactsParameters(CellParameters, TelesalesParameters):
    """Parameters of `/v1/reports/telesales/facts`."""


class SalesPerformanceFactsParameters(CellParameters, SalesPerformanceParameters):
    """Parameters of `/v1/reports/sales-performance/facts`; rows are customers."""


class LifecycleFactsParameters(Paged, LifecycleParameters):
    """Parameters of `/v1/reports/lifecycle/facts`: of all that was created, or of one cell."""

    created: LocalDate | None = Field(None, description="Day of creation; default all.")
    lag: int | None = Field(None, ge=0, description="Converted after so many days.")
    cumulative: bool = Field(False, description="With `lag`: after at most so many days.")
    converted: bool = Field(False, description="Only those who were converted at all.")
