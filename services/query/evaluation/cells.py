"""Figures out of cells: sums, gauges, cohorts, tagged values, tasks of a period. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.tables import dimension
from schemas.tables import field as field_of
from services.query.evaluation.late import late_cuts, want_late
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Cells, Reads, every, split_dimension
from services.query.evaluation.wish import Tallies, add_tally
from services.query.figures import Tally
from services.query.periods import Period


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
        reads.want(self.plot, every(self.name) if self.is_money else self.name)
        if self.plot.dimension:
            reads.want(self.plot, every(self.name, self.plot.dimension))

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return self._counted(reads.sums(self.plot).items())

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return self._counted(("", cells) for cells in late_cuts(reads, self.plot)).total

    def _counted(self, cuts: Iterable[tuple[str, Cells]]) -> Tallies:
        total: Tally = {}
        by: dict[str, Tally] = {}
        wanted = self.plot.dimension
        for point, cells in cuts:
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
        reads.want(self.plot, *self._fields())

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return self._counted(reads.sums(self.plot).items())

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return self._counted(("", cells) for cells in late_cuts(reads, self.plot)).total

    def _counted(self, cuts: Iterable[tuple[str, Cells]]) -> Tallies:
        total: Tally = {}
        by: dict[str, Tally] = {}
        wanted = frozenset(self._fields().values())
        for point, cells in cuts:
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
        reads.want(self.plot, self.starting, self.ending, every(self.starting, "end"))

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        cuts, periods = reads.sums(self.plot), self.plot.periods
        by = {}
        if self.plot.step != "none":
            for point, days in self.plot.ranges.items():
                by[point] = {"": self._sum([cuts[point]], days)}
        return Tallies({"": self._sum(cuts.values(), periods)}, by)

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock."""
        return {"": self._sum(late_cuts(reads, self.plot), self.plot.periods)}

    def _sum(self, cuts: Iterable[Cells], ranges: Sequence[Period]) -> int:
        found = 0
        for cells in cuts:
            starting, ending = cells.get(self.starting, {}), cells.get(self.ending, {})
            found += starting.get("", 0) + ending.get("", 0)
            for text, value in starting.items():
                _, name, end = split_dimension(text)
                if name == "end" and any(first <= int(end) <= last for first, last in ranges):
                    found -= value
        return found
