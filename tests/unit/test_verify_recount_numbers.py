"""The recount of telephone numbers and who has them, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
LATER = "2026-03-03T03:00:00Z"
MARCH_2 = 20260302
OUT: dict[str, Any] = {"direction": "outbound", "employee_id": "an"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def dial(book: Book, call: str, phone: str, **said: Any) -> None:
    book.add("call.started", call, started_at=AT, phone=phone, **(OUT | said))


def holders(book: Book) -> dict[str, list[tuple[str, int]]]:
    rows = book.rows("SELECT number, customer, times FROM number_holders ORDER BY customer")
    return {number: [row[1:] for row in rows if row[0] == number] for number, _, _ in rows}


def customers(book: Book) -> set[tuple[str, str]]:
    return {(call, who) for call, who in book.rows("SELECT id, customer FROM call_customers")}


def test_written_forms_are_one_number(book: Book) -> None:
    """However a number is written it is one; a blank phone is none, and what cannot be is ''."""
    phones = ["0912 345 678", "+84912345678", "0084.912.345.678", " ", "", "no phone"]
    book.add("customer.created", "c1", created_at=AT, phones=phones)
    book.add("customer.created", "c2", created_at=AT, phones=None)
    numbers = "profile.numbers"
    assert book.register("customer", "c1", numbers) == '[1772420400000,["","+84912345678"]]'
    assert book.register("customer", "c2", numbers) == "[1772420400000,[]]"
    assert holders(book) == {"+84912345678": [("c1", 1)]}


def test_number_is_read_in_the_region_in_force(book: Book) -> None:
    """A region holds from its setting on; what was read before stays, other settings keep it."""
    book.add("customer.created", "c1", created_at=AT, phones=["020 7946 0018"])
    book.add("setting.changed", "company", region="GB")
    book.add("setting.changed", "company", name="Acme")
    book.add("customer.created", "c2", created_at=AT, phones=["020 7946 0018"])
    assert holders(book) == {"+842079460018": [("c1", 1)], "+442079460018": [("c2", 1)]}
    assert ("meta", "region", "GB") in book.rows("SELECT hash, field, value FROM tenant_values")


def test_equal_versions_of_a_call_take_the_larger_number(book: Book) -> None:
    """The number is the last value of who had a call: of equal ones the larger stays."""
    dial(book, "k1", "020 7946 0018")
    book.add("setting.changed", "company", region="GB")
    dial(book, "k1", "020 7946 0018")
    who = '[1772420400000,"outbound","an",null,"020 7946 0018",null,"+842079460018"]'
    assert book.register("call", "k1", "who") == who


def test_contacts_hold_numbers_for_their_customer(book: Book) -> None:
    """A contact counts for its customer beside the customer itself, until it is deleted."""
    book.add("customer.created", "c1", created_at=AT, phones=["0912345678"])
    for contact, customer in (("w1", "c1"), ("w2", "c2"), ("w3", None)):
        book.add("contact.upserted", contact, customer_id=customer, phones=["0912345678"])
    assert holders(book) == {"+84912345678": [("c1", 2), ("c2", 1)]}
    book.add("contact.deleted", "w1")
    book.add("contact.upserted", "w2", phones=["0911111111"], time=LATER)
    assert holders(book) == {"+84912345678": [("c1", 1)], "+84911111111": [("c2", 1)]}


def test_call_by_number_finds_its_customers(book: Book) -> None:
    """A call is with all who have its number, also those who came, or were deleted, later."""
    dial(book, "k1", "0912 345 678", customer_id="c9")
    dial(book, "k2", "no phone")
    assert customers(book) == {("k1", "c9")}
    book.add("customer.created", "c1", created_at=AT, owner_id="an", phones=["+84912345678"])
    book.add("contact.upserted", "w1", customer_id="c2", phones=["0912.345.678"])
    book.add("customer.deleted", "c1")
    assert customers(book) == {("k1", "c9"), ("k1", "c1"), ("k1", "c2")}
    assert book.register("call", "k1", "customers") == '["c1","c2","c9"]'
    assert book.register("customer", "c2", "contacted") == str(MARCH_2)
    assert book.visits("calls_attempted") == {
        ("an", MARCH_2, customer, None): 1 for customer in ("c1", "c2", "c9")
    }


def test_merged_customers_are_visited_once(book: Book) -> None:
    """Of several customers of a call that stand for one another the survivor is met once."""
    for customer in ("c1", "c2"):
        book.add("customer.created", customer, created_at=AT, phones=["0912345678"])
    book.add("customer.merged", "c1", into_id="c2")
    book.add("call.connected", "k1", connected_at=LATER, started_at=AT, phone="0912345678", **OUT)
    assert book.visits("calls_attempted") == {("an", MARCH_2, "c2", None): 1}
    assert book.visits("calls_outbound") == {("an", 20260303, "c2", None): 1}
    assert book.cells("calls_attempted") == {("calls_attempted", "", "an", MARCH_2): 1}


def test_first_call_by_number(book: Book) -> None:
    """A customer dialled before it was created was called at once: 0 seconds, not fewer."""
    dial(book, "k1", "0912345678")
    book.add("customer.created", "c1", created_at=LATER, owner_id="an", phones=["0912345678"])
    metrics = ("customers_called", "first_call_seconds")
    assert book.cells(*metrics) == {("customers_called", "", "an", 20260303): 1}
    book.add("customer.updated", "c1", phones=[], time=LATER)
    assert book.cells(*metrics) == {}


def test_what_is_no_number_is_an_issue(book: Book) -> None:
    """A customer, a contact and a call whose phone is no number are in doubt, once each."""
    book.add(
        "customer.created", "c1", created_at=AT, owner_id="binh", phones=["x", "y", "0912345678"]
    )
    book.add("customer.created", "c2", created_at=AT, owner_id="binh", phones=[" ", ""])
    book.add("contact.upserted", "w1", customer_id="c1", phones=["z"])
    book.add("contact.upserted", "w2", phones=["z"])
    dial(book, "k1", "x")
    dial(book, "k2", " ")
    assert book.cells("issues") == {
        ("issues", dimension, who, 0): count
        for dimension in ("", "code:not_a_phone_number")
        for who, count in (("binh", 2), ("an", 1))
    }
    book.add("customer.deleted", "c1")
    assert {who for _, _, who, _ in book.cells("issues")} == {"an"}
