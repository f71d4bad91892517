"""From blocks to tables: first the slots of their cells, then, once values are there, the rows.

Pure. A table is drafted before anything is read and filled afterwards, so that a whole report is
one reading, hence of one version and one today.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.calendar import days_between, format_day
from schemas.kpis import CATALOGUE, INTERACTIONS
from schemas.tables import NOBODY
from services.query.evaluation import Value
from services.query.periods import Period
from services.query.presentation import presentation
from services.query.ranking import ranked
from services.query.reports.cells import NOT_AVAILABLE, cell
from services.query.reports.draft import Draft, Slot, filled
from services.query.reports.layout import Block, Column
from services.query.reports.names import ORDER, OTHER, TOTAL, UNASSIGNED, name_of, on_trial
from services.query.reports.people import Person
from services.query.reports.scene import Scene

Row = dict[str, Any]
Table = dict[str, Any]
_ZERO = {"value": 0}


@dataclass(frozen=True, slots=True)
class TableDraft:
    """A table whose values are still to come; `people` only of a table of people."""

    block: Block
    total: list[Slot]
    people: list[tuple[Person, list[Slot]]]

    def filled(self, values: list[Value], scene: Scene, shows: Callable[[str], bool]) -> Table:
        """Return the table; `shows` says which people may have a row of their own."""
        match self.block.rows:
            case "day":
                rows = _days(self.total, values, scene)
            case "employee":
                rows = [row for row in _people(self, values) if shows(row["id"])]
            case "dimension":
                rows = _parts(self.block, self.total, values, scene)
            case _:
                rows = []
        return {
            **self.block.document(),
            "columns": [heading(column, scene) for column in self.block.columns],
            "rows": rows,
            "total": {
                "name": TOTAL.document(),
                "cells": [filled(slot, values) for slot in self.total],
            },
        }


def drafted(block: Block, scene: Scene, draft: Draft) -> TableDraft:
    """Want what a block needs."""
    by = {"day": "day", "dimension": block.dimension}.get(block.rows, "")
    compared = scene.compared(scene.aim)
    total = [draft.slot(column, scene.aim, by, compared) for column in block.columns]
    if block.rows != "employee":
        return TableDraft(block, total, [])
    people = []
    for person in scene.people:
        aim = scene.of_person(person)
        compared = scene.compared(aim)
        slots = [draft.slot(column, aim, "", compared) for column in block.columns]
        people.append((person, slots))
    return TableDraft(block, total, people)


def heading(column: Column, scene: Scene) -> dict[str, Any]:
    """Return what stands above a column: label, unit, and by what definition it is counted."""
    kpi, basis = column.kpi, scene.aim.basis
    found = {
        "name": column.key,
        **presentation(kpi, scene.basis.words, basis if basis in kpi.bases else ""),
        "label": column.words.document(),
        "unit": column.unit,
    }
    if kpi.name in scene.basis.configuration.of("rollout"):
        found["label"] = on_trial(column.words).document()
    if column.definition:
        found["definition"] = column.definition
        found["definition_vi"] = column.definition_vi
    if column.reading == "never":
        found["metric"] = None
    if column.part:
        found["dimension"] = {"name": column.part[0], "value": column.part[1]}
    if column.step:
        found["step"] = column.step
    return found


def _days(slots: Sequence[Slot], values: list[Value], scene: Scene) -> list[Row]:
    """Return a row per day; a day to come has no point unless something is known of it (D-10)."""
    rows = []
    for day in days_between(*scene.aim.period):
        name = format_day(day)
        cells = []
        for slot in slots:
            figure = values[slot.index].by.get(name, values[slot.index].figure)
            if figure["value"] is None:
                cells.append(figure)
            else:
                aim = slot.aim._replace(period=Period(day, day))
                cells.append(cell(figure, slot.column, aim))
        rows.append({"day": name, "cells": cells})
    return rows


def _people(table: TableDraft, values: list[Value]) -> list[Row]:
    """Return a row per person: members always, others while they have value (D-15)."""
    rows = []
    for person, slots in table.people:
        if person.is_member or any(values[slot.index].has_facts for slot in slots):
            rows.append({**_head(person), "cells": [filled(slot, values) for slot in slots]})
    if not table.block.ranked:
        return rows
    return [
        {name: value for name, value in row.items() if name != "value"}
        for row in ranked([{**row, "value": row["cells"][0]["value"]} for row in rows])
    ]


def _head(person: Person) -> Row:
    return {
        "id": person.id,
        "name": UNASSIGNED.en if person.id == NOBODY else person.name,
        "department_id": None if person.department == NOBODY else person.department,
        "active": person.is_active,
        **({} if person.former is None else {"former": person.former}),
    }


def _parts(block: Block, slots: Sequence[Slot], values: list[Value], scene: Scene) -> list[Row]:
    """Return a row per value of the dimension, best first, ties by name; or all in their order."""
    dimension, words = block.dimension, scene.basis.words
    first = values[slots[0].index]
    seen = dict.fromkeys(part for slot in slots for part in values[slot.index].by)
    fixed = ORDER.get(block.columns[0].metric)
    if fixed is not None:
        seen = dict.fromkeys(fixed if first.figure["value"] is not None else ())
    names = {part: name_of(words, dimension, part) for part in seen}
    order = list(seen)
    if fixed is None:
        order.sort(
            key=lambda part: (-(first.by.get(part, _ZERO)["value"] or 0), names[part].en, part)
        )
    rows: list[Row] = [
        {
            "value": part,
            "name": names[part].document(),
            "cells": [filled(slot, values, (dimension, part)) for slot in slots]
            if _is_fed(dimension, part, scene)
            else [NOT_AVAILABLE] * len(slots),
        }
        for part in order
    ]
    return _topped(rows, block.top) if block.top else rows


def _is_fed(dimension: str, part: str, scene: Scene) -> bool:
    """Say whether a type of interaction can be told at all (G15)."""
    if dimension != "interaction":
        return True
    return all(scene.basis.settings.is_fed(CATALOGUE[name].feed) for name in INTERACTIONS[part])


def _topped(rows: list[Row], most: int) -> list[Row]:
    """Keep the first rows with a value, fold the rest into one row that names its parts (E-46)."""
    top = [row for row in rows if row["value"]][:most]
    rest = [row for row in rows if row not in top]
    if not rest:
        return top
    count = sum(row["cells"][0]["value"] or 0 for row in rest)
    other = {"value": None, "name": OTHER.document(), "cells": [{"value": count}], "parts": rest}
    return [*top, other]
