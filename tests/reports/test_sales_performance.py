"""The sales performance report over HTTP: who bought how often in a period (D-110..D-119)."""

from __future__ import annotations

import httpx
import pytest

from tests.reports.conftest import Ask
from tests.reports.prospects import day
from tests.reports.spreadsheet import read
from tests.reports.test_exports import got, rows_of

PATH = "/v1/reports/sales-performance"
WINDOW = {"created_from": day(10), "created_to": day(0)}
PERIOD = {**WINDOW, "from": day(20), "to": day(0)}


def test_a_customer_says_when_it_came_and_whether_it_bought(look: Ask) -> None:
    """Label by precedence, flag beside it, currencies apart, the last order by its date (V13)."""
    report = look(PATH, **PERIOD, sort="name")
    assert report["total"] == 6
    assert report["totals"] == {
        "customers": 6, "purchased": 2, "in_progress": 0, "not_purchased": 4,
    }  # fmt: skip
    for name, number in report["totals"].items():
        assert look(report["facts"][name])["total"] == number
    rows = {row["id"]: row for row in report["rows"]}
    for row in report["rows"]:
        facts = row.pop("facts")
        for name in ("purchases", "pending"):
            assert look(facts[name])["total"] == row[name]
    assert list(rows) == ["k1", "k2", "k3", "k4", "k5", "k6"]
    assert rows["k1"] == {
        "id": "k1", "name": "K1", "phones": ["0901 000 001"], "owner_id": "an",
        "department_id": "sales", "created_at": f"{day(10)}T03:00:00.000Z", "stage": "won",
        "status": "purchased", "in_progress": False, "purchases": 1, "pending": 0,
        "value": 1_000_000, "currency": "VND", "last_order": day(8),
    }  # fmt: skip
    both = rows["k2"]
    assert (both["status"], both["in_progress"], both["pending"]) == ("purchased", True, 1)
    assert (both["value"], both["others"]) == (0, [{"value": 2_500, "currency": "USD"}])
    assert (rows["k4"]["owner_id"], rows["k4"]["status"]) == (None, "not_purchased")


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"status": "purchased"}, ["k1", "k2"]),
        ({"status": "in_progress"}, ["k2"]),
        ({"status": "not_purchased"}, ["k3", "k4", "k5", "k6"]),
        ({"min_purchases": "1", "max_purchases": "1"}, ["k1", "k2"]),
        ({"min_purchases": "2"}, []),
        ({"max_purchases": "0", "relationship": "lead"}, ["k3"]),
        ({"from": day(20), "to": day(9)}, ["k1", "k2", "k3", "k4", "k5", "k6"]),
        ({"from": day(7), "to": day(0), "status": "purchased"}, ["k2"]),
        ({"employee": "an"}, ["k1", "k2", "k6"]),
        ({"employee": "-"}, ["k4"]),
        ({"department": "sales", "sub": "true"}, ["k1", "k2", "k3", "k6"]),
        ({"relationship": "-"}, ["k2", "k4", "k5", "k6"]),
        ({"created_to": day(10)}, ["k1", "k2", "k3"]),
    ],
)
def test_five_filters_joined_by_and(look: Ask, asked: dict[str, str], ids: list[str]) -> None:
    """Department of now, stage, creation, statistics period, purchase status with its bounds."""
    report = look(PATH, **(PERIOD | asked), sort="name")
    assert [row["id"] for row in report["rows"]] == ids
    assert report["total"] == len(ids)


def test_the_statistics_period_is_this_month_by_default(look: Ask) -> None:
    """Its ends stand in the filters, with all others as they were understood."""
    report = look(PATH, **WINDOW)
    filters, month = report["filters"], report["today"][:7]
    assert filters["from"] == f"{month}-01"
    assert filters["to"][:7] == month
    assert filters["status"] == "all"


@pytest.mark.parametrize(
    "sort", ["created_at", "-created_at", "-purchases", "value", "-last_order", "-name"]
)
def test_pages_together_are_the_list(look: Ask, sort: str) -> None:
    """In any order, each customer once; descending is ascending the other way round."""
    whole = [row["id"] for row in look(PATH, **PERIOD, sort=sort)["rows"]]
    found, cursor = [], ""
    while True:
        page = look(PATH, **PERIOD, sort=sort, limit="2", cursor=cursor)
        found += [row["id"] for row in page["rows"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole
    other = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert [row["id"] for row in look(PATH, **PERIOD, sort=other)["rows"]] == whole[::-1]


@pytest.mark.parametrize(
    ("row", "column", "ids"),
    [
        ("total", "customers", ["k1", "k2", "k3", "k4", "k5", "k6"]),
        ("total", "purchased", ["k1", "k2"]),
        ("total", "in_progress", []),
        ("total", "not_purchased", ["k3", "k4", "k5", "k6"]),
        ("total", "purchases", ["o1", "o3"]),
        ("total", "pending", ["o2"]),
        ("k2", "purchases", ["o3"]),
        ("k2", "last_order", ["o2", "o3"]),
        ("k4", "value", []),
    ],
)
def test_numbers_open_into_their_lists(look: Ask, row: str, column: str, ids: list[str]) -> None:
    """Customers by their label, orders of a customer or of all (G13)."""
    listed = look(f"{PATH}/facts", **PERIOD, row=row, column=column)
    assert [one["id"] for one in listed["rows"]] == ids
    assert listed["total"] == len(ids)


def test_a_customer_that_is_not_in_the_report_has_no_list(prospector: httpx.Client) -> None:
    """A wrong id must not look like nothing bought."""
    asked = {**PERIOD, "row": "moon", "column": "purchases"}
    answer = prospector.get(f"{PATH}/facts", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")


@pytest.mark.parametrize(
    ("path", "asked", "code", "parameter"),
    [
        ("", {}, "missing_parameter", "created_from"),
        ("", {"created_from": "2026-01-01"}, "missing_parameter", "created_to"),
        ("", {**WINDOW, "created_to": "2020-01-01"}, "range_reversed", "created_from"),
        ("", {**WINDOW, "from": "2025-01-01", "to": "2025-07-01"}, "period_too_long", "to"),
        ("", {**WINDOW, "from": "2025-08-31", "to": "2026-02-28"}, "period_too_long", "to"),
        ("", {**WINDOW, "from": "2025-07-02", "to": "2025-07-01"}, "range_reversed", "from"),
        ("", {**WINDOW, "min_purchases": "3", "max_purchases": "2"}, "range_reversed",
         "min_purchases"),
        ("", {**WINDOW, "min_purchases": "-1"}, "invalid_parameter", "min_purchases"),
        ("", {**WINDOW, "status": "bought"}, "invalid_parameter", "status"),
        ("", {**WINDOW, "sort": "luck"}, "invalid_parameter", "sort"),
        ("", {**WINDOW, "relationship": "moon"}, "unknown_stage", "relationship"),
        ("", {**WINDOW, "limit": "5000"}, "limit_too_large", "limit"),
        ("", {**WINDOW, "cursor": "x"}, "bad_cursor", "cursor"),
        ("", {**WINDOW, "source": "web"}, "unknown_parameter", "source"),
        ("/facts", {**WINDOW, "column": "name"}, "unknown_column", "column"),
        (".csv", {}, "missing_parameter", "created_from"),
        (".csv", {**WINDOW, "limit": "5"}, "unknown_parameter", "limit"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(
    prospector: httpx.Client, path: str, asked: dict[str, str], code: str, parameter: str
) -> None:
    """The problem says which rule was broken; a period that is too long, until when it may go."""
    answer = prospector.get(PATH + path, params=asked)
    found = answer.json()
    assert (answer.status_code, found["code"], found["parameter"]) == (422, code, parameter)
    if code == "period_too_long":
        assert found["limit"] == "6 months"
        assert found["latest"] in {"2025-06-30", "2026-02-27"}


def test_six_months_to_the_day_are_allowed(look: Ask) -> None:
    """The first of January to the thirtieth of June (V12)."""
    assert look(PATH, **WINDOW, **{"from": "2025-01-01", "to": "2025-06-30"})["total"] == 6


def test_all_customers_as_files(look: Ask, prospector: httpx.Client) -> None:
    """As many rows as the report says, a column for each currency, the total last."""
    report = look(PATH, **PERIOD)
    answer = got(prospector, f"{PATH}.csv", **PERIOD, sort="name")
    assert answer.headers["x-salespulse-version"] == report["version"]
    heading, *rows = rows_of(answer)
    found = [dict(zip(heading, row, strict=True)) for row in rows]
    assert len(found) == report["total"] + 1
    assert found[0]["Telephone"] == "0901 000 001"
    assert found[1]["Value (USD)"] == "25.00"
    total = found[-1]
    assert (total["Customer id"], total["Purchases"], total["Value (VND)"]) == (
        "Total",
        "2",
        "1000000",
    )
    (page,) = read(got(prospector, f"{PATH}.xlsx", **PERIOD, lang="vi").content)
    assert page.rows[0][:2] == ["Mã khách hàng", "Khách hàng"]
    listed = rows_of(got(prospector, f"{PATH}/facts.csv", **PERIOD, column="purchased"))
    assert [row[1] for row in listed[1:]] == ["k1", "k2"]
