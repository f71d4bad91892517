"""Refused events as counts and samples: nothing twice, nothing raw, never a silent zero."""

from __future__ import annotations

from typing import Any

import orjson

from services.query.refusals import SAMPLES, Refusals


def letter(number: int, *, offset: int | None = None, code: str = "invalid_field") -> bytes:
    return orjson.dumps(
        {
            "code": code,
            "detail": "wrong",
            "pointer": "/data/total",
            "event_id": f"e{number}",
            "topic": None if offset is None else "crm-events",
            "partition": None if offset is None else 3,
            "offset": offset,
            "at_ms": 1_795_323_600_000 + number,
            "raw": '{"data": {"name": "secret"}}',
            "tenant": "acme",
        }
    )


class Book(Refusals):
    """Refusals that read nothing by themselves."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1:1", "")
        self.has_ended = True

    @property
    def is_read(self) -> bool:
        """Say what the test wants."""
        return self.has_ended


def test_only_a_few_samples_are_kept() -> None:
    """All are counted, the newest are kept, and nothing of what they carried."""
    book = Book()
    for number in range(20):
        book.take(letter(number))
    found = book.of("acme", {})
    assert (found["at_door"], found["in_fold"]) == (20, 0)
    (row,) = found["rows"]
    assert (row["code"], row["where"], row["count"]) == ("invalid_field", "door", 20)
    assert [sample["event_id"] for sample in row["samples"]] == ["e19", "e18", "e17", "e16", "e15"]
    assert len(row["samples"]) == SAMPLES
    assert b"secret" not in orjson.dumps(found)
    assert book.of("other", {})["rows"] == []


def test_what_the_fold_refused_counts_once() -> None:
    """The fold's own count holds; a letter that it wrote twice is one sample of it."""
    book = Book()
    for _ in range(2):
        book.take(letter(1, offset=7, code="duplicate_id"))
    (row,) = book.of("acme", {"duplicate_id": 1})["rows"]
    assert (row["where"], row["count"], len(row["samples"])) == ("fold", 1, 1)


def test_before_the_topic_is_read_there_is_no_count_of_the_door() -> None:
    """Null, not zero, while letters are still being read; the fold's counts are there."""
    book = Book()
    book.take(letter(1))
    book.has_ended = False
    found: dict[str, Any] = book.of("acme", {"bug": 2})
    assert (found["state"], found["at_door"], found["since"]) == ("reading", None, None)
    assert [(row["code"], row["count"]) for row in found["rows"]] == [("bug", 2)]
