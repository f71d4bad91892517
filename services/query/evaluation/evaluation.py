"""All figures of one answer, evaluated together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from schemas.calendar import format_day
from schemas.formulas import Formula, Manual
from schemas.kpis import CATALOGUE
from services.query.basis import Basis, Command
from services.query.evaluation.cells import Source
from services.query.evaluation.made import Parts, added, parts_of, source_of
from services.query.evaluation.own import recorded, trial_of
from services.query.evaluation.plots import STEPS, points_of
from services.query.evaluation.reads import Reads
from services.query.evaluation.wish import Tallies, Value, Wish, within
from services.query.figures import Tally, computed, divided, shown
from services.query.problems import invalid

MOST_HASHES = 40_000


class Evaluation:
    """The wishes of one answer.

    Errors: Problem `too_many_cells` where more than `most_hashes` would have to be read.
    Laws:   equal basis and wishes, equal commands (a plan may be made twice and compared); of an
            employee nothing is counted beyond the departments that the basis says.
    """

    def __init__(
        self,
        basis: Basis,
        wishes: Iterable[Wish],
        most_hashes: int = MOST_HASHES,
        reads: Reads | None = None,
    ) -> None:
        self._basis = basis
        self._reads = Reads() if reads is None else reads
        self._values: list[Value] = []
        self._figures = [_Figure(within(wish, basis.within), basis) for wish in wishes]
        for at, one in enumerate(self._figures):
            self._reads.at = at
            for source in one.sources:
                if source is not None:
                    source.want(self._reads)
            if self._reads.size > most_hashes:
                detail = "so many people and departments over so many days are too much"
                raise invalid("too_many_cells", detail, "from", limit=most_hashes)

    @property
    def commands(self) -> list[Command]:
        """Return what is to be read."""
        return self._reads.commands

    @property
    def size(self) -> int:
        """Return how many hashes are read."""
        return self._reads.size

    @property
    def is_timed(self) -> bool:
        """Say whether another instant of the same day may ask for something else."""
        return self._reads.is_timed

    def answer(self, replies: Sequence[Any]) -> list[Value]:
        """Return the figures out of the replies to the commands, in the order of the wishes.

        Laws:   may be asked again with other replies: a figure is counted anew unless all that it
                is made of reads, byte for byte, as it did the last time.
        """
        changed, values = self._reads.take(replies), self._values
        self._values = []  # should counting fail, nothing is known
        if values:
            for at in self._reads.wanted_by(changed):
                values[at] = self._figures[at].value(self._reads)
        else:
            values = [one.value(self._reads) for one in self._figures]
        self._values = values
        return list(values)


class _Figure:
    """One wish, and what counts it: one source, or those of numerator and denominator."""

    def __init__(self, wish: Wish, basis: Basis) -> None:
        self.wish = wish
        self.kpi = wish.kpi
        self._basis = basis
        self._currency = basis.settings.currency
        self._is_split = [True]
        self._trial = trial_of(basis, wish)
        if isinstance(self.kpi, Manual) or (self._trial is not None and self._trial.is_outside):
            self.sources: list[Source | None] = []
            return
        if isinstance(self.kpi, Formula):
            kpis = [CATALOGUE[name] for name in self.kpi.form.names]
        elif self.kpi.additivity == "ratio":
            kpis = [CATALOGUE[self.kpi.numerator], CATALOGUE[self.kpi.denominator]]
        else:
            self.sources = [source_of(self.kpi, wish, basis)]
            return
        self._is_split = [wish.by in STEPS or wish.by in kpi.dimensions for kpi in kpis]
        self.sources = [
            source_of(kpi, wish if is_split else replace(wish, by=""), basis)
            for kpi, is_split in zip(kpis, self._is_split, strict=True)
        ]

    def value(self, reads: Reads) -> Value:
        """Return the figure as people are shown it."""
        trial = self._trial
        if trial is not None and trial.is_outside:
            return Value({"value": None, "why": "not_available", "trial": trial.told})
        found = self._counted(reads)
        return (
            found if trial is None else replace(found, figure=found.figure | {"trial": trial.told})
        )

    def _counted(self, reads: Reads) -> Value:
        if isinstance(self.kpi, Manual):
            return recorded(self._basis, self.wish)
        sources = [source for source in self.sources if source is not None]
        if len(sources) < len(self.sources):
            return Value({"value": None, "why": "not_available"})
        parts = sources[0].each(reads) if isinstance(sources[0], Parts) else None
        found = [source.tallies(reads) for source in sources] if parts is None else [added(parts)]
        totals = [one.total for one in found]
        figure = self._shown(totals)
        if parts is not None:
            figure["parts"] = parts_of(parts)
        if not self.kpi.is_now and self._basis.settings.locked(*self.wish.period):
            figure["locked"] = True
            figure |= self._at_lock(totals, [source.late(reads) for source in sources])
        return Value(figure, self._by(found), any(map(_has_facts, totals)))

    def _shown(self, tallies: Sequence[Tally]) -> dict[str, Any]:
        if isinstance(self.kpi, Formula):
            named = dict(zip(self.kpi.form.names, tallies, strict=True))
            return computed(self.kpi, named, self._currency)
        if self.kpi.additivity == "ratio":
            above, below = tallies
            return divided(self.kpi, above, below, self._currency)
        return shown(self.kpi, tallies[0], self._currency)

    def _by(self, found: Sequence[Tallies]) -> dict[str, dict[str, Any]]:
        if not self.wish.by:
            return {}
        names = [name for one in found for name in one.by]
        if step := STEPS.get(self.wish.by):
            names = ["now"] if self.kpi.is_now else points_of(self.wish.period, step)
        elif self.kpi.additivity != "timed":
            names.sort()
        by = {}
        for name in dict.fromkeys(names):
            tallies = [
                one.by.get(name, {}) if is_split else one.total
                for one, is_split in zip(found, self._is_split, strict=True)
            ]
            by[name] = self._shown(tallies)
            if self._is_to_come(name) and not any(map(_has_facts, tallies)):
                by[name]["value"] = None
        return by

    def _is_to_come(self, point: str) -> bool:
        return (
            self.wish.by in STEPS and format_day(self._basis.today)[: len(point)] < point != "now"
        )

    def _at_lock(self, totals: Sequence[Tally], late: Sequence[Tally | None]) -> dict[str, Any]:
        """Return how much of a figure came after a lock, and what it was then."""
        before: list[Tally] = []
        for total, came in zip(totals, late, strict=True):
            if came is None:
                return {}
            before.append({name: total.get(name, 0) - came.get(name, 0) for name in total | came})
        figure = {"value_at_lock": self._shown(before)["value"]}
        if len(late) == 1 and late[0] is not None:
            figure["late"] = self._shown([late[0]])["value"]
            others = self._shown([late[0]]).get("others")
            if others:
                figure["late_others"] = others
        return figure


def _has_facts(tally: Tally) -> bool:
    return any(tally.values())
