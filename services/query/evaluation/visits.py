"""Different customers of a range, out of the visits of the pairs of a scope. Pure.

The hashes are read as they are and united here: a script in the store takes three times as long
as reading and uniting together, and blocks everybody else meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from schemas.kpis import INTERACTIONS
from schemas.tables import decode, visit_day
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Reads, Visited
from services.query.evaluation.wish import Tallies
from services.query.figures import Tally
from services.query.periods import month_end, months_between, point_text

_INTERACTION: Final = "interaction"
_KINDS: Final = {part: kind for kind, parts in INTERACTIONS.items() for part in parts}
_CUSTOMER: Final = 2
"""Where in a visit, behind its day, the customer begins."""
_NOBODY: Final[frozenset[bytes]] = frozenset()
_Counts = dict[bytes, int]
"""Customer -> how often."""


class _Month(NamedTuple):
    """The hashes of visits of one month.

    Units:  days, as visits have them, -> of the month; month is yyyymm.
    """

    keys: list[str]
    part: str
    month: int
    days: Mapping[bytes, int]
    month_days: int


class Visits:
    """Customers with at least `least`, and unless 0 at most `most`, visits, and none of `unless`.

    Shape:  `parts` as they are stored. A dimension is the part of the visit (`interaction`), or
            the value that stands behind the customer.
    Laws:   a customer counts once, whichever pairs and days the visits are of; a point of a
            series is a range of its own.
    """

    def __init__(
        self,
        parts: tuple[str, ...],
        plot: Plot,
        least: int,
        most: int,
        unless: tuple[str, ...] = (),
    ) -> None:
        self.plot = plot
        self.least, self.most = least, most
        self._is_counted = least > 1 or most > 0
        self._months, self._others = (
            [
                _Month(plot.visits(part, month), part, month, days, month_end(month) % 100)
                for month, days in _months(plot)
                for part in names
            ]
            for names in (parts, unless)
        )

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        for one in self._months:
            reads.want_visits(one.keys, counted=self._is_counted, day=_only_day(one.days))
        for one in self._others:
            reads.want_visits(one.keys, counted=False, day=_only_day(one.days))

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        is_by_hash = self.plot.step != "day" and self.plot.dimension in ("", _INTERACTION)
        if is_by_hash and not self._is_counted:
            return self._united(reads)
        return self._counted(reads)

    def late(self, reads: Reads) -> Tally | None:
        """Return None: whose visit came late is not kept."""
        del reads
        return None

    def _united(self, reads: Reads) -> Tallies:
        """Count where every hash is of one point, and how often somebody came does not matter."""
        by, gone = self._who(reads, self._months), self._who(reads, self._others)
        sizes = {name: _size(who - gone.get(name, _NOBODY)) for name, who in by.items()}
        if len(by) > 1 or "" not in by:
            return Tallies(_size(set().union(*by.values()).difference(*gone.values())), sizes)
        return Tallies(sizes[""], {})

    def _who(self, reads: Reads, months: Iterable[_Month]) -> dict[str, set[bytes]]:
        by: dict[str, set[bytes]] = {}
        for one in months:
            who: set[bytes] = set()
            days, is_whole = one.days, len(one.days) == one.month_days
            for fields in reads.visits(one.keys):
                if is_whole:
                    who.update([field[_CUSTOMER:] for field in fields])
                else:
                    who.update([field[_CUSTOMER:] for field in fields if field[:_CUSTOMER] in days])
            if who:
                by.setdefault(self._point(one) or "", set()).update(who)
        return by

    def _counted(self, reads: Reads) -> Tallies:
        total, by = self._counts(reads, self._months)
        if self._others:
            gone, gone_by = self._counts(reads, self._others)
            _leave_out(total, gone)
            for name, counts in by.items():
                _leave_out(counts, gone_by.get(name, {}))
        return Tallies(self._often(total), {name: self._often(who) for name, who in by.items()})

    def _counts(self, reads: Reads, months: Iterable[_Month]) -> tuple[_Counts, dict[str, _Counts]]:
        total: _Counts = {}
        by: dict[str, _Counts] = {}
        is_by_value = self.plot.dimension not in ("", _INTERACTION)
        for one in months:
            name = self._point(one)
            for field, count in _all(reads.visits(one.keys)):
                day = field[:_CUSTOMER]
                if day not in one.days:
                    continue
                customer, is_valued, value = field[_CUSTOMER:].partition(b":")
                if is_valued:
                    if is_by_value:
                        _add(by, decode(value.decode()), customer, count)
                    continue
                total[customer] = total.get(customer, 0) + count
                if self.plot.step == "day":
                    _add(by, point_text(one.month * 100 + one.days[day]), customer, count)
                elif name is not None:
                    _add(by, name, customer, count)
        return total, by

    def _point(self, one: _Month) -> str | None:
        """Return the month, or the type of interaction, of some hashes."""
        if self.plot.step == "month":
            return point_text(one.month)
        return _KINDS[one.part] if self.plot.dimension == _INTERACTION else None

    def _often(self, counts: _Counts) -> Tally:
        most = self.most or max(counts.values(), default=0)
        return {"": sum(self.least <= count <= most for count in counts.values())}


def _months(plot: Plot) -> list[tuple[int, Mapping[bytes, int]]]:
    found: list[tuple[int, Mapping[bytes, int]]] = []
    for period in plot.periods:
        for month in months_between(*period):
            first = max(period.first, month * 100 + 1) % 100
            last = min(period.last, month_end(month)) % 100
            found.append((month, {visit_day(day).encode(): day for day in range(first, last + 1)}))
    return found


def _only_day(days: Mapping[bytes, int]) -> str:
    return next(iter(days)).decode() if len(days) == 1 else ""


def _all(hashes: Iterable[Visited]) -> Iterator[tuple[bytes, int]]:
    """Return every visit, and how often it was made where that was read."""
    for found in hashes:
        if isinstance(found, dict):
            yield from ((field, int(count)) for field, count in found.items())
        else:
            yield from ((field, 1) for field in found)


def _size(who: set[bytes]) -> Tally:
    return {"": sum(b":" not in customer for customer in who)}


def _add(by: dict[str, _Counts], name: str, customer: bytes, count: int) -> None:
    counts = by.setdefault(name, {})
    counts[customer] = counts.get(customer, 0) + count


def _leave_out(counts: _Counts, gone: _Counts) -> None:
    for customer in counts.keys() & gone.keys():
        del counts[customer]
