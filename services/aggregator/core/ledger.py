"""What a batch changes: deltas of cells, list entries, scores, cohorts, visits, of one tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from schemas.calendar import NOW
from schemas.tables import ALL_SCOPES, COMPANY_ID, Scope
from services.aggregator.core.contributions import (
    COHORT,
    SCORE,
    VISIT,
    Contributions,
    Place,
    is_listed,
)

_NOTHING: Contributions = {}


_Move = tuple[tuple[Place, str], int, int | None]
"""(place and name, delta, value now; None = gone)"""


class CellGroup(NamedTuple):
    """The cells of one scope on one day (0 = now)."""

    scope: Scope
    scope_id: str
    day: int


Change = tuple[CellGroup, dict[str, int], str]
"""(where, deltas of its cells, id of the causing event)"""


class Visits(NamedTuple):
    """The visits of one metric by one pair in a month (yyyymm)."""

    metric: str
    department: str
    employee: str
    month: int


class Ledger:
    """Deltas of cells, visits and late changes, membership of lists, until the next commit.

    Laws:   the sum of what was posted; posting a change and its reverse leaves nothing.
    """

    def __init__(
        self, locks: Sequence[tuple[int, int]] = (), watched: AbstractSet[str] = frozenset()
    ) -> None:
        self.locks = locks
        self.watched = watched
        """Fields whose moves are kept one by one, for the event under way."""
        self.moves: list[tuple[Place, str, int]] = []
        self.cells: defaultdict[Place, dict[str, int]] = defaultdict(dict)
        self.causes: dict[Place, str] = {}
        self.lists: defaultdict[tuple[str, Place], dict[int, bool]] = defaultdict(dict)
        self.scores: defaultdict[tuple[str, Place], dict[int, int | None]] = defaultdict(dict)
        self.cohorts: defaultdict[tuple[str, int], dict[int, bool]] = defaultdict(dict)
        self.visits: defaultdict[Visits, dict[str, int]] = defaultdict(dict)
        self.late: dict[tuple[str, Place, str], int] = {}

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
        moves: list[_Move] = [
            (key, -value, None) for key, value in before.items() if key not in after
        ]
        for key, value in after.items():
            previous = before.get(key)
            if previous != value:
                moves.append((key, value - (previous or 0), value))
        self._take(number, moves, cause)
        return True

    def _take(self, number: int, moves: Sequence[_Move], cause: str) -> None:
        """Write down what a fact moves; what stands at one place mostly comes in a row."""
        last: Place | None = None
        fields: dict[str, int] | None = None
        for (place, name), delta, value in moves:
            if place is not last:
                last, everywhere, fields = place, _everywhere(place), None
            sign = name[0]
            if sign == VISIT:
                self._visit(place, name, delta)
            elif sign == SCORE:
                self.scores[name[1:], everywhere][number] = value
            elif sign == COHORT:
                self.cohorts[name[1:], place.day][number] = value is not None
            else:
                if fields is None:
                    fields = self.cells[place]
                    self.causes[place] = cause
                    is_locked = any(first <= place.day <= end for first, end in self.locks)
                fields[name] = fields.get(name, 0) + delta
                if name in self.watched:
                    self.moves.append((place, name, delta))
                if is_listed(name):
                    self.lists[name, everywhere][number] = value is not None
                if is_locked:
                    late = (cause, place, name)
                    self.late[late] = self.late.get(late, 0) + delta

    def _visit(self, place: Place, name: str, delta: int) -> None:
        metric, _, field = name[1:].partition("|")
        into = self.visits[Visits(metric, place.department, place.employee, place.day // 100)]
        into[field] = into.get(field, 0) + delta

    def members(self, employee: str) -> Iterator[int]:
        """Yield the numbers that this batch put on a list of an employee."""
        for (_, place), numbers in self.lists.items():
            if place.employee == employee:
                yield from numbers
        for (_, place), scored in self.scores.items():
            if place.employee == employee:
                yield from scored

    def groups(self) -> Iterator[Change]:
        """Yield, for every scope and day, the deltas of its cells and the causing event.

        Laws:   a place counts for its employee, its department and the company (A-01), as far
                as its scopes say so.
        """
        sums: dict[CellGroup, dict[str, int]] = {}
        causes: dict[CellGroup, str] = {}
        for place, fields in self.cells.items():
            groups = (
                CellGroup("employee", place.employee, place.day),
                CellGroup("department", place.department, place.day),
                CellGroup("company", COMPANY_ID, place.day),
            )
            for bit, group in enumerate(groups):
                if not place.scopes & (1 << bit):
                    continue
                causes[group] = self.causes[place]
                into = sums.get(group)
                if into is None:
                    sums[group] = dict(fields)
                    continue
                for name, delta in fields.items():
                    into[name] = into.get(name, 0) + delta
        for group, fields in sums.items():
            changed = {name: delta for name, delta in fields.items() if delta}
            if changed:
                yield group, changed, causes[group]


def _everywhere(place: Place) -> Place:
    """Return the place of a list: it is one for all scopes."""
    return place if place.scopes == ALL_SCOPES else place._replace(scopes=ALL_SCOPES)


def month_of(day: int) -> int:
    """Return yyyymm of yyyymmdd."""
    if day == NOW:
        raise ValueError("a gauge has no month")
    return day // 100
