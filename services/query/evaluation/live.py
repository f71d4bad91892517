"""Figures that are kept up: read once, then moved cell by cell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from schemas.tables import parse_field
from services.query.basis import Basis
from services.query.evaluation.evaluation import MOST_HASHES, Evaluation
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Reads, wants_of
from services.query.evaluation.wish import Value, Wish


class Live(Evaluation):
    """An evaluation whose cells can be brought up to date.

    Laws:   what is made of cells alone is, after `put`, what a fresh evaluation would give; what a
            script counted (`asked`) stays as it was read.
    """

    def __init__(
        self, basis: Basis, wishes: Iterable[Wish], most_hashes: int = MOST_HASHES
    ) -> None:
        self._watched = _Watched()
        super().__init__(basis, wishes, most_hashes, self._watched)

    def take(self, replies: Sequence[Any]) -> None:
        """Take the replies to the commands."""
        self._reads.take(replies)

    @property
    def asked(self) -> AbstractSet[int]:
        """Return the places of the wishes that a script in the store counts."""
        return self._watched.asking

    def value(self, at: int) -> Value:
        """Return the figure of the wish at a place, out of the cells as they are."""
        return self._figures[at].value(self._reads)

    def touched(self, key: str, field: str) -> Sequence[int]:
        """Return the places of the wishes that a cell is part of."""
        needed = self._watched.needed.get(key)
        if needed is None:
            return ()
        return [at for want in wants_of(field) for at in needed.get(want, ())]

    def put(self, key: str, field: str, value: int) -> Sequence[int]:
        """Take the new value of a cell; return the places of the wishes it is part of."""
        found = self.touched(key, field)
        if found:
            self._reads.put(key, *parse_field(field), value)
        return found


class _Watched(Reads):
    """Reads that remember who wanted what.

    Shape:  needed: key -> want (`Reads.want`) -> places of the wishes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.needed: dict[str, dict[str, list[int]]] = {}
        self.asking: set[int] = set()

    def want(self, plot: Plot, *wants: str) -> None:
        """Read cells of a plot."""
        super().want(plot, *wants)
        for cut in plot.cuts:
            for want in wants:
                self._need(cut.key, want)

    def ask(self, script: str, request: Mapping[str, Any]) -> None:
        """Ask a script."""
        super().ask(script, request)
        self.asking.add(self.at)

    def _need(self, key: str, what: str) -> None:
        places = self.needed.setdefault(key, {}).setdefault(what, [])
        if not places or places[-1] != self.at:
            places.append(self.at)
