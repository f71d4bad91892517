"""What can be asked of the four cohort reports, as rows of the tables that SQL joins."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Literal

from services.verify.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose report is asked for: of one employee, a department, or (neither) of all.

    Units:  days are local, yyyymmdd, and belong to the ranges they bound.
    """

    tenant: str
    employee: str | None = None
    department: str | None = None
    sub: bool = False

    @property
    def scoped(self) -> bool:
        """Whether only customers of some owners are asked for."""
        return self.employee is not None or self.department is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telesales(Question):
    """A question to the telesales report. '-' as source or group: those that have none."""

    subject: Literal["customer", "opportunity"] = "customer"
    created_from: int
    created_to: int
    called_from: int
    called_to: int
    any_agent: bool = False
    source: str | None = None
    group_id: str | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle(Question):
    """A question to the lifecycle report; `stage` is the target where that is a stage."""

    today: int
    days: int
    target: Literal["order", "stage"] = "order"
    stage: str | None = None
    source: str | None = None
    relationship: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance(Question):
    """A question to the sales performance report; `ordered` is the statistics period."""

    created_from: int
    created_to: int
    ordered_from: int
    ordered_to: int
    relationship: str | None = None
    status: Literal["all", "purchased", "in_progress", "not_purchased"] = "all"
    min_purchases: int | None = None
    max_purchases: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey(Question):
    """A question to the journey report; `owned`: by who owns the customer now."""

    first_day: int
    last_day: int
    owned: bool = False


TABLES: dict[type[Question], str] = {
    Telesales: "telesales_asked",
    Lifecycle: "lifecycle_asked",
    Performance: "performance_asked",
    Journey: "journey_asked",
}


def row(number: int, question: Question) -> Row:
    """Return a question as a row of its table: its number, whether it is scoped, its fields."""
    return (number, question.scoped, *astuple(question))
