"""Alerts: what a rule says of a value at a moment, and what is told of it. Pure.

A state is kept between looks and written in one step with what is told, so neither a crash nor
looking twice tells anything twice or leaves it out.

```
 value   12 | 9  | 9  | 4    | 4    | 5    | 7    | 12      warn < 10, critical < 5, hysteresis 1
 level   ok | w  | w  | crit | crit | crit | w    | ok      5 is not yet above 5 + 1
 told       | w  |    | crit |      |      | w    | ok
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from schemas.calendar import zone
from schemas.events.notices import AlertDefined, WorkingHours
from schemas.webhooks import Level
from schemas.working_days import Rule as Shifts
from schemas.working_days import WorkingCalendar, minutes_of

_RANK: Final[dict[Level, int]] = {"ok": 0, "warn": 1, "critical": 2}
_LEVELS: Final[tuple[Level, ...]] = ("ok", "warn", "critical")
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


class State(NamedTuple):
    """How an alert stands.

    Shape:  `occurrence` names the time since it left 'ok', '' once 'ok' was told; `told` is the
            level that the channels were told last; `period` the one in which an occurrence was
            told last; an `is_silent` occurrence is not told, for one was in its period.
    Units:  since_ms in milliseconds since 1970 UTC.
    """

    level: Level = "ok"
    since_ms: int = 0
    occurrence: str = ""
    value: float | None = None
    told: Level = "ok"
    period: str = ""
    is_silent: bool = False

    @property
    def shown(self) -> Level:
        """Return what boards show: the level as it was told, or that of now where it is better."""
        return min(self.level, self.told, key=_RANK.__getitem__)


class Notice(NamedTuple):
    """What the channels are to be told."""

    before: Level
    level: Level
    occurrence: str


class Watch(NamedTuple):
    """A rule, and the clock on the wall where it holds."""

    id: str
    rule: AlertDefined
    time_zone: str

    @classmethod
    def read(cls, name: str, data: Mapping[str, Any], time_zone: str) -> Watch:
        """Read a configuration document."""
        return cls(name, AlertDefined.model_validate(data), time_zone)

    def step(self, state: State, value: float | None, now_ms: int) -> tuple[State, Notice | None]:
        """Look at a value.

        Shape:  value None where there is nothing to judge: not available, before its time of
                day, outside working hours. That is 'ok'.
        Laws:   the same look twice tells nothing the second time; a level is held until the value
                is beyond its limit by the hysteresis; told is every level that lasts outside quiet
                hours, in order, and 'ok' after whatever was told.
        """
        level = self._level(state.level, value)
        found = state._replace(value=value)
        if level != state.level:
            found = self._moved(found, level, now_ms)
        if found.is_silent or found.level == found.told or self._is_quiet(now_ms):
            return found, None
        notice = Notice(found.told, found.level, found.occurrence)
        if found.level == "ok":
            found = found._replace(occurrence="")
        else:
            found = found._replace(period=self._period(now_ms))
        return found._replace(told=found.level), notice

    def _moved(self, state: State, level: Level, now_ms: int) -> State:
        if level == "ok":
            occurrence = "" if state.told == "ok" else state.occurrence
            state = state._replace(level=level, since_ms=now_ms, is_silent=False)
            return state._replace(occurrence=occurrence)
        if state.level != "ok":
            return state._replace(level=level, since_ms=now_ms)
        is_again = self.rule.once_per is not None and state.period == self._period(now_ms)
        return state._replace(
            level=level,
            since_ms=now_ms,
            occurrence=f"{self.id}@{now_ms}",
            is_silent=is_again and state.told == "ok",
        )

    def _level(self, held: Level, value: float | None) -> Level:
        if value is None:
            return "ok"
        reached = max(
            (_RANK[level] for level in _LEVELS if self._is_beyond(level, value, 0)), default=0
        )
        kept = max(
            (
                _RANK[level]
                for level in _LEVELS[: _RANK[held] + 1]
                if self._is_beyond(level, value, self.rule.hysteresis)
            ),
            default=0,
        )
        return _LEVELS[max(reached, kept)]

    def _is_beyond(self, level: Level, value: float, slack: float) -> bool:
        limit = self.rule.warn if level == "warn" else self.rule.critical
        if level == "ok" or limit is None:
            return False
        slack = slack if self.rule.operator in {"<", "<="} else -slack
        return _COMPARE[self.rule.operator](value, limit + slack)

    def is_due(self, now_ms: int) -> bool:
        """Say whether a value is judged at this time of day."""
        if self.rule.by is None:
            return True
        return self._minute(now_ms) >= minutes_of(self.rule.by)

    def _is_quiet(self, now_ms: int) -> bool:
        quiet = self.rule.quiet
        if quiet is None:
            return False
        first, last, now = minutes_of(quiet.first), minutes_of(quiet.last), self._minute(now_ms)
        return first <= now < last if first <= last else now >= first or now < last

    def _minute(self, now_ms: int) -> int:
        now = datetime.fromtimestamp(now_ms / 1000, zone(self.time_zone))
        return now.hour * 60 + now.minute

    def _period(self, now_ms: int) -> str:
        day = datetime.fromtimestamp(now_ms / 1000, zone(self.time_zone)).date()
        if self.rule.once_per == "week":
            return f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"
        return day.isoformat()[:7] if self.rule.once_per == "month" else day.isoformat()


def calendar_of_hours(hours: WorkingHours, time_zone: str) -> WorkingCalendar:
    """Return the calendar of the working hours that a rule brings along."""
    shift = (minutes_of(hours.first), minutes_of(hours.last))
    week = tuple((shift,) if day in hours.weekdays else () for day in range(1, 8))
    return WorkingCalendar([Shifts(0, week)], time_zone)
