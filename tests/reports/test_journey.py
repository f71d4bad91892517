"""The journey report over HTTP: who stands in which stage at the end of each day (D-100..D-105)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.reports.conftest import Ask, Report
from tests.reports.prospects import day
from tests.reports.test_exports import got, rows_of

PATH = "/v1/reports/journey"


def stocks(report: Report, name: str = "stock") -> dict[str, list[int]]:
    """Return the figures of the stages that have any, by day."""
    ids = [stage["id"] for stage in report["stages"]]
    return {
        row["day"]: {
            stage: cells[name]["value"]
            for stage, cells in zip(ids, row["stages"], strict=True)
            if cells[name]["value"]
        }
        for row in report["rows"]
    }  # type: ignore[return-value]


def test_a_day_has_stocks_entries_exits_and_revenue(look: Ask) -> None:
    """Stages add up to the customers there are; who entered and left explains the difference."""
    report = look(PATH, days="12")
    assert [stage["id"] for stage in report["stages"]] == ["lead", "won", ""]
    found: dict[str, Any] = stocks(report)
    assert found[day(11)] == {}
    assert found[day(10)] == {"lead": 2, "": 1}
    assert found[day(8)] == {"lead": 2, "": 3}
    assert found[day(7)] == {"lead": 1, "won": 1, "": 3}
    assert found[day(0)] == {"lead": 1, "won": 1, "": 4}
    assert stocks(report, "entries")[day(7)] == {"won": 1}
    assert stocks(report, "exits")[day(7)] == {"lead": 1}
    rows = {row["day"]: row for row in report["rows"]}
    assert [rows[day(ago)]["total"]["value"] for ago in (11, 10, 9, 1, 0)] == [0, 3, 5, 5, 6]
    assert rows[day(8)]["revenue"]["value"] == 1_000_000
    assert rows[day(7)]["revenue"]["others"] == [{"value": 2_500, "currency": "USD"}]


def test_days_of_the_past_are_the_same_from_there(look: Ask) -> None:
    """A window that ended five days ago shows what the one of today shows of these days."""
    whole, past = look(PATH, days="12"), look(PATH, days="6", until=day(5))
    shown = {row["day"]: row for row in whole["rows"]}
    assert past["to"] == day(5)
    for row in past["rows"]:
        assert row["total"]["value"] == shown[row["day"]]["total"]["value"]
        assert row["revenue"] == shown[row["day"]]["revenue"]
    assert stocks(past) == {row["day"]: stocks(whole)[row["day"]] for row in past["rows"]}


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ({"employee": "an"}, {"won": 1, "": 2}),
        ({"employee": "an", "owner": "now"}, {"won": 1, "": 2}),
        ({"department": "sales", "sub": "true"}, {"lead": 1, "won": 1, "": 2}),
        ({"department": "far", "weeks": "1"}, {"": 1}),
        ({"employee": "dung"}, {}),
    ],
)
def test_whose_customers(look: Ask, asked: dict[str, str], last: dict[str, int]) -> None:
    """An employee, a department with those below; owner of that day or of now (E-71)."""
    report = look(PATH, **asked)
    assert len(report["rows"]) == (7 if "weeks" in asked else 28)
    assert stocks(report)[day(0)] == last


def test_every_number_opens_into_its_list(look: Ask, prospector: httpx.Client) -> None:
    """Of a past day the list is as of its end (E-73, G13)."""
    for asked in ({}, {"employee": "an"}, {"department": "sales", "sub": "true", "owner": "now"}):
        for row in look(PATH, days="11", **asked)["rows"][::5]:
            cells = [row["total"], *(c for stage in row["stages"] for c in stage.values())]
            for cell in cells:
                listed = prospector.get(cell["facts"]).json()
                assert listed["total"] == cell["value"], cell["facts"]


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"days": "3"}, 422, "observation_out_of_range"),
        ({"days": "85"}, 422, "observation_out_of_range"),
        ({"weeks": "13"}, 422, "observation_out_of_range"),
        ({"days": "4", "weeks": "1"}, 422, "conflicting_parameters"),
        ({"employee": "an", "department": "far"}, 422, "conflicting_parameters"),
        ({"employee": "moon"}, 404, "unknown_employee"),
        ({"department": "moon"}, 404, "unknown_department"),
        ({"owner": "then"}, 422, "invalid_parameter"),
        ({"stage": "won"}, 422, "unknown_parameter"),
    ],
)
def test_a_mistake_is_named(
    prospector: httpx.Client, asked: dict[str, str], status: int, code: str
) -> None:
    """The problem says which rule was broken."""
    answer = prospector.get(PATH, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_the_journey_as_a_file(look: Ask, prospector: httpx.Client) -> None:
    """A row for each day; stocks have no total, flows and revenue do."""
    report = look(PATH, days="12")
    answer = got(prospector, f"{PATH}.csv", days="12")
    assert answer.headers["x-salespulse-version"] == report["version"]
    heading, *rows = rows_of(answer)
    assert heading[:5] == [
        "Day",
        "Customers",
        "Revenue (VND)",
        "Revenue (USD)",
        "Lead: In the stage",
    ]
    assert len(rows) == 13
    written = dict(zip(heading, rows[-1], strict=True))
    assert (written["Day"], written["Customers"], written["Revenue (USD)"]) == (
        "Total",
        "",
        "25.00",
    )
    assert (written["Lead: Came"], written["Lead: Went"]) == ("2", "1")
