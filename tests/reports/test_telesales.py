"""The telesales report over HTTP: every column by hand, every cell with its list (T-01..T-38)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from schemas.kpis.columns import TELESALES
from tests.reports.company import customer, post
from tests.reports.conftest import Ask, Report
from tests.reports.prospects import day
from tests.reports.spreadsheet import read
from tests.reports.test_exports import got, rows_of

PATH = "/v1/reports/telesales"
WINDOW = {"created_from": day(10), "created_to": day(9), "called_from": day(10)}
ADDED = {**WINDOW, "subject": "opportunity", "created_from": day(9), "created_to": day(8)}


def figures(report: Report, row: str) -> dict[str, Any]:
    """Return the values of a row by column, money of several currencies as a list."""
    rows = {one["id"]: one["cells"] for one in report["rows"]}
    cells = rows.get(row) if row != "total" else report["total"]["cells"]
    assert cells is not None, row
    names = [column["name"] for column in report["columns"]]
    return {
        name: [cell["value"], *(one["value"] for one in cell["others"])]
        if "others" in cell
        else cell["value"]
        for name, cell in zip(names, cells, strict=True)
    }


def test_every_column_of_an_owner(look: Ask) -> None:
    """Calls by extension and number in any form count for the owner; orders whoever made them."""
    report = look(PATH, **WINDOW)
    assert [row["id"] for row in report["rows"]] == ["an", "binh", "chi", "-"]
    assert figures(report, "an") == {
        "customers": 2, "called": 1, "not_called": 1, "called_rate": 0.5,
        "customers_reached": 1, "calls_attempted": 3, "calls_connected": 1, "talk_seconds": 60,
        "called_by_anyone": 2, "calls_by_anyone": 4, "calls_connected_by_anyone": 2,
        "appointments": 1, "customers_with_appointment": 1, "appointments_completed": 1,
        "no_appointment": 1, "orders": 3, "customers_with_order": 2,
        "order_value": [1_000_000, 2_500], "order_value_pending": 500_000,
        "collected": 400_000, "collected_other": 50_000, "debt": [600_000, 2_500],
        "balance": [550_000, 2_500], "no_order": 0,
    }  # fmt: skip
    nobody = figures(report, "-")
    assert (nobody["customers"], nobody["called"], nobody["called_by_anyone"]) == (1, 0, 1)
    total = figures(report, "total")
    assert (total["customers"], total["called"], total["called_rate"]) == (5, 2, 0.4)
    assert (total["calls_by_anyone"], total["appointments"], total["orders"]) == (6, 1, 3)


@pytest.mark.parametrize(
    ("asked", "rows", "customers", "called"),
    [
        ({}, ["an", "binh", "chi", "-"], 5, 2),
        ({"employee": "an"}, ["an"], 2, 1),
        ({"employee": "dung"}, ["dung"], 0, 0),
        ({"employee": "-"}, ["-"], 1, 0),
        ({"department": "sales"}, ["an"], 2, 1),
        ({"department": "sales", "sub": "true"}, ["an", "binh"], 3, 2),
        ({"department": "all"}, ["an", "binh", "chi", "-"], 5, 2),
        ({"campaign": "spring"}, ["an", "binh", "chi", "-"], 3, 2),
        ({"campaign": "winter"}, ["an", "binh", "chi"], 0, 0),
        ({"source": "web"}, ["an", "binh", "chi", "-"], 3, 1),
        ({"source": "-"}, ["an", "binh", "chi"], 1, 0),
        ({"source": "web", "group": "vip"}, ["an", "binh", "chi"], 1, 1),
        ({"group": "-"}, ["an", "binh", "chi", "-"], 3, 1),
        ({"any_agent": "true"}, ["an", "binh", "chi", "-"], 5, 4),
        ({"called_from": day(8), "called_to": day(8), "employee": "binh"}, ["binh"], 1, 1),
        ({"called_from": day(7), "called_to": day(1)}, ["an", "binh", "chi", "-"], 5, 0),
    ],
)
def test_filters_leave_what_they_say(
    look: Ask, asked: dict[str, str], rows: list[str], customers: int, called: int
) -> None:
    """Owner, department of now, campaign, source, group and the call window, joined by AND."""
    report = look(PATH, **(WINDOW | asked))
    assert [row["id"] for row in report["rows"]] == rows
    total = figures(report, "total")
    assert (total["customers"], total["called"]) == (customers, called)
    for name in ("employee", "department", "campaign", "source", "group"):
        assert report["filters"][name] == asked.get(name)


def test_by_default_it_is_about_today(look: Ask) -> None:
    """Customers created today, calls of today, the customer's owner, everybody (T-16)."""
    report = look(PATH)
    assert report["filters"]["subject"] == "customer"
    assert {report["filters"][f"{of}_{end}"] for of in ("created", "called")
            for end in ("from", "to")} == {report["today"]}  # fmt: skip
    found = figures(report, "an")
    assert (found["customers"], found["called"], found["calls_connected"]) == (1, 1, 0)


def test_opportunities_count_once_for_campaign_and_owner(look: Ask) -> None:
    """A customer in two campaigns is two units; different customers stand beside (T-10, T-14)."""
    report = look(PATH, **ADDED)
    found = {row: figures(report, row) for row in ("an", "binh", "-", "total")}
    assert [one["opportunities"] for one in found.values()] == [1, 2, 1, 4]
    assert [one["customers_distinct"] for one in found.values()] == [1, 2, 1, 3]
    assert [one["called"] for one in found.values()] == [1, 1, 0, 2]


@pytest.mark.parametrize("asked", [WINDOW, ADDED, {**WINDOW, "any_agent": "true", "source": "web"}])
def test_every_number_opens_into_its_list(
    look: Ask, prospector: httpx.Client, asked: dict[str, str]
) -> None:
    """As many rows as the number says, of the kind that the column names (T-36, G13)."""
    report = look(PATH, **asked)
    counting = {column.name for column in TELESALES[report["filters"]["subject"]] if column.counts}
    cells = [row["cells"] for row in (*report["rows"], report["total"])]
    for row in cells:
        for column, cell in zip(report["columns"], row, strict=True):
            listed = prospector.get(cell["facts"]).json()
            if column["name"] in counting:
                assert listed["total"] == cell["value"], cell["facts"]
            assert len(listed["rows"]) == listed["total"]
            assert {one["kind"] for one in listed["rows"]} <= {column["kind"]}


def test_a_list_goes_on_page_by_page(look: Ask) -> None:
    """Pages together are the list; a row says when, for whom, and what it is."""
    asked = {**WINDOW, "row": "total", "column": "calls_by_anyone"}
    whole = look(f"{PATH}/facts", **asked)
    assert [row["id"] for row in whole["rows"]] == ["l1", "l2", "l3", "l4", "l5", "l6"]
    assert (whole["rows"][0]["employee_id"], whole["rows"][0]["day"]) == ("an", day(9))
    assert whole["rows"][3]["department_id"] == "far"
    first = look(f"{PATH}/facts", **asked, limit="4")
    rest = look(f"{PATH}/facts", **asked, limit="4", cursor=first["next"])
    assert [*first["rows"], *rest["rows"]] == whole["rows"]
    assert (first["total"], rest["next"]) == (6, None)


def test_what_is_never_sent_is_not_available(stack: Stack) -> None:
    """Without payments and tasks neither a debt nor a zero is told (G15)."""
    tenant = stack.create_tenant("Bare")
    post(stack, tenant, [customer("k1", "05-02", "an")])
    asked = {"created_from": "2026-05-01", "created_to": "2026-05-31"}
    headers = {"Authorization": f"Bearer {tenant.read_key}"}
    with httpx.Client(base_url=stack.query_url, headers=headers, timeout=60) as bare:
        report = bare.get(PATH, params=asked).json()
        found = figures(report, "an")
        assert (found["customers"], found["orders"], found["no_order"]) == (1, 0, 1)
        for name in ("appointments", "no_appointment", "collected", "debt", "balance"):
            assert found[name] is None
            cell = {**asked, "column": name}
            listed = bare.get(f"{PATH}/facts", params=cell).json()
            assert (listed["total"], listed["why"]) == (None, "not_available")
            refused = bare.get(f"{PATH}/facts.csv", params=cell)
            assert (refused.status_code, refused.json()["code"]) == (404, "not_available")
        heading, row, *_ = rows_of(got(bare, f"{PATH}.csv", **asked))
        assert dict(zip(heading, row, strict=True))["Debt (VND)"] == "n/a"


MISTAKES: list[tuple[str, dict[str, str], int, str, str]] = [
    ("", {"subject": "order"}, 422, "unknown_subject", "subject"),
    ("", {"campaign": "summer"}, 422, "unknown_campaign", "campaign"),
    ("", {"source": "moon"}, 422, "unknown_source", "source"),
    ("", {"group": "moon"}, 422, "unknown_group", "group"),
    ("", {"employee": "moon"}, 404, "unknown_employee", ""),
    ("", {"department": "moon"}, 404, "unknown_department", ""),
    ("", {"employee": "an", "department": "far"}, 422, "conflicting_parameters", "employee"),
    ("", {"created_to": "2020-01-01"}, 422, "range_reversed", "created_from"),
    ("", {"called_to": "2020-01-01"}, 422, "range_reversed", "called_from"),
    ("", {"created_from": "2020-01-01"}, 422, "range_too_long", "created_from"),
    ("", {"created_form": "2026-01-01"}, 422, "unknown_parameter", "created_form"),
    ("/facts", {}, 422, "missing_parameter", "column"),
    ("/facts", {"column": "luck"}, 422, "unknown_column", "column"),
    ("/facts", {"column": "opportunities"}, 422, "unknown_column", "column"),
    ("/facts", {"column": "called", "row": "moon"}, 404, "unknown_employee", ""),
    ("/facts", {"column": "called", "limit": "5000"}, 422, "limit_too_large", "limit"),
    ("/facts", {"column": "called", "cursor": "x"}, 422, "bad_cursor", "cursor"),
    ("/facts.csv", {"column": "called", "cursor": "x"}, 422, "conflicting_parameters", "cursor"),
    (".xlsx", {"lang": "fr"}, 422, "invalid_parameter", "lang"),
]


@pytest.mark.parametrize(("path", "asked", "status", "code", "parameter"), MISTAKES)
def test_a_mistake_is_named(  # noqa: PLR0917 - the parts of one case
    prospector: httpx.Client,
    path: str,
    asked: dict[str, str],
    status: int,
    code: str,
    parameter: str,
) -> None:
    """The problem says which rule was broken, and what there is instead."""
    answer = prospector.get(PATH + path, params=asked)
    found = answer.json()
    assert (answer.status_code, found["code"]) == (status, code), answer.text
    assert found.get("parameter", "") == parameter
    assert answer.headers["content-type"] == "application/problem+json"
    if code in {"unknown_campaign", "unknown_source", "unknown_group"}:
        known = {"campaign": ["autumn", "spring", "winter"], "source": ["fair", "web"]}
        assert found["known"] == known.get(parameter, ["vip"])


def test_a_cursor_belongs_to_its_question(look: Ask, prospector: httpx.Client) -> None:
    """With another filter it is refused, not answered from the middle of another list."""
    asked = {**WINDOW, "column": "calls_by_anyone", "limit": "1"}
    following = look(f"{PATH}/facts", **asked)["next"]
    other = prospector.get(f"{PATH}/facts", params={**asked, "cursor": following, "source": "web"})
    assert other.json()["code"] == "bad_cursor"


def test_the_report_and_its_lists_as_files(look: Ask, prospector: httpx.Client) -> None:
    """The same rows and total, money in major units, at the version that the file names."""
    report = look(PATH, **WINDOW)
    answer = got(prospector, f"{PATH}.csv", **WINDOW, lang="vi")
    assert answer.headers["x-salespulse-version"] == report["version"]
    heading, *rows = rows_of(answer)
    assert heading[:4] == ["Mã nhân viên", "Nhân viên", "Khách hàng", "Đã gọi"]
    assert [row[0] for row in rows] == ["an", "binh", "chi", "'-", ""]
    assert rows[-1][1] == "Tổng cộng"
    written = dict(zip(heading, rows[0], strict=True))
    assert (written["Giá trị (VND)"], written["Giá trị (USD)"]) == ("1000000", "25.00")
    (page,) = read(got(prospector, f"{PATH}.xlsx", **WINDOW).content)
    assert [row[2] for row in page.rows[1:]] == [2.0, 1.0, 1.0, 1.0, 5.0]
    cell = {**WINDOW, "row": "an", "column": "orders"}
    heading, *rows = rows_of(got(prospector, f"{PATH}/facts.csv", **cell))
    orders = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [(one["id"], one["amount"]) for one in orders] == [
        ("o1", "1000000"),
        ("o2", "500000"),
        ("o3", "25.00"),
    ]
    assert {one["employee_id"] for one in orders} == {"an", "chi"}
    accept = {"Accept": "text/csv"}
    negotiated = prospector.get(PATH, params=WINDOW, headers=accept)
    assert negotiated.headers["content-type"].startswith("text/csv")
