"""Different customers of a range, out of the visits of the pairs of a scope. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas.kpis import INTERACTIONS
from schemas.tables import decode
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Reads
from services.query.evaluation.wish import Tallies
from services.query.figures import Tally
from services.query.periods import month_end, months_between, point_text

_INTERACTION: Final = "interaction"


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Customers with at least `least`, and unless 0 at most `most`, visits.

    Shape:  `parts` as they are stored. A dimension is the part of the visit (`interaction`), or
            the value that stands behind the customer.
    Laws:   a customer counts once, whichever pairs and days the visits are of; a point of a
            series is a range of its own.
    """

    parts: tuple[str, ...]
    plot: Plot
    least: int
    most: int

    @property
    def _is_counted(self) -> bool:
        return self.least > 1 or self.most > 0

    def _hashes(self) -> Iterable[tuple[str, str, int, int, int]]:
        """Return (part, key, month, first and last day of the month that count)."""
        for period in self.plot.periods:
            for month in months_between(*period):
                first = max(period.first, month * 100 + 1) % 100
                last = min(period.last, month_end(month)) % 100
                for place in self.plot.pairs:
                    for part in self.parts:
                        yield part, self.plot.keys.visits(part, *place, month), month, first, last

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        for _, key, *_ in self._hashes():
            reads.want_visits(key, counted=self._is_counted)

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        total: dict[bytes, int] = {}
        by: dict[str, dict[bytes, int]] = {}
        step, dimension = self.plot.step, self.plot.dimension
        for part, key, month, first, last in self._hashes():
            found = reads.visits(key)
            if not found:
                continue
            counts = found.values() if isinstance(found, dict) else None
            point = point_text(month) if step == "month" else ""
            kind = _KINDS.get(part, "") if dimension == _INTERACTION else ""
            for field in found:
                day, customer, *value = field.split(b":", 2)
                if not first <= int(day) <= last:
                    continue
                count = int(found[field]) if counts is not None else 1
                if value:
                    if dimension and not kind:
                        _add(by, decode(value[0].decode()), customer, count)
                    continue
                total[customer] = total.get(customer, 0) + count
                if step == "day":
                    _add(by, point_text(month * 100 + int(day)), customer, count)
                elif point or kind:
                    _add(by, point or kind, customer, count)
        return Tallies(self._size(total), {name: self._size(who) for name, who in by.items()})

    def late(self, reads: Reads) -> Tally | None:
        """Return None: whose visit came late is not kept."""
        del reads
        return None

    def _size(self, counts: dict[bytes, int]) -> Tally:
        if not self._is_counted:
            return {"": len(counts)}
        most = self.most or max(counts.values(), default=0)
        return {"": sum(self.least <= count <= most for count in counts.values())}


_KINDS: Final = {part: kind for kind, parts in INTERACTIONS.items() for part in parts}


def _add(by: dict[str, dict[bytes, int]], name: str, customer: bytes, count: int) -> None:
    counts = by.setdefault(name, {})
    counts[customer] = counts.get(customer, 0) + count
