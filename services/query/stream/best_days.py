"""What has to be read to know the best days of people before today. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from schemas.calendar import from_date, to_date
from schemas.kpis import CATALOGUE
from services.query.basis import Basis, Command
from services.query.evaluation import Evaluation, Wish
from services.query.periods import Period
from services.query.stream.moments import KEPT_DAYS, Best


class BestDays:
    """One question for best days."""

    def __init__(self, whose: Sequence[Best]) -> None:
        self._whose = whose
        self._planned: Evaluation

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read."""
        today = to_date(basis.today)
        first, last = (from_date(today - timedelta(days=ago)) for ago in (KEPT_DAYS, 1))
        self._planned = Evaluation(
            basis,
            [
                Wish(CATALOGUE[metric], "employee", person, Period(first, last), by="day")
                for metric, person in self._whose
            ],
        )
        return self._planned.commands

    def answer(self, replies: Sequence[Any]) -> dict[Best, int]:
        """Return the best days, 0 where there was none."""
        found = {}
        for whose, value in zip(self._whose, self._planned.answer(replies), strict=True):
            days = [figure["value"] or 0 for figure in value.by.values()]
            found[whose] = max(days, default=0)
        return found
