"""How far each target is, and which of its thresholds are crossed, event by event.

```
cells (as of the batch before) + what this batch has posted so far = how far a target is
how far * 100 >= threshold * target, and not crossed before        = a crossing
```
Whatever moves a figure or sets a target is looked at by itself, so two crossings of one batch are
two, and the same log gives the same crossings however it was cut (decision 0036). What was crossed
stays crossed: it is kept with the targets, in the same commit as the figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from schemas.changes import Crossing
from schemas.envelope import LogEvent
from schemas.tables import COMPANY_ID, NOBODY, Scope, encode, parse_field
from schemas.target_periods import periods_of, points_of, span_of
from schemas.targets import Aim, Slot, Whose, field_of, goal
from services.aggregator.core.contributions import Place
from services.aggregator.core.memory import Missing

Held = Callable[[Scope, str, int], Mapping[str, int] | None]
"""(scope, id, day or month) -> its cells as of the batch before; None where nobody knows."""
Move = tuple[Place, str, int]
"""(place, field, delta)"""
Chain = Callable[[str], Iterable[str]]
"""Employee -> the department they are in now, and those above it."""
_EACH: Final[Whose] = "department.each"
_OF_ALL: Final[Whose] = "company.each"


class Figure(NamedTuple):
    """A figure of a scope in a period, which may have a target."""

    period: str
    field: str
    scope: Scope
    id: str

    @property
    def metric(self) -> str:
        """The KPI it is of."""
        return parse_field(self.field)[0]

    def mark(self, threshold: int) -> str:
        """Write a threshold of it as a field of the hash of what was crossed."""
        return f"{encode(self.metric)}|{self.scope}|{encode(self.id)}|{threshold}"


class Watch:
    """The targets of a tenant that are in memory.

    Laws:   `fields` are those that any target was ever set for: no other is looked at.
    """

    def __init__(self, aimed: Iterable[str] = ()) -> None:
        self.aimed: set[str] = set()
        """'<period>|<field>' of every target ever set."""
        self.fields: set[str] = set()
        self.new_aimed: set[str] = set()
        self.fresh: list[Crossing] = []
        self._aimed_in: defaultdict[str, set[str]] = defaultdict(set)
        self._aims: dict[str, dict[Slot, Aim]] = {}
        self._crossed: dict[str, set[str]] = {}
        self._reached: dict[Figure, int] = {}
        self._posted: defaultdict[tuple[Scope, str, int], dict[str, int]] = defaultdict(dict)
        for name in aimed:
            self._know(name)

    def _know(self, name: str) -> None:
        period, _, field = name.partition("|")
        self.aimed.add(name)
        self.fields.add(field)
        self._aimed_in[period].add(field)

    def load(self, period: str, aims: Mapping[str, bytes], crossed: Iterable[str]) -> None:
        """Take the targets of a period, and what was crossed in it, as the store has them."""
        self._aims[period] = {Slot.parse(name): Aim.unpack(raw) for name, raw in aims.items()}
        self._crossed[period] = set(crossed)

    def forget(self) -> None:
        """Forget how far targets are; it is worked out again."""
        self._reached.clear()

    def settle(self) -> None:
        """Forget what a commit has just made permanent."""
        self._posted.clear()
        self.new_aimed.clear()
        self.fresh = []

    def posted(self, moves: Iterable[Move]) -> None:
        """Take what an event has moved, once."""
        for place, name, delta in moves:
            for scope, scope_id in _scopes(place):
                fields = self._posted[scope, scope_id, place.day]
                fields[name] = fields.get(name, 0) + delta
                for figure in self._figures(scope, scope_id, place.day, name):
                    if figure in self._reached:
                        self._reached[figure] += delta

    def aim(self, period: str, slot: Slot, aim: Aim | None, batch: Iterable[Move]) -> None:
        """Let a target hold, or none (aim None).

        Shape:  `batch` is all that the batch under way has posted: it is taken where a field was
                not watched before.
        Errors: Missing asks for the targets of the period.
        Laws:   idempotent.
        """
        if period not in self._aims:
            raise Missing(periods=[period])
        if aim is None:
            self._aims[period].pop(slot, None)
            return
        self._aims[period][slot] = aim
        field = field_of(slot.metric, aim.currency)
        name = f"{period}|{field}"
        if not field or name in self.aimed:
            return
        is_new = field not in self.fields
        self._know(name)
        self.new_aimed.add(name)
        if is_new:
            self.posted(move for move in batch if move[1] == field)

    def about(self, period: str, slot: Slot, chain: Chain, people: Iterable[str]) -> set[Figure]:
        """Return the figures whose target a slot is, or may have been."""
        fields = [name for name in self._aimed_in[period] if parse_field(name)[0] == slot.metric]
        match slot.whose:
            case "company.each":
                whose: list[tuple[Scope, str]] = [("employee", name) for name in people]
            case "department.each":
                whose = [("employee", name) for name in people if slot.id in chain(name)]
            case scope:
                whose = [(scope, slot.id)]
        return {Figure(period, field, *who) for field in fields for who in whose}

    def moved(self, moves: Iterable[Move]) -> set[Figure]:
        """Return the figures, in periods with targets, that an event has moved."""
        return {
            figure
            for place, name, _ in moves
            for scope, scope_id in _scopes(place)
            for figure in self._figures(scope, scope_id, place.day, name)
        }

    def look(
        self, event: LogEvent, figures: Iterable[Figure], held: Held, chain: Chain
    ) -> list[Crossing]:
        """Return which thresholds of some figures an event has crossed, lowest first.

        Errors: Missing asks for targets and cells; nothing is changed then.
        Laws:   each (figure, threshold) once for ever.
        """
        known = list(figures)
        if absent := {figure.period for figure in known} - self._aims.keys():
            raise Missing(periods=sorted(absent))
        aims = {figure: aim for figure in known if (aim := self._aim(figure, chain)) is not None}
        unknown = {
            (figure.scope, figure.id, point)
            for figure in aims
            if figure not in self._reached
            for point in points_of(figure.period)
            if held(figure.scope, figure.id, point) is None
        }
        if unknown:
            raise Missing(cells=sorted(unknown))
        found = []
        for figure, aim in sorted(aims.items()):
            reached = self._far(figure, held)
            for threshold in sorted(aim.marks):
                mark = figure.mark(threshold)
                if reached * 100 >= threshold * goal(figure.metric, aim.value) and (
                    mark not in self._crossed[figure.period]
                ):
                    self._crossed[figure.period].add(mark)
                    found.append(_crossing(figure, threshold, event))
        self.fresh += found
        return found

    def _figures(self, scope: Scope, scope_id: str, day: int, name: str) -> Iterator[Figure]:
        if day:
            for period in periods_of(day):
                if name in self._aimed_in.get(period, ()):
                    yield Figure(period, name, scope, scope_id)

    def _aim(self, figure: Figure, chain: Chain) -> Aim | None:
        """Return the target of a figure: its own, else the default of the nearest department."""
        aims, metric = self._aims[figure.period], figure.metric
        aim = aims.get(Slot(metric, figure.scope, figure.id))
        if aim is None and figure.scope == "employee":
            defaults = [Slot(metric, _EACH, name) for name in chain(figure.id)]
            for slot in (*defaults, Slot(metric, _OF_ALL, COMPANY_ID)):
                if slot in aims:
                    aim = aims[slot]
                    break
        if aim is None or aim.value <= 0 or field_of(metric, aim.currency) != figure.field:
            return None
        return aim

    def _far(self, figure: Figure, held: Held) -> int:
        """Return how far a figure is, at this event."""
        reached = self._reached.get(figure)
        if reached is None:
            first, last = span_of(figure.period)
            reached = 0
            for point in points_of(figure.period):
                cells = held(figure.scope, figure.id, point)
                reached += 0 if cells is None else cells.get(figure.field, 0)
            for (scope, scope_id, day), fields in self._posted.items():
                if (scope, scope_id) == (figure.scope, figure.id) and first <= day <= last:
                    reached += fields.get(figure.field, 0)
            self._reached[figure] = reached
        return reached


def _scopes(place: Place) -> Iterator[tuple[Scope, str]]:
    """Yield the scopes that a place counts for; nobody has no target."""
    if place.scopes & 1 and place.employee != NOBODY:
        yield "employee", place.employee
    if place.scopes & 2 and place.department != NOBODY:
        yield "department", place.department
    if place.scopes & 4:
        yield "company", COMPANY_ID


def _crossing(figure: Figure, threshold: int, event: LogEvent) -> Crossing:
    return {
        "event_id": f"{figure.period}|{figure.mark(threshold)}",
        "metric": figure.metric,
        "scope": figure.scope,
        "id": figure.id,
        "period": figure.period,
        "threshold": threshold,
        "cause": event.id,
        "at_ms": event.time_ms,
    }
