"""Figures out of cells: sums, gauges, cohorts, tagged values, tasks of a period. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from schemas.calendar import days_between
from schemas.tables import dimension
from schemas.tables import field as field_of
from services.query.evaluation.late import late_cuts, want_late
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Cells, Reads, split_dimension
from services.query.evaluation.wish import Tallies, add_tally
from services.query.figures import Tally
from services.query.periods import Period

_FORESEEN_DAYS = 62
"""Up to so many days the ends of tasks are asked for by name; above, a hash is read whole."""

Cut = tuple[str, Period, Cells]
"""(point, its days, KPI -> dimension -> sum)"""


class Source(Protocol):
    """Something that counts one figure, or a part of one."""

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock; None where that cannot be told."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A KPI that has cells.

    Shape:  `name` as it is stored ('orders@created_at').
    """

    name: str
    plot: Plot
    is_money: bool

    def want(self, reads: Reads) -> None:
        """Say what is to be read; in which currencies money is cannot be foreseen."""
        want_late(reads, self.plot)
        for key, _, _ in self.plot.hashes:
            if self.is_money or self.plot.dimension:
                reads.want_all(key, self.name)
            else:
                reads.want_fields(key, [self.name])

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return self._counted(_cuts(reads, self.plot))

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return self._counted(late_cuts(reads, self.plot)).total

    def _counted(self, cuts: Iterable[Cut]) -> Tallies:
        total: Tally = {}
        by: dict[str, Tally] = {}
        wanted = self.plot.dimension
        for point, _, cells in cuts:
            for text, value in cells.get(self.name, {}).items():
                currency, name, part = split_dimension(text)
                if name == "":
                    add_tally(total, {currency: value})
                    if point:
                        add_tally(by.setdefault(point, {}), {currency: value})
                elif name == wanted:
                    add_tally(by.setdefault(part, {}), {currency: value})
        return Tallies(total, by)


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """The values of a dimension of a stored KPI whose terms carry a tag."""

    name: str
    plot: Plot
    by: str
    values: frozenset[str]

    def _fields(self) -> dict[str, str]:
        found = {dimension(**{self.by: value}): value for value in sorted(self.values)}
        return {field_of(self.name, text): text for text in found}

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        want_late(reads, self.plot)
        for key, _, _ in self.plot.hashes:
            reads.want_fields(key, self._fields())

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return self._counted(_cuts(reads, self.plot))

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return self._counted(late_cuts(reads, self.plot)).total

    def _counted(self, cuts: Iterable[Cut]) -> Tallies:
        total: Tally = {}
        by: dict[str, Tally] = {}
        wanted = frozenset(self._fields().values())
        for point, _, cells in cuts:
            for text, value in cells.get(self.name, {}).items():
                if text in wanted:
                    add_tally(total, {"": value})
                    if point:
                        add_tally(by.setdefault(point, {}), {"": value})
        return Tallies(total, by)


@dataclass(frozen=True, slots=True, eq=False)
class Spanning:
    """Tasks that start or end in the range, each once (D-35).

    Laws:   starting + ending - those of which both lie in the range; a point of a series is a
            range of its own.
    """

    starting: str
    ending: str
    plot: Plot

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        want_late(reads, self.plot)
        days = [day for period in self.plot.periods for day in days_between(*period)]
        for key, _, (first, _) in self.plot.hashes:
            ends = days[bisect_left(days, first) :]
            if len(ends) > _FORESEEN_DAYS:
                reads.want_all(key)
                continue
            both = (_ending_on(self.starting, day) for day in ends)
            reads.want_fields(key, [self.starting, self.ending, *both])

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return self._counted(list(_cuts(reads, self.plot)))

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return self._counted(list(late_cuts(reads, self.plot))).total

    def _counted(self, cuts: Sequence[Cut]) -> Tallies:
        by: dict[str, list[Cut]] = {}
        for cut in cuts:
            by.setdefault(cut[0], []).append(cut)
        by.pop("", None)
        return Tallies(
            {"": self._sum(cuts, self.plot.periods)},
            {p: {"": self._sum(own, [days for _, days, _ in own])} for p, own in by.items()},
        )

    def _sum(self, cuts: Iterable[Cut], ranges: Sequence[Period]) -> int:
        found = 0
        for _, _, cells in cuts:
            starting, ending = cells.get(self.starting, {}), cells.get(self.ending, {})
            found += starting.get("", 0) + ending.get("", 0)
            for text, value in starting.items():
                _, name, end = split_dimension(text)
                if name == "end" and any(first <= int(end) <= last for first, last in ranges):
                    found -= value
        return found


@lru_cache(maxsize=4096)
def _ending_on(starting: str, day: int) -> str:
    return field_of(starting, dimension(end=str(day)))


def _cuts(reads: Reads, plot: Plot) -> Iterator[Cut]:
    for key, point, days in plot.hashes:
        yield point, days, reads.cells(key)
