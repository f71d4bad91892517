"""A report that is followed: evaluated when a commit touched the tenant, told by what differs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from time import perf_counter
from typing import Any, Final, Literal, NamedTuple, Protocol

from schemas.changes import ChangeRecord, Version
from services.query.freshness import Freshness
from services.query.problems import as_problem
from services.query.stream.audience import AWAY, Audience, Missed
from services.query.stream.difference import Told, as_it_is, difference, told
from services.query.stream.frames import frame
from services.query.stream.ticker import Ticker

GAP_S: Final = 0.2
"""At most five evaluations of a question a second: what arrives is told within a quarter of one."""
_SHARE: Final = 4
"""An evaluation may take a fifth of the time: the pause after it is so many times as long."""
_OLD_S: Final = 1.0
"""Who comes to an answer older than this is shown a new one."""
_FAILED: Final = "the report could not be evaluated"
Outcome = Literal["first", "changed", "unchanged", "failed"]
log = logging.getLogger(__name__)


class Question(NamedTuple):
    """What is followed; equal questions share their evaluations and frames.

    Shape:  `report` is its name, `parameters` whatever tells one question from another.
    """

    tenant: str
    report: str
    parameters: Hashable


class Answered(NamedTuple):
    """One answer. Units: until_ms is when the clock alone changes it, ms since 1970 UTC."""

    document: dict[str, Any]
    until_ms: int


class Report(NamedTuple):
    """How a report is followed.

    Shape:  `id_of` and `still` as `told` has them.
    """

    evaluate: Callable[[], Awaitable[Answered]]
    id_of: str = "id"
    still: Callable[[Any], Any] = as_it_is


class ReportTelemetry(Protocol):
    """What a follower reports."""

    def pushed(self, committed_ms: int) -> None:
        """Take the commit time of a change that was pushed now."""

    def evaluated(self, report: str, outcome: Outcome, seconds: float) -> None:
        """Take an evaluation, and how long it took."""


class Follower(Audience):
    """Feeds the listeners of one question for a report.

    Laws:   evaluated at once after a record of the tenant, when the clock alone changes the
            answer, and never within `gap_s` of the one before, nor for more than a fifth of the
            time; whoever listens, once. The id of a frame is the version with a digest of the
            answer, so a listener that comes back with the answer of now is told nothing.
    """

    def __init__(
        self,
        question: Question,
        report: Report,
        now_ms: Callable[[], int],
        telemetry: ReportTelemetry,
        gap_s: float = GAP_S,
    ) -> None:
        super().__init__()
        self._asked = question
        self._report = report
        self._gap_s = gap_s
        self._telemetry = telemetry
        self._ticker = Ticker(self._ask_again, now_ms, gap_s)
        self._told: Told
        self._told_at = 0.0
        self._seconds = 0.0
        self._version: Version
        self._heard = 0
        self._committed_ms = 0
        self._has_failed = False
        self._digest = ""
        self._snapshot: bytes | None = None

    def close(self) -> None:
        """End what goes on by itself; nobody listens any more."""
        self._ticker.stop()

    async def load(self) -> None:
        """Evaluate; records that arrive meanwhile lead to another evaluation.

        Errors: what `AWAY` names; Problem `bug` for whatever nobody foresaw.
        """
        async with self._loading:
            self._heard, self._committed_ms, self._has_failed = 0, 0, False
            try:
                found = await self._evaluated()
            except AWAY:
                raise
            except Exception as error:
                raise as_problem(error) from error
            self._show(found)
            self._count("first")
            self.is_loaded = True
        self._plan()

    async def refresh(self, version: Version) -> None:
        """Evaluate if records were passed over, or the last evaluation failed."""
        if self._has_failed or self._version.offset < version.offset:
            self._ticker.soon()
        self._ticker.plan()

    def take(self, record: ChangeRecord) -> None:
        """Take a record of the change stream: one of another tenant only moves the version."""
        if self._asked.tenant in record["tenants"]:
            self._heard = max(self._heard, record["offset"])
            self._committed_ms = self._committed_ms or record["at_ms"]
        if self.is_loaded:
            self._plan()
            if not self._is_behind and record["offset"] > self._version.offset:
                self._version = Version(record["generation"], record["offset"])

    @property
    def _is_behind(self) -> bool:
        return self._heard > self._version.offset

    def _plan(self) -> None:
        if self._is_behind:
            self._ticker.soon()

    async def _evaluated(self) -> Answered:
        began = perf_counter()
        try:
            return await self._report.evaluate()
        finally:
            self._seconds = perf_counter() - began
            self._ticker.gap_s = max(self._gap_s, _SHARE * self._seconds)

    def _count(self, outcome: Outcome) -> None:
        self._telemetry.evaluated(self._asked.report, outcome, self._seconds)

    async def _ask_again(self, older_than_s: float = 0.0) -> bool:
        """Evaluate and push what differs; where that fails, the next heartbeat asks again."""
        async with self._loading:
            age_s = asyncio.get_running_loop().time() - self._told_at
            if not self.is_loaded or age_s < older_than_s:
                return True
            committed_ms, self._committed_ms = self._committed_ms, 0
            try:
                found = await self._evaluated()
            except Exception as error:  # whatever it is: who listens is told, and it goes on
                if not isinstance(error, AWAY):
                    log.exception("%s cannot be followed", self._asked.report)
                self._has_failed, self._committed_ms = True, committed_ms
                self._count("failed")
                return True
            before, self._has_failed = self._told, False
            self._show(found)
            self._push(before, committed_ms)
        self._plan()
        return True

    def _show(self, found: Answered) -> None:
        report = self._report
        self._told = told(found.document, report.id_of, report.still)
        self._told_at = asyncio.get_running_loop().time()
        self._version = Version.parse(found.document["version"])
        self._snapshot, self._digest = None, ""
        self._ticker.tick_at(found.until_ms)

    def _push(self, before: Told, committed_ms: int) -> None:
        after = self._told
        if before.document["today"] != after.document["today"]:
            self.publish(self.snapshot())
            self._count("changed")
            return
        changed = difference(before, after, self._report.id_of)
        self._count("changed" if changed else "unchanged")
        if not changed:
            return
        head = {name: after.document[name] for name in ("version", "as_of")}
        self.publish(frame("change", head | changed, self._id()))
        if committed_ms:
            self._telemetry.pushed(committed_ms)

    def _id(self) -> str:
        self._digest = self._digest or self._told.digest()
        return f"{self._told.document['version']}/{self._digest}"

    def snapshot(self) -> bytes:
        """Return the snapshot frame of the answer as it stands."""
        if self._snapshot is None:
            self._snapshot = frame("snapshot", self._told.document, self._id())
        return self._snapshot

    def beat(self, fresh: Freshness) -> None:
        """Tell everybody how fresh the answer is."""
        head = fresh.head()
        if self.is_loaded:
            if self._has_failed:
                fresh = fresh._replace(state="stale", reason=fresh.reason or _FAILED)
            head = fresh._replace(version=self._version).head()
            head["today"] = self._told.document["today"]
        self.publish(frame("heartbeat", head))

    async def beginning(self, last_event_id: str, missed: Missed) -> bytes:
        """Return a snapshot; nothing to who comes back with the answer of now."""
        del missed
        await self._ask_again(_OLD_S)
        if not last_event_id:
            return self.snapshot()
        is_known = last_event_id.rpartition("/")[2] == self._id().rpartition("/")[2]
        return b"" if is_known else self.reset()
