"""What one subscription shows: figures of today and of now, of a scope and of its people.

Pure: fed with one consistent reading, then with change records in order. It keeps the cells, so a
ratio or a department with its sub-departments is figured anew from its parts at each change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from schemas.calendar import NOW, format_day, local_day
from schemas.changes import CellChange, ChangeRecord, Occurrence, Version
from schemas.kpis import Kpi
from schemas.tables import Scope, encode
from services.query.figures import Sums, add, figure, stored_parts
from services.query.freshness import Freshness
from services.query.reader import Basis, Command, Reading
from services.query.selection import is_known, is_mentioned, targets, unknown_id

KEPT_OCCURRENCES = 30


class Subject(NamedTuple):
    """Whose figure: the scope asked for, or one employee of it."""

    scope: Scope
    id: str


class Subscription(NamedTuple):
    """What a listener asks for; equal subscriptions share one scene and its frames."""

    tenant: str
    scope: Scope
    scope_id: str
    kpis: tuple[str, ...]
    sub: bool


Changed = dict[tuple[Subject, str], tuple[str, bool]]
"""(whose, KPI) -> (event that caused it, restated?)."""


class Scene:
    """The state behind one subscription."""

    def __init__(self, subscription: Subscription, kpis: Sequence[Kpi]) -> None:
        self.subscription = subscription
        self.kpis = {kpi.name: kpi for kpi in kpis}
        self._shown: dict[tuple[Subject, str], dict[str, Any]] = {}
        self.subject = Subject(subscription.scope, subscription.scope_id)
        self._made_of: dict[str, list[str]] = {}
        for kpi in kpis:
            for part in stored_parts(kpi):
                self._made_of.setdefault(part, []).append(kpi.name)

    def _targets(self, basis: Basis) -> tuple[str, ...]:
        wanted = self.subscription
        return targets(basis.org, wanted.scope, wanted.scope_id, wanted.sub)

    def _roster(self, basis: Basis) -> list[str]:
        if self.subscription.scope != "department":
            return []
        return basis.org.members(self._targets(basis))

    def _places(self, basis: Basis) -> list[tuple[Scope, str, int]]:
        wanted: list[tuple[Scope, str]] = [
            (self.subscription.scope, target) for target in self._targets(basis)
        ]
        wanted += [("employee", person) for person in self._roster(basis)]
        return [(scope, name, day) for scope, name in wanted for day in (basis.today, NOW)]

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read for a snapshot."""
        commands: list[Command] = [("GET", basis.keys.recent)]
        commands += [("HGETALL", basis.keys.cells(*place)) for place in self._places(basis)]
        if not is_known(basis.org, *self.subject):
            commands.append(("SMEMBERS", basis.keys.pairs))
        return commands

    def load(self, reading: Reading) -> None:
        """Take one consistent reading as the new state; Problem 404 for an unknown id."""
        self.basis = basis = reading.basis
        recent, *replies = reading.replies
        if not is_known(basis.org, *self.subject):
            if not is_mentioned(replies[-1], self.subject.scope, encode(self.subject.id)):
                raise unknown_id(*self.subject)
            replies = replies[:-1]
        self.today = basis.today
        self.targets = frozenset(self._targets(basis))
        """The ids whose cells make up the figures of the subject."""
        self.roster = self._roster(basis)
        self._people = frozenset(self.roster)
        self.fresh: Freshness = reading.freshness
        self._cells: dict[tuple[str, str, int], Sums] = {}
        for place, cells in zip(self._places(basis), replies, strict=True):
            kept = ((name.decode(), int(value)) for name, value in cells.items())
            self._cells[place] = {name: value for name, value in kept if self._names(name)}
        happened: list[Occurrence] = orjson.loads(recent) if recent else []
        self.recent = [one for one in happened if self._is_about(one)][:KEPT_OCCURRENCES]

    @property
    def offset(self) -> int:
        """Return up to which log offset the state goes."""
        return self.fresh.version.offset

    def is_outdated(self, basis: Basis) -> bool:
        """Say whether people, departments, settings or the day are others than shown."""
        before = self.basis
        return (
            basis.today != self.today
            or basis.settings != before.settings
            or basis.packed_org != before.packed_org
        )

    def take(self, record: ChangeRecord) -> tuple[Changed, list[Occurrence]]:
        """Take one change record; return which figures it touches, and what happened."""
        if record["offset"] <= self.offset:
            return {}, []
        version = Version(record["generation"], record["offset"])
        as_of = max(self.fresh.as_of_ms, record["log_ms"])
        self.fresh = self.fresh._replace(version=version, as_of_ms=as_of)
        change = record["tenants"].get(self.subscription.tenant)
        if change is None:
            return {}, []
        changed: Changed = {}
        for cell in change["cells"]:
            touched = self._touched(cell)
            if touched:
                self._cells[_place(cell)][cell["field"]] = cell["value"]
                changed |= touched
        happened = [one for one in change["occurrences"] if self._is_about(one)]
        self.recent = [*reversed(happened), *self.recent][:KEPT_OCCURRENCES]
        return changed, happened

    def touched(self, records: Iterable[ChangeRecord]) -> tuple[Changed, list[Occurrence]]:
        """Return what records that the state already holds have touched."""
        changed: Changed = {}
        happened: list[Occurrence] = []
        for record in records:
            change = record["tenants"].get(self.subscription.tenant)
            if change is None or record["offset"] > self.offset:
                continue
            for cell in change["cells"]:
                changed |= self._touched(cell)
            happened += [one for one in change["occurrences"] if self._is_about(one)]
        return changed, happened

    def _names(self, field: str) -> Sequence[str]:
        """Return the KPIs shown that are made of a stored field."""
        metric, _, dimensions = field.partition("|")
        if dimensions and ("," in dimensions or not dimensions.startswith("currency:")):
            return ()
        return self._made_of.get(metric, ())

    def _touched(self, cell: CellChange) -> Changed:
        """Return the figures shown that a cell is part of."""
        names = self._names(cell["field"])
        if not names or _place(cell) not in self._cells:
            return {}
        subjects = []
        if cell["scope"] == self.subject.scope and cell["id"] in self.targets:
            subjects.append(self.subject)
        if cell["scope"] == "employee" and cell["id"] in self._people:
            subjects.append(Subject("employee", cell["id"]))
        cause = (cell["cause"], cell["restated"])
        return {(subject, name): cause for subject in subjects for name in names}

    def _is_about(self, one: Occurrence) -> bool:
        if self.subscription.scope == "company":
            return True
        if self.subscription.scope == "employee":
            return one["employee"] == self.subscription.scope_id
        return one["department"] in self.targets or one["employee"] in self._people

    def value(self, subject: Subject, kpi: Kpi) -> dict[str, Any]:
        """Return the value of a figure as it stands."""
        day = NOW if kpi.additivity == "gauge" else self.today
        ids = self.targets if subject == self.subject else (subject.id,)
        sums: Sums = {}
        for scope_id in ids:
            add(sums, self._cells[subject.scope, scope_id, day])
        return figure(kpi, sums, self.basis.settings.currency)

    def remember_shown(self) -> None:
        """Note that everybody is shown the state as it stands (in a snapshot)."""
        subjects = [self.subject, *(Subject("employee", person) for person in self.roster)]
        self._shown = {
            (subject, name): self.value(subject, kpi)
            for subject in subjects
            for name, kpi in self.kpis.items()
        }

    def changes(self, changed: Changed) -> list[dict[str, Any]]:
        """Return the cells of a `change` event: what differs from what everybody was shown."""
        found = []
        for (subject, name), cause in changed.items():
            value, before = self.value(subject, self.kpis[name]), self._shown[subject, name]
            if value != before:
                self._shown[subject, name] = value
                cell = self._cell(subject, name, value, cause)
                found.append({**cell, "previous": before["value"]})
        return found

    def current(self, changed: Changed) -> list[dict[str, Any]]:
        """Return the same for one listener who was away: as it stands, shown before or not."""
        return [
            self._cell(subject, name, self.value(subject, self.kpis[name]), cause)
            for (subject, name), cause in changed.items()
        ]

    def _cell(
        self, subject: Subject, name: str, value: dict[str, Any], cause: tuple[str, bool]
    ) -> dict[str, Any]:
        is_gauge = self.kpis[name].additivity == "gauge"
        day = "now" if is_gauge else format_day(self.today)
        place = {"metric": name, "scope": subject.scope, "id": subject.id, "day": day}
        return {**place, **value, "cause": cause[0], "restated": cause[1]}

    def snapshot(self) -> dict[str, Any]:
        """Return everything as it stands."""
        org = self.basis.org
        people = [
            {
                "id": person,
                "name": org.employee_name(person),
                "department_id": org.department_of(person),
                "figures": self._figures(Subject("employee", person)),
            }
            for person in self.roster
        ]
        return {
            **self.fresh.head(),
            "today": format_day(self.today),
            "scope": self.subscription.scope,
            "id": self.subscription.scope_id,
            "sub": self.subscription.sub,
            "figures": self._figures(self.subject),
            "employees": people,
            "occurrences": self.recent,
        }

    def _figures(self, subject: Subject) -> list[dict[str, Any]]:
        found = []
        for name, kpi in self.kpis.items():
            row = {"metric": name, "unit": kpi.unit, **self.value(subject, kpi)}
            found.append({**row, "day": "now"} if kpi.additivity == "gauge" else row)
        return found

    def was_same_at(self, offset: int, at_ms: int) -> bool:
        """Say whether people, departments, settings and day were at an offset as they are now."""
        day = local_day(at_ms, self.basis.settings.time_zone)
        return self.basis.since <= offset <= self.offset and day == self.today


def _place(cell: CellChange) -> tuple[str, str, int]:
    return cell["scope"], cell["id"], cell["day"]
