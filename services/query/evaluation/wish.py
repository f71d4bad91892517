"""What can be wished for, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from schemas.kpis import Kpi
from schemas.tables import Scope
from services.query.figures import Tally
from services.query.periods import Period


@dataclass(frozen=True, slots=True)
class Wish:
    """One figure that is wanted.

    Units:  basis '' (the KPI's own) or one of its `bases`; by '', 'day', 'month', or one of the
            KPI's dimensions; `departments`, of an employee: only what counts for these.
    """

    kpi: Kpi
    scope: Scope
    scope_id: str
    period: Period
    sub: bool = False
    basis: str = ""
    by: str = ""
    departments: frozenset[str] | None = None


def within(wish: Wish, departments: frozenset[str] | None) -> Wish:
    """Return the part of a wish that counts for some departments; None for all.

    Laws:   narrows figures of an employee alone: those of a department are its own already.
    """
    if departments is None or wish.scope != "employee":
        return wish
    asked = departments if wish.departments is None else departments & wish.departments
    return replace(wish, departments=asked)


@dataclass(frozen=True, slots=True)
class Value:
    """One figure as people are shown it.

    Shape:  figure {value, currency?, others?, parts?, why?, locked?, late?, late_others?,
            value_at_lock?}; `by` the first five by '2026-11-22', '2026-11', 'now' (what is as of
            now, by day or month) or the value of a dimension. Points are all there are, in
            order; of a dimension those that have something, but every band of a timed KPI.
    Laws:   a point to come has value None where nothing stands behind it; a figure whose feed
            the tenant does not have has value None, why 'not_available' and no points.
            `has_facts` says whether anything, in any currency, stands behind the figure.
    """

    figure: dict[str, Any]
    by: dict[str, dict[str, Any]] = field(default_factory=dict)
    has_facts: bool = False


class Tallies(NamedTuple):
    """What was counted: in all, and by point or dimension value."""

    total: Tally
    by: dict[str, Tally]


def add_tally(into: Tally, more: Tally, sign: int = 1) -> None:
    """Add a tally into another."""
    for currency, amount in more.items():
        into[currency] = into.get(currency, 0) + sign * amount
