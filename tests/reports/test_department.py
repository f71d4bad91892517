"""The department report against the numbers of May 2026 in `company`, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., dict[str, Any]]
MAY = {"department": "sales", "month": "2026-05"}
NOT_AVAILABLE = "not available"


def value(cell: dict[str, Any]) -> Any:
    """Return what a cell shows."""
    return NOT_AVAILABLE if cell.get("why") == "not_available" else cell["value"]


def block(report: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a block of a report."""
    found: dict[str, Any] = next(one for one in report["blocks"] if one["block"] == name)
    return found


def totals(report: dict[str, Any], name: str) -> list[Any]:
    """Return the total row of a block."""
    return [value(cell) for cell in block(report, name)["total"]["cells"]]


def rows(report: dict[str, Any], name: str, head: str) -> dict[Any, list[Any]]:
    """Return the rows of a block by one member of their head, in their order."""
    return {
        row[head]: [value(cell) for cell in row["cells"]] for row in block(report, name)["rows"]
    }


@pytest.fixture(scope="module")
def may(ask: Ask) -> dict[str, Any]:
    """Give the report of the department sales in May."""
    return ask("/v1/reports/department", **MAY)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # o1 1,000,000 + o2 500,000 + o3 300,000 + o5 100,000 + o6 50,000; o3 is pending; o1 is paid
        ("revenue_trend", [1_950_000, 1_650_000, 1_000_000]),
        ("sales_comparison", [1_950_000]),
        # k1, k2, k5 are new; with k3 four are owned; k1 and k2 have bought, first in May
        (
            "conversion",
            [3, 4, 8, 1, 2, 1, 1, 3, 1, 5, 1, 4, 1_650_000, 1_950_000, 2 / 3, 2, 2 / 3, 2],
        ),
        ("new_customers_by_source", [3]),
        # m1 + s1, s2 + l1 + n1 + t1, t2, t4 = 8; t2 has two assignees and counts once
        ("interactions", [8, 1, 2, 1, 1, 3, 90]),
        ("tasks", [3, 2, 2, 3]),
        ("activities_by_project", [1]),
        ("orders", [5, 1, 4, 1_950_000, 1_650_000, 412_500]),
        ("contracts", [1, 10_000_000]),
        ("stock", [NOT_AVAILABLE] * 6),
        # five orders of k1, k2, k3
        ("orders_per_customer", [5 / 3, 5, 3]),
        # k1 bought twice (o1, o2), k2 (o5) and k3 (o6) once
        ("purchase_frequency", [2, 1, 3]),
        ("renewals", [1]),
        # c1 ended on 31 May and was renewed the day after
        ("expiry", [1, 1, 0, 0]),
        ("revenue_by_source", [1_650_000, 4, NOT_AVAILABLE]),
        ("summary", [4, 3, 2, 1, 1, 1, 5, 1, 1_650_000]),
        ("products_sold", [4, 1_500_000, 2, 1]),
        # 30 + 60 + 60 s by an; 300 + 600 + 7,200 + 86,400 s by binh; the 4th of 7 within 300 s
        ("order_processing", [7, 94_650 / 7, 300, 86_400]),
        ("sales_management", [1, NOT_AVAILABLE, 1_000_000]),
        ("leads", [1, 0, 2, 0, 0, 0, 518_310.0]),
        ("goal_conversion", [1, 1 / 3]),
    ],
)
def test_the_total_of_a_block(may: dict[str, Any], name: str, expected: list[Any]) -> None:
    """Each figure of the department is what the history says."""
    assert totals(may, name) == pytest.approx(expected)


def test_the_trend_has_a_row_for_each_day(may: dict[str, Any]) -> None:
    """Sales by order date, collections by the day of payment, zeros between."""
    found = rows(may, "revenue_trend", "day")
    assert len(found) == 31
    assert found["2026-05-05"] == [1_000_000, 1_000_000, 0]
    assert found["2026-05-06"] == [0, 0, 400_000]
    assert found["2026-05-12"] == [300_000, 0, 0]


def test_days_to_come_have_no_point(ask: Ask) -> None:
    """A day after today is null, not 0."""
    report = ask(
        "/v1/reports/department", department="sales", month="2099-01", block="revenue_trend"
    )
    assert set(map(tuple, rows(report, "revenue_trend", "day").values())) == {(None, None, None)}


def test_employees_are_compared_leavers_with_value_included(may: dict[str, Any]) -> None:
    """Best first; chi with what was sold since the move here, dung although gone."""
    found = [
        (row["rank"], row["id"], row["active"], value(row["cells"][0]))
        for row in block(may, "sales_comparison")["rows"]
    ]
    assert found == [
        (1, "an", True, 1_500_000),
        (2, "binh", True, 300_000),
        (3, "chi", True, 100_000),
        (4, "dung", False, 50_000),
    ]


def test_ties_share_a_rank(ask: Ask) -> None:
    """Any figure can be compared; equal values are ranked equal and the next place is skipped."""
    report = ask("/v1/reports/department", **MAY, metric="emails_opened", block="sales_comparison")
    found = [(row["rank"], row["id"]) for row in block(report, "sales_comparison")["rows"]]
    assert found == [(1, "an"), (2, "binh"), (2, "chi")]


def test_the_summary_has_a_row_for_each_employee(may: dict[str, Any]) -> None:
    """Charged, found, tasks with customers, mail, SMS, calls, orders, contracts, revenue."""
    assert rows(may, "summary", "id") == {
        "an": [2, 3, 2, 1, 1, 1, 2, 1, 1_500_000],
        "binh": [2, 0, 0, 0, 0, 0, 1, 0, 0],
        "chi": [0, 0, 0, 0, 0, 0, 1, 0, 100_000],
        "dung": [0, 0, 0, 0, 0, 0, 1, 0, 50_000],
    }
    assert block(may, "summary")["columns"][0]["day"] == "now"


@pytest.mark.parametrize("name", ["summary", "sales_comparison", "order_processing"])
def test_employees_add_up_to_their_department(may: dict[str, Any], name: str) -> None:
    """What adds over people gives the department's figure, which is counted for itself."""
    table = block(may, name)
    for place, column in enumerate(table["columns"]):
        if column["adds_over_people"] and column["unit"] in ("count", "money"):
            summed = sum(row["cells"][place]["value"] for row in table["rows"])
            assert summed == table["total"]["cells"][place]["value"], column["name"]


def test_what_is_shared_is_counted_once_in_the_total(may: dict[str, Any]) -> None:
    """Six interactions of an, two of binh, one of chi: nine, but the shared task is one."""
    assert rows(may, "most_active", "id") == {"an": [6], "binh": [2], "chi": [1]}
    assert totals(may, "most_active") == [8]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("new_customers_by_source", {"web": [2], "": [1], "fair": [1]}),
        ("activities_by_project", {"p1": [1]}),
        ("activities_by_type", {"visit": [1]}),
        (
            "revenue_by_source",
            {"web": [1_600_000, 3, NOT_AVAILABLE], "": [50_000, 1, NOT_AVAILABLE]},
        ),
        ("revenue_by_province", {"hn": [1_500_000, 2], "dn": [100_000, 1], "": [50_000, 1]}),
        ("revenue_by_industry", {"food": [1_500_000, 2], "": [150_000, 2]}),
        ("products_sold", {"hat": [3, 1_100_000, 2, 1], "cap": [1, 400_000, 1, 1]}),
        ("goal_conversion", {"lead": [1, 1 / 3]}),
    ],
)
def test_the_parts_of_a_block(
    may: dict[str, Any], name: str, expected: dict[str, list[Any]]
) -> None:
    """Best first; the part without a value has a row of its own."""
    found = rows(may, name, "value")
    assert list(found) == list(expected)
    for part, figures in expected.items():
        assert found[part] == pytest.approx(figures)


def test_sources_carry_the_names_that_the_company_gave_them(may: dict[str, Any]) -> None:
    """An id is shown by its name; what has no value is called so in both languages."""
    names = {r["value"]: r["name"] for r in block(may, "new_customers_by_source")["rows"]}
    assert names["web"] == {"en": "Website", "vi": "Website"}
    assert names[""] == {"en": "No source", "vi": "Không có nguồn"}
    assert not block(may, "new_customers_by_source")["adds_up"]


def test_order_detail_is_the_first_page_of_the_orders(may: dict[str, Any]) -> None:
    """The five orders of the figure, with both of their dates."""
    found = block(may, "order_detail")
    assert [row["id"] for row in found["orders"]] == ["o1", "o6", "o3", "o5", "o2"]
    assert (found["length"], found["next"]) == (5, None)
    assert {"order_day", "created_at"} <= found["orders"][0].keys()


def test_orders_by_the_day_of_their_creation(ask: Ask) -> None:
    """o7, of April by its order date, was created in May: one order and 700,000 more."""
    report = ask("/v1/reports/department", **MAY, basis="created_at")
    assert totals(report, "orders") == pytest.approx([6, 1, 5, 2_650_000, 2_350_000, 470_000])
    assert block(report, "order_detail")["length"] == 6
    assert totals(report, "contracts") == [1, 10_000_000]
    columns = {c["name"]: c["date_basis"] for c in block(report, "orders")["columns"]}
    assert columns["orders"] == "created_at"


def test_sub_departments_and_other_currencies(ask: Ask) -> None:
    """With hanoi come o4 (200,000) and o8, whose dollars stand beside and are never added."""
    report = ask("/v1/reports/department", **MAY, sub="true")
    assert totals(report, "orders")[:2] == [7, 1]
    revenue = block(report, "orders")["total"]["cells"][4]
    assert (revenue["value"], revenue["others"]) == (
        1_850_000,
        [{"value": 2_500, "currency": "USD"}],
    )
    assert set(rows(report, "summary", "id")) == {"an", "binh", "chi", "dung", "eva"}


def test_the_company_as_a_whole(ask: Ask) -> None:
    """`all` is the company: everybody has a row."""
    report = ask("/v1/reports/department", department="all", month="2026-05", block="summary")
    assert (report["name"], report["id"]) == ("Acme", "all")
    assert set(rows(report, "summary", "id")) == {"an", "binh", "chi", "dung", "eva", "fay"}


def test_a_month_that_is_over_is_compared_with_the_month_before(ask: Ask) -> None:
    """April had o7 alone: four orders more, revenue up by 950,000; nothing of now is compared."""
    report = ask("/v1/reports/department", **MAY, compare="previous", block="orders,summary")
    assert report["compare"] == {
        "elapsed_from": "2026-05-01",
        "elapsed_to": "2026-05-31",
        "from": "2026-04-01",
        "to": "2026-04-30",
    }
    cells = block(report, "orders")["total"]["cells"]
    assert (cells[0]["previous"]["value"], cells[0]["change"]) == (1, 4)
    assert (cells[4]["change"], cells[4]["change_ratio"]) == (950_000, 950_000 / 700_000)
    an = next(row for row in block(report, "summary")["rows"] if row["id"] == "an")["cells"]
    assert (an[6]["value"], an[6]["previous"]["value"], an[6]["change"]) == (2, 1, 1)
    assert "change" not in an[0]


def test_every_column_says_by_what_definition_it_counts(may: dict[str, Any]) -> None:
    """Label and definition in both languages, its version and unit stand above each column."""
    for table in may["blocks"]:
        assert all(table["title"].values())
        for column in table["columns"]:
            assert all(column["label"][language] for language in ("en", "vi"))
            assert column["definition"]
            assert column["definition_vi"] not in ("", column["definition"])
            assert column["definition_version"] >= 1


def test_everything_is_of_one_version(may: dict[str, Any]) -> None:
    """One head for the whole report."""
    assert may["state"] in ("live", "catching_up")
    assert int(may["version"].rpartition(".")[2]) > 0
    assert (may["from"], may["to"], may["month"]) == ("2026-05-01", "2026-05-31", "2026-05")
