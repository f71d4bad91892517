"""Freshness: what fence, heartbeat and clock say together."""

from __future__ import annotations

import pytest

from schemas.changes import Version
from services.query.freshness import Heartbeat, freshness, read_heartbeat

NOW_MS = 1_000_000


def beat(
    *, age_ms: int = 0, behind: int = 0, generation: str = "g", state: str = "running"
) -> Heartbeat:
    return Heartbeat(100 - behind, 100, NOW_MS - age_ms, generation, state, "")


@pytest.mark.parametrize(
    ("heartbeat", "state", "lag", "as_of"),
    [
        (beat(), "live", 0, NOW_MS),
        (beat(age_ms=2_999), "live", 0, NOW_MS - 2_999),
        (beat(age_ms=3_000), "catching_up", 0, NOW_MS - 3_000),
        (beat(age_ms=10_001), "stale", 0, NOW_MS - 10_001),
        (beat(generation="h"), "stale", 0, NOW_MS),
        (beat(state="stopped"), "stale", 0, NOW_MS),
        (None, "stale", 0, NOW_MS - 50_000),
    ],
)
def test_the_state_follows_the_heartbeat(
    heartbeat: Heartbeat | None, state: str, lag: int, as_of: int
) -> None:
    """Silence, another generation or a stopped worker is never called live."""
    found = freshness(Version("g", 100), NOW_MS - 50_000, heartbeat, NOW_MS)
    assert (found.state, found.lag_events, found.as_of_ms) == (state, lag, as_of)
    assert found.state == "live" or found.reason or heartbeat == beat(age_ms=3_000)


def test_behind_is_as_of_the_last_folded_record() -> None:
    """While events wait, the figures are as old as the last one in them."""
    found = freshness(Version("g", 90), NOW_MS - 7_000, beat(behind=10), NOW_MS)
    assert (found.state, found.lag_events, found.lag_ms) == ("catching_up", 10, 7_000)


def test_a_commit_after_the_heartbeat_counts() -> None:
    """What was folded since the last heartbeat is not called lag."""
    found = freshness(Version("g", 100), NOW_MS, beat(behind=10, age_ms=900), NOW_MS)
    assert (found.state, found.lag_events) == ("live", 0)


def test_no_heartbeat_is_read_as_none() -> None:
    """An absent key is no heartbeat."""
    assert read_heartbeat(None) is None
