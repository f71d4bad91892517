"""Pace, score, suggestions and what a year earlier is compared with: worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.targets import Aim, Slot
from services.query.periods import Comparison, Period, last_year
from services.query.problems import Problem
from services.query.targets.changes import Plan, check_weights
from services.query.targets.held import Held, Together, Wanted, together
from services.query.targets.models import TargetsToSet
from services.query.targets.pace import pace, score, status_of
from services.query.targets.suggestion import earlier, suggested
from tests.unit.query_stage import basis


@pytest.mark.parametrize(
    ("value", "status"),
    [(100, "on_track"), (99, "on_track"), (98, "behind"), (81, "behind"), (80, "at_risk")],
)
def test_the_bounds_of_the_status(value: int, status: str) -> None:
    """From 99 percent of what is expected on track, from 81 behind, below at risk."""
    assert status_of(value, 100) == status


@pytest.mark.parametrize(
    ("value", "target", "share", "found"),
    [
        (60, 100, 0.5, (0.6, 50, "on_track", 120)),
        (130, 100, 1.0, (1.3, 100, "on_track", None)),  # never capped, nothing to estimate
        (0, 100, 0.0, (0.0, 0, "on_track", None)),  # it has not begun
        (40, 100, 0.5, (0.4, 50, "at_risk", 80)),
        (7, None, 0.5, (None, None, "no_target", 14)),
        (None, 100, 0.5, (None, None, "no_target", None)),
        (5, 0, 0.5, (None, 0, "on_track", 10)),
        (5, 10, None, (0.5, 0, "on_track", None)),  # nobody works in it
    ],
)
def test_how_far_somebody_is(
    value: int | None, target: int | None, share: float | None, found: tuple[Any, ...]
) -> None:
    """Attainment, expected by now, status, and a projection that says it is one."""
    told = pace(value, target, share)
    estimate = told["projection"]
    assert estimate is None or estimate["estimate"] is True
    shown = None if estimate is None else estimate["value"]
    assert (told["attainment"], told["expected"], told["status"], shown) == found


@pytest.mark.parametrize(
    ("parts", "cap", "value", "why"),
    [
        ([(60, 1.5), (40, 0.5)], None, 1.1, None),
        ([(60, 1.5), (40, 0.5)], 100, 0.8, None),
        ([(60, 1.5), (0, 9.0)], None, None, "weights_not_100"),
        ([(0, 1.5)], None, None, "no_weights"),
        ([(100, None)], None, None, "not_available"),
    ],
)
def test_a_score_needs_weights_that_add_up(
    parts: list[tuple[int, float | None]], cap: int | None, value: float | None, why: str | None
) -> None:
    """The weighted mean of attainments, capped only where asked."""
    found = score(parts, cap)
    assert found["value"] == (None if value is None else pytest.approx(value))
    assert found.get("why") == why


@pytest.mark.parametrize("weights", [[60, 30], [60, None], [100, 1]])
def test_weights_that_do_not_add_to_100_are_refused(weights: list[int | None]) -> None:
    """The problem names the rule and what they add to."""
    with pytest.raises(Problem) as refused:
        check_weights(weights)
    assert refused.value.code == "weights_not_100"
    assert refused.value.members["sum"] == sum(weight or 0 for weight in weights)


@pytest.mark.parametrize(
    ("period", "today", "elapsed", "before"),
    [
        ((20261101, 20261130), 20261122, (20261101, 20261122), (20251101, 20251122)),
        ((20240201, 20240229), 20240229, (20240201, 20240229), (20230201, 20230228)),
        ((20240229, 20240229), 20240229, (20240229, 20240229), (20230228, 20230228)),
        ((20230201, 20230228), 20230301, (20230201, 20230228), (20220201, 20220228)),
        ((20250201, 20250228), 20250301, (20250201, 20250228), (20240201, 20240229)),
    ],
)
def test_the_same_days_a_year_earlier(
    period: tuple[int, int], today: int, elapsed: tuple[int, int], before: tuple[int, int]
) -> None:
    """The elapsed part is compared; whole months with whole months, leap years or not (B-05)."""
    found = last_year(Period(*period), today)
    assert found == Comparison(Period(*elapsed), Period(*before))
    assert last_year(Period(20270101, 20270102), today) is None


def test_the_nearest_target_holds() -> None:
    """The own target, else the default of the department, else that of the company."""
    company = basis()
    wanted = Wanted(company, ("employee", "an"), "2026-11", ["orders"])
    own, of_sales, of_all = (Aim(1, value).pack() for value in (1, 2, 3))
    found = [
        wanted.held(reply)["orders"]
        for reply in ([own, of_sales, of_all], [None, of_sales, of_all], [None, None, of_all])
    ]
    assert [(each.aim.value, each.default_of) for each in found] == [
        (1, None), (2, "department:sales"), (3, "company"),
    ]  # fmt: skip
    assert wanted.held([None, None, None]) == {}
    assert wanted.command[2:] == (
        "orders|employee|an", "orders|department.each|sales", "orders|company.each|all",
    )  # fmt: skip
    assert Held(Slot("orders", "company", "all"), Aim(1, 1)).default_of is None


def _of_orders(department: str, value: int, currency: str = "") -> dict[str, Held]:
    return {"orders": Held(Slot("orders", "department", department), Aim(1, value, currency))}


def test_a_department_with_those_below_has_the_sum_of_their_targets() -> None:
    """Each that has people has to have one; who has nobody may have one, and need not."""
    each = {"sales": _of_orders("sales", 5), "hanoi": _of_orders("hanoi", 7), "empty": {}}
    found = together(each, ["sales", "hanoi"])["orders"]
    assert found.aim is not None
    assert (found.aim.value, found.aim.weight, found.default_of) == (12, 0, None)
    assert (found.of, found.without) == (("sales", "hanoi"), ())
    lacking = together({**each, "hanoi": {}}, ["sales", "hanoi"])["orders"]
    assert lacking == Together(None, ("sales",), ("hanoi",))
    mixed = together({**each, "hanoi": _of_orders("hanoi", 7, "USD")}, ["sales", "hanoi"])
    assert mixed["orders"] == Together(None, ("sales", "hanoi"), ())
    assert together({"sales": {}, "hanoi": {}}, ["sales"]) == {}


_HELD = {
    Slot("orders", "department", "sales"): Aim(7, 5),
    Slot("revenue", "department", "sales"): Aim(8, 900, "VND"),
    Slot("orders", "department.each", "sales"): Aim(9, 1),
    Slot("orders", "employee", "an"): Aim(9, 1),
}


def test_what_is_put_is_all_there_is() -> None:
    """Others of the same scope are removed, alike ones are left alone, all else stays."""
    given = TargetsToSet.model_validate(
        {"targets": [{"metric": "orders", "value": 5}, {"metric": "calls_outbound", "value": 90}]}
    )
    plan = Plan("department", "sales", "2026-11", "gia")
    made = list(plan.put(basis(), given, _HELD))
    assert [(each.type, each.data["metric"], each.after) for each in made] == [
        ("target.set", "calls_outbound", 0),
        ("target.removed", "revenue", 8),
    ]
    assert made[0].data["set_by"] == made[1].data["removed_by"] == "gia"


@pytest.mark.parametrize(
    ("target", "code", "pointer"),
    [
        ({"metric": "nothing", "value": 1}, "unknown_metric", None),
        ({"metric": "pipeline_value", "value": 1}, "no_target", "/targets/0/metric"),
        ({"metric": "win_rate", "value": 1}, "no_target", "/targets/0/metric"),
        ({"metric": "revenue", "value": 1}, "other_currency", "/targets/0/value"),
        (
            {"metric": "revenue", "value": {"amount": 1, "currency": "USD"}},
            "other_currency",
            "/targets/0/value",
        ),
        (
            {"metric": "orders", "value": {"amount": 1, "currency": "VND"}},
            "not_money",
            "/targets/0/value",
        ),
    ],
)
def test_what_cannot_be_a_target_is_refused(
    target: dict[str, Any], code: str, pointer: str | None
) -> None:
    """The problem names the rule, and the place in what was sent."""
    given = TargetsToSet.model_validate({"targets": [target]})
    with pytest.raises(Problem) as refused:
        list(Plan("company", "all", "2026-11", "").put(basis(), given, {}))
    assert refused.value.code == code
    assert refused.value.members.get("pointer") == pointer


def test_a_suggestion_is_the_median_of_full_periods() -> None:
    """Periods without anything are no example; a suggestion says what it is."""
    assert earlier("2026-01") == ["2025-10", "2025-11", "2025-12"]
    found = suggested("orders", {"2025-10": 10, "2025-11": 0, "2025-12": 21}, None)
    assert (found["value"], found["suggested"]) == (16, True)
    assert suggested("orders", {"2025-12": None}, None)["value"] is None
