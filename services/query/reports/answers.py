"""The shape of a report, for the OpenAPI document; handlers build the same as plain JSON."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from services.query.answers import FactRow, Head
from services.query.figure_answers import Value


class Label(BaseModel):
    """A text in both languages."""

    en: str
    vi: str


class Previous(Value):
    """The figure of the same part of the range before."""

    facts: str | None = None


class ReportCell(Value):
    """One figure; of a comparison also those of the elapsed and of the previous part."""

    facts: str | None = Field(None, description="Address of the list behind it.")
    bound: Literal["at_most"] | None = None
    more_than: int | None = Field(None, description="The value is above this, how far is unknown.")
    elapsed: Value | None = None
    previous: Previous | None = None
    change: float | int | None = None
    change_ratio: float | None = None


class ReportColumn(BaseModel):
    """What stands above a column, the definition of its figure included."""

    name: str
    metric: str | None
    unit: str
    label: Label
    definition: str
    definition_vi: str = Field(description="The same in Vietnamese.")
    own_definition: str | None = Field(None, description="The company's own text.")
    definition_version: int
    source: str
    date_basis: str
    attribution: str
    adds_over_people: bool
    adds_over_time: bool
    day: Literal["now"] | None = Field(None, description="As of now: it ignores the range.")
    dimension: dict[str, str] | None = Field(None, description="The one part that is shown.")
    step: int | None = Field(None, description="Step of the conversion table.")


class ReportRow(BaseModel):
    """One row: a day, an employee, or a value of a dimension; cells in the order of columns."""

    cells: list[ReportCell]
    day: str | None = None
    id: str | None = None
    rank: int | None = None
    name: str | Label | None = None
    department_id: str | None = None
    active: bool | None = None
    former: int | None = Field(None, description="Of who is named no more: `Former employee N`.")
    value: str | None = Field(None, description="Dimension value; null: all others together.")
    parts: list[Any] | None = Field(None, description="The rows that 'other' is made of.")


class ReportTotal(BaseModel):
    """The figures of the whole subject, counted for themselves and not summed up."""

    name: Label
    cells: list[ReportCell]


class ReportBlock(BaseModel):
    """One table."""

    block: str
    title: Label
    source: str = Field(description="Rows of the requirements.")
    rows_by: str
    adds_up: bool = Field(description="Whether no fact stands in two rows.")
    columns: list[ReportColumn]
    rows: list[ReportRow]
    total: ReportTotal
    orders: list[FactRow] | None = Field(None, description="Of order_detail: the first page.")
    length: int | None = None
    next: str | None = None


class Compared(BaseModel):
    """Which days are compared."""

    elapsed_from: str
    elapsed_to: str
    from_: str = Field(alias="from")
    to: str


class ReportAnswer(Head):
    """A report."""

    report: Literal["department", "employee"]
    id: str
    name: str
    sub: bool
    from_: str = Field(alias="from")
    to: str
    month: str | None
    basis: str
    currency: str
    department_id: str | None = None
    active: bool | None = None
    compare: Compared | None = None
    blocks: list[ReportBlock]
