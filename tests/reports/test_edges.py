"""What is rare: vouchers by reason, orders of nobody, people who come back, missing feeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.reports.company import Event, at, order, post, vnd
from tests.reports.test_department import NOT_AVAILABLE, block, rows, totals

MAY = {"month": "2026-05"}


def history() -> Iterator[Event]:
    """Return a company of two departments and three employees, and its May 2026."""
    for name in ("sales", "east"):
        yield "department.upserted", name, at("01-01"), {"name": name.title()}
    for name, department, since in (
        ("an", "sales", "01-01"),
        ("bo", "sales", "01-01"),
        ("bo", "east", "05-10"),
        ("bo", "sales", "05-20"),
        ("=cmd", "sales", "01-01"),
    ):
        data = {"name": name, "department_id": department, "valid_from": f"2026-{since}"}
        yield "employee.upserted", name, at(since), data
    for number, day in enumerate(("05-02", "05-12", "05-25")):
        yield order(f"b{number}", "bo", day, "k1", vnd(100))
    unowned = {"created_at": at("05-03"), "order_date": "2026-05-03", "total": vnd(7)}
    yield "order.created", "u1", at("05-03"), unowned
    goods = [{"product_id": "hat", "quantity": 2.5, "amount": vnd(1_000)}]
    for name, kind, reason in (
        ("v1", "stock.issued", "sale"),
        ("v2", "stock.issued", "transfer"),
        ("v3", "stock.received", "purchase"),
        ("v4", "stock.received", "return"),
        ("v5", "stock.received", "transfer"),
    ):
        paper = {"voucher_date": "2026-05-04", "reason": reason, "employee_id": "an"}
        yield kind, name, at("05-04"), {**paper, "lines": goods}
    own = {"definition": "Only what the board approved."}
    yield "metric.definition_changed", "revenue", at("05-01"), own
    mail = {"recipient": "a@b.c", "opened_at": at("05-08"), "sender_id": "an", "customer_id": "k1"}
    yield "email.opened", "m1", at("05-08"), mail


@pytest.fixture(scope="module")
def small(stack: Stack) -> Iterator[httpx.Client]:
    """Give a client with the key of this company."""
    tenant = stack.create_tenant("Small")
    post(stack, tenant, history())
    headers = {"Authorization": f"Bearer {tenant.read_key}"}
    with httpx.Client(base_url=stack.query_url, headers=headers, timeout=60) as opened:
        yield opened


def report(client: httpx.Client, kind: str = "department", **given: str) -> dict[str, Any]:
    """Return a report of May."""
    answer = client.get(f"/v1/reports/{kind}", params={**MAY, **given})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_goods_by_reason(small: httpx.Client) -> None:
    """Vouchers, units, value by reason; what came in by transfer is not in the total (D-54)."""
    found = report(small, department="sales", block="stock")
    one = [1, 2.5, 1_000]
    assert rows(found, "stock", "value") == {
        "sale": [*one, 0, 0, 0],
        "transfer": [*one, *one],
        "purchase": [0, 0, 0, *one],
        "return": [0, 0, 0, *one],
    }
    assert totals(found, "stock") == [2, 5, 2_000, 2, 5, 2_000]


def test_who_left_and_came_back_counts_with_both_parts(small: httpx.Client) -> None:
    """Of three orders the one placed while in the other department is not ours, nor on the list."""
    found = report(small, department="sales", block="sales_comparison", metric="orders")
    first = block(found, "sales_comparison")["rows"][0]
    assert (first["id"], first["cells"][0]["value"]) == ("bo", 2)
    listed = small.get(first["cells"][0]["facts"]).json()
    assert [row["id"] for row in listed["rows"]] == ["b0", "b2"]
    east = report(small, department="east", block="sales_comparison", metric="orders")
    assert rows(east, "sales_comparison", "id") == {"bo": [1]}


def test_what_belongs_to_nobody_has_a_row_in_the_company(small: httpx.Client) -> None:
    """The rows add up to the company, the one of nobody included."""
    found = report(small, department="all", block="sales_comparison", metric="orders")
    table = rows(found, "sales_comparison", "id")
    assert table["-"] == [1]
    assert sum(cells[0] for cells in table.values()) == totals(found, "sales_comparison")[0] == 4
    assert rows(report(small, department="-", block="orders"), "orders", "id") == {}


def test_a_type_of_interaction_without_a_feed_is_not_available(small: httpx.Client) -> None:
    """No task, note or message was ever sent: not 0."""
    found = report(small, "employee", employee="an", block="customers_interacted,interactions")
    assert rows(found, "customers_interacted", "value") == {
        "email": [1],
        "message": [NOT_AVAILABLE],
        "call": [0],
        "note": [NOT_AVAILABLE],
        "task": [NOT_AVAILABLE],
    }
    assert totals(found, "interactions")[:3] == [1, 1, NOT_AVAILABLE]


def test_a_name_is_no_formula(small: httpx.Client) -> None:
    """An employee called '=cmd' is harmless in a spreadsheet."""
    given = {**MAY, "department": "sales", "block": "summary"}
    text = small.get("/v1/reports/department.csv", params=given).content.decode("utf-8-sig")
    assert "'=cmd,'=cmd," in text


def test_the_month_of_today_is_the_default(small: httpx.Client) -> None:
    """Nothing said of days: the current month, to its end."""
    found = small.get("/v1/reports/department", params={"department": "sales"}).json()
    assert found["month"] == found["today"][:7]
    assert found["from"] == found["today"][:7] + "-01"


def test_the_company_explains_a_figure_in_its_own_words(small: httpx.Client) -> None:
    """Its own text stands beside the definition by which is counted (A-10)."""
    columns = block(report(small, department="sales", block="orders"), "orders")["columns"]
    own = {column["name"]: column.get("own_definition") for column in columns}
    assert own["revenue"] == "Only what the board approved."
    assert own["orders"] is None
