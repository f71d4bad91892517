"""Parameters and the shape of answers about targets and attainment, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from schemas.events.base import Percent
from schemas.events.terms import TargetPeriod, TargetValue
from services.query.answers import Head
from services.query.figure_answers import Money, Presentation, Value
from services.query.parameters import Parameters
from services.query.targets.pace import Status


class AttainmentParameters(Parameters):
    """Parameters of `/v1/attainment/{scope}/{id}`."""

    period: str = Field(
        "month",
        description=(
            "day, week, month, quarter or year: the one of today; or one by name: 2026-11-22, "
            "2026-W47, 2026-11, 2026-Q4, 2026."
        ),
    )
    metrics: str = Field(
        "", description="KPI names, separated by commas; default those with a target."
    )
    sub: bool = Field(False, description="Of a department: with all departments below it.")
    compare: Literal["none", "previous", "last_year"] = Field(
        "none", description="Set beside it: the same elapsed part of the period before, or a year."
    )
    cap: int | None = Field(
        None, ge=100, le=1000, description="In the score count no attainment above so many percent."
    )


class Projection(BaseModel):
    """What would be reached at the end of the period if it went on like this."""

    value: float
    estimate: Literal[True]


class Earlier(BaseModel):
    """The same elapsed part of an earlier period."""

    from_: str = Field(alias="from")
    to: str
    value: float | int | None
    change: float | int | None = Field(description="Elapsed part less this one.")
    change_ratio: float | None = Field(description="`change` by this value; null over 0.")


class AttainmentFigure(Value, Presentation):
    """One figure, and how far it is."""

    period: str
    target: float | int | None = Field(description="In the unit of the value.")
    default_of: str | None = Field(description="Whose default it is; null of an own target.")
    weight: int | None = Field(description="Percent in the score.")
    set_by: str | None
    target_why: Literal["other_currency", "not_all_departments"] | None = Field(
        None,
        description=(
            "The target is money in another currency (`target_in`); with `sub`, a department has "
            "none (`target_without`)."
        ),
    )
    target_of: list[str] | None = Field(
        None, description="With `sub`: the departments whose targets make it up."
    )
    target_without: list[str] | None = Field(
        None, description="With `sub`: departments with people and without a target."
    )
    target_in: Money | None = None
    attainment: float | None = Field(description="Value by target, never capped.")
    expected: float | int | None = Field(description="By now, on the working calendar.")
    expected_share: float | None = Field(description="The part of the working time that is over.")
    status: Status
    projection: Projection | None
    thresholds: list[int] = Field(description="Percents at which a crossing is told.")
    crossed: list[int] = Field(description="Those that were crossed, for ever.")
    earlier: Earlier | None = None
    facts: str | None = None


class Score(BaseModel):
    """The weighted score of all targets."""

    value: float | None
    weights: int = Field(description="Sum of the weights, in percent.")
    cap: int | None
    why: Literal["weights_not_100", "no_weights", "not_available"] | None = None


class AttainmentAnswer(Head):
    """How far somebody is."""

    scope: str
    id: str
    sub: bool
    period: str
    kind: str
    from_: str = Field(alias="from")
    to: str
    working_days: int
    working_days_left: int = Field(description="After today.")
    figures: list[AttainmentFigure]
    score: Score


class TargetRow(BaseModel):
    """A target that holds."""

    metric: str
    per_person: bool = Field(description="It is the default of each person in the scope.")
    value: int
    currency: str | None
    weight: int | None
    thresholds: list[int] | None
    set_by: str | None


class Weights(BaseModel):
    """Whether the weights of a scope and period add up."""

    per_person: bool
    sum: int
    adds_up: bool


class TargetsAnswer(Head):
    """The targets of a scope in a period."""

    scope: str
    id: str
    period: str
    rows: list[TargetRow]
    weights: list[Weights]


class TargetToSet(BaseModel):
    """One target to be set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    value: TargetValue
    weight: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    thresholds: Annotated[list[Percent], Field(min_length=1, max_length=16)] | None = None


class TargetsToSet(BaseModel):
    """The targets of a scope in a period, whole: those not named are removed.

    Laws:   none has a weight, or all have and they add to 100.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_person: StrictBool = False
    targets: Annotated[list[TargetToSet], Field(max_length=64)]


class TargetsToRemove(Parameters):
    """Which targets of a scope are removed."""

    period: str = Field("month", description="Like 2026-11, 2026-W47, or `month`: that of today.")
    metric: str = Field("", description="Of this figure alone; default all.")
    per_person: bool = Field(False, description="Of each person in it, instead of its own.")


class TargetsToCopy(BaseModel):
    """Copy the targets of one period to another."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: TargetPeriod = Field(alias="from")
    to: TargetPeriod | None = Field(None, description="Default: the next period of its kind.")
    people: StrictBool = Field(False, description="Also those of the active members.")


class Suggestion(BaseModel):
    """What a target may be, out of the past."""

    metric: str
    value: int | None = Field(description="Median of the full periods; null without any.")
    currency: str | None
    suggested: Literal[True]
    of: list[dict[str, str | float | int | None]] = Field(description="{period, value} of each.")


class SuggestionsAnswer(Head):
    """What targets may be."""

    scope: str
    id: str
    period: str
    rows: list[Suggestion]
