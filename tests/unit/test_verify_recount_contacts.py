"""The recount of calls and e-mails, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.verify_book import Book

MARCH_2 = 20260302
OUT = {"direction": "outbound", "employee_id": "an"}
IN = {"direction": "inbound", "employee_id": "an"}
METRICS = (
    "calls_outbound",
    "talk_seconds_outbound",
    "calls_inbound_offered",
    "calls_inbound_answered",
    "calls_inbound_missed",
    "talk_seconds_inbound",
    "answer_wait_seconds_inbound",
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def figures(book: Book) -> dict[tuple[str, int], int]:
    return {(cell[0], cell[3]): value for cell, value in book.cells(*METRICS).items()}


def test_outbound_call_counts_when_it_connects(book: Book) -> None:
    """A connected call counts on the day it connected, before its end is known."""
    book.add("call.connected", "k1", connected_at="2026-03-02T03:00:00Z", **OUT)
    assert figures(book) == {("calls_outbound", MARCH_2): 1}


def test_outbound_call_without_talk_is_taken_back(book: Book) -> None:
    """A call that ended with 0 seconds counts nothing, whichever event came first."""
    book.add("call.ended", "k1", ended_at="2026-03-02T03:05:00Z", duration_s=0, **OUT)
    book.add("call.connected", "k1", connected_at="2026-03-02T03:00:00Z", **OUT)
    assert figures(book) == {}


def test_end_with_talk_says_when_it_connected(book: Book) -> None:
    """Without `connected_at` the call connected `duration_s` before its end, on that day."""
    book.add("call.ended", "k1", ended_at="2026-03-01T17:01:00Z", duration_s=120, **OUT)
    assert figures(book) == {
        ("calls_outbound", 20260301): 1,
        ("talk_seconds_outbound", 20260301): 120,
    }


def test_inbound_call_answered(book: Book) -> None:
    """An answered call is offered and answered on the day it began to ring; waits are floored."""
    book.add(
        "call.ended",
        "k1",
        started_at="2026-03-01T16:59:50Z",
        connected_at="2026-03-01T17:00:01.900Z",
        ended_at="2026-03-01T17:02:00Z",
        duration_s=118,
        **IN,
    )
    assert figures(book) == {
        ("calls_inbound_offered", 20260301): 1,
        ("calls_inbound_answered", 20260301): 1,
        ("talk_seconds_inbound", 20260301): 118,
        ("answer_wait_seconds_inbound", 20260301): 11,
    }


def test_inbound_call_missed(book: Book) -> None:
    """Ended without an answer is missed; on the day of its end if nothing else is known."""
    book.add("call.ended", "k1", ended_at="2026-03-02T03:00:00Z", duration_s=0, **IN)
    assert figures(book) == {
        ("calls_inbound_offered", MARCH_2): 1,
        ("calls_inbound_missed", MARCH_2): 1,
    }


def test_inbound_call_connected_but_silent_is_missed(book: Book) -> None:
    """A call that connected and ended with 0 seconds is missed, not answered."""
    book.add("call.connected", "k1", connected_at="2026-03-02T03:00:00Z", **IN)
    book.add("call.ended", "k1", ended_at="2026-03-02T03:00:05Z", duration_s=0, **IN)
    assert figures(book) == {
        ("calls_inbound_offered", MARCH_2): 1,
        ("calls_inbound_missed", MARCH_2): 1,
    }


def test_connected_before_started_waits_nothing(book: Book) -> None:
    """A negative wait is no wait."""
    book.add(
        "call.connected",
        "k1",
        started_at="2026-03-02T03:00:05Z",
        connected_at="2026-03-02T03:00:00Z",
        **IN,
    )
    assert figures(book) == {
        ("calls_inbound_offered", MARCH_2): 1,
        ("calls_inbound_answered", MARCH_2): 1,
    }


def test_later_version_of_a_call_moves_it(book: Book) -> None:
    """Who had the call is a register: a correction moves all its figures."""
    book.add("call.ended", "k1", ended_at="2026-03-02T03:05:00Z", duration_s=60, **OUT)
    book.add(
        "call.ended",
        "k1",
        ended_at="2026-03-02T03:05:00Z",
        duration_s=90,
        direction="outbound",
        employee_id="binh",
        time="2026-03-02T04:00:00Z",
    )
    assert book.cells("calls_outbound", "talk_seconds_outbound") == {
        ("calls_outbound", "", "binh", MARCH_2): 1,
        ("talk_seconds_outbound", "", "binh", MARCH_2): 90,
    }


def test_email_counts_once_per_recipient_at_first_opening(book: Book) -> None:
    """The earliest opening by a person counts, per recipient, whatever the order of arrival."""
    for recipient, at in (("a@x", "2026-03-04"), ("a@x", "2026-03-02"), ("b@x", "2026-03-03")):
        book.add(
            "email.opened", "m1", recipient=recipient, opened_at=f"{at}T03:00:00Z", sender_id="an"
        )
    assert book.cells("emails_opened") == {
        ("emails_opened", "", "an", 20260302): 1,
        ("emails_opened", "", "an", 20260303): 1,
    }


def test_email_opened_by_a_machine_never_counts(book: Book) -> None:
    """A pre-fetch by a mail proxy does not count and does not make the opening earlier."""
    book.add(
        "email.opened",
        "m1",
        recipient="a@x",
        opened_at="2026-03-02T03:00:00Z",
        sender_id="an",
        machine=True,
    )
    assert book.cells("emails_opened") == {}
    book.add(
        "email.opened", "m1", recipient="a@x", opened_at="2026-03-05T03:00:00Z", sender_id="an"
    )
    assert book.cells("emails_opened") == {("emails_opened", "", "an", 20260305): 1}
