"""What adds up does, on running services: points to ranges, people to departments and company."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.stack import Stack
from schemas.kpis import CATALOGUE, Kpi
from tests.integration.listed_company import LOCKED_DAYS_AGO, ListedCompany

pytestmark = pytest.mark.once

WHOLE, PART = (35, -25), (8, 2)
"""Ranges of days, counted back from today."""
SCOPES: tuple[tuple[str, dict[str, str]], ...] = (
    ("company/all", {}),
    ("department/x1", {"sub": "true"}),
    ("department/x2", {}),
    ("employee/ea", {}),
)
SUMMED = [kpi for kpi in CATALOGUE.values() if kpi.unit != "ratio"]


@pytest.fixture(scope="module")
def company(stack: Stack) -> Iterator[ListedCompany]:
    """Give the company, with all its history applied."""
    opened = ListedCompany(stack)
    yield opened.live()
    opened.close()


def days(company: ListedCompany, asked: tuple[int, int]) -> dict[str, str]:
    return {"from": company.day(asked[0]), "to": company.day(asked[1])}


def amounts(figure: dict[str, Any]) -> Counter[str]:
    """Return currency -> value of a figure; no zeros."""
    found = Counter({figure.get("currency", ""): figure["value"] or 0})
    found.update({one["currency"]: one["value"] for one in figure.get("others", ())})
    return Counter({name: value for name, value in found.items() if value})


def added(figures: list[dict[str, Any]]) -> Counter[str]:
    """Return the sum of figures; no zeros, and quantities to the thousandth."""
    total: Counter[str] = Counter()
    for figure in figures:
        for name, value in amounts(figure).items():
            total[name] = round(total[name] + value, 3)
    return Counter({name: value for name, value in total.items() if value})


@pytest.mark.parametrize("by", ["day", "month"])
@pytest.mark.parametrize(("scope", "whose"), SCOPES)
def test_points_add_up_where_a_figure_says_so(
    company: ListedCompany, scope: str, whose: dict[str, str], by: str
) -> None:
    """Every figure that adds over days is the sum of its points."""
    for asked in (WHOLE, PART):
        answer = company.get(f"/v1/kpis/{scope}", **whose, **days(company, asked), by=by)
        for figure in answer["figures"]:
            if figure["adds_over_time"] and "why" not in figure:
                assert added(figure["by"]) == amounts(figure), (figure["metric"], asked)


@pytest.mark.parametrize(
    "kpi", [kpi for kpi in SUMMED if kpi.adds_over_people], ids=lambda kpi: kpi.name
)
def test_people_add_up_to_their_department(company: ListedCompany, kpi: Kpi) -> None:
    """The rows of a ranking are the figure; of the company together with what nobody owns."""
    for asked in (WHOLE, PART):
        wanted = {"metric": kpi.name, **days(company, asked), "limit": "1000"}
        for department, sub in (("x1", "true"), ("x2", "false"), ("x1", "false")):
            place = {"department": department, "sub": sub}
            rows = company.get("/v1/leaderboard", **wanted, **place)["rows"]
            figure = one(company, f"department/{department}", kpi, asked, sub=sub)
            assert added(rows) == amounts(figure), (department, sub, asked)
        nobody = one(company, "employee/-", kpi, asked)
        rows = company.get("/v1/leaderboard", **wanted)["rows"]
        assert added([*rows, nobody]) == amounts(one(company, "company/all", kpi, asked))


def one(
    company: ListedCompany, scope: str, kpi: Kpi, asked: tuple[int, int], **more: str
) -> dict[str, Any]:
    answer = company.get(f"/v1/kpis/{scope}", metrics=kpi.name, **days(company, asked), **more)
    found: dict[str, Any] = answer["figures"][0]
    return found


def test_tasks_of_two_departments_count_once(company: ListedCompany) -> None:
    """`across` and `open end` are of ea and eb; ea moved to x2 below x1 six days ago.

    From 35 days ago to 25 ahead there start or end: across, before, hers, open end, ahead. In
    x1 (eb, and ea before the move) all of them do, in x2 those that start or end since.
    """
    kpi = CATALOGUE["tasks"]
    found = {
        (department, sub): one(company, f"department/{department}", kpi, WHOLE, sub=sub)["value"]
        for department, sub in (("x1", "true"), ("x1", "false"), ("x2", "true"))
    }
    assert found["x1", "true"] == 5
    assert found["x2", "true"] == 3  # across and hers end, open end starts
    by_day = company.get(
        "/v1/kpis/department/x1", metrics="tasks", sub="true", by="day", **days(company, (9, 2))
    )["figures"][0]["by"]
    # across starts 9, before ends 8 and hers starts 8, open end starts 3, across ends 2 days ago
    assert [point["value"] for point in by_day] == [1, 2, 0, 0, 0, 0, 1, 1]


def test_a_comparison_is_two_figures(company: ListedCompany) -> None:
    """What is set side by side are the figures of the ranges that the answer names."""
    wanted = {"from": company.day(9), "to": company.day(5), "compare": "previous"}
    answer = company.get("/v1/kpis/company/all", **wanted)
    named = answer["compare"]
    previous = company.get("/v1/kpis/company/all", **{"from": named["from"], "to": named["to"]})
    for figure, before in zip(answer["figures"], previous["figures"], strict=True):
        if "previous" in figure:
            told = {name: before[name] for name in figure["previous"]}
            assert figure["previous"] == told
            assert figure["elapsed"]["value"] == figure["value"]


def test_what_was_taken_back_after_the_lock_stands_apart(company: ListedCompany) -> None:
    """An order of the locked days was cancelled since: one less of ea, of x1 and in all."""
    kpi, asked = CATALOGUE["orders"], (LOCKED_DAYS_AGO + 5, LOCKED_DAYS_AGO)
    for scope in ("employee/ea", "department/x1", "company/all"):
        figure = one(company, scope, kpi, asked)
        assert (figure["locked"], figure["late"]) == (True, -1)
        assert figure["value_at_lock"] == figure["value"] + 1
    assert "late" not in one(company, "employee/ea", kpi, (LOCKED_DAYS_AGO - 1, 0))
