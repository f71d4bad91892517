"""Words a tenant gives: names of sources, stages and products; targets; texts of definitions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from schemas.events.base import EventData, Id, Text
from schemas.money import Money

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


class TargetSet(EventData):
    """Somebody is to reach a value in a period. Subject: target id."""

    event_type: ClassVar[str] = "target.set"

    metric: Id
    scope: Literal["employee", "department", "company"]
    scope_id: Id
    period: Annotated[
        str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
    ]
    value: TargetValue
    set_by: Id | None = None


class MetricDefinitionChanged(EventData):
    """The company explains a figure in its own words. Subject: KPI name."""

    event_type: ClassVar[str] = "metric.definition_changed"

    definition: Annotated[str, StringConstraints(max_length=1024)]
    changed_by: Id | None = None
