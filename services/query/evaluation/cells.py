"""Figures out of cells: sums, gauges, cohorts, tagged values, tasks of a period. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from schemas.calendar import days_between
from schemas.tables import dimension
from schemas.tables import field as field_of
from services.query.evaluation.late import late_cuts, want_late
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Found, Reads, every, split_dimension
from services.query.evaluation.wish import Tallies, add_tally
from services.query.figures import Tally
from services.query.periods import Period

_NOTHING: Final[Mapping[str, int]] = {}


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
        plot = self.plot
        want_late(reads, plot)
        reads.want(plot, every(self.name) if self.is_money else self.name)
        if plot.dimension:
            reads.want(plot, every(self.name, plot.dimension))

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return self._counted(reads.found(self.plot))

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return self._counted(late_cuts(reads, self.plot)).total

    def _counted(self, cuts: Iterable[Found]) -> Tallies:
        total: Tally = {}
        by: dict[str, Tally] = {}
        wanted = self.plot.dimension
        for point, sign, cells in cuts:
            for text, value in cells.get(self.name, _NOTHING).items():
                currency, name, part = split_dimension(text)
                if not name:
                    total[currency] = total.get(currency, 0) + sign * value
                    part = point
                elif name != wanted:
                    continue
                if part or name:
                    add_tally(by.setdefault(part, {}), {currency: value}, sign)
        if by:
            by = {name: tally for name, tally in by.items() if any(tally.values())}
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
        reads.want(self.plot, *self._fields())

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return self._counted(reads.found(self.plot))

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return self._counted(late_cuts(reads, self.plot)).total

    def _counted(self, cuts: Iterable[Found]) -> Tallies:
        total: Tally = {}
        by: dict[str, Tally] = {}
        wanted = frozenset(self._fields().values())
        for point, sign, cells in cuts:
            for text, value in cells.get(self.name, _NOTHING).items():
                if text in wanted:
                    add_tally(total, {"": value}, sign)
                    if point:
                        add_tally(by.setdefault(point, {}), {"": value}, sign)
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
        reads.want(self.plot, self.starting, self.ending, every(self.starting, "end"))

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        found = reads.found(self.plot)
        by = {}
        if self.plot.step != "none":
            for point, days in self.plot.ranges.items():
                own = [one for one in found if one.point == point]
                by[point] = {"": self._sum(own, tuple(days))}
        return Tallies({"": self._sum(found, self.plot.periods)}, by)

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return {"": self._sum(late_cuts(reads, self.plot), self.plot.periods)}

    def _sum(self, cuts: Iterable[Found], ranges: tuple[Period, ...]) -> int:
        found, ends = 0, _ends(ranges)
        for _, sign, cells in cuts:
            starting = cells.get(self.starting, _NOTHING)
            ending = cells.get(self.ending, _NOTHING)
            both = sum(value for end, value in starting.items() if end in ends)
            found += sign * (starting.get("", 0) + ending.get("", 0) - both)
        return found


@lru_cache(maxsize=1024)
def _ends(ranges: tuple[Period, ...]) -> frozenset[str]:
    """Return how cells name the ends that lie in some ranges of days."""
    days = (day for days in ranges for day in days_between(*days))
    return frozenset(dimension(end=str(day)) for day in days)
