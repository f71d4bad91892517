"""The recount of merged customers and of what others say about one, by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
LATER = "2026-03-03T03:00:00Z"
LATEST = "2026-03-05T03:00:00Z"
MARCH_2, MARCH_3, MARCH_5 = 20260302, 20260303, 20260305
MONEY = {"amount": 500, "currency": "VND"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def order(book: Book, name: str, customer: str, date: str = "2026-03-03") -> None:
    book.add(
        "order.created", name, order_date=date, created_at=AT, total=MONEY, customer_id=customer
    )
    book.add("order.approved", name, approved_at=AT)


def survivors(book: Book) -> dict[str, str]:
    return dict(book.rows("SELECT id, survivor FROM buyers WHERE id <> survivor"))


def test_a_chain_ends_at_its_last(book: Book) -> None:
    """c1 merged into c2, c2 into c3: both stand for c3."""
    book.add("customer.merged", "c1", into_id="c2")
    book.add("customer.merged", "c2", into_id="c3")
    assert survivors(book) == {"c1": "c3", "c2": "c3"}


def test_a_circle_ends_at_the_smallest_id(book: Book) -> None:
    """In b -> c -> b with a leading in, b stands for all; merged into itself is not merged."""
    for one, into in (("a", "c"), ("b", "c"), ("c", "b"), ("d", "d")):
        book.add("customer.merged", one, into_id=into)
    assert survivors(book) == {"a": "b", "c": "b"}
    assert book.register("customer", "b", "absorbed") == '["c"]'
    assert book.register("customer", "c", "absorbed") == '["a","b"]'
    assert book.register("customer", "d", "absorbed") is None


def test_a_later_merge_moves_the_group(book: Book) -> None:
    """The larger version of `merged` holds."""
    book.add("customer.merged", "c1", into_id="c9", time=LATER)
    book.add("customer.merged", "c1", into_id="c2")
    assert survivors(book) == {"c1": "c9"}


def test_a_group_is_one_customer(book: Book) -> None:
    """The survivor counts once, on the earliest day, for its own owner; found by the first."""
    book.add("customer.created", "c1", created_at=AT, creator_id="an", owner_id="an")
    book.add("customer.created", "c2", created_at=LATER, creator_id="binh", owner_id="binh")
    book.add("customer.merged", "c1", into_id="c2")
    assert book.cells("customers_new", "customers_found", "customers_assigned") == {
        ("customers_new", "", "binh", MARCH_2): 1,
        ("customers_new", "source:", "binh", MARCH_2): 1,
        ("customers_new", "first_source:", "binh", MARCH_2): 1,
        ("customers_found", "", "an", MARCH_2): 1,
        ("customers_assigned", "", "binh", 0): 1,
    } | {
        ("customers_assigned", f"{name}:", "binh", 0): 1
        for name in ("source", "stage", "industry", "province", "gender")
    }


def test_a_deleted_survivor_takes_its_group_along(book: Book) -> None:
    """Deleted: no cohort; restored: all of it again; found stays."""
    book.add("customer.created", "c1", created_at=AT)
    book.add("customer.merged", "c1", into_id="c2")
    book.add("customer.deleted", "c2", time=LATER)
    assert book.cells("customers_new") == {}
    assert book.cells("customers_found") == {("customers_found", "", "-", MARCH_2): 1}
    book.add("customer.restored", "c2", time=LATEST)
    assert len(book.cells("customers_new")) == 3


def test_orders_of_the_merged_convert_the_survivor(book: Book) -> None:
    """Bought by c1 on the 3rd and 5th, merged into c2: one conversion, first bought on the 3rd."""
    book.add("customer.created", "c2", created_at=AT, owner_id="an", industry="food")
    order(book, "o1", "c1")
    order(book, "o2", "c1", "2026-03-05")
    book.add("customer.merged", "c1", into_id="c2")
    assert book.cells("customers_converted", "customers_first_bought") == {
        ("customers_converted", "", "an", MARCH_2): 1,
        ("customers_first_bought", "", "an", MARCH_3): 1,
    }
    assert book.register("customer", "c1", "bought") == "[[20260303,1],[20260305,1]]"
    assert book.register("customer", "c2", "bought") is None
    assert book.visits("orders") == {
        ("-", MARCH_3, "c2", None): 1,
        ("-", MARCH_5, "c2", None): 1,
    }
    owned = book.cells("orders_of_customers")
    assert owned["orders_of_customers", "industry:food", "an", MARCH_3] == 1


def test_first_call_counts_whenever_it_was(book: Book) -> None:
    """Called 90 s after creation by the earliest call of the group; a call before it takes 0 s."""
    book.add("customer.created", "c1", created_at=AT, owner_id="an")
    call = {"direction": "outbound", "customer_id": "c2"}
    book.add("call.started", "k1", started_at="2026-03-02T03:01:30.999Z", **call)
    book.add("call.connected", "k2", connected_at=LATER, **call)
    book.add("call.started", "k3", started_at=AT, direction="inbound", customer_id="c2")
    book.add("customer.merged", "c2", into_id="c1")
    figures = ("customers_called", "first_call_seconds")
    assert book.cells(*figures) == {
        ("customers_called", "", "an", MARCH_2): 1,
        ("first_call_seconds", "", "an", MARCH_2): 90,
    }
    book.add("call.started", "k2", started_at="2026-03-01T03:00:00Z", time=LATER, **call)
    assert book.cells(*figures) == {("customers_called", "", "an", MARCH_2): 1}


def test_stages_reached_are_the_survivors_own(book: Book) -> None:
    """Reached counts once and per stage ever entered, on the day of creation, by its owner now."""
    book.add("customer.created", "c1", created_at=AT, owner_id="an", relationship_id="new")
    book.add("customer.status_changed", "c1", relationship_id="hot", changed_at=LATER, time=LATER)
    book.add("customer.status_changed", "c2", relationship_id="old", changed_at=LATER)
    book.add("customer.merged", "c2", into_id="c1")
    assert book.cells("customers_reached") == {
        ("customers_reached", "", "an", MARCH_2): 1,
        ("customers_reached", "stage:new", "an", MARCH_2): 1,
        ("customers_reached", "stage:hot", "an", MARCH_2): 1,
    }
    entries = book.cells("stage_entries")
    assert entries["stage_entries", "stage:old", "-", MARCH_3] == 1


def test_last_contact_is_over_the_group(book: Book) -> None:
    """The last day over mails, messages, orders, appointments; a note is no contact."""
    book.add("customer.created", "c1", created_at=AT, owner_id="an", birthday="1990-05-01")
    book.add("customer.created", "c3", created_at=AT, owner_id="an")
    book.add("note.added", "n1", created_at=LATEST, customer_id="c3")
    book.add("email.clicked", "m1", recipient="a", clicked_at=AT, customer_id="c2")
    book.add("message.sent", "s1", channel="sms", sent_at=LATER, customer_id="c2")
    book.add("customer.merged", "c2", into_id="c1")
    assert book.scores("customers_contacted") == {("an", "c1"): MARCH_3, ("an", "c3"): 0}
    assert book.scores("persons_born") == {("an", "c1"): 19900501, ("an", "c3"): 0}
    assert book.register("customer", "c2", "contacted") == str(MARCH_3)
    book.add("task.created", "t1", created_at=AT, type="appointment", customer_id="c1")
    book.add("task.status_changed", "t1", status="completed", changed_at=LATEST)
    assert book.scores("customers_contacted")["an", "c1"] == MARCH_5


def test_contact_persons_belong_to_the_survivors_owner(book: Book) -> None:
    """A contact is a person of the customer's owner, unless deleted, or its customer is."""
    book.add("customer.created", "c2", created_at=AT, owner_id="an")
    book.add("contact.upserted", "w1", customer_id="c1", birthday="2000-02-29")
    book.add("contact.upserted", "w2", customer_id="c1")
    book.add("contact.upserted", "w3", name="of nobody")
    book.add("contact.deleted", "w2")
    book.add("customer.merged", "c1", into_id="c2")
    assert book.scores("persons_born") == {("an", "c2"): 0, ("an", "w1"): 20000229}
    book.add("customer.deleted", "c2")
    assert book.scores("persons_born") == {}
