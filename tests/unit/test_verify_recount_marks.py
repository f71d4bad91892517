"""The recount of what customers carry for the cohort reports, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify_book import Book

AT, AT_MS, MARCH_2 = "2026-03-02T03:00:00Z", 1772420400000, 20260302
LATER = "2026-03-03T03:00:00Z"
CUSTOMER: dict[str, Any] = {"customer_id": "c1"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def marks(book: Book, register: str) -> dict[tuple[str, str], str]:
    rows = book.rows("SELECT register, customer, id, value FROM marks")
    return {(customer, fact): value for of, customer, fact, value in rows if of == register}


def vnd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "VND"}


def test_calls_and_appointments(book: Book) -> None:
    """Outbound calls, answered or not, by agent; live appointments, completed or not."""
    said = {"direction": "outbound", **CUSTOMER}
    book.add("call.ended", "k1", ended_at=AT, duration_s=60, employee_id="an", **said)
    book.add("call.ended", "k2", ended_at=AT, duration_s=0, connected_at=AT, **said)
    book.add("call.started", "k3", started_at=AT, direction="inbound", **CUSTOMER)
    assert marks(book, "calls") == {
        ("c1", "k1"): f'[{AT_MS - 60_000},{MARCH_2},"an",true,60]',
        ("c1", "k2"): f"[{AT_MS},{MARCH_2},null,false,0]",
    }
    for task, kind in (("t1", "appointment"), ("t2", "appointment"), ("t3", "visit")):
        book.add("task.created", task, created_at=AT, type=kind, **CUSTOMER)
    book.add("task.status_changed", "t1", status="completed", changed_at=LATER)
    assert marks(book, "appointments") == {
        ("c1", "t1"): f"[{AT_MS},{MARCH_2},true]",
        ("c1", "t2"): f"[{AT_MS},{MARCH_2},false]",
    }
    book.add("task.status_changed", "t2", status="cancelled", changed_at=LATER)
    assert list(marks(book, "appointments")) == [("c1", "t1")]


def test_orders_with_what_is_paid(book: Book) -> None:
    """Pending, approved, and those that do not count if something stands paid on them."""
    for order in ("o1", "o2", "o3", "o4"):
        said: dict[str, Any] = {"order_date": "2026-03-04", "total": vnd(100)} | CUSTOMER
        book.add("order.created", order, created_at=AT, **said)
    book.add("order.approved", "o2", approved_at=LATER)
    for order in ("o3", "o4"):
        book.add("order.cancelled", order, cancelled_at=LATER)
    for number, (order, amount) in enumerate((("o2", 70), ("o2", 10), ("o3", 5), ("o4", 5))):
        paid: dict[str, Any] = {"order_id": order, "amount": vnd(amount)}
        book.add("payment.received", f"y{number}", paid_at=AT, **paid)
    book.add("payment.reversed", "y3", reversed_at=LATER)
    begin = f"[{AT_MS},{MARCH_2},20260304"
    assert marks(book, "orders") == {
        ("c1", "o1"): f'{begin},1,100,"VND",[]]',
        ("c1", "o2"): f'{begin},2,100,"VND",[["VND",80]]]',
        ("c1", "o3"): f'{begin},0,100,"VND",[["VND",5]]]',
    }


def test_payments_without_order(book: Book) -> None:
    """What a customer paid without naming an order, less what went back, by currency."""
    for payment in ("y1", "y2", "y3"):
        book.add("payment.received", payment, paid_at=AT, amount=vnd(50), **CUSTOMER)
    book.add("payment.reversed", "y2", reversed_at=LATER)
    usd = {"amount": 7, "currency": "USD"}
    book.add("payment.reversed", "y3", reversed_at=LATER, amount=usd)
    book.add("payment.received", "y4", paid_at=AT, amount=vnd(50), order_id="o9", **CUSTOMER)
    assert marks(book, "payments") == {
        ("c1", "y1"): '["VND",50]',
        ("c1", "y3"): '["USD",-7],["VND",50]',
    }


def test_opportunities_and_the_days_of_cohorts(book: Book) -> None:
    """A customer belongs to the day it was created and to the first day of each campaign."""
    book.add("customer.created", "c1", created_at=LATER, owner_id="an")
    for deal, at, campaign in (("p1", LATER, "x"), ("p2", AT, "x"), ("p3", LATER, None)):
        said = {"created_at": at, "campaign_id": campaign, "owner_id": "an", **CUSTOMER}
        book.add("opportunity.created", deal, **said)
    book.add("opportunity.created", "p4", created_at=None, **CUSTOMER)
    book.add("customer.merged", "c1", into_id="c2")
    assert marks(book, "opportunities")["c1", "p2"] == f'[{AT_MS},{MARCH_2},"x","an"]'
    assert marks(book, "opportunities")["c1", "p3"].endswith(',"","an"]')
    cohorts = "SELECT cohort, day, id FROM cohorts ORDER BY ALL"
    created = ("created", 20260303, "c2")
    assert book.rows(cohorts) == [
        ("campaign", MARCH_2, "c2"),
        ("campaign", 20260303, "c2"),
        created,
    ]
    for deal in ("p2", "p3"):
        book.add("opportunity.deleted", deal)
    assert book.rows(cohorts) == [("campaign", 20260303, "c2"), created]
    book.add("customer.deleted", "c2")
    assert book.rows(cohorts) == []


def test_words_are_kept_whoever_wins(book: Book) -> None:
    """Every source, group, relationship and campaign an event named is a word for ever."""
    book.add("customer.updated", "c1", source_ids=["web", "a:b"], group_ids=["g"], revision=2)
    book.add("customer.updated", "c1", source_ids=["fair"], group_ids=None, revision=1)
    book.add("customer.status_changed", "c1", relationship_id="hot", changed_at=AT)
    book.add("customer.status_changed", "c1", relationship_id=None, changed_at=AT)
    book.add("opportunity.closed", "p1", outcome="won", closed_at=AT)
    book.add("opportunity.created", "p1", created_at=None, campaign_id="spring")
    assert {row[0] for row in book.rows("SELECT word FROM words")} == {
        *("source:web", "source:a:b", "source:fair", "group:g"),
        *("relationship:hot", "campaign:spring"),
    }
