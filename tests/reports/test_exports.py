"""What is exported is what is shown: the same rows, the same version, as any program reads it."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import Any

import httpx
import pytest

from services.query.export import MEDIA_TYPES
from tests.reports.spreadsheet import day_of, read
from tests.reports.test_department import NOT_AVAILABLE, Ask, block, value

MAY = {"department": "sales", "month": "2026-05"}
ORDERS = {"metric": "orders", "from": "2026-05-01", "to": "2026-05-31"}


def got(client: httpx.Client, path: str, **parameters: str) -> httpx.Response:
    """Return an export."""
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer


def rows_of(answer: httpx.Response) -> list[list[str]]:
    """Return the rows of a CSV file as the standard reads it."""
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def shown(cell: dict[str, Any]) -> str:
    """Return what a CSV file has for a cell."""
    found = value(cell)
    if found == NOT_AVAILABLE:
        return "n/a"
    return "" if found is None else str(found)


@pytest.mark.parametrize("name", ["summary", "products_sold", "order_processing", "stock"])
def test_a_block_as_csv(client: httpx.Client, ask: Ask, name: str) -> None:
    """Heading, the rows of the answer in their order, then the total."""
    table = block(ask("/v1/reports/department", **MAY, block=name), name)
    written = rows_of(got(client, "/v1/reports/department.csv", **MAY, block=name))
    heads = len(written[0]) - len(table["columns"])
    cells = [row["cells"] for row in (*table["rows"], table["total"])]
    assert [row[heads:] for row in written[1:]] == [[shown(c) for c in row] for row in cells]
    assert written[-1][heads - 1] == "Total"


def test_a_block_in_vietnamese(client: httpx.Client) -> None:
    """Headings are in the language asked for."""
    answer = got(client, "/v1/reports/department.csv", **MAY, block="summary", lang="vi")
    heading, *rows = rows_of(answer)
    assert heading[:3] == ["Mã nhân viên", "Nhân viên", "Khách hàng phụ trách, hiện tại"]
    assert heading[-1] == "Doanh thu (VND)"
    assert rows[-1][1] == "Tổng cộng"


def test_a_file_says_what_it_is(client: httpx.Client, ask: Ask) -> None:
    """A speaking name, the version of the figures, its type, and no cache."""
    answer = got(client, "/v1/reports/department.csv", **MAY, block="summary")
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="salespulse-department-sales-summary-2026-05.csv"'
    )
    report = ask("/v1/reports/department", **MAY, block="summary")
    assert answer.headers["x-salespulse-version"] == report["version"]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_a_whole_report_as_xlsx(client: httpx.Client, ask: Ask) -> None:
    """A sheet for each block, numbers as numbers, dates as dates, a bold heading that stays."""
    report = ask("/v1/reports/department", **MAY)
    pages = read(got(client, "/v1/reports/department.xlsx", **MAY).content)
    assert len(pages) == len(report["blocks"])
    for table, page in zip(report["blocks"], pages, strict=True):
        assert page.is_frozen
        assert all(page.bold)
        assert page.formulas == 0
        if table["rows_by"] == "order":
            assert len(page.rows) == table["length"] + 1
            continue
        heads = len(page.rows[0]) - len(table["columns"])
        cells = [row["cells"] for row in (*table["rows"], table["total"])]
        expected = [["n/a" if value(c) == NOT_AVAILABLE else value(c) for c in r] for r in cells]
        found = [[*row[heads:], *[None] * (len(page.rows[0]) - len(row))] for row in page.rows[1:]]
        for one, other in zip(found, expected, strict=True):
            assert one == pytest.approx(other)
    trend = pages[0].rows
    assert isinstance(trend[1][0], float)
    assert [day_of(row[0]) for row in trend[1:3] if isinstance(row[0], float)] == [
        date(2026, 5, 1),
        date(2026, 5, 2),
    ]


def test_the_employee_report_as_files(client: httpx.Client) -> None:
    """The same for a person."""
    given = {"employee": "an", "month": "2026-05"}
    written = rows_of(got(client, "/v1/reports/employee.csv", **given, block="care_bands"))
    assert [row[0] for row in written[1:-1]] == ["0-6", "7-13", "14-29", "30-89", "90+", "never"]
    assert len(read(got(client, "/v1/reports/employee.xlsx", **given).content)) > 20


def test_other_currencies_have_columns_of_their_own(client: httpx.Client) -> None:
    """Dollars stand in dollars, beside and never within the other money."""
    answer = got(client, "/v1/reports/department.csv", **MAY, sub="true", block="orders")
    written = dict(zip(*rows_of(answer), strict=True))
    assert written["Revenue (VND)"] == "1850000"
    assert written["Revenue (USD)"] == "25.00"


def test_a_comparison_has_columns_of_its_own(client: httpx.Client) -> None:
    """Up to today, the same part before, and the difference."""
    answer = got(client, "/v1/reports/department.csv", **MAY, block="orders", compare="previous")
    written = dict(zip(*rows_of(answer), strict=True))
    assert (written["Orders"], written["Orders, previous"], written["Orders, change"]) == (
        "5",
        "1",
        "4",
    )


def test_a_list_as_csv_has_the_rows_of_the_list(client: httpx.Client, ask: Ask) -> None:
    """All rows in their order, with all that a row shows; as many as the figure says."""
    listed = ask("/v1/facts", **ORDERS)
    heading, *rows = rows_of(got(client, "/v1/facts.csv", **ORDERS))
    assert len(rows) == listed["total"]
    assert heading == [f"{n} (UTC)" if n.endswith("_at") else n for n in listed["rows"][0]]
    by_name = [dict(zip(heading, row, strict=True)) for row in rows]
    for row, found in zip(listed["rows"], by_name, strict=True):
        assert found["id"] == row["id"]
        assert found["day"] == row["day"]
        assert found["employee_id"] == (row["employee_id"] or "")
        assert found["created_at (UTC)"] == row["created_at"]
    dollars = next(row for row in by_name if row["id"] == "o8")
    assert (dollars["amount"], dollars["currency"]) == ("25.00", "USD")


def test_a_list_as_xlsx_has_real_numbers_and_dates(client: httpx.Client) -> None:
    """Amounts add up in a spreadsheet, days can be sorted."""
    (page,) = read(got(client, "/v1/facts.xlsx", **ORDERS, scope="employee", id="an").content)
    heading = [str(name) for name in page.rows[0]]
    rows = [dict(zip(heading, row, strict=False)) for row in page.rows[1:]]
    assert [row["amount"] for row in rows] == [1_000_000.0, 500_000.0]
    assert [day_of(float(row["order_day"] or 0)) for row in rows] == [
        date(2026, 5, 5),
        date(2026, 5, 20),
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {"metric": "persons_by_age"},
        {"metric": "interactions", "from": "2026-05-01", "to": "2026-05-31"},
        {"metric": "customers_by_last_contact", "dimension": "band:never"},
        {"metric": "tasks_overdue"},
        {"metric": "customers_interacted", "from": "2026-05-01", "to": "2026-05-31"},
        {"metric": "issues"},
        {"metric": "orders", "from": "2020-01-01", "to": "2020-01-02"},
    ],
)
def test_lists_of_every_kind_can_be_exported(
    client: httpx.Client, ask: Ask, parameters: dict[str, str]
) -> None:
    """Several kinds of facts, scores, visits, nothing at all: as many rows as the list has."""
    listed = ask("/v1/facts", **parameters)
    heading, *rows = rows_of(got(client, "/v1/facts.csv", **parameters))
    assert len(rows) == listed["total"]
    names = {name.removesuffix(" (UTC)") for name in heading}
    assert all(row.keys() <= names for row in listed["rows"])


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv"),
        (MEDIA_TYPES["xlsx"], MEDIA_TYPES["xlsx"]),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("application/json, text/csv;q=0.5", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
    ],
)
def test_the_accept_header_chooses_the_form(
    client: httpx.Client, accept: str, media_type: str
) -> None:
    """A list asked for as CSV or XLSX is the file, otherwise JSON."""
    answer = client.get("/v1/facts", params=ORDERS, headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == media_type


def test_the_accept_header_chooses_the_form_of_a_report(client: httpx.Client) -> None:
    """The report as well."""
    headers = {"Accept": "text/csv"}
    path = "/v1/reports/department"
    answer = client.get(path, params={**MAY, "block": "summary"}, headers=headers)
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_file_by_the_accept_header_is_measured_as_what_it_is(client: httpx.Client) -> None:
    """The route in the metrics is that of the file."""
    client.get("/v1/facts", params=ORDERS, headers={"Accept": "text/csv"})
    assert 'route="/v1/facts.csv"' in client.get("/metrics").text
