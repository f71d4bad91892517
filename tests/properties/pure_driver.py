"""The first driver of scenarios and laws: the pure core, everything in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from msgspec.structs import replace

from schemas.envelope import LogEvent, parse_event, read_event
from schemas.facts import AnyFact, Customer
from schemas.tables import COMPANY_ID, Cell, parse_field, parse_visit
from services.aggregator.core.contributions import (
    COHORT,
    SCORE,
    VISIT,
    Place,
    contributions,
)
from services.aggregator.core.ledger import Ledger, Visits
from services.aggregator.core.memory import Missing
from services.aggregator.core.tenant import Tenant

TENANT = "acme"
MARKS = ("calls", "appointments", "orders", "payments", "opportunities")
"""What other facts leave on a customer, the number of the fact first."""
Scored = tuple[str, str, str]
"""(scored list, department, employee)"""


def event(**parts: Any) -> LogEvent:
    """Return a valid event of the log from its attributes."""
    body = {"specversion": "1.0", "source": "test", "tenantid": TENANT, **parts}
    written = parse_event(orjson.loads(orjson.dumps(body)), TENANT)
    assert isinstance(written, bytes), f"{written}: {body}"
    return read_event(written)


class PureDriver:
    """Folds events one by one and sums up what they change."""

    def __init__(self, tenant: str = TENANT) -> None:
        self.tenant = Tenant(id=tenant)
        self.seen: set[tuple[str, str]] = set()
        self.cells: defaultdict[Cell, int] = defaultdict(int)
        self.lists: defaultdict[tuple[str, Place], set[int]] = defaultdict(set)
        self.scores: defaultdict[Scored, dict[int, int]] = defaultdict(dict)
        self.cohorts: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
        self.visits: defaultdict[Visits, dict[str, int]] = defaultdict(dict)
        self.late: defaultdict[tuple[str, Place, str], int] = defaultdict(int)

    def fold(self, events: Iterable[LogEvent]) -> PureDriver:
        """Fold events and settle after each, as a commit of one event would."""
        for each in events:
            if (each.source, each.id) not in self.seen:
                self.seen.add((each.source, each.id))
                self.apply(each)
                self.settle()
        return self

    def apply(self, each: LogEvent) -> None:
        """Apply one event, as often as something was missing."""
        while True:
            try:
                self.tenant.apply(each)
            except Missing as missing:
                for key in missing.entities:
                    self.tenant.put(key, None)
                if missing.employee is not None:
                    self.tenant.listed[missing.employee] = self._listed(missing.employee)
                if missing.numbers or missing.related:
                    raise  # everything is in memory here
            else:
                return

    def _listed(self, employee: str) -> set[int]:
        found: set[int] = set()
        for (_, place), numbers in self.lists.items():
            if place.employee == employee:
                found |= numbers
        for (_, _, who), numbered in self.scores.items():
            if who == employee:
                found |= numbered.keys()
        return found

    def settle(self) -> None:
        """Take over what the events since the last settling changed, as a commit would."""
        ledger = self.tenant.ledger
        for group, deltas, _ in ledger.groups():
            for name, delta in deltas.items():
                metric, dimension = parse_field(name)
                _add(self.cells, Cell(metric, *group, dimension), delta)
        self._settle_lists(ledger)
        for cohort, numbers in ledger.cohorts.items():
            for number, is_member in numbers.items():
                members = self.cohorts[cohort]
                (members.add if is_member else members.discard)(number)
            if not self.cohorts[cohort]:
                del self.cohorts[cohort]
        for visits, deltas in ledger.visits.items():
            for field, delta in deltas.items():
                _add(self.visits[visits], field, delta)
            if not self.visits[visits]:
                del self.visits[visits]
        for late, delta in ledger.late.items():
            _add(self.late, late, delta)
        self.tenant.settle()

    def _settle_lists(self, ledger: Ledger) -> None:
        for key, numbers in ledger.lists.items():
            for number, is_member in numbers.items():
                (self.lists[key].add if is_member else self.lists[key].discard)(number)
            if not self.lists[key]:
                del self.lists[key]
        for (name, place), numbered in ledger.scores.items():
            scored = self.scores[name, place.department, place.employee]
            for number, score in numbered.items():
                if score is None:
                    scored.pop(number, None)
                else:
                    scored[number] = score
            if not scored:
                del self.scores[name, place.department, place.employee]

    @property
    def facts(self) -> dict[tuple[str, str], AnyFact]:
        """Return the facts by kind and id, stubs included."""
        return {key: fact for key, fact in self.tenant.entities.items() if fact is not None}

    def named_facts(self) -> dict[tuple[str, str], AnyFact]:
        """Return the facts with ids instead of numbers, so that two runs compare."""
        return {key: self._named(fact) for key, fact in self.facts.items()}

    def _named(self, fact: AnyFact) -> AnyFact:
        if isinstance(fact, Customer):
            marks: dict[str, Any] = {
                name: sorted((self.tenant.by_number[mark[0]], *mark[1:]) for mark in held)
                for name in MARKS
                if (held := getattr(fact, name))
            }
            fact = replace(fact, **marks)
        return replace(fact, number=0)

    def named_cohorts(self) -> dict[tuple[str, int], set[tuple[str, str]]]:
        """Return the cohorts with entities instead of numbers."""
        return {
            key: {self.tenant.by_number[number] for number in numbers}
            for key, numbers in self.cohorts.items()
        }

    def named_lists(self) -> dict[tuple[str, Place], set[tuple[str, str]]]:
        """Return the lists with entities instead of numbers, so that two runs compare."""
        return {
            key: {self.tenant.by_number[number] for number in numbers}
            for key, numbers in self.lists.items()
        }

    def named_scores(self) -> dict[Scored, dict[tuple[str, str], int]]:
        """Return the scored lists with entities instead of numbers."""
        return {
            key: {self.tenant.by_number[number]: score for number, score in numbered.items()}
            for key, numbered in self.scores.items()
        }

    def named_visits(self) -> dict[tuple[Visits, tuple[int, str | None], tuple[str, str]], int]:
        """Return the visits: (whose, (day, dimension value), customer) -> count."""
        found = {}
        for visits, fields in self.visits.items():
            for field, count in fields.items():
                day, number, value = parse_visit(field)
                found[visits, (day, value), self.tenant.by_number[number]] = count
        return found

    def recount(self) -> dict[Cell, int]:
        """Sum up what every fact contributes now, from scratch."""
        found: defaultdict[Cell, int] = defaultdict(int)
        for _, place, name, value in self.contributed():
            if name[0] in {COHORT, SCORE, VISIT}:
                continue
            whose = (("employee", place.employee), ("department", place.department))
            for bit, (scope, scope_id) in enumerate((*whose, ("company", COMPANY_ID))):
                if place.scopes & (1 << bit):
                    metric, dimension = parse_field(name)
                    found[Cell(metric, scope, scope_id, place.day, dimension)] += value  # type: ignore[arg-type]
        return {cell: value for cell, value in found.items() if value}

    def contributed(self) -> Iterator[tuple[int, Place, str, int]]:
        """Yield what every fact contributes now: (its number, place, name, value)."""
        for fact in self.facts.values():
            for (place, name), value in contributions(fact, self.tenant).items():
                yield fact.number, place, name, value


def _add(into: dict[Any, int], key: Any, delta: int) -> None:
    value = into.get(key, 0) + delta
    if value:
        into[key] = value
    else:
        into.pop(key, None)
