"""A followed report: evaluated when it may have changed, once for all who listen."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from schemas.changes import ChangeRecord, Version
from services.query.freshness import freshness
from services.query.problems import Problem
from services.query.stream.follower import Answered, Follower, Question, Report
from services.query.stream.listener import Listener

GAP_S = 0.01
FAR_MS = 1 << 52


class Board:
    """A report of one row, whose value and version the test sets."""

    def __init__(self) -> None:
        self.value, self.offset, self.now_ms, self.until_ms = 1, 5, 0, FAR_MS
        self.day = "2026-11-22"
        self.error: Exception | None = None
        self.outcomes: list[str] = []
        self.pushes: list[int] = []
        self.came = asyncio.Event()
        report = Report(self._evaluate)
        question = Question("acme", "calls", ())
        self.follower = Follower(question, report, lambda: self.now_ms, self, GAP_S)
        self.listener = Listener(100)
        self.follower.listeners.add(self.listener)

    async def _evaluate(self) -> Answered:
        if self.error is not None:
            raise self.error
        rows = [{"id": "an", "value": self.value}]
        head = {"version": f"g1.{self.offset}", "as_of": "now", "today": self.day}
        return Answered({**head, "rows": rows}, self.until_ms)

    def evaluated(self, report: str, outcome: str, seconds: float) -> None:
        """Note an evaluation."""
        assert (report, seconds >= 0) == ("calls", True)
        self.outcomes.append(outcome)
        self.came.set()

    def pushed(self, committed_ms: int) -> None:
        """Note a push."""
        self.pushes.append(committed_ms)

    async def until(self, *outcomes: str) -> None:
        """Wait for these evaluations."""
        async with asyncio.timeout(10):
            while len(self.outcomes) < len(outcomes):
                self.came.clear()
                await self.came.wait()
        assert self.outcomes == list(outcomes)

    def record(self, offset: int, tenant: str = "acme") -> None:
        """Hand over a record of the change stream."""
        record: ChangeRecord = {
            "generation": "g1",
            "offset": offset,
            "at_ms": 1000 + offset,
            "log_ms": 0,
            "tenants": {tenant: {"groups": [], "occurrences": [], "events": 1}},
        }
        self.follower.take(record)

    def events(self) -> list[tuple[str, Any]]:
        """Return what was sent meanwhile."""
        return parsed(self.listener.take())

    def beat(self) -> dict[str, Any]:
        """Return what a heartbeat says."""
        self.follower.beat(freshness(Version("g1", 9), 0, None, 0))
        ((_, head),) = self.events()
        found: dict[str, Any] = head
        return found


def parsed(frames: bytes) -> list[tuple[str, Any]]:
    """Return (event, data) of frames."""
    found = []
    for frame in frames.decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in frame.splitlines())
        if fields:
            found.append((fields["event"], orjson.loads(fields["data"])))
    return found


async def missed(_: Version) -> list[ChangeRecord]:
    """Return no records: a report is not resumed by them."""
    return []


async def test_a_record_of_the_tenant_is_an_evaluation() -> None:
    """What differs is pushed with version and the time of the commit; no difference, no push."""
    board = Board()
    await board.follower.load()
    board.value, board.offset = 2, 7
    board.record(7)
    await board.until("first", "changed")
    ((event, data),) = board.events()
    rows = [{"id": "an", "value": 2}]
    assert (event, data) == (
        "change", {"version": "g1.7", "as_of": "now", "rows": rows, "gone": []},
    )  # fmt: skip
    board.offset = 8
    board.record(8)
    await board.until("first", "changed", "unchanged")
    assert (board.events(), board.pushes) == ([], [1007])
    board.follower.close()


async def test_other_tenants_and_known_records_are_none() -> None:
    """A record of another tenant moves the version that heartbeats tell, and nothing else."""
    board = Board()
    await board.follower.load()
    board.record(4)
    board.record(6, "other")
    assert board.beat()["version"] == "g1.6"
    await asyncio.sleep(0)
    assert board.outcomes == ["first"]
    board.follower.close()


async def test_many_records_are_few_evaluations() -> None:
    """What comes in a burst is evaluated at once and once more, not each."""
    board = Board()
    await board.follower.load()
    for board.offset in range(6, 50):
        board.record(board.offset)
    board.value = 3
    await board.until("first", "changed")
    ((_, data),) = board.events()
    assert (data["version"], data["rows"]) == ("g1.49", [{"id": "an", "value": 3}])
    board.follower.close()


async def test_the_clock_brings_a_new_day() -> None:
    """At the instant that the answer names it is evaluated; on another day all is told anew."""
    board = Board()
    board.until_ms = 60_000
    await board.follower.load()
    board.now_ms, board.until_ms, board.day = 60_000, FAR_MS, "2026-11-23"
    await board.follower.refresh(Version("g1", 5))
    await board.until("first", "changed")
    ((event, data),) = board.events()
    assert (event, data["today"]) == ("snapshot", "2026-11-23")
    board.follower.close()


async def test_a_failure_is_told_and_tried_again() -> None:
    """While it cannot be evaluated heartbeats say stale; a later one asks again."""
    board = Board()
    await board.follower.load()
    for error in (Problem(503, "busy", "too fast"), ValueError("a bug")):
        board.error = error
        board.outcomes.clear()
        board.record(board.offset + 1)
        await board.until("failed")
        assert board.beat()["state"] == "stale"
        board.error, board.value, board.offset = None, board.value + 1, board.offset + 1
        await board.follower.refresh(Version("g1", 0))
        await board.until("failed", "changed")
        assert [event for event, _ in board.events()] == ["change"]
    board.follower.close()


async def test_what_nobody_foresaw_is_a_problem() -> None:
    """A bug in a report is a problem for who asks, and does not end what others follow."""
    board = Board()
    board.error = ValueError("a bug")
    with pytest.raises(Problem, match="nobody foresaw"):
        await board.follower.load()
    assert not board.follower.is_loaded
    board.follower.close()


async def test_who_comes_back_to_the_same_answer_is_told_nothing() -> None:
    """The id of a frame knows the answer: the same one needs no snapshot, another a reset."""
    board = Board()
    await board.follower.load()
    (first,) = parsed(await board.follower.beginning("", missed))
    id_line = (await board.follower.beginning("", missed)).split(b"\n")[0].decode()
    last_id = id_line.removeprefix("id: ")
    assert (first[0], last_id.partition("/")[0]) == ("snapshot", "g1.5")
    board.offset = 9
    board.record(9)
    await board.until("first", "unchanged")
    assert await board.follower.beginning(last_id, missed) == b""
    board.value, board.offset = 2, 10
    board.record(10)
    await board.until("first", "unchanged", "changed")
    told = parsed(await board.follower.beginning(last_id, missed))
    assert [event for event, _ in told] == ["reset", "snapshot"]
    for wrong in ("g1.10", "nonsense"):
        told = parsed(await board.follower.beginning(wrong, missed))
        assert [event for event, _ in told] == ["reset", "snapshot"]
    board.follower.close()
