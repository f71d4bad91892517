"""One subscription with its listeners: what changed becomes one frame, shared by all of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from schemas.calendar import format_day, format_time
from schemas.changes import ChangeRecord, Occurrence, Version
from services.query.freshness import Freshness
from services.query.reader import Reader
from services.query.stream.audience import AWAY, MOST_MISSED, Audience, Missed
from services.query.stream.best_days import BestDays
from services.query.stream.frames import frame
from services.query.stream.moments import Moments
from services.query.stream.scene import KEPT_OCCURRENCES, Changed, Moved, Scene
from services.query.stream.ticker import Ticker

_ASK_GAP_S = 1.0
_BOARDS = "board:"


class Channel(Audience):
    """Feeds the listeners of one subscription.

    Laws:   a change is pushed when its record arrives; only while more than `busy` records a
            second arrive are pushes held back, at most until `gap_s` after the one before. What
            the store has to be asked for is asked once for all listeners: when it falls due, each
            minute, and after records of the tenant, at most once a second.
    """

    def __init__(
        self,
        scene: Scene,
        partition: int,
        reader: Reader,
        *,
        busy: int,
        gap_s: float,
        pushed: Callable[[int], None],
    ) -> None:
        super().__init__()
        self.scene = scene
        self._partition = partition
        self._reader = reader
        self._busy = busy
        self._gap_s = gap_s
        self._pushed = pushed
        self._meanwhile: list[ChangeRecord] | None = None
        self._changed: Changed = {}
        self._happened: list[Occurrence] = []
        self._committed_ms = 0
        self._arrivals: deque[float] = deque()
        self._last_push = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._snapshot: bytes | None = None
        self._ticker = Ticker(self._ask_again, reader.now_ms, _ASK_GAP_S)
        wanted = scene.subscription
        self._moments = Moments(wanted.subject, wanted.kpis, wanted.kpis_of_people)
        self._learner = Ticker(self._learn_best_days, reader.now_ms, _ASK_GAP_S)

    def close(self) -> None:
        """End what goes on by itself; nobody listens any more."""
        self._forget_pending()
        self._ticker.stop()
        self._learner.stop()

    async def load(self) -> None:
        """Read the state afresh; records that arrive meanwhile are not lost."""
        async with self._loading:
            self._meanwhile = []
            try:
                tenant = self.scene.subscription.tenant
                reading = await self._reader.read(self._partition, tenant, self.scene.plan)
                self._forget_pending()
                self.scene.load(reading)
                for record in self._meanwhile:
                    self.scene.take(record)
                self.scene.remember_shown()
                self._snapshot = None
                self.is_loaded = True
            finally:
                self._meanwhile = None
        self._plan_ticks()

    async def _renew(self) -> None:
        await self.load()
        self.publish(self.snapshot())

    async def refresh(self, version: Version) -> None:
        """Show everything afresh if records were passed over, or people, words or the day changed.

        Laws:   what falls due is looked after too: the clock may have been set.
        """
        basis = (await self._reader.read(self._partition, self.scene.subscription.tenant)).basis
        if self.scene.offset < version.offset or self.scene.is_outdated(basis):
            await self._renew()
        self._ticker.plan()

    def _plan_ticks(self) -> None:
        self._ticker.tick_at(self.scene.next_tick_ms(self._reader.now_ms()))
        if self.scene.wants_asking:
            self._ticker.soon()

    async def _ask_again(self) -> bool:
        """Read what cells alone do not tell; push what of it changed, or all on another day."""
        scene = self.scene
        try:
            async with self._loading:
                if not self.is_loaded:
                    return True
                tenant = scene.subscription.tenant
                reading = await self._reader.read(self._partition, tenant, scene.plan_again)
                if reading.basis.generation != scene.fresh.version.generation:
                    return True
                is_outdated = scene.is_outdated(reading.basis)
                if not is_outdated:
                    self._tell_again(scene.take_again(reading))
            if is_outdated:
                await self._renew()
        except AWAY:
            return False
        self._plan_ticks()
        return True

    def _tell_again(self, changed: Changed) -> None:
        self._snapshot = None
        self._changed |= changed
        if self._timer is None:
            self._push()

    def take(self, record: ChangeRecord) -> None:
        """Take a record of the change stream and push what it changes."""
        if self._meanwhile is not None:
            self._meanwhile.append(record)
        if not self.is_loaded:
            return
        self._snapshot = None
        self._tell_boards(record)
        changed, happened = self.scene.take(record)
        if self.scene.wants_asking:
            self._ticker.soon()
        if not changed and not happened:
            return
        self._changed |= changed
        self._happened += happened
        self._committed_ms = self._committed_ms or record["at_ms"]
        wait_s = self._wait_s()
        if wait_s <= 0:
            self._push()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._push)

    def _wait_s(self) -> float:
        now = asyncio.get_running_loop().time()
        self._arrivals.append(now)
        while now - self._arrivals[0] > 1:
            self._arrivals.popleft()
        is_busy = len(self._arrivals) > self._busy
        return self._last_push + self._gap_s - now if is_busy else 0.0

    def _push(self) -> None:
        """Send what has changed since the last push; the version stands on its last event."""
        changed, happened, committed_ms = self._changed, self._happened, self._committed_ms
        self._forget_pending()
        self._last_push = asyncio.get_running_loop().time()
        moved = self.scene.changes(changed)
        self.publish(self._celebrated(moved.cells, happened) + self._frames(moved, happened))
        if committed_ms:
            self._pushed(committed_ms)

    def _frames(self, moved: Moved, happened: list[Occurrence]) -> bytes:
        version = str(self.scene.fresh.version)
        has_changed = any(moved)
        found = b""
        for one in happened[-KEPT_OCCURRENCES:-1]:
            found += frame("occurrence", one)
        if happened:
            found += frame("occurrence", happened[-1], "" if has_changed else version)
        if has_changed:
            head = {"version": version, "as_of": format_time(self.scene.fresh.as_of_ms)}
            rankings = {"rankings": moved.rankings} if moved.rankings else {}
            found += frame("change", {**head, "cells": moved.cells, **rankings}, version)
        return found

    def _tell_boards(self, record: ChangeRecord) -> None:
        """Say which boards are others than before, so that who shows one looks it up."""
        change = record["tenants"].get(self.scene.subscription.tenant)
        named = [] if change is None else change.get("configured", [])
        ids = [name.removeprefix(_BOARDS) for name in named if name.startswith(_BOARDS)]
        if ids:
            self.publish(frame("boards", {"ids": ids}))

    def _celebrated(self, cells: list[dict[str, Any]], happened: list[Occurrence]) -> bytes:
        if not self.scene.subscription.celebrates:
            return b""
        whose = {one["event_id"]: one["employee"] for one in happened}
        told = self._moments.take(self.scene.today, self.scene.fresh.as_of_ms, cells, whose)
        if self._moments.wanted:
            self._learner.soon()
        return b"".join(frame("occurrence", one) for one in told)

    async def _learn_best_days(self) -> bool:
        """Read the best days that are waited for, for all at once."""
        question = BestDays(self._moments.wanted)
        tenant = self.scene.subscription.tenant
        try:
            reading = await self._reader.read(self._partition, tenant, question.plan)
        except AWAY:
            return False
        best = question.answer(reading.replies)
        for one in self._moments.learn(best, self.scene.fresh.as_of_ms):
            self.publish(frame("occurrence", one))
        return True

    def _forget_pending(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._changed, self._happened, self._committed_ms = {}, [], 0

    def snapshot(self) -> bytes:
        """Return the snapshot frame of the state as it stands."""
        if self._snapshot is None:
            data = self.scene.snapshot()
            self._snapshot = frame("snapshot", data, data["version"])
        return self._snapshot

    def beat(self, fresh: Freshness) -> None:
        """Tell everybody how fresh the figures are."""
        self._snapshot = None
        if not self.is_loaded:
            self.publish(frame("heartbeat", fresh.head()))
            return
        scene = self.scene
        fresh = scene.fresh = fresh._replace(version=scene.fresh.version)
        head = {**fresh.head(), "today": format_day(scene.today)}
        is_all_told = not self._changed and not self._happened
        version = str(fresh.version) if is_all_told else ""
        self.publish(frame("heartbeat", head, version))

    async def beginning(self, last_event_id: str, missed: Missed) -> bytes:
        """Return a snapshot, or to who comes back what was missed, or reset and snapshot."""
        if not last_event_id:
            return self.snapshot()
        try:
            since = Version.parse(last_event_id)
        except ValueError:
            return self.reset()
        offset = -1
        records: list[ChangeRecord] = []
        while self.scene.offset != offset:  # again if a record came while we were reading
            offset = self.scene.offset
            records = await missed(since)
        told = self._resumed(since, records)
        return self.reset() if told is None else told

    def _resumed(self, since: Version, records: list[ChangeRecord]) -> bytes | None:
        """Return what was missed since a version, None if only a snapshot can tell."""
        scene = self.scene
        if since.generation != scene.fresh.version.generation or not records:
            return None
        if len(records) > MOST_MISSED:
            return None
        if not scene.was_same_at(since.offset, records[0]["at_ms"]):
            return None
        missed = [record for record in records if record["offset"] > since.offset]
        changed, happened = scene.touched(missed)
        return self._frames(scene.current(changed), happened)
