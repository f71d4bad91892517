"""What a KPI is: one typed literal per figure, from which docs, API and labels are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["count", "money", "seconds", "ratio", "seconds_mean", "money_mean"]
Additivity = Literal["sum", "gauge", "cohort", "ratio"]
DateBasis = Literal[
    "created_at",
    "order_date",
    "connected_at",
    "started_at",
    "first_opened_at",
    "closed_at",
    "changed_at",
    "now",
    "parts",
]
Attribution = Literal[
    "current owner", "creator", "caller", "answerer", "sender", "owner", "actor or owner", "parts"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """The definition of one figure.

    Laws:   `listed_by` names the counting KPI whose list stands behind the figure (itself for
            counts); a ratio is `numerator / denominator`, divided when read, null over zero.
            `sum` adds over days and people; `cohort` adds over days of creation; `gauge` is as
            of now and never adds over days.
    """

    name: str
    label_en: str
    label_vi: str
    unit: Unit
    source: str
    events: tuple[str, ...]
    date_basis: DateBasis
    attribution: Attribution
    additivity: Additivity
    definition: str
    listed_by: str = ""
    adds_over_people: bool = True
    streamed: bool = True
    retracts_on: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    numerator: str = ""
    denominator: str = ""
    version: int = 1

    @property
    def is_stored(self) -> bool:
        """Whether the figure has cells of its own (a ratio has none)."""
        return self.additivity != "ratio"

    @property
    def list_name(self) -> str:
        """The counting KPI whose list stands behind this figure."""
        return self.listed_by or self.name
