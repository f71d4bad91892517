"""Working time: shifts, weekends, holidays, midnight, and the days on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.calendar import day_end, day_start, parse_time, zone
from schemas.working_days import WorkingCalendar, calendar_of, rules_of

_OFFICE = [{"from": "08:00", "to": "12:00"}, {"from": "13:00", "to": "17:30"}]
_MON_FRI = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), _OFFICE)
_EXTRA = {"date": "2026-09-02", "shifts": _OFFICE[:1]}
_HOUR = 3600
_BERLIN, _SAIGON = "Europe/Berlin", "Asia/Ho_Chi_Minh"


def _calendar(zone_name: str = _SAIGON, **version: Any) -> WorkingCalendar:
    return WorkingCalendar(rules_of({"versions": [{"week": _MON_FRI, **version}]}), zone_name)


def _nights(*shifts: tuple[str, str]) -> dict[str, Any]:
    every = [{"from": first, "to": last} for first, last in shifts]
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    return {"week": dict.fromkeys(names, every)}


@pytest.mark.parametrize(
    ("version", "day", "hours"),
    [
        ({}, 20261120, 8.5),  # a Friday
        ({}, 20261121, 0),  # a Saturday
        ({"country": "VN"}, 20260902, 0),  # National Day
        ({}, 20260902, 8.5),
        (
            {"country": "VN", "extra_days": [{"date": "2026-09-02", "shifts": _OFFICE[:1]}]},
            20260902,
            4,
        ),
        ({"days_off": ["2026-11-20"]}, 20261120, 0),
        ({"country": "DE", "subdivision": "BY"}, 20260106, 0),  # Epiphany, in Bavaria only
        ({"country": "DE"}, 20260106, 8.5),
        (_nights(("22:00", "06:00")), 20261120, 8),  # 6 of the night before, 2 of the next
        (_nights(("08:00", "12:00"), ("10:00", "14:00")), 20261120, 6),  # overlapping
        (_nights(("00:00", "24:00")), 20261120, 24),
        (_nights(("18:00", "24:00")), 20261120, 6),
    ],
)
def test_hours_of_a_day(version: dict[str, Any], day: int, hours: float) -> None:
    """Weekends, holidays, single days, nights: the hours worked on a day."""
    calendar = _calendar(**version)
    start, end = day_start(day, _SAIGON), day_end(day, _SAIGON) + 1
    assert calendar.seconds(start, end) == hours * _HOUR


@pytest.mark.parametrize(
    ("shift", "day", "hours"),
    [
        (("00:00", "24:00"), 20260329, 23),  # clocks jump from 02:00 to 03:00
        (("01:00", "04:00"), 20260329, 2),
        (("02:30", "04:00"), 20260329, 1),
        (("02:00", "03:00"), 20260329, 0),
        (("00:00", "24:00"), 20261025, 25),  # 03:00 is 02:00 again
        (("01:00", "04:00"), 20261025, 4),
        (("02:30", "03:30"), 20261025, 2),  # from the first 02:30
        (("22:00", "06:00"), 20260329, 7),  # 5 of the short night, 2 of the next
    ],
)
def test_hours_of_a_day_on_which_clocks_change(
    shift: tuple[str, str], day: int, hours: float
) -> None:
    """What the clock jumps over is not worked, what it shows twice is worked twice."""
    calendar = _calendar(_BERLIN, **_nights(shift))
    start, end = day_start(day, _BERLIN), day_end(day, _BERLIN) + 1
    assert calendar.seconds(start, end) == hours * _HOUR


def test_a_rule_holds_from_its_day() -> None:
    """Other hours from a day on leave the days before as they were."""
    other = {"valid_from": "2026-11-19", "week": {"thursday": _OFFICE[:1]}}
    calendar = WorkingCalendar(rules_of({"versions": [other, {"week": _MON_FRI}]}), _SAIGON)
    days = [20261118, 20261119, 20261120]
    hours = [
        calendar.seconds(day_start(day, _SAIGON), day_end(day, _SAIGON) + 1) / _HOUR for day in days
    ]
    assert hours == [8.5, 4, 0]
    assert calendar.days(20261116, 20261122) == [20261116, 20261117, 20261118, 20261119]


def test_the_share_of_a_month() -> None:
    """November 2026 has 21 working days; at noon of the third one 2 and 4 of 8.5 hours are over."""
    calendar = _calendar()
    at = parse_time("2026-11-04T12:30:00+07:00")
    share = calendar.share(20261101, 20261130, at)
    assert share == pytest.approx((2 * 8.5 + 4) / (21 * 8.5))
    assert calendar.share(20261101, 20261130, 0) == 0
    assert calendar.share(20261101, 20261130, 1 << 45) == 1
    assert calendar.share(20261121, 20261122, at) is None
    assert [calendar.is_working(at + ms) for ms in (0, 30 * 60_000)] == [False, True]


def test_the_nearest_calendar_holds() -> None:
    """Of the department, of one above it, of the company; without any every day is worked whole."""
    night, day = {"versions": [_nights(("22:00", "23:00"))]}, {"versions": [{"week": _MON_FRI}]}
    held = {"department:north": night, "company": day}
    friday = (day_start(20261120, _SAIGON), day_end(20261120, _SAIGON) + 1)
    hours = [
        calendar_of(documents, chain, _SAIGON).seconds(*friday) / _HOUR
        for documents, chain in (
            (held, ["south", "north"]),
            (held, ["east"]),
            (held, []),
            ({}, ["north"]),
        )
    ]
    assert hours == [1, 8.5, 8.5, 24]


_TIMES = st.integers(0, 24 * 4 - 1).map(lambda q: f"{q // 4:02d}:{q % 4 * 15:02d}")


_QUARTER = timedelta(minutes=15)
_BEFORE = 27 * 4
"""A shift that is under way began within so many quarters."""


@settings(max_examples=60)
@given(
    st.lists(st.tuples(_TIMES, _TIMES).filter(lambda s: s[0] != s[1]), max_size=3),
    st.sampled_from([_BERLIN, _SAIGON, "America/Sao_Paulo", "Australia/Lord_Howe"]),
    st.sampled_from(["2026-03-28T00:00Z", "2026-10-24T00:00Z", "2026-10-03T00:00Z"]),
    st.integers(0, 200),
    st.integers(0, 200),
)
def test_working_time_is_that_of_a_walk_with_a_clock(
    shifts: list[tuple[str, str]], zone_name: str, start: str, ahead: int, quarters: int
) -> None:
    """Around the days on which clocks change: as long as somebody who looks at a clock works."""
    first = datetime.fromisoformat(start) + ahead * _QUARTER
    calendar = _calendar(zone_name, **_nights(*shifts))
    at_work = [False] * len(shifts)
    walked = 0
    for step in range(-_BEFORE, quarters):
        moment = first + step * _QUARTER
        wall = moment.astimezone(zone(zone_name))
        before = (moment - _QUARTER).astimezone(zone(zone_name))
        for place, (begins, ends) in enumerate(shifts):
            began, ended = _passed(before, wall, begins), _passed(before, wall, ends)
            if ended is not None:
                at_work[place] = False
            if began is not None and (ended is None or began > ended):
                at_work[place] = True
        walked += step >= 0 and any(at_work)
    first_ms = round(first.timestamp() * 1000)
    expected = walked * _QUARTER.total_seconds()
    assert calendar.seconds(first_ms, first_ms + quarters * 900_000) == expected


def _passed(before: datetime, wall: datetime, text: str) -> datetime | None:
    """Return the time of day that the clock comes to, the first time on a day, or jumps over."""
    if wall.fold:
        return None
    at = wall.replace(hour=int(text[:2]), minute=int(text[3:]), tzinfo=UTC)
    has_come = before.replace(tzinfo=UTC) < at <= wall.replace(tzinfo=UTC)
    return at if has_come else None
