"""What stands in a cell: a figure as it was evaluated, its list, and what it was before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from schemas.kpis import Kpi
from schemas.tables import Scope, dimension
from services.query.evaluation import Value
from services.query.periods import Period
from services.query.reports.layout import Column
from services.query.reports.speed import at_most
from services.query.selection import facts_link

NOT_AVAILABLE: Final = {"value": None, "why": "not_available"}
_PER_MILLE = {"median": 500, "p90": 900}


class Aim(NamedTuple):
    """Whose figure on which days.

    Units:  `basis` is '' or another date basis; `department`, of a person: only what counts for
            it (with `sub` for those below it too), `departments` are these by id.
    """

    scope: Scope
    scope_id: str
    period: Period
    sub: bool
    basis: str
    department: str = ""
    departments: frozenset[str] | None = None


def figure_of(column: Column, value: Value, part: str | None = None) -> dict[str, Any]:
    """Return the figure of a column, or of one point or part of it.

    Laws:   a part that nothing stands behind is zero in the unit of the whole; where the whole
            is not available, so is every part; a ratio over nothing is null.
    """
    if column.reading == "never":
        return dict(NOT_AVAILABLE)
    if column.reading != "value":
        if value.figure.get("why"):
            return {"value": None, "why": value.figure["why"]}
        counts = {name: found["value"] for name, found in value.by.items()}
        return at_most(counts, _PER_MILLE[column.reading])
    if part is None and column.part is not None:
        part = column.part[1]
    return value.figure if part is None else value.by.get(part) or _nothing(column.kpi, value)


def _nothing(kpi: Kpi, value: Value) -> dict[str, Any]:
    if value.figure.get("why") == "not_available":
        return dict(NOT_AVAILABLE)
    if kpi.additivity == "ratio":
        return {"value": None}
    if "currency" in value.figure:
        return {"value": 0, "currency": value.figure["currency"]}
    return {"value": 0}


def link(column: Column, aim: Aim, part: tuple[str, str] | None = None) -> str:
    """Return the address of the list behind a figure, or behind one part of it."""
    part = part or column.part
    text = dimension(**{part[0]: part[1]}) if part else ""
    return _link(column.metric, aim, text)


@lru_cache(maxsize=8192)
def _link(metric: str, aim: Aim, dimension_text: str) -> str:
    return facts_link(
        Column(metric).kpi,
        aim.scope,
        aim.scope_id,
        aim.period,
        sub=aim.sub,
        dimension=dimension_text,
        basis=aim.basis,
        department=aim.department,
    )


def cell(
    figure: Mapping[str, Any], column: Column, aim: Aim, part: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Return a cell: a figure, and the address of its list where there is one."""
    found = {**figure}
    if found.get("why") != "not_available":
        found["facts"] = link(column, aim, part)
    return found


def change(elapsed: dict[str, Any], previous: dict[str, Any], facts: str) -> dict[str, Any]:
    """Return what stands beside a figure that is compared (A-08).

    Shape:  {elapsed, previous, change, change_ratio}: the figure of the elapsed part, that of the
            same part before with its list, the difference, and its share of what was before.
    Laws:   null where one of both is null; no share of zero.
    """
    now, before = elapsed["value"], previous["value"]
    difference = None if now is None or before is None else now - before
    return {
        "elapsed": elapsed,
        "previous": {**previous, "facts": facts},
        "change": difference,
        "change_ratio": difference / abs(before) if difference is not None and before else None,
    }
