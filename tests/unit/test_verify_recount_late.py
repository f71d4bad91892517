"""The recount of locked periods, feeds, words and what a fact refers to, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
LATER = "2026-03-03T03:00:00Z"
MARCH_2, MARCH_3 = 20260302, 20260303


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def order(book: Book, name: str, amount: int, **data: Any) -> None:
    said = {"order_date": "2026-03-02", "created_at": LATER, "owner_id": "an"}
    total = {"amount": amount, "currency": "VND"}
    book.add("order.created", name, **(said | {"total": total} | data))


def lock(book: Book, first: str, last: str) -> None:
    book.add("period.locked", "march", first=first, last=last)


def test_without_a_lock_nothing_is_late(book: Book) -> None:
    """Nothing is late until a period is locked, and nothing outside of it."""
    order(book, "o1", 500)
    lock(book, "2026-04-01", "2026-04-30")
    order(book, "o2", 500)
    assert book.late() == {}


def test_what_changes_after_the_lock_is_late(book: Book) -> None:
    """Locked with 500: a second order of 70 and a new owner of the first are late, no more."""
    order(book, "o1", 500)
    lock(book, "2026-03-02", "2026-03-02")
    order(book, "o2", 70)
    book.add("order.updated", "o1", owner_id="binh", time=LATER)
    late = {key[0::2]: value for key, value in book.late().items() if "sales" in key}
    assert late == {
        ("sales", "an"): 70 - 500,
        ("sales", "binh"): 500,
    }
    assert ("orders", "", "an", MARCH_2) not in book.late()


def test_the_first_lock_of_a_day_counts(book: Book) -> None:
    """Locked again later: what came between stays late."""
    lock(book, "2026-03-02", "2026-03-02")
    order(book, "o1", 500)
    lock(book, "2026-03-01", "2026-03-31")
    order(book, "o2", 70)
    sales = {key: value for key, value in book.late().items() if key[0].startswith("sales")}
    assert sales == {
        ("sales", "currency:VND", "an", MARCH_2): 570,
        ("sales@created_at", "currency:VND", "an", MARCH_3): 70,
    }


def test_late_tasks_say_where_they_count(book: Book) -> None:
    """The second of two assignees in a department counts for himself only: behind the field."""
    for name in ("an", "binh"):
        book.add("employee.upserted", name, name=name, department_id="north")
    lock(book, "2026-03-02", "2026-03-02")
    book.add("task.created", "t1", created_at=AT, assignees=["binh", "an"])
    assert book.late() == {
        ("tasks_created", "", "an", MARCH_2): 1,
        ("tasks_created", "|1", "binh", MARCH_2): 1,
    }


def settings(book: Book) -> dict[str, str]:
    rows = book.rows("SELECT field, value FROM tenant_values WHERE hash = 'meta'")
    return dict(rows)


def test_feeds_modules_and_locks(book: Book) -> None:
    """An event feeds its module; lines feed products; the last word on modules and locks."""
    book.add("note.added", "n1", created_at=AT)
    book.add("stock.voided", "v1")
    order(book, "o1", 0, lines=[])
    assert settings(book)["feeds"] == "inventory,notes"
    line = {"product_id": "tea", "quantity": 1, "amount": {"amount": 9, "currency": "VND"}}
    order(book, "o2", 9, lines=[line])
    book.add("setting.changed", "company", modules_off=["tasks", "notes"])
    book.add("setting.changed", "company", name="Acme")
    lock(book, "2026-03-01", "2026-03-31")
    lock(book, "2026-03-01", "2026-03-31")
    lock(book, "2026-02-01", "2026-02-28")
    assert settings(book) == {
        "feeds": "inventory,notes,products",
        "modules_off": "notes,tasks",
        "name": "Acme",
        "locks": "[[20260201,20260228],[20260301,20260331]]",
    }


def test_words_and_aims(book: Book) -> None:
    """Tags are sorted without repeats, a number is an amount without currency."""
    book.add("taxonomy.upserted", "web", kind="source", name="Web", tags=["sql", "mql", "sql"])
    book.add("metric.definition_changed", "orders", definition="ours")
    aim = {"metric": "orders", "scope": "employee", "scope_id": "an", "period": "2026-03"}
    book.add("target.set", "g1", value=5, weight=40, thresholds=[100, 50, 100], **aim)
    book.add("permission.changed", "an", permission="kpi", granted=True)
    assert book.register("term", "source:web", "profile") == (
        '[1772420400000,"Web",["mql","sql"],0,true]'
    )
    assert book.register("term", "metric:orders", "definition") == '[1772420400000,"ours"]'
    target = "orders|employee|an|2026-03"
    assert book.register("target", target, "aim") == '[1772420400000,[5,""],40,[50,100],null]'
    book.add("setting.changed", "company", thresholds=[120, 80, 80])
    assert book.register("target", target, "aim") == '[1772420400000,[5,""],40,[50,100],null]'
    book.add("target.set", "g1", time=LATER, value=5, **aim)
    assert book.register("target", target, "aim").endswith('[5,""],0,[80,120],null]')
    book.add("setting.changed", "company", name="Acme")
    assert settings(book)["thresholds"] == "80,120"
    book.add("employee.pseudonymised", "an", time=LATER)
    book.add("employee.pseudonymised", "an")
    assert book.register("employee", "an", "pseudonymised") == "1772420400000"
    assert book.register("employee", "an", "permissions.kpi") == "[1772420400000,true]"


def test_facts_refer_by_what_they_say_now(book: Book) -> None:
    """A payment that moved to another order refers to that; what it named before is a stub."""
    paid = {"paid_at": AT, "amount": {"amount": 1, "currency": "VND"}}
    book.add("payment.received", "y1", order_id="o1", customer_id="c1", **paid)
    book.add("payment.received", "y1", order_id="o2", customer_id=None, time=LATER, **paid)
    book.add("contract.renewed", "h2", previous_contract_id="h1", renewed_at=AT)
    book.add("customer.merged", "c1", into_id="c2")
    assert set(book.rows("SELECT kind, id, to_kind, to_id FROM referred")) == {
        ("payment", "y1", "order", "o2"),
        ("contract", "h2", "contract", "h1"),
        ("customer", "c1", "customer", "c2"),
    }
    stubs = {("order", "o1"), ("order", "o2"), ("contract", "h1"), ("customer", "c2")}
    assert stubs <= set(book.rows("SELECT kind, id FROM facts"))


def test_a_message_counts_until_it_failed(book: Book) -> None:
    """Sent with success it counts by channel; failed later, or refused at once, it does not."""
    said = {"sent_at": AT, "sender_id": "an", "customer_id": "c1"}
    book.add("message.sent", "s1", channel="zns", **said)
    book.add("message.sent", "s2", channel="sms", status="failed", **said)
    assert book.cells("messages_sent") == {
        ("messages_sent", "", "an", MARCH_2): 1,
        ("messages_sent", "channel:zns", "an", MARCH_2): 1,
    }
    assert book.visits("messages_sent") == {("an", MARCH_2, "c1", None): 1}
    book.add("message.failed", "s1", failed_at=LATER, time=LATER)
    assert book.cells("messages_sent") == {}


def test_a_note_once_counted_stays(book: Book) -> None:
    """A deleted note stays counted; an automatic one never was."""
    book.add("note.added", "n1", created_at=AT, author_id="an")
    book.add("note.added", "n2", created_at=AT, author_id="an", automatic=True)
    book.add("note.deleted", "n1")
    assert book.cells("notes_added") == {("notes_added", "", "an", MARCH_2): 1}
