"""What there is to celebrate in the changes of a stream: the first of the day, a best day. Pure.

Told once per day and person, as occurrences: who follows may show them, or not. What is compared
with, the best day before, is read when somebody's figure first moves, not for everybody at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from schemas.calendar import format_day
from schemas.kpis import CATALOGUE
from services.query.stream.cast import Subject

FIRSTS: Final = ("orders_approved", "orders", "revenue")
"""Of these the first that a stream carries says that the first order has come."""
KEPT_DAYS: Final = 366
"""How far back a best day is looked for."""


class Best(NamedTuple):
    """Whose best day, in what."""

    metric: str
    employee: str


class Moments:
    """What was celebrated today.

    Laws:   a moment is told once, whatever is taken back and comes again; a record is the day on
            which the best day before was first passed, so without a day before there is none; what
            was restated is no news.
    """

    def __init__(self, subject: Subject, metrics: Iterable[str], of_people: Iterable[str]) -> None:
        self._subject = subject
        carried = set(metrics)
        self._first = next((name for name in FIRSTS if name in carried), "")
        self._recorded = {
            name for name in of_people if name in CATALOGUE and CATALOGUE[name].additivity == "sum"
        }
        self._day = 0
        self._told: set[str] = set()
        self._best: dict[Best, int] = {}
        self._waiting: dict[Best, tuple[int, dict[str, Any]]] = {}

    @property
    def wanted(self) -> list[Best]:
        """Return whose best day has to be known to go on."""
        return list(self._waiting)

    def take(
        self,
        day: int,
        at_ms: int,
        cells: Iterable[dict[str, Any]],
        whose: Mapping[str, str] = MappingProxyType({}),
    ) -> list[dict[str, Any]]:
        """Take the cells of a change; return the moments in them.

        Shape:  `whose` is event id -> the employee it may be told of.
        """
        if day != self._day:
            self._day = day
            self._told, self._best, self._waiting = set(), {}, {}
        found = []
        for cell in cells:
            before, now = cell["previous"] or 0, cell["value"] or 0
            if cell["restated"] or now <= before:
                continue
            if self._is_first(cell, before):
                found += self._tell("kpi.first_of_day", cell, at_ms, whose.get(cell["cause"], ""))
            if cell["scope"] == "employee" and cell["metric"] in self._recorded:
                found += self._record(Best(cell["metric"], cell["id"]), before, cell, at_ms)
        return found

    def learn(self, best: Mapping[Best, int], at_ms: int) -> list[dict[str, Any]]:
        """Take what the best days were; return the records that were waiting for it."""
        self._best |= best
        found = []
        for whose in best:
            before, cell = self._waiting.pop(whose, (0, None))
            if cell is not None:
                found += self._record(whose, before, cell, at_ms)
        return found

    def _is_first(self, cell: dict[str, Any], before: int) -> bool:
        place = (cell["scope"], cell["id"])
        return cell["metric"] == self._first and place == self._subject and not before

    def _record(
        self, whose: Best, before: int, cell: dict[str, Any], at_ms: int
    ) -> list[dict[str, Any]]:
        best = self._best.get(whose)
        if best is None:
            before = self._waiting.get(whose, (before,))[0]
            self._waiting[whose] = (before, cell)
            return []
        is_passed = best > 0 and before <= best < cell["value"]
        return self._tell("kpi.record", cell, at_ms) if is_passed else []

    def _tell(
        self, kind: str, cell: dict[str, Any], at_ms: int, by: str = ""
    ) -> list[dict[str, Any]]:
        is_person = cell["scope"] == "employee"
        event_id = f"{kind}:{cell['metric']}:{cell['id']}:{format_day(self._day)}"
        if event_id in self._told:
            return []
        self._told.add(event_id)
        moment = {
            "event_id": event_id,
            "type": kind,
            "subject": cell["cause"],
            "at_ms": at_ms,
            "employee": cell["id"] if is_person else by,
            "department": cell["id"] if cell["scope"] == "department" else "",
            "customer": "",
            "amount": 0,
            "currency": "",
            "seconds": 0,
            "metric": cell["metric"],
            "value": cell["value"],
        }
        return [moment]
