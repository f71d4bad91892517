"""How a report is laid out: blocks, and the columns of each, as data. Pure.

A block is a table: its columns are figures of the catalogue, its rows are one total, days, people,
or the values of a dimension. Nothing is computed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from schemas.kpis import CATALOGUE, Kpi

RowsBy = Literal["total", "day", "employee", "dimension", "order"]
Reading = Literal["value", "median", "p90", "never"]
"""What of a figure is shown: its value, a bound from its histogram, or nothing (no feed)."""
SPEED = "speed"


class Label(NamedTuple):
    """A text in both languages."""

    en: str
    vi: str

    def document(self) -> dict[str, str]:
        """Return it as it stands in answers."""
        return {"en": self.en, "vi": self.vi}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a figure, or one part of it.

    Units:  `part` is (dimension, value); `step` is the step of the conversion table, 0 = none.
    """

    metric: str
    label: Label | None = None
    part: tuple[str, str] | None = None
    step: int = 0
    reading: Reading = "value"
    name: str = ""
    definition: str = ""
    definition_vi: str = ""

    @property
    def kpi(self) -> Kpi:
        """Return the figure it shows."""
        return CATALOGUE[self.metric]

    @property
    def key(self) -> str:
        """Return the name of the column, one of its kind in a block."""
        return self.name or self.metric

    @property
    def unit(self) -> str:
        """Return the unit of its cells."""
        if self.reading == "never":
            return "ratio"
        return "seconds" if self.reading != "value" else self.kpi.unit

    @property
    def words(self) -> Label:
        """Return its label."""
        return self.label or Label(self.kpi.label_en, self.kpi.label_vi)

    def by(self, dimension: str) -> str:
        """Return by what its figure has to be broken down in a block by some dimension."""
        if self.reading in ("median", "p90"):
            return SPEED
        return self.part[0] if self.part else dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One table of a report.

    Laws:   `top` keeps that many rows with a value, the rest becomes one row 'other' (E-46);
            `adds_up` is False where one fact stands in several rows.
    """

    name: str
    title: Label
    source: str
    columns: tuple[Column, ...]
    rows: RowsBy = "total"
    dimension: str = ""
    ranked: bool = False
    top: int = 0
    adds_up: bool = True

    def document(self) -> dict[str, Any]:
        """Return what stands above its rows."""
        return {
            "block": self.name,
            "title": self.title.document(),
            "source": self.source,
            "rows_by": self.rows if self.rows != "dimension" else self.dimension,
            "adds_up": self.adds_up,
        }


def columns(*metrics: str, step: int = 0) -> tuple[Column, ...]:
    """Return plain columns."""
    return tuple(Column(metric, step=step) for metric in metrics)
