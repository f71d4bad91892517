"""A small log worked by hand: events in, what the recount says out."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from schemas.envelope import parse_event
from services.verify.recount import Recount

TENANT = "acme"
Cells = dict[tuple[str, str, str, int], int]


class Book:
    """A log under construction. Events go in with short names; `recount` counts them.

    Laws:   `time` and `revision` make the version of an event; ids are unique unless given.
    """

    def __init__(self, spill: Path) -> None:
        self._spill = spill
        self._ids = itertools.count(1)
        self.records: list[tuple[int, int, str, str | None]] = []
        self._recount: Recount | None = None
        self._counted = 0

    def add(
        self,
        event_type: str,
        subject: str,
        *,
        time: str = "2026-03-02T03:00:00Z",
        event_id: str = "",
        tenant: str = TENANT,
        **data: Any,
    ) -> None:
        """Append one event, through the door that every event goes through."""
        event = {
            "specversion": "1.0",
            "id": event_id or f"event-{next(self._ids)}",
            "source": "crm",
            "type": event_type,
            "time": time,
            "subject": subject,
            "tenantid": tenant,
            "data": data,
        }
        value = parse_event(event, tenant)
        assert isinstance(value, bytes), value
        self.add_raw(value.decode(), tenant)

    def add_raw(self, value: str | None, tenant: str = TENANT) -> None:
        """Append a record as it is."""
        self.records.append((len(self.records), 0, tenant, value))

    def recount(self) -> Recount:
        """Count what was added so far."""
        if self._recount is None:
            self._recount = Recount(self._spill)
        if self._counted < len(self.records):
            self._recount.load(self.records[self._counted :])
            self._recount.recompute()
            self._counted = len(self.records)
        return self._recount

    def cells(self, *metrics: str, scope: str = "employee") -> Cells:
        """Return {(metric, dimension, scope id, day): value} of some metrics in one scope."""
        rows = self.rows(
            "SELECT metric, dimension, scope_id, day, value, scope FROM cells"
            " WHERE grain <> 'month sum'"
        )
        return {
            (metric, dimension, scope_id, day): value
            for metric, dimension, scope_id, day, value, of in rows
            if of == scope and metric in metrics
        }

    def register(self, kind: str, entity: str, register: str) -> str | None:
        """Return the JSON of a register of a fact."""
        held = {
            tuple(row[:3]): str(row[3])
            for row in self.rows("SELECT kind, id, register, value FROM registers")
        }
        return held.get((kind, entity, register))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the recount."""
        return self.recount().rows(query)

    def scores(self, name: str) -> dict[tuple[str, str], int]:
        """Return {(employee, fact): score} of a scored list."""
        rows = self.rows("SELECT list, employee, id, score FROM scored")
        return {(employee, fact): score for of, employee, fact, score in rows if of == name}

    def visits(self, metric: str) -> dict[tuple[str, int, str, str | None], int]:
        """Return {(employee, day, customer, value): count} of a metric."""
        rows = self.rows("SELECT metric, employee, day, customer, value, times FROM visits")
        return {(row[1], row[2], row[3], row[4]): row[5] for row in rows if row[0] == metric}

    def late(self) -> dict[tuple[str, str, str, int], int]:
        """Return {(metric, dimension, employee, day): change} since the locks."""
        rows = self.rows("SELECT metric, dimension || mark, employee, day, value FROM late")
        return {tuple(row[:4]): row[4] for row in rows}
