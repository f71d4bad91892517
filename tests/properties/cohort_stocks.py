"""The journey out of the cells of the fold: who stood in a stage, who came and who went."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from schemas.calendar import NOW
from schemas.tables import COMPANY_ID, Cell, Scope, parse_dimension
from services.verify.reports.questions import Journey
from tests.properties.cohort_world import CohortWorld

Standing = dict[str, Counter[str]]
"""stock, entries, exits -> stage -> customers"""
_FLOWS = {False: ("journey_entries", "journey_exits"), True: ("owned_entries", "owned_exits")}


class _Stock:
    """How many there are now, who came and who went, by day and stage ('' without stages)."""

    def __init__(self, entries: str, exits: str) -> None:
        self.now: Counter[str] = Counter()
        self._flows = {name: defaultdict[int, Counter[str]](Counter) for name in (entries, exits)}
        self.entries, self.exits = self._flows.values()

    def add(self, cell: Cell, stage: str, value: int) -> None:
        """Take in a cell, if it belongs here."""
        if cell.metric == "customers_assigned" and cell.day == NOW:
            self.now[stage] += value
        elif cell.metric in self._flows:
            self._flows[cell.metric][cell.day][stage] += value

    def at_end_of(self, day: int) -> Counter[str]:
        """Return how many stand there at the end of a day: now - entries + exits after it."""
        found = Counter(self.now)
        for after in {*self.entries, *self.exits}:
            if after > day:
                found.subtract(self.entries[after])
                found.update(self.exits[after])
        return found


class Stocks:
    """The journey of those whom a question is about."""

    def __init__(self, world: CohortWorld, question: Journey) -> None:
        self._staged, self._whole = _Stock(*_FLOWS[question.owned]), _Stock(*_FLOWS[question.owned])
        self._revenue: defaultdict[int, Counter[str]] = defaultdict(Counter)
        places = _places(world, question)
        for cell, value in world.driver.cells.items():
            if (cell.scope, cell.scope_id) in places:
                self._add(cell, parse_dimension(cell.dimension), value)

    def _add(self, cell: Cell, named: Mapping[str, str], value: int) -> None:
        if cell.metric == "revenue":
            if named.keys() == {"currency"}:
                self._revenue[cell.day][named["currency"]] += value
        elif named.keys() == {"stage"}:
            self._staged.add(cell, named["stage"], value)
        elif not named:
            self._whole.add(cell, "", value)

    def of(self, day: int) -> Standing:
        """Return the figures of a day by stage."""
        staged = self._staged
        return {
            "stock": staged.at_end_of(day),
            "entries": staged.entries[day],
            "exits": staged.exits[day],
        }

    def all_of(self, day: int) -> int:
        """Return how many there are at the end of a day, counted without stages."""
        return self._whole.at_end_of(day)[""]

    @property
    def now(self) -> int:
        """Return how many there are now."""
        return self._whole.now[""]

    def revenue(self, day: int) -> dict[str, int]:
        """Return the revenue of a day by currency."""
        return {name: amount for name, amount in self._revenue[day].items() if amount}


def _places(world: CohortWorld, question: Journey) -> set[tuple[Scope, str]]:
    if question.employee is not None:
        return {("employee", question.employee)}
    if question.department is None:
        return {("company", COMPANY_ID)}
    below = world.organisation().subtree(question.department)
    within = below if question.sub else (question.department,)
    return {("department", name) for name in within}
