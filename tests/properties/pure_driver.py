"""The first driver of scenarios and laws: the pure core, everything in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson

from schemas.envelope import LogEvent, parse_event, read_event
from schemas.facts import AnyFact
from schemas.tables import Cell, parse_field
from services.aggregator.core.contributions import Place, contributions
from services.aggregator.core.tenant import Missing, Tenant

TENANT = "acme"


def event(**parts: Any) -> LogEvent:
    """Return a valid event of the log from its attributes."""
    body = {"specversion": "1.0", "source": "test", "tenantid": TENANT, **parts}
    written = parse_event(orjson.loads(orjson.dumps(body)), TENANT)
    assert isinstance(written, bytes), f"{written}: {body}"
    return read_event(written)


class PureDriver:
    """Folds events one by one and sums up what they change."""

    def __init__(self) -> None:
        self.tenant = Tenant(id=TENANT)
        self.seen: set[tuple[str, str]] = set()
        self.cells: defaultdict[Cell, int] = defaultdict(int)
        self.lists: defaultdict[tuple[str, Place], set[int]] = defaultdict(set)

    def fold(self, events: Iterable[LogEvent]) -> PureDriver:
        """Fold events and settle after each, as a commit of one event would."""
        for each in events:
            if (each.source, each.id) not in self.seen:
                self.seen.add((each.source, each.id))
                self._apply(each)
                self._settle()
        return self

    def _apply(self, each: LogEvent) -> None:
        while True:
            try:
                self.tenant.apply(each)
            except Missing as missing:
                for key in missing.entities:
                    self.tenant.put(key, None)
                if missing.employee is not None:
                    self.tenant.listed[missing.employee] = {
                        number
                        for (_, place), numbers in self.lists.items()
                        if place.employee == missing.employee
                        for number in numbers
                    }
                if missing.numbers or missing.related is not None:
                    raise  # everything is in memory here
            else:
                return

    def _settle(self) -> None:
        ledger = self.tenant.ledger
        for group, deltas, _ in ledger.groups():
            for name, delta in deltas.items():
                cell = Cell(
                    parse_field(name)[0],
                    group.scope,
                    group.scope_id,
                    group.day,
                    parse_field(name)[1],
                )
                self.cells[cell] += delta
                if not self.cells[cell]:
                    del self.cells[cell]
        for key, numbers in ledger.lists.items():
            for number, is_member in numbers.items():
                (self.lists[key].add if is_member else self.lists[key].discard)(number)
            if not self.lists[key]:
                del self.lists[key]
        self.tenant.settle()

    @property
    def facts(self) -> dict[tuple[str, str], AnyFact]:
        """Return the facts by kind and id, stubs included."""
        return {key: fact for key, fact in self.tenant.entities.items() if fact is not None}

    def named_lists(self) -> dict[tuple[str, Place], set[tuple[str, str]]]:
        """Return the lists with entities instead of numbers, so that two runs compare."""
        return {
            key: {self.tenant.by_number[number] for number in numbers}
            for key, numbers in self.lists.items()
        }

    def recount(self) -> dict[Cell, int]:
        """Sum up what every fact contributes now, from scratch."""
        found: defaultdict[Cell, int] = defaultdict(int)
        for fact in self.facts.values():
            for (place, name), value in contributions(fact, self.tenant).items():
                metric, dimension = parse_field(name)
                for scope, scope_id in (
                    ("employee", place.employee),
                    ("department", place.department),
                    ("company", "all"),
                ):
                    found[Cell(metric, scope, scope_id, place.day, dimension)] += value  # type: ignore[arg-type]
        return {cell: value for cell, value in found.items() if value}
