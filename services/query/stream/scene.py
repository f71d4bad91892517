"""What one subscription shows: figures of today and of now, of a scope and of its people.

Pure: fed with one consistent reading, then with change records in order, and, for what the store
has to be asked for, with readings again. Every figure is made by the evaluation that also answers
`/v1/kpis`: it keeps the cells, so a ratio or a department with its sub-departments is figured anew
from its parts at each change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

import orjson

from schemas.calendar import format_day, local_day
from schemas.changes import ChangeRecord, GroupChange, Occurrence, Version
from schemas.kpis import CATALOGUE
from schemas.tables import parse_field
from services.query.basis import Basis, Command
from services.query.evaluation import Evaluation, next_due
from services.query.freshness import Freshness
from services.query.ranking import ranked_unnamed
from services.query.reader import Reading
from services.query.stream.cast import Cast, Subject, Subscription, told, unlocked, whose

KEPT_OCCURRENCES = 30
CLOCK: Final = "clock"
"""The cause of what no event is known to have changed."""
_MINUTE_MS: Final = 60_000

Cause = tuple[str, bool]
"""(event, restated?)"""
Changed = dict[int, Cause]
"""Place of a figure -> what caused it."""


class Moved(NamedTuple):
    """What a `change` event tells.

    Shape:  `cells` of the subject and of people with a row; `rankings` whole, {metric, rows}, of
            people who are not named.
    """

    cells: list[dict[str, Any]]
    rankings: list[dict[str, Any]]


class Scene:
    """The state behind one subscription."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.wants_asking = False
        """Whether something happened that may have moved what the store has to be asked for."""
        self._planned: Cast
        self._cast: Cast
        self._again: Evaluation
        self._values: list[dict[str, Any]] = []
        self._stale: set[int] = set()
        self._shown: list[dict[str, Any]] = []
        self._causes: dict[tuple[Subject, str], tuple[int, Cause]] = {}
        """(who, feed) -> (log offset, cause) of what came since the store was asked."""
        self._due_ms: int | None = None

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read for a snapshot."""
        self._planned = Cast(self.subscription, basis)
        head: list[Command] = [("GET", basis.keys.recent), next_due(basis, self._planned.asked)]
        return head + self._planned.live.commands

    def load(self, reading: Reading) -> None:
        """Take one consistent reading as the new state; Problem 404 for an unknown id."""
        cast = self._planned
        cast.check()
        recent, self._due_ms, *replies = reading.replies
        cast.live.take(replies)
        self._cast = cast
        self.basis = reading.basis
        self.today = reading.basis.today
        self.fresh: Freshness = reading.freshness
        self._values = [told(w.kpi, cast.live.value(at)) for at, w in enumerate(cast.wishes)]
        self._stale, self._causes, self.wants_asking = set(), {}, False
        happened: list[Occurrence] = orjson.loads(recent) if recent else []
        self.recent = self._told(happened)[:KEPT_OCCURRENCES]

    @property
    def offset(self) -> int:
        """Return up to which log offset the state goes."""
        return self.fresh.version.offset

    def is_outdated(self, basis: Basis) -> bool:
        """Say whether people, departments, words, settings or the day are others than shown."""
        return self._cast.is_outdated(basis)

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
        live, asked = self._cast.live, self._cast.live.asked
        for group in change["groups"]:
            cause, key = (group["cause"], group["restated"]), self._key(group)
            for field, (value, _) in group["cells"].items():
                touched = live.put(key, field, value)
                changed |= {at: cause for at in touched if at not in asked}
            if asked:
                self._remember_causes(group)
        self._stale |= changed.keys()
        self.wants_asking = self.wants_asking or bool(asked)
        happened = self._told(change["occurrences"])
        self.recent = [*reversed(happened), *self.recent][:KEPT_OCCURRENCES]
        return changed, happened

    def touched(self, records: Iterable[ChangeRecord]) -> tuple[Changed, list[Occurrence]]:
        """Return what records that the state already holds have touched, or the clock may have."""
        changed: Changed = dict.fromkeys(self._cast.live.asked, (CLOCK, False))
        happened: list[Occurrence] = []
        for record in records:
            change = record["tenants"].get(self.subscription.tenant)
            if change is None or record["offset"] > self.offset:
                continue
            for group in change["groups"]:
                cause, key = (group["cause"], group["restated"]), self._key(group)
                for field in group["cells"]:
                    changed |= dict.fromkeys(self._cast.live.touched(key, field), cause)
            happened += self._told(change["occurrences"])
        return changed, happened

    def plan_again(self, basis: Basis) -> Sequence[Command]:
        """Return what to read of that which cells alone do not tell."""
        here = unlocked(basis).narrowed(self.subscription.within)
        self._again = Evaluation(here, self._cast.asked)
        return [next_due(basis, self._cast.asked), *self._again.commands]

    def take_again(self, reading: Reading) -> Changed:
        """Take what was read again; return the figures that it may have changed."""
        self._due_ms, *replies = reading.replies
        places = sorted(self._cast.live.asked)
        for at, value in zip(places, self._again.answer(replies), strict=True):
            self._values[at] = told(self._cast.wishes[at].kpi, value)
        nobody = (0, (CLOCK, False))
        wishes = self._cast.wishes
        changed = {
            at: self._causes.get((whose(wishes[at]), wishes[at].kpi.feed), nobody)[1]
            for at in places
        }
        read = reading.freshness.version.offset
        self._causes = {about: one for about, one in self._causes.items() if one[0] > read}
        self.wants_asking = bool(self._causes)
        return changed

    def next_tick_ms(self, now_ms: int) -> int | None:
        """Return when the clock may next change a figure: a full minute, or when one is due."""
        if not self._cast.is_timed:
            return None
        minute = (now_ms // _MINUTE_MS + 1) * _MINUTE_MS
        return minute if self._due_ms is None else min(minute, self._due_ms + 1)

    def _remember_causes(self, group: GroupChange) -> None:
        """Note which event touched somebody, for figures that are read again."""
        subject = Subject(group["scope"], group["id"])
        if subject.scope == self._cast.subject.scope and subject.id in self._cast.targets:
            subject = self._cast.subject
        metrics = {parse_field(field)[0].partition("@")[0] for field in group["cells"]}
        feeds = {CATALOGUE[metric].feed if metric in CATALOGUE else "" for metric in metrics}
        for about in {"", *feeds}:
            self._causes[subject, about] = self.offset, (group["cause"], group["restated"])

    def _key(self, group: GroupChange) -> str:
        return self._cast.basis.keys.cells(group["scope"], group["id"], group["day"])

    def _told(self, happened: Iterable[Occurrence]) -> list[Occurrence]:
        """Return what may be told of that which happened."""
        about = [one for one in happened if self._is_about(one)]
        if self.subscription.has_amounts:
            return about
        return [{**one, "amount": 0, "currency": ""} for one in about]

    def _is_about(self, one: Occurrence) -> bool:
        if not self.subscription.shows(one["employee"]):
            return False
        if "crossing" in one and one["crossing"]["metric"] not in self.subscription.kpis:
            return False
        if self.subscription.scope == "company":
            return True
        if self.subscription.scope == "employee":
            within = self.subscription.within
            is_seen = within is None or one["department"] in within
            return is_seen and one["employee"] == self.subscription.scope_id
        return one["department"] in self._cast.targets or one["employee"] in self._cast.people

    def _value(self, at: int) -> dict[str, Any]:
        if at in self._stale:
            self._stale.discard(at)
            self._values[at] = told(self._cast.wishes[at].kpi, self._cast.live.value(at))
        return self._values[at]

    def remember_shown(self) -> None:
        """Note that everybody is shown the state as it stands (in a snapshot)."""
        self._shown = [self._value(at) for at in range(len(self._values))]

    def changes(self, changed: Changed) -> Moved:
        """Return what a `change` event tells: what differs from what everybody was shown."""
        moved = {}
        for at in changed:
            value, before = self._value(at), self._shown[at]
            if value != before:
                self._shown[at] = value
                moved[at] = before["value"]
        unnamed = self._cast.unnamed_places
        cells = [
            {**self._cell(at, changed[at]), "previous": before}
            for at, before in moved.items()
            if at not in unnamed
        ]
        return Moved(cells, self._rankings(moved.keys() & unnamed))

    def current(self, changed: Changed) -> Moved:
        """Return the same for one listener who was away: as it stands, shown before or not."""
        unnamed = self._cast.unnamed_places
        cells = [self._cell(at, cause) for at, cause in changed.items() if at not in unnamed]
        return Moved(cells, self._rankings(changed.keys() & unnamed))

    def _rankings(self, places: AbstractSet[int]) -> list[dict[str, Any]]:
        """Return the rankings of which one of these places is a part, whole: rank and value."""
        return [
            {"metric": metric, "rows": ranked_unnamed([self._value(at) for at in of_all])}
            for metric, of_all in self._cast.ranked.items()
            if not places.isdisjoint(of_all)
        ]

    def _cell(self, at: int, cause: Cause) -> dict[str, Any]:
        wish = self._cast.wishes[at]
        day = "now" if wish.kpi.is_now else format_day(self.today)
        place = {"metric": wish.kpi.name, "scope": wish.scope, "id": wish.scope_id, "day": day}
        return {**place, **self._value(at), "cause": cause[0], "restated": cause[1]}

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
            for person in self._cast.roster
        ]
        beside = [
            {"scope": each.scope, "id": each.scope_id, "figures": self._figures(each.subject)}
            for each in self.subscription.beside
        ]
        return {
            **self.fresh.head(),
            **({"beside": beside} if beside else {}),
            "today": format_day(self.today),
            "scope": self.subscription.scope,
            "id": self.subscription.scope_id,
            "sub": self.subscription.sub,
            **({} if (within := self.subscription.within) is None else {"within": sorted(within)}),
            "figures": self._figures(self._cast.subject),
            "employees": people,
            **self._unnamed(),
            "occurrences": self.recent,
        }

    def _unnamed(self) -> dict[str, Any]:
        places = self._cast.unnamed_places
        return {"rankings": self._rankings(places)} if places else {}

    def _figures(self, subject: Subject) -> list[dict[str, Any]]:
        found = []
        for at in self._cast.places[subject]:
            kpi = self._cast.wishes[at].kpi
            row = {"metric": kpi.name, "unit": kpi.unit, **self._value(at)}
            found.append({**row, "day": "now"} if kpi.is_now else row)
        return found

    def was_same_at(self, offset: int, at_ms: int) -> bool:
        """Say whether people, departments, words, settings and day were at an offset as now."""
        day = local_day(at_ms, self.basis.settings.time_zone)
        return self.basis.since <= offset <= self.offset and day == self.today
