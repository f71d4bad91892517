"""The recount of opportunities and orders, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
LATER = "2026-03-03T03:00:00Z"
MARCH_2, MARCH_3 = 20260302, 20260303
MONEY = {"amount": 500, "currency": "VND"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_open_opportunity_is_in_the_pipeline(book: Book) -> None:
    """An open opportunity counts when created and, as of now, in the pipeline with its value."""
    book.add("opportunity.created", "p1", created_at=AT, owner_id="an", value=MONEY)
    book.add("opportunity.created", "p2", created_at=None, owner_id="an")
    assert book.cells("opportunities_created", "pipeline_open", "pipeline_value") == {
        ("opportunities_created", "", "an", MARCH_2): 1,
        ("pipeline_open", "", "an", 0): 2,
        ("pipeline_value", "currency:VND", "an", 0): 500,
    }


def test_lost_opportunity(book: Book) -> None:
    """A lost opportunity counts as closed and lost, per product, has no value and no pipeline."""
    book.add(
        "opportunity.created", "p1", created_at=AT, owner_id="an", value=MONEY, product_id="phone"
    )
    book.add("opportunity.closed", "p1", outcome="lost", closed_at=LATER, time=LATER)
    assert book.cells(
        "opportunities_closed",
        "opportunities_lost",
        "opportunities_won",
        "pipeline_open",
        "opportunity_value_won",
    ) == {
        ("opportunities_closed", "", "an", MARCH_3): 1,
        ("opportunities_lost", "", "an", MARCH_3): 1,
        ("opportunities_lost", "product:phone", "an", MARCH_3): 1,
    }


def test_won_opportunity_without_customer(book: Book) -> None:
    """A won one counts with product and value; without a customer no source and no industry."""
    book.add("opportunity.closed", "p1", outcome="won", closed_at=LATER, owner_id="an", value=MONEY)
    assert book.cells("opportunities_won", "opportunity_value_won") == {
        ("opportunities_won", "", "an", MARCH_3): 1,
        ("opportunities_won", "product:", "an", MARCH_3): 1,
        ("opportunity_value_won", "currency:VND", "an", MARCH_3): 500,
        ("opportunity_value_won", "currency:VND,product:", "an", MARCH_3): 500,
    }


def test_won_opportunity_takes_first_source_and_industry(book: Book) -> None:
    """With a customer it counts under the first current source and the industry, once each."""
    book.add("customer.updated", "c1", source_ids=["web", "fair"], industry="food, drink")
    book.add(
        "opportunity.closed",
        "p1",
        outcome="won",
        closed_at=LATER,
        owner_id="an",
        value=MONEY,
        customer_id="c1",
    )
    cells = book.cells("opportunities_won", "opportunity_value_won")
    assert {cell[1]: value for cell, value in cells.items()} == {
        "": 1,
        "product:": 1,
        "source:web": 1,
        "industry:food%2C drink": 1,
        "currency:VND": 500,
        "currency:VND,product:": 500,
        "currency:VND,source:web": 500,
        "currency:VND,industry:food%2C drink": 500,
    }


def test_closing_again_with_another_outcome(book: Book) -> None:
    """The larger version of the closing holds: won, corrected to lost, is lost."""
    book.add("opportunity.closed", "p1", outcome="won", closed_at=AT, owner_id="an")
    book.add("opportunity.closed", "p1", outcome="lost", closed_at=LATER, time=LATER)
    assert book.cells("opportunities_won") == {}
    assert book.cells("opportunities_closed") == {("opportunities_closed", "", "an", MARCH_3): 1}


def created(book: Book, **data: object) -> None:
    said = {"order_date": "2026-03-02", "created_at": AT, "owner_id": "an", "total": MONEY}
    book.add("order.created", "o1", **(said | data))


def test_pending_order_is_sales_not_revenue(book: Book) -> None:
    """Until it is approved an order is pending: sales, no revenue."""
    created(book)
    assert book.cells("orders", "orders_pending", "orders_approved", "sales", "revenue") == {
        ("orders", "", "an", MARCH_2): 1,
        ("orders_pending", "", "an", MARCH_2): 1,
        ("sales", "currency:VND", "an", MARCH_2): 500,
    }


def test_approved_order_of_a_stub_has_empty_source(book: Book) -> None:
    """Approved, it is revenue; a customer nobody described has the empty source and industry."""
    created(book, customer_id="c9")
    book.add("order.approved", "o1", approved_at=AT)
    assert book.cells("orders_pending", "orders_approved", "revenue") == {
        ("orders_approved", "", "an", MARCH_2): 1,
        ("orders_approved", "source:", "an", MARCH_2): 1,
        ("orders_approved", "industry:", "an", MARCH_2): 1,
        ("orders_approved", "province:", "an", MARCH_2): 1,
        ("revenue", "currency:VND", "an", MARCH_2): 500,
        ("revenue", "currency:VND,source:", "an", MARCH_2): 500,
        ("revenue", "currency:VND,industry:", "an", MARCH_2): 500,
        ("revenue", "currency:VND,province:", "an", MARCH_2): 500,
    }


def test_source_of_revenue_follows_the_customer(book: Book) -> None:
    """A customer described later moves the revenue of orders already approved."""
    created(book, customer_id="c1")
    book.add("order.approved", "o1", approved_at=AT)
    book.add("customer.updated", "c1", source_ids=["fair", "web"], industry="retail", time=LATER)
    assert {cell[1] for cell in book.cells("revenue")} == {
        "currency:VND",
        "currency:VND,source:fair",
        "currency:VND,industry:retail",
        "currency:VND,province:",
    }


def test_revoked_approval_takes_revenue_back(book: Book) -> None:
    """The larger version of approval holds, whatever came first; of equal ones `revoked`."""
    book.add("order.approval_revoked", "o1", revoked_at=LATER, time=LATER)
    book.add("order.approved", "o1", approved_at=AT)
    created(book)
    assert book.cells("revenue") == {}
    book.add("order.approved", "o1", approved_at=AT, time=LATER)
    assert book.cells("revenue") == {}
    book.add("order.approved", "o1", approved_at=AT, time="2026-03-04T03:00:00Z")
    assert sum(book.cells("revenue").values()) == 2000


def test_cancelled_order_counts_nowhere(book: Book) -> None:
    """Cancelled is for ever, even if it arrives first or an update follows."""
    book.add("order.cancelled", "o1", cancelled_at=AT)
    created(book)
    book.add("order.updated", "o1", owner_id="binh", time=LATER)
    assert book.cells("orders", "orders_pending", "sales") == {}


def test_order_waits_for_its_creation(book: Book) -> None:
    """Registers of an order wait until it is created; then they hold."""
    book.add("order.updated", "o1", order_date="2026-03-03", owner_id="binh", time=LATER)
    book.add("order.approved", "o1", approved_at=AT)
    assert book.cells("orders", "revenue") == {}
    created(book)
    assert book.cells("orders") == {("orders", "", "binh", MARCH_3): 1}


def test_null_in_an_update(book: Book) -> None:
    """A null owner clears the owner; a null total or date says nothing."""
    created(book)
    book.add("order.updated", "o1", owner_id=None, total=None, order_date=None, time=LATER)
    assert book.cells("orders", "sales") == {
        ("orders", "", "-", MARCH_2): 1,
        ("sales", "currency:VND", "-", MARCH_2): 500,
    }


def test_money_has_no_list_and_a_list_no_currency(book: Book) -> None:
    """Lists are those of the counting figures, by dimension without currency."""
    created(book, customer_id="c1")
    book.add("order.approved", "o1", approved_at=AT)
    rows = book.recount().rows("SELECT list, kind, id FROM list_rows ORDER BY list")
    counted = [
        "orders",
        "orders_approved",
        "orders_approved|industry:",
        "orders_approved|province:",
        "orders_approved|source:",
        "orders_with_customer",
    ]
    typed = [name.replace("|", "@created_at|") for name in counted if "|" in name]
    typed += [f"{name}@created_at" for name in counted if "|" not in name]
    others = ["orders_of_customers", "orders_of_customers|industry:"]
    others += ["orders_of_customers|source:", "orders_processed", "orders_processed|speed:60"]
    assert rows == [(name, "order", "o1") for name in sorted(counted + typed + others)]
