"""The recount of payments and contracts, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
LATER = "2026-03-03T03:00:00Z"
LATEST = "2026-03-05T03:00:00Z"
MARCH_2, MARCH_3, MARCH_5 = 20260302, 20260303, 20260305


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def money(amount: int, currency: str = "VND") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def order(book: Book) -> None:
    book.add(
        "order.created",
        "o1",
        order_date="2026-03-02",
        created_at=AT,
        owner_id="an",
        total=money(500),
    )


def paid(book: Book, name: str, amount: int, at: str, **data: Any) -> None:
    book.add("payment.received", name, paid_at=at, amount=money(amount), **data)


def test_a_payment_counts_for_the_orders_owner(book: Book) -> None:
    """Of an order: its owner; on account: the owner of the customer; of nobody: nobody."""
    order(book)
    book.add("customer.assigned", "c1", owner_id="binh")
    paid(book, "y1", 100, AT, order_id="o1", customer_id="c1")
    paid(book, "y2", 200, LATER, customer_id="c1")
    paid(book, "y3", 400, LATER)
    assert book.cells("payments", "collections") == {
        ("payments", "", "an", MARCH_2): 1,
        ("payments", "", "binh", MARCH_3): 1,
        ("payments", "", "-", MARCH_3): 1,
        ("collections", "currency:VND", "an", MARCH_2): 100,
        ("collections", "currency:VND", "binh", MARCH_3): 200,
        ("collections", "currency:VND", "-", MARCH_3): 400,
    }


def test_a_payment_for_an_unknown_order_is_in_doubt(book: Book) -> None:
    """Until the order is created it counts for the customer's owner, and as an issue of his."""
    paid(book, "y1", 100, AT, order_id="o1")
    assert book.cells("payments", "issues") == {
        ("payments", "", "-", MARCH_2): 1,
        ("issues", "", "-", 0): 1,
        ("issues", "code:unknown_order", "-", 0): 1,
    }
    assert ("order", "o1") in set(book.rows("SELECT kind, id FROM facts"))
    order(book)
    assert book.cells("payments", "issues") == {("payments", "", "an", MARCH_2): 1}


def test_a_reversal_counts_on_its_own_day(book: Book) -> None:
    """Reversed without an amount: all of it, on that day; then a part, in its own currency."""
    paid(book, "y1", 100, AT)
    book.add("payment.reversed", "y1", reversed_at=LATER)
    figures = ("payments", "payments_reversed", "collections")
    assert book.cells(*figures) == {
        ("payments", "", "-", MARCH_2): 1,
        ("payments_reversed", "", "-", MARCH_3): 1,
        ("collections", "currency:VND", "-", MARCH_2): 100,
        ("collections", "currency:VND", "-", MARCH_3): -100,
    }
    book.add("payment.reversed", "y1", reversed_at=LATER, amount=money(7, "USD"), time=LATER)
    assert book.cells("collections") == {
        ("collections", "currency:VND", "-", MARCH_2): 100,
        ("collections", "currency:USD", "-", MARCH_3): -7,
    }


def test_a_reversal_waits_for_its_payment(book: Book) -> None:
    """Reversed but never received: nothing."""
    book.add("payment.reversed", "y1", reversed_at=LATER)
    assert book.cells("payments_reversed", "collections") == {}


def test_an_order_is_paid_on_the_day_the_sum_reaches_its_total(book: Book) -> None:
    """300 on the 2nd, 200 on the 3rd make 500; dollars do not help."""
    order(book)
    paid(book, "y1", 300, AT, order_id="o1")
    book.add("payment.received", "y2", paid_at=AT, amount=money(900, "USD"), order_id="o1")
    assert book.cells("orders_paid") == {}
    paid(book, "y3", 200, LATER, order_id="o1")
    assert book.cells("orders_paid", "paid_goods") == {
        ("orders_paid", "", "an", MARCH_3): 1,
        ("paid_goods", "currency:VND", "an", MARCH_3): 500,
    }
    assert book.register("order", "o1", "paid") == (
        '[[20260302,"USD",900],[20260302,"VND",300],[20260303,"VND",200]]'
    )


def test_paid_is_paid_in_all(book: Book) -> None:
    """Taken back later, it is not paid; paid again, the first day that reached it counts."""
    order(book)
    paid(book, "y1", 500, AT, order_id="o1")
    book.add("payment.reversed", "y1", reversed_at=LATER, amount=money(100))
    assert book.cells("orders_paid") == {}
    paid(book, "y2", 100, LATEST, order_id="o1")
    assert book.cells("orders_paid") == {("orders_paid", "", "an", MARCH_2): 1}


def contract(book: Book, name: str = "h1", **data: Any) -> None:
    said = {"created_at": AT, "owner_id": "an", "value": money(900)}
    book.add("contract.created", name, **(said | data))


def test_a_contract_counts_when_created_and_when_it_ends(book: Book) -> None:
    """Created on the 2nd with its value, ends on the 5th, not renewed."""
    contract(book, effective_from="2026-03-02", effective_to="2026-03-05")
    figures = ("contracts", "contract_value", "contracts_ending", "contracts_ending_unrenewed")
    assert book.cells(*figures) == {
        ("contracts", "", "an", MARCH_2): 1,
        ("contract_value", "currency:VND", "an", MARCH_2): 900,
        ("contracts_ending", "", "an", MARCH_5): 1,
        ("contracts_ending_unrenewed", "", "an", MARCH_5): 1,
    }


@pytest.mark.parametrize(("start", "renewed"), [("2026-03-06", True), ("2026-03-07", False)])
def test_a_renewal_starts_the_day_after_at_the_latest(
    book: Book, start: str, renewed: bool
) -> None:
    """What continues on the day after the end is a renewal in time; later it is a gap."""
    contract(book, effective_to="2026-03-05")
    book.add(
        "contract.renewed",
        "h2",
        previous_contract_id="h1",
        renewed_at=LATER,
        owner_id="binh",
        effective_from=start,
    )
    unrenewed = {} if renewed else {("contracts_ending_unrenewed", "", "an", MARCH_5): 1}
    assert book.cells("contracts_ending_unrenewed") == unrenewed
    assert book.cells("contracts_renewed") == {("contracts_renewed", "", "binh", MARCH_3): 1}
    day = start.replace("-", "")
    assert book.register("contract", "h1", "renewals") == f"[[{day},1]]"
    book.add("contract.deleted", "h2")
    assert len(book.cells("contracts_ending_unrenewed")) == 1


@pytest.mark.parametrize("what", ["draft", "cancelled", "deleted"])
def test_a_contract_that_is_none_counts_nowhere(book: Book, what: str) -> None:
    """A draft, a cancelled or a deleted one counts nowhere."""
    contract(book, effective_to="2026-03-05", draft=what == "draft")
    if what == "cancelled":
        book.add("contract.cancelled", "h1", cancelled_at=AT)
    if what == "deleted":
        book.add("contract.deleted", "h1")
    assert book.rows("SELECT * FROM cells") == []
    book.add("contract.updated", "h1", draft=None, time=LATER)
    assert bool(book.rows("SELECT * FROM cells")) is (what == "draft")


def test_a_contract_that_ends_before_it_starts_is_in_doubt(book: Book) -> None:
    """Made so by an update, it ends nowhere and is an issue; null takes the end away."""
    contract(book, effective_from="2026-03-05")
    book.add("contract.updated", "h1", effective_to="2026-03-03", time=LATER)
    assert book.cells("contracts_ending", "issues") == {
        ("issues", "", "an", 0): 1,
        ("issues", "code:end_before_start", "an", 0): 1,
    }
    book.add("contract.updated", "h1", effective_to=None, time=LATEST)
    assert book.cells("contracts_ending", "issues") == {}
