"""Where a figure is counted: whose cells, which pairs, which days. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from schemas.calendar import NOW
from schemas.kpis import Kpi
from schemas.tables import COMPANY_ID, Scope, TenantKeys
from services.query.basis import Basis
from services.query.evaluation.wish import Wish
from services.query.periods import Period, Step, point_text, points, slices, within
from services.query.ranking import counts_the_day_before, counts_where_owned_now, spans
from services.query.selection import targets

STEPS: Final[dict[str, Step]] = {"day": "day", "month": "month"}


class Cut(NamedTuple):
    """One hash of cells, the point it counts for, and whether it is added or taken off (1, -1)."""

    key: str
    point: str
    sign: int


@dataclass(frozen=True, eq=False)
class Plot:
    """The place of one figure.

    Units:  pairs are (department, employee). `is_single`: the cells of one id hold the scope, so
            that also what does not add over people is right in them.
    """

    keys: TenantKeys
    scope: Scope
    ids: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    periods: tuple[Period, ...]
    by: str
    is_now: bool
    is_single: bool
    locked: tuple[Period, ...]
    _visits: dict[tuple[str, int], list[str]] = field(default_factory=dict, init=False)

    @cached_property
    def step(self) -> Step:
        """Return the step of the points: 'none' for a total and for dimensions."""
        return STEPS.get(self.by, "none")

    @cached_property
    def dimension(self) -> str:
        """Return the dimension by which it is split, '' for none."""
        return "" if self.by in STEPS else self.by

    @cached_property
    def cuts(self) -> list[Cut]:
        """Return the hashes of cells; 'now' is a point of gauges."""
        if self.is_now:
            point = "now" if self.step != "none" else ""
            return [Cut(self.keys.cells(self.scope, one, NOW), point, 1) for one in self.ids]
        found: list[Cut] = []
        for period in self.periods:
            for is_month, at, of, sign in slices(period, self.step):
                hash_of, point = self.keys.month if is_month else self.keys.cells, point_text(of)
                found += [Cut(hash_of(self.scope, one, at), point, sign) for one in self.ids]
        return found

    @property
    def ranges(self) -> dict[str, list[Period]]:
        """Return the days of each point, of '' for a plot without points."""
        found: defaultdict[str, list[Period]] = defaultdict(list)
        for period in self.periods:
            for point in points(period, self.step):
                found[point_text(point)].append(within(period, point))
        return found

    def visits(self, part: str, month: int) -> list[str]:
        """Return the hashes of the visits of a KPI in a month (yyyymm)."""
        known = self._visits.get((part, month))
        if known is None:
            known = [self.keys.visits(part, *pair, month) for pair in self.pairs]
            self._visits[part, month] = known
        return known

    def covers(self, day: int) -> bool:
        """Say whether a day (yyyymmdd) is one of the plot's."""
        return any(period.first <= day <= period.last for period in self.periods)


def plot_of(wish: Wish, kpi: Kpi, basis: Basis) -> Plot:
    """Return where a KPI, or a part of one, is counted for a wish.

    Laws:   departments that are all there are stand for the company, whose cells are right for
            everything. Figures of one place share a plot.
    """
    place = (wish.scope, wish.scope_id, wish.sub, wish.period, wish.by, kpi.is_now)
    whose = (counts_where_owned_now(kpi), counts_the_day_before(kpi))
    key = (*place, wish.departments and (wish.departments, *whose))
    found: Plot | None = basis.plots.get(key)
    if found is None:
        found = basis.plots[key] = _plot_of(wish, kpi, basis)
    return found


def _plot_of(wish: Wish, kpi: Kpi, basis: Basis) -> Plot:
    scope, pairs, periods = wish.scope, basis.pairs, [wish.period]
    ids = targets(basis.org, scope, wish.scope_id, wish.sub)
    if wish.departments is not None:
        periods = spans(basis.org, wish.scope_id, wish.departments, wish.period, kpi)
        ids = ids if periods else ()
    if scope == "department" and len(ids) > 1 and set(pairs.departments) <= set(ids):
        scope, ids = "company", (COMPANY_ID,)
    locks = () if kpi.is_now else [lock for p in periods for lock in basis.settings.locked(*p)]
    return Plot(
        keys=basis.keys,
        scope=scope,
        ids=ids,
        pairs=tuple(pairs.of(scope, ids, wish.departments)),
        periods=tuple(periods),
        by=wish.by,
        is_now=kpi.is_now,
        is_single=len(ids) <= 1,
        locked=tuple(Period(*lock) for lock in locks),
    )


def points_of(period: Period, step: Step) -> list[str]:
    """Return the points of a series as they are written."""
    return [point_text(point) for point in points(period, step)]
