"""Words a tenant gives: names of sources, stages and products; targets; texts of definitions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from schemas.events.base import EventData, Id, Percent, Text
from schemas.money import Money
from schemas.target_periods import is_period

TaxonomyKind = Literal[
    "source", "relationship", "group", "industry", "province", "task_type", "project", "product",
    "campaign",
]  # fmt: skip
Tag = Literal["mql", "sql", "inbound"]


def _money_or_count(value: Any) -> Any:
    if isinstance(value, dict):
        return Money.model_validate(value)
    if isinstance(value, bool) or not isinstance(value, int | Money):
        raise PydanticCustomError("invalid_field", "a target is an integer, or money")
    return value


TargetValue = Annotated[
    Money | Annotated[int, Field(strict=True)], BeforeValidator(_money_or_count)
]
"""What is to be reached: a count, or money; a refusal points into the event, not to a branch."""


class TaxonomyUpserted(EventData):
    """An id of a taxonomy has a name, a place in order, and tags. Subject: the id.

    Laws:   stages tagged `mql` and `sql` make B-10 and B-11, sources tagged `inbound` B-18.
    """

    event_type: ClassVar[str] = "taxonomy.upserted"

    kind: TaxonomyKind
    name: Text
    tags: Annotated[list[Tag], Field(max_length=8)] | None = None
    position: Annotated[int, Field(ge=0, le=10_000, strict=True)] | None = None
    active: StrictBool = True


def _in_calendar(value: str) -> str:
    if not is_period(value):
        raise PydanticCustomError(
            "invalid_field",
            "a period is like 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026, and in the calendar",
        )
    return value


TargetPeriod = Annotated[str, AfterValidator(_in_calendar), WithJsonSchema({"type": "string"})]
"""A day, ISO week, month, quarter or year, by name; a pattern cannot tell what is in a calendar."""


class _Slot(EventData):
    """What a target is set for.

    Laws:   `per_person` of a department or the company means each person in it: the default of
            who has no target of their own.
    """

    metric: Id
    scope: Literal["employee", "department", "company"]
    scope_id: Id
    period: TargetPeriod
    per_person: StrictBool = False

    @model_validator(mode="after")
    def _of_persons(self) -> Self:
        if self.per_person and self.scope == "employee":
            raise PydanticCustomError(
                "invalid_field", "'per_person' is of a department or the company"
            )
        return self


class TargetSet(_Slot):
    """Somebody is to reach a value in a period. Subject: target id.

    Laws:   there is one target per metric, scope, `per_person` and period: the newest one, whatever
            its subject. `weight` is the percent with which it counts in the score of its scope and
            period; `thresholds` are the percents at which a crossing is told.
    """

    event_type: ClassVar[str] = "target.set"

    value: TargetValue
    weight: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    thresholds: Annotated[list[Percent], Field(min_length=1, max_length=16)] | None = None
    set_by: Id | None = None


class TargetRemoved(_Slot):
    """There is no target any more for a metric, scope and period. Subject: target id."""

    event_type: ClassVar[str] = "target.removed"

    removed_by: Id | None = None


class MetricDefinitionChanged(EventData):
    """The company explains a figure in its own words. Subject: KPI name."""

    event_type: ClassVar[str] = "metric.definition_changed"

    definition: Annotated[str, StringConstraints(max_length=1024)]
    changed_by: Id | None = None
