"""Different customers out of visits: each once, without those behind the visits of others."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from schemas.kpis import CATALOGUE
from services.query.evaluation import Evaluation, Wish
from services.query.periods import Period
from tests.unit.query_stage import TODAY, basis

NEVER, DIALLED = "customers_never_reached", "customers_dialled"
VISITS = {
    ("calls_attempted", "an", 202610): ["411", "412"],
    ("calls_attempted", "an", 202611): ["111", "321", "322", "323"],
    ("calls_outbound", "an", 202611): ["111", "323"],
    ("calls_attempted", "binh", 202611): ["323", "324"],
    ("calls_outbound", "binh", 202611): ["322"],
}
"""(metric, employee, month) -> visits."""


def figures(
    metric: str, period: Period, *, scope: str = "employee", who: str = "an", by: str = ""
) -> tuple[int, dict[str, int]]:
    """Return the figure and its points, out of the visits above."""
    on = basis(pairs=("sales:an", "sales:binh"), people=("an", "binh"))
    wish = Wish(CATALOGUE[metric], scope, who, period, by=by)  # type: ignore[arg-type]
    evaluation = Evaluation(on, [wish])
    (command,) = evaluation.commands
    asked: dict[str, Any] = orjson.loads(command[3])
    known = {
        on.keys.visits(name, "sales", employee, month): visits
        for (name, employee, month), visits in VISITS.items()
    }
    replies = [
        "\n".join(visit for visit in known.get(key, []) if visit.startswith(day)).encode()
        for key, day in zip(asked["keys"], asked["days"], strict=True)
    ]
    (value,) = evaluation.answer([replies])
    return value.figure["value"], {name: point["value"] for name, point in value.by.items()}


@pytest.mark.parametrize(
    ("who", "dialled", "never"), [("an", 3, 2), ("binh", 2, 2)], ids=["an", "binh"]
)
def test_never_reached_is_a_difference_of_sets(who: str, dialled: int, never: int) -> None:
    """Who was dialled today less who was spoken with, by the same person."""
    today = Period(TODAY, TODAY)
    assert figures(DIALLED, today, who=who)[0] == dialled
    assert figures(NEVER, today, who=who)[0] == never


def test_together_who_was_reached_by_one_is_reached() -> None:
    """In all, 1 and 4 were dialled and reached by nobody: neither a sum nor a most of rows."""
    found = figures(NEVER, Period(TODAY, TODAY), scope="department", who="sales")
    assert found == (2, {})


@pytest.mark.parametrize(
    ("by", "points"),
    [
        ("", {}),
        ("month", {"2026-10": 2, "2026-11": 1}),
        ("day", {"2026-10-31": 2, "2026-11-01": 0, "2026-11-22": 2}),
    ],
)
def test_a_point_is_a_range_of_its_own(by: str, points: dict[str, int]) -> None:
    """Reached on another day is reached in the range, but not on a day of the series."""
    total, found = figures(NEVER, Period(20261031, TODAY), by=by)
    assert total == 1
    assert {name: value for name, value in found.items() if name in points} == points
    assert sum(found.values()) == sum(points.values())


def test_a_day_alone_is_looked_through_in_the_store() -> None:
    """Of one day only its visits are asked for, of several the month."""
    assert days_asked(Period(TODAY, TODAY)) == {"32"}
    assert days_asked(Period(TODAY - 1, TODAY)) == {""}


def days_asked(*periods: Period) -> set[str]:
    """Return which days of the hashes are asked for."""
    wishes = [Wish(CATALOGUE[NEVER], "employee", "an", period) for period in periods]
    (command,) = Evaluation(basis(), wishes).commands
    return set(orjson.loads(command[3])["days"])


def test_two_wishes_for_a_hash_share_it() -> None:
    """Where one wants a day and another the month, the month is read."""
    assert days_asked(Period(TODAY, TODAY), Period(20261101, TODAY)) == {""}
