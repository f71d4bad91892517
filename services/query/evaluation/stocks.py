"""How many stood there at the end of a day: those of now, less who came since, plus who went. Pure.

```
        first            last                today          a year ahead
  ........|---- series ----|------ after ------|--------------|
  stock(last) = now - entered(after) + left(after)
  stock(day)  = stock(next day) - entered(next day) + left(next day)
```
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from schemas.kpis import CATALOGUE, Kpi
from services.query.basis import Basis
from services.query.evaluation.cells import Stored
from services.query.evaluation.plots import STEPS, plot_of
from services.query.evaluation.reads import Reads
from services.query.evaluation.wish import Tallies, Wish, add_tally
from services.query.figures import Tally
from services.query.periods import (
    Period,
    days_after,
    point_text,
    points,
    stock_days,
    within,
)
from services.query.ranking import counts_where_owned_now, spans


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Who entered and who left."""

    entered: Stored
    left: Stored

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        self.entered.want(reads)
        self.left.want(reads)

    def undo(self, reads: Reads, total: Tally, by: dict[str, Tally]) -> None:
        """Take back from a total, and from its parts, what happened."""
        for source, sign in ((self.entered, -1), (self.left, 1)):
            found = source.tallies(reads)
            add_tally(total, found.total, sign)
            for name, tally in found.by.items():
                add_tally(by.setdefault(name, {}), tally, sign)


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """A gauge at the end of days.

    Shape:  series: the flow by the points of a series, None where none is wanted; points: each of
            them with its last day, in order; `is_here`: whether what stands there at the end of a
            day counts (of a person within departments).
    """

    now: Stored
    after: Flow
    series: Flow | None
    points: tuple[tuple[str, int], ...]
    last: int
    is_here: Callable[[int], bool]

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        self.now.want(reads)
        self.after.want(reads)
        if self.series is not None:
            self.series.want(reads)

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        now = self.now.tallies(reads)
        total: Tally = dict(now.total)
        by = {name: dict(tally) for name, tally in now.by.items()}
        self.after.undo(reads, total, by)
        if self.series is not None:
            by = self._series(reads, self.series, total)
        elif not self.is_here(self.last):
            by = {}
        shown = total if self.is_here(self.last) else {}
        return Tallies(shown, {name: tally for name, tally in by.items() if any(tally.values())})

    def _series(self, reads: Reads, series: Flow, total: Tally) -> dict[str, Tally]:
        change: Tally = {}
        changes: dict[str, Tally] = {}
        series.undo(reads, change, changes)
        standing, by = dict(total), {}
        for name, day in reversed(self.points):
            by[name] = dict(standing) if self.is_here(day) else {}
            add_tally(standing, changes.get(name, {}))
        return by

    def late(self, reads: Reads) -> Tally | None:
        """Return None: what changed a stock after its lock are flows of other days."""
        del reads
        return None


def stock_of(kpi: Kpi, wish: Wish, basis: Basis) -> Stock:
    """Return what counts a stock.

    Laws:   a day to come is today; so a point that holds today is as of now.
    """
    period = stock_days(wish.period, basis.today)
    step = STEPS.get(wish.by, "none")
    entered = CATALOGUE[kpi.parts[0]]
    whole = wish if counts_where_owned_now(entered) else replace(wish, departments=None)
    total = replace(whole, by="" if wish.by in STEPS else wish.by)
    gauge = CATALOGUE[kpi.of]

    def flow(asked: Wish, days: Period) -> Flow:
        sources = (
            Stored(part, plot_of(replace(asked, period=days), CATALOGUE[part], basis), False)
            for part in kpi.parts
        )
        return Flow(*sources)

    def is_here(day: int) -> bool:
        days = Period(day, day)
        return bool(spans(basis.org, wish.scope_id, wish.departments, days, entered))

    return Stock(
        now=Stored(gauge.name, plot_of(total, gauge, basis), False),
        after=flow(total, days_after(period.last, basis.today)),
        series=None if step == "none" else flow(whole, period),
        points=tuple((point_text(p), within(period, p).last) for p in points(period, step)),
        last=period.last,
        is_here=is_here,
    )
