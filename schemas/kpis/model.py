"""What a KPI is: one typed literal per figure, from which docs, API and labels are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["count", "money", "seconds", "quantity", "ratio", "seconds_mean", "money_mean"]
"""Quantities are kept in thousandths and shown as a number with up to three decimals."""

Additivity = Literal[
    "sum",
    "gauge",
    "cohort",
    "ratio",
    "distinct",
    "spanning",
    "parts",
    "timed",
    "ended",
    "tagged",
    "stock",
    "formula",
    "formula_ratio",
    "manual",
]
"""The last three are of what a tenant makes itself (schemas.formulas)."""
DateBasis = Literal[
    "created_at", "order_date", "connected_at", "started_at", "first_opened_at", "closed_at",
    "changed_at", "sent_at", "start or end", "completed_at", "approved_at", "paid_at",
    "renewed_at", "effective_to", "voucher_date", "first_order_date", "end of day", "clock", "now",
    "parts",
]  # fmt: skip
Attribution = Literal[
    "current owner", "creator", "caller", "answerer", "sender", "author", "owner", "assignees",
    "owner that day", "owner the day before", "approver", "order owner, else customer's owner",
    "issuer", "actor or owner", "parts",
]  # fmt: skip
Feed = Literal["", "inventory", "contracts", "payments", "messages", "tasks", "notes", "products"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """The definition of one figure.

    Laws:   *Stored* figures have cells: `sum` adds over days and people; `cohort` adds over days
            of creation and follows the current owner; `gauge` is as of now and never adds over
            days. All others are made when read: `ratio` is numerator / denominator, null over
            zero; `parts` is the sum of `parts`; `spanning` counts the tasks that start or end in
            the range, each once (D-35); `distinct` counts the customers behind the visits of
            `parts` in the range, with at least `least` and (unless 0) at most `most` of them, and
            without those behind the visits of `unless`, by the same people in the same range;
            `timed` counts what of the scored list `of` lies in its `bands` at this moment
            (schemas.kpis.clock); `ended` is `of` up to yesterday, or from today on; `tagged` is
            `of` over the values of `by` whose term carries `tag`; `stock` is the gauge `of` at
            the end of the last day of the range (a day to come: today): its value now, less the
            first of `parts` (who entered) and plus the second (who left) of all days after that.
            `listed_by` names the counting KPI whose list stands behind the figure (itself for
            counts).
            With a `feed` the figure is 'not available' until the tenant has sent such an event,
            and while the module is off (G15).
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
    definition_vi: str
    """The same sentence for who reads Vietnamese."""
    listed_by: str = ""
    adds_over_people: bool = True
    streamed: bool = True
    retracts_on: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    """Dimensions of its cells which have no lists; '' is the list without a dimension."""
    bases: tuple[DateBasis, ...] = ()
    """Other date bases that can be asked for: fields are named 'orders@created_at'."""
    feed: Feed = ""
    numerator: str = ""
    denominator: str = ""
    parts: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    least: int = 1
    most: int = 0
    of: str = ""
    bands: tuple[str, ...] = ()
    ends: Literal["", "before today", "from today"] = ""
    by: str = ""
    tag: str = ""
    version: int = 1

    @property
    def is_stored(self) -> bool:
        """Whether the figure has cells of its own."""
        return self.additivity in ("sum", "gauge", "cohort")

    @property
    def is_now(self) -> bool:
        """Whether the figure is as of now and ignores the range."""
        return self.additivity in ("gauge", "timed")

    @property
    def adds_over_time(self) -> bool:
        """Whether figures of days may be added up to that of a longer range."""
        return self.additivity in ("sum", "cohort", "tagged", "formula")

    @property
    def list_name(self) -> str:
        """The counting KPI whose list stands behind this figure."""
        return self.listed_by or self.name


def based(name: str, basis: str) -> str:
    """Return the stored name of a KPI on another date basis: 'orders@created_at'."""
    return f"{name}@{basis}" if basis else name
