"""The journey report out of the pure core: counted from its lists, without the query service.

Who stands in a stage at the end of a day is who stands there now, less who entered after that
day, plus who left after it.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from schemas.calendar import days_between, format_day
from schemas.kpis import CATALOGUE
from schemas.tables import Scope, parse_dimension, parse_field
from services.query.basis import Basis
from services.query.cohorts.parameters import JourneyParameters
from services.query.cohorts.windows import observation
from tests.properties.pure_driver import PureDriver
from tests.scenarios.oracle import answer
from tests.scenarios.sight import Document
from tests.scenarios.story import Question

FACTS: Final = "/memory/journey"
_BITS: Final = {"employee": 1, "department": 2, "company": 4}
_FLOWS: Final = {
    "on_day": ("journey_entries", "journey_exits"),
    "now": ("owned_entries", "owned_exits"),
}


class JourneyInMemory:
    """One question for the journey report."""

    def __init__(self, driver: PureDriver, basis: Basis, given: JourneyParameters) -> None:
        self.driver, self.basis, self.given = driver, basis, given
        self.period = observation(given.days, given.weeks, basis.today, given.until)
        self.scope: Scope = "company"
        self.scope_id = "all"
        for scope in ("employee", "department"):
            if name := getattr(given, scope):
                self.scope, self.scope_id = scope, name
        ids = basis.org.subtree(self.scope_id) if given.sub else (self.scope_id,)
        self.ids = frozenset(ids)

    def document(self) -> Document:
        """Return the report as it is answered over HTTP."""
        stages = sorted({stage for _, stage, _, _ in self._members})
        days = days_between(*self.period)
        return {
            "from": format_day(days[0]),
            "to": format_day(days[-1]),
            "stages": [{"id": stage} for stage in stages],
            "rows": [self._row(day, stages) for day in days],
        }

    def opened(self, day: int, stage: str, flow: str) -> list[int]:
        """Return the customers behind a cell; of `total` the stage does not matter.

        Laws:   who goes from one person to another within the scope neither comes nor goes.
        """
        entered, left = _FLOWS[self.given.owner]
        if flow not in ("stock", "total"):
            ways = {"entries": entered, "exits": left}
            moved = [(name, n) for name, of, at, n in self._members if (of, at) == (stage, day)]
            both = {n for name, n in moved if name == entered} & {
                n for name, n in moved if name == left
            }
            return [n for name, n in moved if name == ways[flow] and n not in both]
        signs = {"customers_assigned": 1, entered: -1, left: 1}
        found: Counter[int] = Counter()
        for name, of, at, number in self._members:
            if (flow == "total" or of == stage) and (at == 0 or at > day):
                found[number] += signs[name]
        return [number for number, count in found.items() if count]

    def _row(self, day: int, stages: list[str]) -> Document:
        kpi, sub = CATALOGUE["revenue"], self.given.sub
        asked = Question(kpi, self.scope, self.scope_id, day, day, sub=sub)
        revenue = answer(self.driver, asked, self.basis.now_ms)
        return {
            "day": format_day(day),
            "total": self._cell(day, "", "total"),
            "revenue": {"value": revenue, "currency": "VND"},
            "stages": [
                {flow: self._cell(day, stage, flow) for flow in ("stock", "entries", "exits")}
                for stage in stages
            ],
        }

    def _cell(self, day: int, stage: str, flow: str) -> dict[str, Any]:
        given = self.given.model_dump(exclude_unset=True)
        query = urlencode(given | {"on": day, "stage": stage, "flow": flow})
        return {"value": len(self.opened(day, stage, flow)), "facts": f"{FACTS}?{query}"}

    @cached_property
    def _members(self) -> list[tuple[str, str, int, int]]:
        """Return (list, stage, day, customer) of the scope; day 0 is now."""
        found = []
        wanted = ("customers_assigned", *_FLOWS[self.given.owner])
        for (name, place), numbers in self.driver.lists.items():
            metric, dimension = parse_field(name)
            whose = {"employee": place.employee, "department": place.department, "company": "all"}
            is_here = place.scopes & _BITS[self.scope] and whose[self.scope] in self.ids
            values = parse_dimension(dimension)
            if is_here and metric in wanted and values.keys() == {"stage"}:
                found += [(metric, values["stage"], place.day, number) for number in numbers]
        return found


def facts_in_memory(driver: PureDriver, basis: Basis, query: dict[str, str]) -> list[int]:
    """Return the customers behind a cell, by the address that the report gave it."""
    cell = {name: query.pop(name, "") for name in ("on", "stage", "flow")}
    asked = JourneyInMemory(driver, basis, JourneyParameters.model_validate(query))
    return asked.opened(int(cell["on"]), cell["stage"], cell["flow"])
