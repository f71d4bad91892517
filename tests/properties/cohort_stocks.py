"""The journey out of the cells of the fold: who stood in a stage, who came and who went."""

from __future__ import annotations

from collections import Counter, defaultdict

from schemas.calendar import NOW
from schemas.tables import COMPANY_ID, Scope, parse_dimension
from services.verify.reports.questions import Journey
from tests.properties.cohort_world import CohortWorld

Standing = dict[str, Counter[str]]
"""stock, entries, exits -> stage -> customers"""


class Stocks:
    """The journey of those whom a question is about.

    Laws:   stock(day) = now - entries + exits of all days after it, as the service reads it.
    """

    def __init__(self, world: CohortWorld, question: Journey) -> None:
        self._now: Counter[str] = Counter()
        self._entries: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._exits: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._revenue: defaultdict[int, Counter[str]] = defaultdict(Counter)
        entries, exits = (
            ("owned_entries", "owned_exits")
            if question.owned
            else ("journey_entries", "journey_exits")
        )
        places = _places(world, question)
        for cell, value in world.driver.cells.items():
            if (cell.scope, cell.scope_id) not in places:
                continue
            named = parse_dimension(cell.dimension)
            if cell.metric == "revenue" and named.keys() == {"currency"}:
                self._revenue[cell.day][named["currency"]] += value
            elif named.keys() != {"stage"}:
                continue
            elif cell.metric == "customers_assigned" and cell.day == NOW:
                self._now[named["stage"]] += value
            elif cell.metric == entries:
                self._entries[cell.day][named["stage"]] += value
            elif cell.metric == exits:
                self._exits[cell.day][named["stage"]] += value

    def of(self, day: int) -> Standing:
        """Return the figures of a day by stage."""
        stock = Counter(self._now)
        for after in {*self._entries, *self._exits}:
            if after > day:
                stock.subtract(self._entries[after])
                stock.update(self._exits[after])
        return {"stock": stock, "entries": self._entries[day], "exits": self._exits[day]}

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
