"""Targets: what they are set for, how they are kept, and which figures can have one. Pure.

A *slot* is what a target is set for: figure, scope, period. There is one target in a slot, the
newest one said, whoever said it; so an id of the source never decides (decision 0035). Of a
department or the company a slot may also mean each person in it: the default of who has no
target of their own.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import orjson

from schemas.kpis import CATALOGUE, Kpi
from schemas.tables import COMPANY_ID, decode, dimension, encode, field

DEFAULT_THRESHOLDS: Final = (50, 90, 100, 120)
"""At which percent of a target a crossing is told, unless target or company say others (A-07)."""
Whose = Literal["employee", "department", "company", "department.each", "company.each"]
_COUNTED: Final = frozenset({"sum", "cohort"})
_NEVER_REACHED: Final = frozenset({"gauge", "timed", "stock", "ratio", "formula_ratio"})
_MONEY: Final = "money"
_QUANTITY, _THOUSANDTHS = "quantity", 1000


class Slot(NamedTuple):
    """What a target is set for, but for the period."""

    metric: str
    whose: Whose
    id: str

    def __str__(self) -> str:
        return f"{encode(self.metric)}|{self.whose}|{encode(self.id)}"

    @classmethod
    def parse(cls, text: str) -> Slot:
        """Read what `str` wrote."""
        metric, whose, name = text.split("|")
        return cls(decode(metric), whose, decode(name))  # type: ignore[arg-type]


def slot_of(metric: str, scope: str, scope_id: str, *, is_per_person: bool) -> Slot:
    """Return the slot of a target as an event names it; the company has one id."""
    name = COMPANY_ID if scope == "company" else scope_id
    return Slot(metric, f"{scope}.each" if is_per_person else scope, name)  # type: ignore[arg-type]


class Aim(NamedTuple):
    """A target.

    Units:  value in minor units of the currency, or ('') a plain number; weight and thresholds in
            percent, weight 0 for none.
    """

    version: int
    value: int
    currency: str = ""
    weight: int = 0
    thresholds: tuple[int, ...] = ()
    set_by: str | None = None

    def pack(self) -> bytes:
        """Write it as it stands in Redis."""
        return orjson.dumps(list(self))

    @classmethod
    def unpack(cls, raw: bytes) -> Aim:
        """Read what `pack` wrote."""
        version, value, currency, weight, thresholds, set_by = orjson.loads(raw)
        return cls(version, value, currency, weight, tuple(thresholds), set_by)

    @property
    def marks(self) -> tuple[int, ...]:
        """The percents at which crossings are told."""
        return self.thresholds or DEFAULT_THRESHOLDS


def can_have_target(kpi: Kpi) -> bool:
    """Say whether a figure can have a target: it grows over a period towards a value.

    Laws:   gauges and stocks are as of a moment and have no period; an average is not reached by
            adding up.
    """
    return kpi.additivity not in _NEVER_REACHED


def field_of(metric: str, currency: str) -> str:
    """Return the field of cells whose sum is how far a target is, so that crossings are seen.

    Shape:  '' of a figure that is made when read (distinct customers, parts), or unknown.
    """
    kpi = CATALOGUE.get(metric)
    if kpi is None or kpi.additivity not in _COUNTED or (kpi.unit == _MONEY) != bool(currency):
        return ""
    return field(metric, dimension(currency=currency) if currency else "")


def goal(metric: str, value: int) -> int:
    """Return the value of a target as cells count: pieces are kept in thousandths."""
    kpi = CATALOGUE.get(metric)
    return value * _THOUSANDTHS if kpi is not None and kpi.unit == _QUANTITY else value
