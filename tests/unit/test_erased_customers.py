"""Who a customer is, forgotten: in the fold, in the recount, in what is shown."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from schemas.envelope import LogEvent
from schemas.facts import Contact, Customer, Email, Task
from services.aggregator.core.fold import RULES
from services.query.unsealing import ERASED, Read, opened
from tests.unit.verify_book import Book

SEALED = "~1.KJFsWTA1IZo8N5hn..uyampYuj1aacFHB9"
BORN = "~1.KJFsWTA1IZo8N5hn.44908207.8NcUc__f"
AT = "2026-03-02T03:00:00Z"


def said(kind: str, at: int, **data: Any) -> LogEvent:
    """Return an event of the log."""
    return LogEvent(f"{kind}-{at}", "crm", kind, at, "c1", "acme", data)


EVENTS = (
    said("customer.created", 5, created_at=AT, name=SEALED, phones=[SEALED], birthday=BORN),
    said("customer.updated", 7, name=SEALED + "x", industry="rice"),
    said("customer.updated", 6, birthday="1990-05-17"),
    said("customer.erased", 3),
    said("customer.erased", 9),
)


def test_the_order_of_forgetting_does_not_matter() -> None:
    """Whatever comes before or after, an erased customer has neither name nor phones."""
    found = []
    for events in permutations(EVENTS):
        fact = Customer("c1", 1)
        for event in events:
            fact = RULES[event.type].fold(fact, event, "UTC")  # type: ignore[assignment]
        found.append(fact)
    assert all(each == fact for each in found)
    assert fact.erased == 3
    assert fact.profile["name"] == (7, None)
    assert fact.profile["phones"] == (5, None)
    assert fact.profile["birthday"] == (6, None)
    assert fact.profile["industry"] == (7, "rice")


def test_of_a_sealed_birthday_the_age_stays() -> None:
    """The score by which ages are counted is kept without what could be opened."""
    fact = Customer("c1", 1)
    for event in (EVENTS[0], EVENTS[3]):
        fact = RULES[event.type].fold(fact, event, "UTC")  # type: ignore[assignment]
    assert fact.profile["birthday"] == (5, "~1.KJFsWTA1IZo8N5hn.44908207.")


def test_the_recount_forgets_as_the_fold_does(tmp_path: Path) -> None:
    """Name and phones are null, a plain birthday too; the version is that of the first request."""
    book = Book(tmp_path)
    book.add("customer.created", "c1", created_at=AT, name="Lan", phones=["0912345678"])
    book.add("customer.updated", "c1", time="2026-03-03T03:00:00Z", birthday="1990-05-17")
    book.add("customer.erased", "c1", time="2026-03-05T03:00:00Z")
    book.add("customer.erased", "c1", time="2026-03-04T03:00:00Z")
    book.add("customer.created", "d1", tenant="globex", created_at=AT, name="Gone")
    book.add("tenant.erased", "globex", tenant="globex")
    assert book.register("customer", "c1", "profile.name") == "[1772420400000,null]"
    assert book.register("customer", "c1", "profile.phones") == "[1772420400000,null]"
    assert book.register("customer", "c1", "profile.birthday") == "[1772506800000,null]"
    assert book.register("customer", "c1", "erased") == "1772593200000"
    assert book.rows("SELECT DISTINCT tenant FROM facts") == [("acme",)]


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (Customer("c1", 1, profile={"name": (1, SEALED)}), "Lan"),
        (Customer("c1", 1, profile={"name": (1, None)}, erased=4), ERASED),
        (Contact("w1", 1, profile={"name": (1, SEALED), "phones": (1, [SEALED])}), "Lan"),
        (Email(f"m1|{SEALED}", 1), "Lan"),
        (Task("t1", 1, title=(1, SEALED)), "Lan"),
    ],
)
def test_sealed_texts_are_shown_opened(fact: Any, text: str) -> None:
    """No sealed text is ever shown as it stands."""
    shown = repr(opened(fact, lambda _: Read("Lan", "+84912345678")))
    assert text in shown
    assert "~1." not in shown
