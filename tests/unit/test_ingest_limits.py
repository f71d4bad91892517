"""The bounds of the door: the budget, the body, the settings that must fit together."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from starlette.requests import Request

from schemas.settings import SettingsError
from schemas.telemetry import gauge
from services.ingestor.body import decode, is_batch, read_body
from services.ingestor.budget import Budget
from services.ingestor.problems import Problem
from services.ingestor.settings import IngestorSettings

SMALL = {"SALESPULSE_INGESTOR_BODY_LIMIT_BYTES": "2000"}


def budget(events: int, size: int) -> Budget:
    registry = CollectorRegistry()
    return Budget(events, size, gauge("salespulse_ingest_inflight_events", registry))


def request_of(chunks: Iterable[bytes]) -> Request:
    waiting = list(chunks)

    async def receive() -> dict[str, object]:
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12))
def test_budget_holds_its_bound(wanted: list[tuple[int, int]]) -> None:
    """Whatever is asked for, the totals stay within the bound and releasing returns to zero."""
    shared = budget(100, 100)
    tickets = []
    for events, size in wanted:
        ticket = shared.ticket()
        tickets.append(ticket)
        fits = shared.bytes + size <= 100 and shared.events + events <= 100
        with contextlib.nullcontext() if fits else pytest.raises(Problem) as caught:
            ticket.take_bytes(size)
            ticket.take_events(events)
        if caught is not None:
            assert (caught.value.status, caught.value.code) == (429, "overloaded")
            assert caught.value.retry_after_s
        assert 0 <= shared.events <= 100
        assert 0 <= shared.bytes <= 100
    for ticket in tickets:
        ticket.release()
        ticket.release()
    assert (shared.events, shared.bytes) == (0, 0)


@pytest.mark.parametrize("chunk", [1, 7, 1000, 5000])
async def test_body_up_to_the_limit_is_read(chunk: int) -> None:
    """A body of exactly the limit arrives whole, however it is cut."""
    settings = IngestorSettings.load(SMALL)
    body = bytes(n % 251 for n in range(2000))
    parts = [body[at : at + chunk] for at in range(0, 2000, chunk)]
    assert await read_body(request_of(parts), settings, budget(10, 10**6).ticket()) == body


@pytest.mark.parametrize("chunk", [1, 700, 5000])
async def test_body_above_the_limit_is_refused(chunk: int) -> None:
    """One byte more is a 413 that names the limit, and holds no more than the limit."""
    settings = IngestorSettings.load(SMALL)
    shared = budget(10, 10**6)
    parts = [b"x" * min(chunk, 2001 - at) for at in range(0, 2001, chunk)]
    with pytest.raises(Problem) as caught:
        await read_body(request_of(parts), settings, shared.ticket())
    assert (caught.value.status, caught.value.code) == (413, "too_large")
    assert caught.value.limit == 2000
    assert shared.bytes <= 2000


@pytest.mark.parametrize("content_type", [None, "", "application/json", "text/plain"])
def test_other_content_types_are_refused(content_type: str | None) -> None:
    """Anything but the two CloudEvents types is a 415 that names both."""
    with pytest.raises(Problem, match=r"application/cloudevents\+json.*cloudevents-batch\+json"):
        is_batch(content_type)


def test_the_two_content_types_are_told_apart() -> None:
    """Parameters and letter case of a content type do not matter."""
    assert is_batch("Application/CloudEvents-Batch+JSON; charset=utf-8")
    assert not is_batch("application/cloudevents+json")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 5000])
def test_not_json_is_a_problem(body: bytes) -> None:
    """What is not JSON is refused as such, deep nesting included."""
    with pytest.raises(Problem) as caught:
        decode(body, batch=True)
    assert (caught.value.status, caught.value.code) == (400, "not_json")


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"SALESPULSE_INGESTOR_PROT": "1"}, "SALESPULSE_INGESTOR_PROT"),
        ({"SALESPULSE_INGESTOR_BODY_LIMIT_BYTES": "200000000"}, "max_inflight_bytes"),
        ({"SALESPULSE_INGESTOR_BATCH_LIMIT_EVENTS": "200000"}, "max_inflight_events"),
        ({"SALESPULSE_INGESTOR_JOURNAL_DIR": "/j"}, "journal_dir"),
    ],
)
def test_settings_that_do_not_fit_are_refused(environ: dict[str, str], named: str) -> None:
    """A typo, a request that could never be taken, a journal beside a real Kafka: an error."""
    with pytest.raises(SettingsError, match=named):
        IngestorSettings.load(environ)


def test_empty_journal_dir_means_none() -> None:
    """An empty name of the journal's folder switches the journal off."""
    assert IngestorSettings.load({"SALESPULSE_INGESTOR_JOURNAL_DIR": ""}).journal_dir is None
