"""The business day: around midnight, around the change of the clocks, and back."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.calendar import (
    DEFAULT_CURRENCY,
    DEFAULT_TIME_ZONE,
    days_between,
    format_day,
    format_time,
    from_date,
    local_day,
    parse_day,
    parse_time,
    to_date,
    zone,
)

instants = st.integers(parse_time("1990-01-01T00:00:00Z"), parse_time("2099-12-31T00:00:00Z"))
dates = st.dates(date(1990, 1, 1), date(2099, 12, 31))
zones = st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])

MIDNIGHT = [
    # UTC                          zone                local day
    ("2026-11-19T16:59:59.999Z", "Asia/Ho_Chi_Minh", 20261119),
    ("2026-11-19T17:00:00.000Z", "Asia/Ho_Chi_Minh", 20261120),
    ("2026-12-31T17:00:00.000Z", "Asia/Ho_Chi_Minh", 20270101),
    ("2026-11-20T00:00:00.000Z", "UTC", 20261120),
    ("2026-11-20T18:14:59.999Z", "Asia/Kathmandu", 20261120),
    ("2026-11-20T18:15:00.000Z", "Asia/Kathmandu", 20261121),
    ("2024-02-28T23:30:00.000Z", "Europe/Berlin", 20240229),
    ("2026-11-20T09:59:59.999Z", "Pacific/Kiritimati", 20261120),
    ("2026-11-20T10:00:00.000Z", "Pacific/Kiritimati", 20261121),
    ("2026-11-20T11:59:59.999Z", "Etc/GMT+12", 20261119),
]

CLOCKS = [
    # the clocks go forward in Berlin on 29 March 2026: that day has 23 hours
    ("2026-03-28T22:59:59.999Z", "Europe/Berlin", 20260328),
    ("2026-03-28T23:00:00.000Z", "Europe/Berlin", 20260329),
    ("2026-03-29T00:59:59.999Z", "Europe/Berlin", 20260329),
    ("2026-03-29T01:00:00.000Z", "Europe/Berlin", 20260329),
    ("2026-03-29T21:59:59.999Z", "Europe/Berlin", 20260329),
    ("2026-03-29T22:00:00.000Z", "Europe/Berlin", 20260330),
    # and back on 25 October 2026: 25 hours, 02:30 exists twice and is the same day twice
    ("2026-10-24T22:00:00.000Z", "Europe/Berlin", 20261025),
    ("2026-10-25T00:30:00.000Z", "Europe/Berlin", 20261025),
    ("2026-10-25T01:30:00.000Z", "Europe/Berlin", 20261025),
    ("2026-10-25T22:59:59.999Z", "Europe/Berlin", 20261025),
    ("2026-10-25T23:00:00.000Z", "Europe/Berlin", 20261026),
    # midnight itself does not exist in Cairo on 24 April 2026
    ("2026-04-23T21:59:59.999Z", "Africa/Cairo", 20260423),
    ("2026-04-23T22:00:00.000Z", "Africa/Cairo", 20260424),
    # Samoa left out the whole 30 December 2011
    ("2011-12-30T09:59:59.999Z", "Pacific/Apia", 20111229),
    ("2011-12-30T10:00:00.000Z", "Pacific/Apia", 20111231),
]


@pytest.mark.parametrize(("instant", "time_zone", "day"), MIDNIGHT)
def test_midnight_is_of_the_tenant(instant: str, time_zone: str, day: int) -> None:
    """The last millisecond before local midnight is one day, the next one is the other."""
    assert local_day(parse_time(instant), time_zone) == day


@pytest.mark.parametrize(("instant", "time_zone", "day"), CLOCKS)
def test_days_on_which_the_clocks_change(instant: str, time_zone: str, day: int) -> None:
    """A day of 23 or 25 hours, one without a midnight and one that never was, keep their names."""
    assert local_day(parse_time(instant), time_zone) == day


@pytest.mark.parametrize(
    "text",
    ["2026-11-20T09:15:30.120+07:00", "2026-11-20T02:15:30.120Z", "2026-11-19T21:15:30.120-05:00"],
)
def test_one_instant_is_written_in_one_way(text: str) -> None:
    """Whatever the offset, the log writes UTC with milliseconds."""
    assert format_time(parse_time(text)) == "2026-11-20T02:15:30.120Z"


@given(instants)
def test_an_instant_comes_back(at_ms: int) -> None:
    """Writing and reading an instant keeps its milliseconds."""
    assert parse_time(format_time(at_ms)) == at_ms


@given(dates)
def test_a_day_comes_back(day: date) -> None:
    """A date, its number and its text are the same day."""
    number = from_date(day)
    assert to_date(number) == day
    assert format_day(number) == day.isoformat()
    assert parse_day(format_day(number)) == number


@given(dates, dates)
def test_days_sort_as_numbers(one: date, other: date) -> None:
    """The earlier day is the smaller number."""
    assert (from_date(one) < from_date(other)) == (one < other)


@given(instants, st.integers(0, 86_400_000 * 400), zones)
def test_a_later_instant_is_never_an_earlier_day(at_ms: int, more: int, name: str) -> None:
    """Local days go forward with time, across every change of the clocks."""
    assert local_day(at_ms, name) <= local_day(at_ms + more, name)


@given(dates, st.integers(0, 800))
def test_days_between_is_inclusive_and_without_gaps(first: date, more: int) -> None:
    """A range has both its ends and each day once; a reversed range is empty."""
    last = date.fromordinal(first.toordinal() + more)
    days = days_between(from_date(first), from_date(last))
    assert len(days) == more + 1
    assert (days[0], days[-1]) == (from_date(first), from_date(last))
    assert days == sorted(set(days))
    assert not days_between(from_date(last), from_date(first)) or first == last


def test_defaults_are_those_of_the_sources() -> None:
    """Without settings a tenant works in Vietnam, in dong (G1)."""
    assert (DEFAULT_TIME_ZONE, DEFAULT_CURRENCY) == ("Asia/Ho_Chi_Minh", "VND")


@pytest.mark.parametrize("name", ["Asia/Hanoi-City", "../etc/passwd", "", "/etc/localtime"])
def test_an_unknown_zone_is_an_error(name: str) -> None:
    """A zone that is not in the database is never a file of the machine, nor UTC in silence."""
    with pytest.raises((ZoneInfoNotFoundError, ValueError)):
        zone(name)
