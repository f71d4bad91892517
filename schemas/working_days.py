"""Working time: how much of a span people work, by the calendar of the company or a department.

A calendar is a document (`calendar.defined`): for each day of the week its shifts, the holidays of
a country by the library holidays, and single days off or with shifts of their own; all of it
effective-dated. Shifts are on the clock on the wall of the tenant's zone; one that ends before it
begins goes on past midnight. Without a calendar every day is worked whole. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import holidays

from schemas.calendar import days_between, from_date, local_day, parse_day, to_date, zone

WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
DAY_MINUTES: Final = 24 * 60
_MINUTE_MS: Final = 60_000
Minutes = tuple[int, int]
"""A shift: first and last minute after midnight, the last may lie beyond 24 hours."""
Times = tuple[int, int]
"""A span of time: from, up to (not included); milliseconds since 1970 UTC."""
_WHOLE: Final[tuple[Minutes, ...]] = ((0, DAY_MINUTES),)


def minutes_of(text: str) -> int:
    """Return minutes after midnight of '08:30'; '24:00' is the end of the day."""
    return int(text[:2]) * 60 + int(text[3:5])


def is_holiday_region(country: str, subdivision: str | None) -> bool:
    """Say whether the library knows the holidays of a country, and of a part of it."""
    known = holidays.list_supported_countries()
    return country in known and (subdivision is None or subdivision in known[country])


@lru_cache(maxsize=512)
def _holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds from a day on. Units: valid_from yyyymmdd, 0 for ever; special by yyyymmdd."""

    valid_from: int
    week: tuple[tuple[Minutes, ...], ...]
    country: str = ""
    subdivision: str | None = None
    special: Mapping[int, tuple[Minutes, ...]] = field(default_factory=dict)

    def shifts(self, day: int) -> tuple[Minutes, ...]:
        """Return the shifts of a day: those of its own, none on holidays, else of its weekday."""
        own = self.special.get(day)
        if own is not None:
            return own
        moment = to_date(day)
        if self.country and moment in _holidays(self.country, self.subdivision, moment.year):
            return ()
        return self.week[moment.weekday()]


EVERY_DAY: Final = Rule(0, (_WHOLE,) * 7)


class WorkingCalendar:
    """The working time of a company or a department in its zone.

    Laws:   seconds(a, c) == seconds(a, b) + seconds(b, c); equal to walking minute by minute.
    """

    def __init__(self, rules: Sequence[Rule], time_zone: str) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.valid_from) or [EVERY_DAY]
        self._starts = [rule.valid_from for rule in self._rules]
        self._zone = time_zone
        self._worked: dict[int, list[Times]] = {}

    def _rule(self, day: int) -> Rule:
        return self._rules[max(0, bisect_right(self._starts, day) - 1)]

    def _shifts(self, day: int) -> Iterable[Times]:
        """Yield the shifts that begin on a day, as instants."""
        for first, last in self._rule(day).shifts(day):
            yield _instant(day, first, self._zone), _instant(day, last, self._zone)

    def worked(self, day: int) -> list[Times]:
        """Return when people work on a day, shifts of the day before that go on included."""
        found = self._worked.get(day)
        if found is None:
            start, end = _instant(day, 0, self._zone), _instant(day, DAY_MINUTES, self._zone)
            before = from_date(to_date(day) - timedelta(days=1))
            clipped = (
                (max(first, start), min(last, end))
                for each in (before, day)
                for first, last in self._shifts(each)
            )
            found = self._worked[day] = _merged(clipped)
        return found

    def seconds(self, first_ms: int, end_ms: int) -> int:
        """Return the working seconds of a span; 0 of one that ends before it begins."""
        if end_ms <= first_ms:
            return 0
        days = days_between(local_day(first_ms, self._zone), local_day(end_ms - 1, self._zone))
        parts = (
            min(last, end_ms) - max(first, first_ms)
            for day in days
            for first, last in self.worked(day)
        )
        return sum(part for part in parts if part > 0) // 1000

    def share(self, first: int, last: int, at_ms: int) -> float | None:
        """Return which part of the working time of days first..last is over at a moment.

        Shape:  0 before it begins, 1 once it is over; None where nobody works on these days.
        Units:  days are yyyymmdd.
        """
        start, end = _instant(first, 0, self._zone), _instant(last, DAY_MINUTES, self._zone)
        whole = self.seconds(start, end)
        if not whole:
            return None
        return self.seconds(start, min(max(at_ms, start), end)) / whole

    def is_working(self, at_ms: int) -> bool:
        """Say whether people work at a moment."""
        worked = self.worked(local_day(at_ms, self._zone))
        return any(first <= at_ms < last for first, last in worked)

    def days(self, first: int, last: int) -> list[int]:
        """Return the days of a range on which anybody works."""
        return [day for day in days_between(first, last) if self.worked(day)]


def _merged(spans: Iterable[Times]) -> list[Times]:
    found: list[Times] = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


@lru_cache(maxsize=65536)
def _instant(day: int, minutes: int, time_zone: str) -> int:
    """Return the first instant at which the clock on the wall shows a time of day, or a later one.

    Laws:   an hour that comes twice is meant the first time; a time that the clock jumps over is
            the moment of the jump.
    """
    midnight = datetime.combine(to_date(day), datetime.min.time())
    wall = midnight + timedelta(minutes=minutes)
    at = wall.replace(tzinfo=zone(time_zone))
    early, late = at.replace(fold=1).timestamp(), at.timestamp()
    if early >= late:
        return round(late * 1000)
    moment = round(early * 1000)  # jumped over: before the jump, seen from behind it
    while _wall(moment, time_zone) < wall:
        moment += _MINUTE_MS
    return moment


def _wall(at_ms: int, time_zone: str) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, zone(time_zone)).replace(tzinfo=None)


def rules_of(document: Mapping[str, Any]) -> list[Rule]:
    """Return the rules of a document as `calendar.defined` has it."""
    return [_rule_of(version) for version in document["versions"]]


def _rule_of(version: Mapping[str, Any]) -> Rule:
    special: dict[int, tuple[Minutes, ...]] = {
        parse_day(day): () for day in version.get("days_off") or ()
    }
    for own in version.get("extra_days") or ():
        special[parse_day(own["date"])] = _minutes(own["shifts"])
    start = version.get("valid_from")
    week = tuple(_minutes(version["week"].get(name) or ()) for name in WEEKDAYS)
    return Rule(
        parse_day(start) if start else 0,
        week,
        version.get("country") or "",
        version.get("subdivision"),
        special,
    )


def _minutes(shifts: Iterable[Mapping[str, str]]) -> tuple[Minutes, ...]:
    found = []
    for shift in shifts:
        first, last = minutes_of(shift["from"]), minutes_of(shift["to"])
        found.append((first, last if last > first else last + DAY_MINUTES))
    return tuple(found)


COMPANY: Final = "company"


def calendar_name(department: str) -> str:
    """Return the id of the calendar of a department."""
    return f"department:{department}"


def calendar_of(
    documents: Mapping[str, Mapping[str, Any]], chain: Iterable[str], time_zone: str
) -> WorkingCalendar:
    """Return the calendar that holds: of the nearest department that has one, else the company's.

    Shape:  (calendars by id, a department and those above it, zone) -> calendar.
    """
    for name in (*map(calendar_name, chain), COMPANY):
        if name in documents:
            return WorkingCalendar(rules_of(documents[name]), time_zone)
    return WorkingCalendar([EVERY_DAY], time_zone)
