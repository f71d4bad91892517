"""Figures that a tenant makes itself, values people write down, and what is on trial."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import EventData, Id, LocalDate, Text
from schemas.events.terms import TargetPeriod
from schemas.formulas import LONGEST, NAME, FormulaError, check_syntax
from schemas.kpis.model import Unit

MetricName = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]


class FormulaDefined(EventData):
    """A figure is made of figures, or (`manual`) of what people write down. Subject: its name.

    Laws:   the last one about a name holds; `version` counts and stands in answers. An expression
            adds, subtracts, multiplies with constants, and divides sum by sum.
    """

    event_type: ClassVar[str] = "formula.defined"

    label_en: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    label_vi: Text | None = None
    unit: Unit
    expression: Annotated[str, StringConstraints(max_length=LONGEST)] | None = None
    manual: StrictBool = False
    description: Annotated[str, StringConstraints(max_length=1024)] | None = None
    version: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    defined_by: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.manual == bool(self.expression):
            raise PydanticCustomError(
                "invalid_field", "a figure has an expression, or is written down by people"
            )
        if self.expression:
            try:
                check_syntax(self.expression)
            except FormulaError as error:
                raise PydanticCustomError(
                    "invalid_field", "expression: {why}", {"why": error.detail}
                ) from None
        return self


class FormulaRemoved(EventData):
    """A figure of the tenant is no more. Subject: its name."""

    event_type: ClassVar[str] = "formula.removed"

    removed_by: Id | None = None


class ValueRecorded(EventData):
    """Somebody wrote down a value of a manual figure. Subject: any id; one for each of its values.

    Laws:   the last one about a subject holds. It is marked as manual wherever it is shown.
    """

    event_type: ClassVar[str] = "value.recorded"

    metric: MetricName
    scope: Literal["employee", "department", "company"]
    scope_id: Id
    period: TargetPeriod
    value: Annotated[int, Field(strict=True, ge=-(10**12), le=10**12)]
    grade: Text | None = None
    recorded_by: Id | None = None


class ValueRemoved(EventData):
    """A value that was written down is no more. Subject: as of value.recorded."""

    event_type: ClassVar[str] = "value.removed"

    removed_by: Id | None = None


class RolloutChanged(EventData):
    """A figure is on trial in one department. Subject: the name of the figure.

    Laws:   from `valid_from` on it is told there, with those below, and nowhere else, until
            rollout.ended lets everybody have it.
    """

    event_type: ClassVar[str] = "rollout.changed"

    department_id: Id
    valid_from: LocalDate
    changed_by: Id | None = None


class RolloutEnded(EventData):
    """A figure is for everybody. Subject: the name of the figure."""

    event_type: ClassVar[str] = "rollout.ended"

    changed_by: Id | None = None
