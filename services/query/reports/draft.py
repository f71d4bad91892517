"""What a report reads: one wish per figure, each once, whatever the tables share. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from schemas.kpis import Kpi
from services.query.basis import Basis
from services.query.evaluation import Evaluation, Value, Wish
from services.query.reports.cells import Aim, cell, change, figure_of, link
from services.query.reports.layout import Column


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the value of one cell will be found; `earlier` of the part before, if compared."""

    column: Column
    aim: Aim
    index: int
    elapsed: int = -1
    earlier: int = -1
    earlier_aim: Aim | None = None


@dataclass(slots=True)
class Draft:
    """The wishes of a report, in the order in which they were first wanted."""

    _places: dict[tuple[str, Aim, str], int] = field(default_factory=dict)
    _wishes: list[Wish] = field(default_factory=list)

    def slot(
        self, column: Column, aim: Aim, by: str, compared: tuple[Aim, Aim] | None = None
    ) -> Slot:
        """Want the figure of a cell; `compared` is (so far, before)."""
        kpi = column.kpi
        is_compared = compared is not None and not (kpi.is_now or by or column.reading != "value")
        aim, by = _on_basis(kpi, aim), column.by(by)
        index = self._want(kpi, aim, by)
        if compared is None or not is_compared:
            return Slot(column, aim, index)
        elapsed, earlier = (_on_basis(kpi, one) for one in compared)
        return Slot(
            column, aim, index, self._want(kpi, elapsed, by), self._want(kpi, earlier, by), earlier
        )

    def evaluation(self, basis: Basis, most_hashes: int) -> Evaluation:
        """Return the evaluation of all that is wanted."""
        return Evaluation(basis, self._wishes, most_hashes=most_hashes)

    def _want(self, kpi: Kpi, aim: Aim, by: str) -> int:
        key = (kpi.name, aim, by)
        index = self._places.get(key)
        if index is None:
            index = self._places[key] = len(self._wishes)
            sub = aim.sub and aim.scope == "department"
            self._wishes.append(
                Wish(kpi, aim.scope, aim.scope_id, aim.period, sub, aim.basis, by, aim.departments)
            )
        return index


def filled(slot: Slot, values: list[Value], part: tuple[str, str] | None = None) -> dict[str, Any]:
    """Return the cell of a slot, or that of one part of it."""
    column = slot.column
    figure = figure_of(column, values[slot.index], part[1] if part else None)
    found = cell(figure, column, slot.aim, part)
    if slot.earlier_aim is not None and part is None:
        found |= change(
            figure_of(column, values[slot.elapsed]),
            figure_of(column, values[slot.earlier]),
            link(column, slot.earlier_aim),
        )
    return found


def _on_basis(kpi: Kpi, aim: Aim) -> Aim:
    """Return the aim on the date basis asked for, where the figure has it."""
    return aim if not aim.basis or aim.basis in kpi.bases else aim._replace(basis="")
