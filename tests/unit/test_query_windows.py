"""The windows of the cohort reports and the rules they have to keep."""

from __future__ import annotations

from datetime import date

import pytest

from services.query.cohorts.windows import observation, six_months
from services.query.periods import Period
from services.query.problems import Problem

TODAY = 20250721


@pytest.mark.parametrize(
    ("days", "weeks", "first"),
    [
        (8, None, 20250714),  # V11
        (4, None, 20250718),
        (84, None, 20250429),
        (None, 1, 20250715),
        (None, 12, 20250429),
        (None, None, 20250624),
    ],
)
def test_an_observation_ends_today(days: int | None, weeks: int | None, first: int) -> None:
    """Today is the last of so many days, or of so many times seven (V10, V11)."""
    assert observation(days, weeks, TODAY) == Period(first, TODAY)


@pytest.mark.parametrize(
    ("days", "weeks", "parameter", "limit"),
    [
        (3, None, "days", "4..84 days"),
        (85, None, "days", "4..84 days"),
        (0, None, "days", "4..84 days"),
        (-8, None, "days", "4..84 days"),
        (None, 13, "weeks", "1..12 weeks"),
        (None, 0, "weeks", "1..12 weeks"),
    ],
)
def test_an_observation_has_limits(
    days: int | None, weeks: int | None, parameter: str, limit: str
) -> None:
    """What is shorter or longer is refused with the limit of its unit (V10)."""
    with pytest.raises(Problem, match=limit) as refused:
        observation(days, weeks, TODAY)
    assert refused.value.code == "observation_out_of_range"
    assert refused.value.members == {"parameter": parameter, "limit": limit}


def test_an_observation_of_the_past_ends_on_its_last_day() -> None:
    """With a last day it ends there; a day to come is refused."""
    assert observation(8, None, TODAY, date(2025, 6, 30)) == Period(20250623, 20250630)
    assert observation(8, None, TODAY, date(2025, 7, 21)) == observation(8, None, TODAY)
    with pytest.raises(Problem, match="still to come") as refused:
        observation(8, None, TODAY, date(2025, 7, 22))
    assert refused.value.members == {"parameter": "until", "limit": "2025-07-21"}


def test_an_observation_has_one_unit() -> None:
    """Days and weeks together are refused, even where they say the same."""
    with pytest.raises(Problem) as refused:
        observation(7, 1, TODAY)
    assert refused.value.code == "conflicting_parameters"


@pytest.mark.parametrize(
    ("first", "latest"),
    [
        (20250101, 20250630),  # V12
        (20250131, 20250730),
        (20250831, 20260227),
        (20230831, 20240228),  # a leap year
        (20250830, 20260227),
        (20250901, 20260228),
        (20250715, 20260114),
    ],
)
def test_a_statistics_period_has_six_months(first: int, latest: int) -> None:
    """The last day is before the first one comes back six months later, or that month ends."""
    assert six_months(first, latest) == Period(first, latest)
    assert six_months(first, first) == Period(first, first)
    following = latest + 1 if latest % 100 < 28 else (latest // 100 + 1) * 100 + 1
    if latest == 20240228:
        following = 20240229
    with pytest.raises(Problem, match="at most 6 months") as refused:
        six_months(first, following)
    assert refused.value.code == "period_too_long"
    assert refused.value.members["limit"] == "6 months"
    text = str(latest)
    assert refused.value.members["latest"] == f"{text[:4]}-{text[4:6]}-{text[6:]}"


def test_a_statistics_period_is_not_reversed() -> None:
    """A period that ends before it begins is refused."""
    with pytest.raises(Problem) as refused:
        six_months(20250102, 20250101)
    assert refused.value.code == "range_reversed"
