"""Periods of targets by name: which days they have, what comes before and after."""

from __future__ import annotations

import pytest

from schemas.target_periods import (
    KINDS,
    Span,
    is_period,
    kind_of,
    moved,
    period_of,
    periods_of,
    points_of,
    span_of,
)


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("2026-11-22", "day", (20261122, 20261122)),
        ("2026-W47", "week", (20261116, 20261122)),
        ("2026-W01", "week", (20251229, 20260104)),
        ("2026-W53", "week", (20261228, 20270103)),
        ("2024-02", "month", (20240201, 20240229)),
        ("2026-Q1", "quarter", (20260101, 20260331)),
        ("2026-Q4", "quarter", (20261001, 20261231)),
        ("2026", "year", (20260101, 20261231)),
    ],
)
def test_a_name_says_its_days(text: str, kind: str, span: tuple[int, int]) -> None:
    """Each form has its days; the first and the last of them lie in it."""
    assert (kind_of(text), span_of(text)) == (kind, Span(*span))
    assert all(period_of(day, kind_of(text)) == text for day in span)
    assert is_period(text)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2025-W53", "2026-W54", "2026-Q5", "2026-13", "1989", "2100", "", "26"]
)
def test_what_is_in_no_calendar_is_no_period(text: str) -> None:
    """A name in the right form may still be none."""
    assert not is_period(text)


@pytest.mark.parametrize(
    ("text", "steps", "found"),
    [
        ("2026-01", -1, "2025-12"),
        ("2026-Q1", -3, "2025-Q2"),
        ("2026-W01", -1, "2025-W52"),
        ("2026-W53", 1, "2027-W01"),
        ("2024-02-29", 1, "2024-03-01"),
        ("2026", -1, "2025"),
    ],
)
def test_periods_go_on_over_the_year(text: str, steps: int, found: str) -> None:
    """The next and the one before are of the same kind, without a gap."""
    assert moved(text, steps) == found
    assert moved(found, -steps) == text


def test_a_day_lies_in_five_periods() -> None:
    """Sunday 27 December 2026 lies in ISO week 52 and in the fourth quarter."""
    assert periods_of(20261227) == ("2026-12-27", "2026-W52", "2026-12", "2026-Q4", "2026")
    assert [kind_of(text) for text in periods_of(20261227)] == list(KINDS)


def test_longer_periods_are_read_by_month() -> None:
    """Days and weeks are made of days, all others of whole months."""
    assert points_of("2026-W53")[-3:] == [20270101, 20270102, 20270103]
    assert points_of("2026-Q4") == [202610, 202611, 202612]
    assert points_of("2026-02") == [202602]
