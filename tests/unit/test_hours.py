"""The course of a day: counts and amounts by the hour, which add up to the figure of the day."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schemas.calendar import from_date
from schemas.facts import Order, Payment
from schemas.facts.model import Amount
from schemas.kpis import CATALOGUE
from services.query.hours import COURSES, hours_of
from services.query.lists import Row, RowKey

ZONE = "Asia/Ho_Chi_Minh"
NOON = datetime(2026, 11, 20, 12, 30, tzinfo=ZoneInfo(ZONE))
DAY = from_date(NOON.date())
HOUR_MS = 3_600_000
NOON_MS = round(NOON.timestamp() * 1000)


def row(fact: Any) -> Row:
    """Return a row of a list."""
    return Row(RowKey(DAY, fact.number), fact)


def order(number: int, amount: int, hours: int, currency: str = "VND") -> Row:
    """Return an order that was approved some hours after noon."""
    at_ms = NOON_MS + hours * HOUR_MS
    approval = (1, "approved", at_ms, DAY, None)
    return row(Order(f"o{number}", number, total=(1, Amount(amount, currency)), approval=approval))


def paid(number: int, amount: int, hours: int, back: tuple[int, int | None] | None = None) -> Row:
    """Return a payment; `back` is (hours, amount) of what was taken back, None for all."""
    received = (1, NOON_MS + hours * HOUR_MS, DAY, Amount(amount, "VND"))
    taken = None
    if back is not None:
        part = None if back[1] is None else Amount(back[1], "VND")
        taken = (1, NOON_MS + back[0] * HOUR_MS, DAY, part)
    return row(Payment(f"y{number}", number, received=received, reversed=taken))


def course(metric: str, *lists: list[Row]) -> dict[int, int]:
    """Return the hours of a day at which there is anything."""
    found = hours_of(list(zip(COURSES[metric], lists, strict=True)), DAY, ZONE, "VND")
    assert len(found) == 24
    return {hour: value for hour, value in enumerate(found) if value}


def test_money_stands_at_the_hour_of_its_approval() -> None:
    """Amounts of the tenant's currency add up; another currency is no part of the course."""
    rows = [order(1, 500, -3), order(2, 200, -3), order(3, 70, 2), order(4, 900, 0, "USD")]
    assert course("revenue", rows) == {9: 700, 14: 70}
    assert course("orders_approved", rows) == {9: 2, 12: 1, 14: 1}


def test_what_was_taken_back_is_negative_at_its_own_hour() -> None:
    """A reversal of all, of a part, and of a payment of another day."""
    whole, part = paid(1, 500, -2, (1, None)), paid(2, 300, 0, (1, 100))
    before = paid(3, 40, -30, (3, None))
    found = course("collections", [whole, part], [whole, part, before])
    assert found == {10: 500, 12: 300, 13: -600, 15: -40}


@pytest.mark.parametrize(("hours", "stands_at"), [(-30, 0), (30, 23)])
def test_what_happened_on_another_day_is_in_the_sum(hours: int, stands_at: int) -> None:
    """It counts for the day, so it stands at its beginning or its end."""
    assert course("revenue", [order(1, 500, hours)]) == {stands_at: 500}


def test_courses_are_of_the_lists_behind_their_figures() -> None:
    """Each is a figure of the catalogue; its first list is the one that the figure opens."""
    for name, parts in COURSES.items():
        kpi = CATALOGUE[name]
        assert kpi.list_name == parts[0].listed
        assert (kpi.unit == "money") == all(part.amount is not None for part in parts)
        assert all(CATALOGUE[part.listed].unit == "count" for part in parts)
        assert kpi.streamed
