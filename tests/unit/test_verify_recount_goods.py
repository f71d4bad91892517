"""The recount of goods on orders, returns and vouchers, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
LATER = "2026-03-03T03:00:00Z"
MARCH_2, MARCH_3 = 20260302, 20260303
APRIL_1 = 20260401


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def money(amount: int, currency: str = "VND") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def line(product: str, quantity: float, amount: int | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"product_id": product, "quantity": quantity}
    return said if amount is None else said | {"amount": money(amount)}


def order(book: Book, **data: Any) -> None:
    said = {
        "order_date": "2026-03-02",
        "created_at": AT,
        "owner_id": "an",
        "total": money(290),
        "discount": money(10),
        "lines": [line("tea", 2.5, 200), line("cup", 1, 50), line("tea", 0.001, 50)],
    }
    book.add("order.created", "o1", **(said | data))


PRODUCTS = ("products_quantity", "products_value", "products_orders")


def test_products_of_an_approved_order(book: Book) -> None:
    """2.501 of tea for 250, 1 cup for 50; one order, of each product one; nothing before."""
    order(book, customer_id="c1")
    assert book.cells(*PRODUCTS) == {}
    book.add("order.approved", "o1", approved_at=AT)
    assert book.cells(*PRODUCTS) == {
        ("products_quantity", "", "an", MARCH_2): 3501,
        ("products_quantity", "product:tea", "an", MARCH_2): 2501,
        ("products_quantity", "product:cup", "an", MARCH_2): 1000,
        ("products_value", "currency:VND", "an", MARCH_2): 300,
        ("products_value", "currency:VND,product:tea", "an", MARCH_2): 250,
        ("products_value", "currency:VND,product:cup", "an", MARCH_2): 50,
        ("products_orders", "", "an", MARCH_2): 1,
        ("products_orders", "product:tea", "an", MARCH_2): 1,
        ("products_orders", "product:cup", "an", MARCH_2): 1,
    }
    assert book.visits("products_orders") == {
        ("an", MARCH_2, "c1", None): 1,
        ("an", MARCH_2, "c1", "tea"): 1,
        ("an", MARCH_2, "c1", "cup"): 1,
    }


def test_returned_goods_fall_on_their_own_day(book: Book) -> None:
    """A cup comes back on the 3rd: minus one, minus its amount; the last return of an id holds."""
    order(book)
    book.add("order.approved", "o1", approved_at=AT)
    for time, amount in ((AT, 50), (LATER, 40)):
        book.add(
            "order.returned",
            "o1",
            return_id="r1",
            returned_at=LATER,
            lines=[line("cup", 1, amount)],
            time=time,
        )
    found = {key[:2]: value for key, value in book.cells(*PRODUCTS).items() if key[3] == MARCH_3}
    assert found == {
        ("products_quantity", ""): -1000,
        ("products_quantity", "product:cup"): -1000,
        ("products_value", "currency:VND"): -40,
        ("products_value", "currency:VND,product:cup"): -40,
    }


@pytest.mark.parametrize(
    "update", [{"total": money(291)}, {"discount": money(10, "USD")}, {"discount": money(0)}]
)
def test_lines_that_no_longer_add_up_are_in_doubt(book: Book, update: dict[str, Any]) -> None:
    """Another total, discount or currency: an issue, and no products until it is mended."""
    order(book)
    book.add("order.approved", "o1", approved_at=AT)
    book.add("order.updated", "o1", time=LATER, **update)
    assert book.cells(*PRODUCTS, "issues") == {
        ("issues", "", "an", 0): 1,
        ("issues", "code:lines_do_not_add_up", "an", 0): 1,
    }
    assert book.cells("orders") == {("orders", "", "an", MARCH_2): 1}


def test_a_rejected_order_is_processed_and_no_order(book: Book) -> None:
    """Rejected after 61 s: processed by its actor within 300 s; it counts nowhere else."""
    order(book)
    book.add("order.rejected", "o1", rejected_at="2026-03-02T03:01:01.999Z", actor_id="chi")
    cells = {
        row[:3]: row[3]
        for row in book.rows(
            "SELECT metric, dimension, scope_id, value FROM cells WHERE scope = 'employee'"
            " AND grain = 'cell'"
        )
    }
    assert cells == {
        ("orders_processed", "", "chi"): 1,
        ("orders_processed", "speed:300", "chi"): 1,
        ("processing_seconds", "", "chi"): 61,
    }
    book.add("order.approved", "o1", approved_at="2026-03-10T03:00:00Z", time=LATER)
    processed = {key[1] for key in book.cells("orders_processed")}
    assert processed == {"", "speed:more"}


def test_an_order_also_counts_on_the_day_it_was_typed(book: Book) -> None:
    """Dated the 1st of April, typed on the 2nd of March: once on each, by name."""
    order(book, order_date="2026-04-01", customer_id="c1")
    assert book.cells(
        "orders", "orders@created_at", "sales@created_at", "orders_with_customer"
    ) == {
        ("orders", "", "an", APRIL_1): 1,
        ("orders_with_customer", "", "an", APRIL_1): 1,
        ("orders@created_at", "", "an", MARCH_2): 1,
        ("sales@created_at", "currency:VND", "an", MARCH_2): 290,
    }
    assert book.visits("orders@created_at") == {("an", MARCH_2, "c1", None): 1}


def test_vouchers_by_reason(book: Book) -> None:
    """Out: with and without reason; a transfer in counts by its reason only; void is nothing."""
    lines = [line("tea", 2, 30), line("cup", 0.5)]
    out = {"voucher_date": "2026-03-02", "employee_id": "an", "lines": lines}
    book.add("stock.issued", "v1", **out)
    book.add("stock.received", "v2", reason="transfer", **out)
    book.add("stock.issued", "v3", **out)
    book.add("stock.voided", "v3")
    figures = [f"stock_{way}{what}" for way in ("out", "in") for what in ("", "_units", "_value")]
    assert book.cells(*figures) == {
        ("stock_out", "", "an", MARCH_2): 1,
        ("stock_out", "reason:sale", "an", MARCH_2): 1,
        ("stock_out_units", "", "an", MARCH_2): 2500,
        ("stock_out_units", "reason:sale", "an", MARCH_2): 2500,
        ("stock_out_value", "currency:VND", "an", MARCH_2): 30,
        ("stock_out_value", "currency:VND,reason:sale", "an", MARCH_2): 30,
        ("stock_in", "reason:transfer", "an", MARCH_2): 1,
        ("stock_in_units", "reason:transfer", "an", MARCH_2): 2500,
        ("stock_in_value", "currency:VND,reason:transfer", "an", MARCH_2): 30,
    }
    assert book.register("voucher", "v2", "paper") == (
        '[1772420400000,"in",20260302,"transfer","an",null,'
        '[["tea",2000,30,"VND"],["cup",500,0,""]]]'
    )
