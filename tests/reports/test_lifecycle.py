"""The lifecycle report over HTTP: after how many days customers converted (D-90..D-97, E-60..)."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest

from tests.reports.conftest import Ask
from tests.reports.prospects import day
from tests.reports.spreadsheet import read
from tests.reports.test_exports import got, rows_of

PATH = "/v1/reports/lifecycle"


@pytest.mark.parametrize(
    ("asked", "length"),
    [
        ({"days": "4"}, 4),
        ({"days": "84"}, 84),
        ({"weeks": "1"}, 7),
        ({"weeks": "12"}, 84),
        ({}, 28),
    ],
)
def test_the_window_ends_today(look: Ask, asked: dict[str, str], length: int) -> None:
    """So many days, today included; a week is seven days (V10, V11)."""
    report = look(PATH, **asked)
    assert len(report["rows"]) == length
    assert report["rows"][-1]["day"] == report["to"] == report["today"]
    first = date.fromisoformat(report["today"]) - timedelta(length - 1)
    assert report["rows"][0]["day"] == report["from"] == first.isoformat()


def test_the_first_order_ends_the_cycle(look: Ask) -> None:
    """Created 10 days ago, ordered 8 days ago: lag 2; what is to come is null, not 0."""
    report = look(PATH, days="12")
    assert (report["created"], report["converted"]) == (6, 2)
    assert (report["mean_days"], report["median_days"]) == (2.0, 2.0)
    rows = {row["day"]: row for row in report["rows"]}
    oldest = rows[day(10)]
    assert (oldest["created"], oldest["converted"]) == (3, 2)
    assert oldest["exact"] == [0, 0, 2, *[0] * 8, None]
    assert oldest["cumulative"] == [0, 0, *[2] * 9, None]
    assert rows[day(0)]["exact"] == [0, *[None] * 11]
    assert report["total"]["cumulative"] == [0, 0, *[2] * 10]


def test_a_window_of_the_past_knows_nothing_of_later(look: Ask) -> None:
    """Until the day before the order: the same customers, and nobody converted."""
    before = look(PATH, days="4", until=day(9))
    assert (before["from"], before["to"]) == (day(12), day(9))
    assert before["rows"][2]["created"] == 3
    assert (before["converted"], before["mean_days"]) == (0, None)
    assert look(PATH, days="4", until=day(8))["converted"] == 2


@pytest.mark.parametrize(
    ("asked", "created", "converted", "mean"),
    [
        ({"target": "stage", "stage": "won"}, 6, 1, 3.0),
        ({"target": "stage", "stage": "lead"}, 6, 2, 0.0),
        ({"source": "web"}, 3, 2, 2.0),
        ({"source": "-"}, 2, 0, None),
        ({"relationship": "won"}, 1, 1, 2.0),
        ({"relationship": "-"}, 4, 1, 2.0),
        ({"employee": "an"}, 3, 2, 2.0),
        ({"department": "sales", "sub": "true"}, 4, 2, 2.0),
        ({"employee": "-"}, 1, 0, None),
        ({"days": "4"}, 1, 0, None),
    ],
)
def test_targets_and_filters(
    look: Ask, asked: dict[str, str], created: int, converted: int, mean: float | None
) -> None:
    """A stage or an order; source, stage of now, employee, department of now."""
    report = look(PATH, **asked)
    assert (report["created"], report["converted"]) == (created, converted)
    assert report["mean_days"] == mean


def test_every_number_opens_into_its_customers(look: Ask, prospector: httpx.Client) -> None:
    """Created and converted of each day, exact and cumulative of each lag (D-96, G13)."""
    report = look(PATH, days="12")
    for row in report["rows"]:
        listed = [(row["created"], ""), (row["converted"], "&converted=true")]
        for lag, (exact, cumulative) in enumerate(
            zip(row["exact"], row["cumulative"], strict=True)
        ):
            if exact is not None and lag % 2 == 0:
                listed.append((exact, f"&lag={lag}"))
                listed.append((cumulative, f"&lag={lag}&cumulative=true"))
        for number, cell in listed if row["created"] else listed[:1]:
            found = prospector.get(row["facts"] + cell).json()
            assert found["total"] == len(found["rows"]) == number
    whole = prospector.get(report["total"]["facts"], params={"lag": "2"}).json()
    assert [row["id"] for row in whole["rows"]] == ["k1", "k2"]
    cell = {"created": None, "lag": 2, "cumulative": False, "converted": False}
    assert whole["cell"] == cell


@pytest.mark.parametrize(
    ("path", "asked", "code", "parameter", "limit"),
    [
        ("", {"days": "3"}, "observation_out_of_range", "days", "4..84 days"),
        ("", {"days": "85"}, "observation_out_of_range", "days", "4..84 days"),
        ("", {"weeks": "13"}, "observation_out_of_range", "weeks", "1..12 weeks"),
        ("", {"weeks": "0"}, "observation_out_of_range", "weeks", "1..12 weeks"),
        ("", {"days": "7", "weeks": "1"}, "conflicting_parameters", "weeks", None),
        ("", {"days": "week"}, "invalid_parameter", "days", None),
        ("", {"target": "call"}, "invalid_parameter", "target", None),
        ("", {"target": "stage"}, "missing_parameter", "stage", None),
        ("", {"stage": "won"}, "conflicting_parameters", "stage", None),
        ("", {"target": "stage", "stage": "moon"}, "unknown_stage", "stage", None),
        ("", {"relationship": "moon"}, "unknown_stage", "relationship", None),
        ("", {"source": "moon"}, "unknown_source", "source", None),
        ("", {"group": "vip"}, "unknown_parameter", "group", None),
        ("/facts", {"cumulative": "true"}, "conflicting_parameters", "cumulative", None),
        ("/facts", {"lag": "1", "converted": "true"}, "conflicting_parameters", "converted", None),
        ("/facts", {"lag": "-1"}, "invalid_parameter", "lag", None),
        (".csv", {"days": "3"}, "observation_out_of_range", "days", "4..84 days"),
    ],
)
def test_a_mistake_is_named(  # noqa: PLR0917 - the parts of one case
    prospector: httpx.Client,
    path: str,
    asked: dict[str, str],
    code: str,
    parameter: str,
    limit: str | None,
) -> None:
    """The problem says which rule was broken, and its limit."""
    answer = prospector.get(PATH + path, params=asked)
    found = answer.json()
    assert (answer.status_code, found["code"], found["parameter"]) == (422, code, parameter)
    assert found.get("limit") == limit
    if code == "unknown_stage":
        assert found["known"] == ["lead", "won"]


def test_the_matrix_as_files(look: Ask, prospector: httpx.Client) -> None:
    """Days down, lags across, a day to come is empty; then cumulative, and all together."""
    report = look(PATH, days="12")
    answer = got(prospector, f"{PATH}.csv", days="12")
    heading, *rows = rows_of(answer)
    assert heading[:4] == ["Day", "Created", "Converted", "Day 0"]
    assert rows[1] == [day(10), "3", "2", "0", "0", "2", *["0"] * 8, ""]
    assert rows[-1][:6] == ["Total", "6", "2", "0", "0", "2"]
    assert answer.headers["x-salespulse-version"] == report["version"]
    exact, cumulative, summary = read(got(prospector, f"{PATH}.xlsx", days="12").content)
    assert len(exact.rows) == len(cumulative.rows) == 14
    assert summary.rows[1] == [6.0, 2.0, 2.0, 2.0]
    listed = rows_of(got(prospector, f"{PATH}/facts.csv", days="12", lag="2"))
    assert [row[1] for row in listed[1:]] == ["k1", "k2"]
