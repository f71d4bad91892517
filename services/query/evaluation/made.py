"""How each kind of figure is made of what is counted (schemas.kpis.model). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from schemas.calendar import from_date, to_date
from schemas.kpis import CATALOGUE, FLOWS, Kpi, based
from services.query.basis import Basis
from services.query.evaluation.cells import Source, Spanning, Stored, Tagged
from services.query.evaluation.moves import Moves
from services.query.evaluation.plots import Plot, plot_of
from services.query.evaluation.reads import Reads
from services.query.evaluation.scores import Scores
from services.query.evaluation.shared import Shared
from services.query.evaluation.stocks import stock_of
from services.query.evaluation.visits import Visits
from services.query.evaluation.wish import Tallies, Wish, add_tally
from services.query.figures import Tally, number
from services.query.periods import Period

Each = dict[str, Tallies | None]
"""What was counted of each part; None for what is not available."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The sum of other figures; of None, what is not available, nothing is added."""

    sources: dict[str, Source | None]

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        for source in self.sources.values():
            if source is not None:
                source.want(reads)

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        return added(self.each(reads))

    def each(self, reads: Reads) -> Each:
        """Return what was counted of each part."""
        return {
            name: None if source is None else source.tallies(reads)
            for name, source in self.sources.items()
        }

    def late(self, reads: Reads) -> Tally | None:
        """Return what of it came after a lock; None if of one part it cannot be told."""
        total: Tally = {}
        for source in self.sources.values():
            found: Tally | None = {} if source is None else source.late(reads)
            if found is None:
                return None
            add_tally(total, found)
        return total


def added(each: Each) -> Tallies:
    """Return the sum of the parts."""
    total: Tally = {}
    by: dict[str, Tally] = {}
    for found in each.values():
        if found is not None:
            add_tally(total, found.total)
            for name, tally in found.by.items():
                add_tally(by.setdefault(name, {}), tally)
    return Tallies(total, by)


def parts_of(each: Each) -> dict[str, Any]:
    """Return the parts by name as people are shown them, None for what is not available."""
    return {
        name: None if found is None else number(CATALOGUE[name], found.total.get("", 0))
        for name, found in each.items()
    }


def source_of(kpi: Kpi, wish: Wish, basis: Basis) -> Source | None:
    """Return what counts a figure that is no ratio; None where its feed is not available."""
    if not basis.settings.is_fed(kpi.feed):
        return None
    return _MAKERS[kpi.additivity](kpi, wish, basis)


def _stored(kpi: Kpi, wish: Wish, basis: Basis) -> Source:
    plot = plot_of(wish, kpi, basis)
    name = based(kpi.name, wish.basis if wish.basis in kpi.bases else "")
    source = Stored(name, plot, kpi.unit == "money")
    if kpi.adds_over_people or plot.is_single:
        return source
    if kpi.name in FLOWS:
        return _without_moves(kpi, source, plot, basis)
    return _once(source, (name,), plot, basis)


def _without_moves(kpi: Kpi, source: Source, plot: Plot, basis: Basis) -> Source:
    """Return a flow of several departments together: who moved between them did not come or go."""
    entered, left = FLOWS[kpi.name]
    departments = tuple(sorted(basis.pairs.departments))
    return Moves(source, entered, left, kpi.dimensions[0], plot, departments)


def _spanning(kpi: Kpi, wish: Wish, basis: Basis) -> Source:
    starting, ending = kpi.parts
    plot = plot_of(wish, kpi, basis)
    return _once(Spanning(starting, ending, plot), kpi.parts, plot, basis)


def _once(source: Source, lists: tuple[str, ...], plot: Plot, basis: Basis) -> Source:
    """Return a source that counts once what several departments share."""
    if plot.is_single:
        return source
    return Shared(source, lists, plot, tuple(sorted(basis.pairs.departments)))


def _distinct(kpi: Kpi, wish: Wish, basis: Basis) -> Source:
    date_basis = wish.basis if wish.basis in kpi.bases else ""
    parts, unless = (
        tuple(based(one, date_basis) for one in names if basis.settings.is_fed(CATALOGUE[one].feed))
        for names in (kpi.parts, kpi.unless)
    )
    return Visits(parts, plot_of(wish, kpi, basis), kpi.least, kpi.most, unless)


def _timed(kpi: Kpi, wish: Wish, basis: Basis) -> Source:
    plot = plot_of(wish, kpi, basis)
    once = not kpi.adds_over_people
    return Scores(kpi.of, kpi.bands, plot, once, basis.now_ms, basis.today, basis.ages)


def _ended(kpi: Kpi, wish: Wish, basis: Basis) -> Source:
    today = basis.today
    yesterday = from_date(to_date(today) - timedelta(days=1))
    first, last = wish.period
    if kpi.ends == "before today":
        period = Period(first, min(last, yesterday))
    else:
        period = Period(max(first, today), last)
    of = CATALOGUE[kpi.of]
    return Stored(of.name, plot_of(replace(wish, period=period), of, basis), of.unit == "money")


def _tagged(kpi: Kpi, wish: Wish, basis: Basis) -> Source:
    of = CATALOGUE[kpi.of]
    values = basis.words.tagged(kpi.by, kpi.tag)
    return Tagged(of.name, plot_of(wish, of, basis), kpi.by, values)


def _parts(kpi: Kpi, wish: Wish, basis: Basis) -> Source:
    return Parts({part: source_of(CATALOGUE[part], wish, basis) for part in kpi.parts})


_MAKERS: Final = {
    "sum": _stored,
    "gauge": _stored,
    "cohort": _stored,
    "spanning": _spanning,
    "distinct": _distinct,
    "timed": _timed,
    "ended": _ended,
    "tagged": _tagged,
    "stock": stock_of,
    "parts": _parts,
}
