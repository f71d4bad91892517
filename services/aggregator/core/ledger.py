"""What a batch changes: cell deltas and list entries, summed over the events of one tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from schemas.calendar import NOW
from schemas.tables import COMPANY_ID, Scope
from services.aggregator.core.contributions import Contributions, Place, is_listed

_NOTHING: Contributions = {}


class CellGroup(NamedTuple):
    """The cells of one scope on one day (0 = now)."""

    scope: Scope
    scope_id: str
    day: int


Change = tuple[CellGroup, dict[str, int], str]
"""(where, deltas of its cells, id of the causing event)"""


class Ledger:
    """Deltas of cells and membership of lists, until the next commit.

    Laws:   the sum of what was posted; posting a change and its reverse leaves nothing.
    """

    def __init__(self) -> None:
        self.cells: defaultdict[Place, dict[str, int]] = defaultdict(dict)
        self.causes: dict[Place, str] = {}
        self.lists: defaultdict[tuple[str, Place], dict[int, bool]] = defaultdict(dict)

    def post(
        self, number: int, before: Contributions | None, after: Contributions | None, cause: str
    ) -> bool:
        """Take back what a fact contributed and add what it contributes now.

        Shape:  fact number, contributions before and after, id of the event -> changed?
        """
        before = before or _NOTHING
        after = after or _NOTHING
        if before == after:
            return False
        for key, value in after.items():
            delta = value - before.get(key, 0)
            if delta:
                self._add(key, delta, cause)
            if key not in before and is_listed(key[1]):
                self.lists[key[1], key[0]][number] = True
        for key, value in before.items():
            if key not in after:
                self._add(key, -value, cause)
                if is_listed(key[1]):
                    self.lists[key[1], key[0]][number] = False
        return True

    def _add(self, key: tuple[Place, str], delta: int, cause: str) -> None:
        place, name = key
        fields = self.cells[place]
        fields[name] = fields.get(name, 0) + delta
        self.causes[place] = cause

    def members(self, employee: str) -> Iterator[int]:
        """Yield the numbers that this batch put on a list of an employee."""
        for (_, place), numbers in self.lists.items():
            if place.employee == employee:
                yield from numbers

    def groups(self) -> Iterator[Change]:
        """Yield, for every scope and day, the deltas of its cells and the causing event.

        Laws:   each place counts for its employee, its department and the company (A-01).
        """
        sums: defaultdict[CellGroup, dict[str, int]] = defaultdict(dict)
        causes: dict[CellGroup, str] = {}
        for place, fields in self.cells.items():
            for group in (
                CellGroup("employee", place.employee, place.day),
                CellGroup("department", place.department, place.day),
                CellGroup("company", COMPANY_ID, place.day),
            ):
                into = sums[group]
                causes[group] = self.causes[place]
                for name, delta in fields.items():
                    into[name] = into.get(name, 0) + delta
        for group, fields in sums.items():
            changed = {name: delta for name, delta in fields.items() if delta}
            if changed:
                yield group, changed, causes[group]


def month_of(day: int) -> int:
    """Return yyyymm of yyyymmdd."""
    if day == NOW:
        raise ValueError("a gauge has no month")
    return day // 100
