"""What is noted of a visit, and how a screen that asks every second does not flood the trail.

The first of several alike is written at once; the others of that minute are counted, and written
as one record at its end. For machines and kiosks everything of one kind and subject is alike.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from schemas.access import WRITING, Ask, Form
from schemas.audit import Action, Actor, AuditRecord, Detail
from schemas.ending import end
from services.query.access import Caller

MINUTE_MS: Final = 60_000
MOST_OPEN: Final = 10_000
"""Sums kept open; beyond them every record is written by itself."""
_TICK_S: Final = 5.0
_MOST_METRICS: Final = 20
_LONGEST_ID: Final = 128
"""As events have it; who asks may send anything."""
_ACTION_OF: Final[Mapping[Form, Action]] = {
    "figure": "look",
    "rows": "look",
    "list": "list",
    "export": "export",
    "stream": "stream",
    "change": "change",
}
_SUMMED: Final[frozenset[Action]] = frozenset({"look", "list", "stream", "refused"})
_NAMES_ONLY: Final = frozenset({"catalogue", "organisation"}) | WRITING
"""Subjects without a figure: seeing them is not noted, being refused them and exporting is. What
is changed the ingestor notes, with the event."""
_PLACELESS: Final = frozenset({"catalogue", "organisation", "oversight", "administer", "operate"})


@dataclass(slots=True)
class _Sum:
    since_ms: int
    kept: AuditRecord
    repeats: int = 0


class Notes:
    """Makes records of what callers do.

    Laws:   the `times` of all records written are as many as were noted, once the minute is over
            or the service has stopped. At most two records a minute of what is alike.
    """

    def __init__(self, put: Callable[[AuditRecord], None], now_ms: Callable[[], int]) -> None:
        self._put = put
        self._now_ms = now_ms
        self._open: dict[Any, _Sum] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to close the minutes."""
        self._task = asyncio.create_task(self._tick(), name="audit notes")

    async def stop(self) -> None:
        """Write what was summed up so far."""
        if self._task is not None:
            await end(self._task)
        self.close(before_ms=None)

    def seen(self, caller: Caller, ask: Ask, version: str) -> None:
        """Note that somebody was shown what they asked for."""
        action = _ACTION_OF[ask.form]
        if action == "export" or ask.subject not in _NAMES_ONLY:
            where, what = _place(ask), _details(ask)
            self.note(caller, action, ask.subject, place=where, details=what, version=version)

    def refused(self, caller: Caller, ask: Ask, code: str) -> None:
        """Note that somebody was not."""
        details = {**_details(ask), "code": code}
        self.note(caller, "refused", ask.subject, place=_place(ask), details=details)

    def note(
        self,
        caller: Caller,
        action: Action,
        subject: str,
        *,
        place: tuple[str, str] = ("", ""),
        details: Mapping[str, Detail] | None = None,
        version: str = "",
    ) -> None:
        """Note a deed of a caller."""
        record = AuditRecord(
            id=uuid.uuid4().hex,
            at_ms=self._now_ms(),
            tenant=caller.tenant,
            actor=actor_of(caller),
            action=action,
            subject=subject,
            scope=place[0],
            scope_id=place[1],
            details=details or {},
            version=version,
            address=caller.address,
        )
        if action not in _SUMMED:
            self._put(record)
            return
        key = _likeness(record)
        found = self._open.get(key)
        if found is None:
            if len(self._open) < MOST_OPEN:
                self._open[key] = _Sum(record.at_ms, record)
            self._put(record)
            return
        found.kept = record if found.repeats == 0 else _common(found.kept, record)
        found.repeats += 1

    def close(self, before_ms: int | None) -> None:
        """Write the sums that were opened before a moment; None for all."""
        due = [
            (key, kept)
            for key, kept in self._open.items()
            if before_ms is None or kept.since_ms < before_ms
        ]
        for key, kept in due:
            del self._open[key]
            if kept.repeats:
                self._put(replace(kept.kept, times=kept.repeats))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self.close(self._now_ms() - MINUTE_MS)


def actor_of(caller: Caller) -> Actor:
    """Return who a caller is in the trail."""
    if caller.kind == "person":
        return Actor("person", caller.employee)
    return Actor(caller.kind, caller.key_id, caller.label)


def _place(ask: Ask) -> tuple[str, str]:
    if ask.subject == "customer":
        return "customer", ask.scope_id[:_LONGEST_ID]
    return ("", "") if ask.subject in _PLACELESS else (ask.scope, ask.scope_id[:_LONGEST_ID])


def _details(ask: Ask) -> dict[str, Detail]:
    found: dict[str, Detail] = {"form": ask.form}
    if ask.sub:
        found["sub"] = True
    if ask.metrics:
        names = sorted(ask.metrics)
        left = len(names) - _MOST_METRICS
        found["metrics"] = ",".join(names[:_MOST_METRICS]) + (f",+{left}" if left > 0 else "")
    return found


def _likeness(record: AuditRecord) -> tuple[Any, ...]:
    alike = (record.tenant, record.actor, record.action, record.subject)
    if record.actor.kind != "person":
        return alike
    return (*alike, record.scope, record.scope_id, tuple(record.details.items()), record.address)


def _common(kept: AuditRecord, record: AuditRecord) -> AuditRecord:
    """Return the newer of two alike, without the place in which they differ."""
    same = (kept.scope, kept.scope_id, kept.details) == (
        record.scope,
        record.scope_id,
        record.details,
    )
    return record if same else replace(record, scope="", scope_id="", details={})
