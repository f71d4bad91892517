"""The shape of answers with figures, rankings and definitions, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from schemas.kpis.model import Additivity, Unit
from services.query.answers import Head


class Money(BaseModel):
    """An amount in a currency other than the tenant's."""

    value: int
    currency: str


class Trial(BaseModel):
    """Where a figure is on trial, and since when."""

    department_id: str
    from_: str = Field(alias="from")


class Own(BaseModel):
    """What marks a figure that the tenant made itself."""

    own: bool | None = Field(None, description="True of one of the tenant's own.")
    expression: str | None = None
    made_of: list[str] | None = Field(None, description="The figures of ours in it.")
    manual: bool | None = Field(None, description="True where people write its values down.")


class Value(BaseModel):
    """The value of a figure."""

    value: float | int | None = Field(
        description="Null: a ratio over zero, a day that has not come, or see `why`."
    )
    currency: str | None = Field(None, description="Of money: the tenant's; value in minor units.")
    others: list[Money] | None = Field(None, description="Money in other currencies, never added.")
    parts: dict[str, int | None] | None = Field(
        None, description="Of a ratio `numerator` and `denominator`; of a sum of KPIs each of them."
    )
    why: Literal["mixed_currencies", "not_available", "not_recorded"] | None = Field(
        None, description="Why it is null."
    )
    trial: Trial | None = Field(None, description="The figure is on trial; not told elsewhere.")
    manual: bool | None = Field(None, description="True of what a person wrote down.")
    grade: str | None = None
    recorded_by: str | None = None


class Told(Value):
    """The value of a figure, and what of it came after a lock."""

    locked: bool | None = Field(None, description="True where the range touches a locked period.")
    late: float | int | None = Field(None, description="What of the value came after the lock.")
    late_others: list[Money] | None = None
    value_at_lock: float | int | None = Field(None, description="The value without what was late.")


class Point(Value):
    """One point of a breakdown: of a day, a month, or a dimension value."""

    day: str | None = None
    month: str | None = None
    dimension_value: str | None = Field(None, description="Empty: the part without a value.")
    name: str | None = Field(None, description="The tenant's word for a dimension value.")
    facts: str | None = None


class Presentation(Own):
    """What stands beside a value."""

    metric: str
    label: str
    unit: Unit
    definition: str
    definition_vi: str = Field(description="The same in Vietnamese.")
    own_definition: str | None = Field(None, description="The tenant's own text of it.")
    definition_version: int
    source: str = Field(description="Rows of the requirements.")
    date_basis: str
    attribution: str
    adds_over_people: bool
    adds_over_time: bool = Field(description="Whether the points of days add up to the figure.")
    day: Literal["now"] | None = Field(None, description="It is as of now and ignores the range.")


class Figure(Told, Presentation):
    """One figure."""

    by: list[Point] | None = None
    facts: str | None = Field(None, description="Address of its list, for who may open it.")
    elapsed: Told | None = Field(None, description="Of the elapsed part of the range.")
    previous: Told | None = Field(None, description="Of the same part of the previous period.")
    change: float | int | None = Field(None, description="`elapsed` less `previous`.")
    change_ratio: float | None = Field(None, description="`change` by `previous`; null over 0.")


class Compared(BaseModel):
    """Which days are compared with which."""

    elapsed_from: str
    elapsed_to: str
    from_: str = Field(alias="from")
    to: str


class KpiAnswer(Head):
    """Figures of a scope."""

    scope: str
    id: str
    sub: bool
    from_: str = Field(alias="from")
    to: str
    compare: Compared | None = Field(None, description="Null: the range has not begun.")
    figures: list[Figure]


class LeaderboardRow(Told):
    """One person of a ranking."""

    rank: int | None
    id: str = Field(description="Empty, as name and department are, on a kiosk without names.")
    name: str
    department_id: str
    active: bool
    facts: str | None = None
    previous: float | None = Field(None, description="Of the same elapsed part before.")
    target: float | None = Field(None, description="One's own, or the default that holds.")
    attainment: float | None = Field(None, description="Value by target, never capped.")
    improvement: float | None = Field(None, description="How much more than `previous`.")


class LeaderboardAnswer(Presentation, Head):
    """A ranking."""

    department: str
    sub: bool
    from_: str = Field(alias="from")
    to: str
    mode: Literal["value", "attainment", "improved"]
    compared: dict[str, str] | None = Field(None, description="What `improvement` compares.")
    total: int
    rows: list[LeaderboardRow]


class KpiDefinition(Own):
    """The definition of one KPI, as the catalogue has it."""

    name: str
    label_en: str
    label_vi: str
    unit: Unit
    source: str
    events: list[str]
    date_basis: str
    date_bases: list[str] = Field(description="What `basis` may be; empty: only its own.")
    attribution: str
    additivity: Additivity
    definition: str
    definition_vi: str = Field(description="The same in Vietnamese.")
    own_definition: str | None = Field(description="The tenant's own text of it.")
    listed_by: str
    adds_over_people: bool
    adds_over_time: bool
    streamed: bool = Field(description="Whether `/v1/stream` can follow it.")
    alertable: bool = Field(description="Whether an alert can watch its value.")
    retracts_on: list[str]
    dimensions: list[str]
    unlisted: list[str] = Field(description="Dimensions that nobody can ask for.")
    bases: list[str] = Field(description="The date bases it has beside its own.")
    feed: str = Field(description="The module without which there is no figure; empty: none.")
    available: bool = Field(description="Whether the tenant has that module, and sent from it.")
    numerator: str
    denominator: str
    parts: list[str] = Field(description="The KPIs that it is made of.")
    unless: list[str] = Field(description="Without the customers behind these KPIs.")
    least: int = Field(description="Of different customers: with at least so many visits.")
    most: int = Field(description="And with at most so many; 0: any number.")
    of: str = Field(description="What is counted, of one that is timed, ended or tagged.")
    bands: list[str] = Field(description="Of a KPI by the clock: its parts, in order.")
    ends: Literal["", "before today", "from today"]
    by: str = Field(description="Of one that is tagged: whose terms carry the tag.")
    tag: str
    version: int
    trial: Trial | None = None


class ReportColumnDefinition(BaseModel):
    """The definition of one column of a cohort report."""

    name: str
    label_en: str
    label_vi: str
    unit: str
    kind: str = Field(description="What the list behind a cell holds.")
    source: str
    definition: str
    definition_vi: str = Field(description="The same in Vietnamese.")
    subject: str
    feed: str = Field(description="The module without which there is no figure; empty: none.")
    counts: bool = Field(description="Whether that list is as long as the figure says.")
    numerator: str
    denominator: str


class ReportDefinition(BaseModel):
    """The columns of a cohort report."""

    report: str
    subject: str = Field(description="Of telesales: the unit of its rows; empty: all.")
    columns: list[ReportColumnDefinition]


class CatalogueAnswer(Head):
    """The KPIs there are, in the order of display, and the columns of the cohort reports."""

    kpis: list[KpiDefinition]
    reports: list[ReportDefinition]
