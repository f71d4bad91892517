"""The worker of one partition: takes record lists, folds them, survives what may go wrong.

- Store or broker is away, or the outcome of a commit is unknown: forget, wait, read the fence,
  fold the same records again; past its patience it exits.
- The fence stands elsewhere (an older store, another worker), or the served generation was
  switched: forget, open what is served, seek to its fence; the third time in a row it exits.
  This is noticed by a commit that is refused, and while nothing comes by looking once a second.
- The log is not the fence's log: stop and explain; the old figures are served as stale.
- A fact that is indexed and missing: the same; the tables changed while they were read, or they
  are broken, and then the third time explains.
- A bug: dead-letter the event; past the limit stop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import redis.exceptions
from aiokafka.errors import KafkaError
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from services.aggregator.batch import Gap, Record
from services.aggregator.committer import Refused
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from services.aggregator.store import record_digest

log = logging.getLogger(__name__)

MAX_REFUSALS = 3
_SETTLE_S = 2.0
_EARLY_LISTS = 32
"""More lists than Faust and the queue can hold: the consumer is not where it was sent."""


class PartitionWorker:
    """Folds what it is given, one list after the other.

    `make_folder` opens the served generation; `opened` hears of it; `seek` moves the consumer;
    `check` raises LogMismatch; `fatal` ends the process with a reason.
    """

    def __init__(
        self,
        partition: int,
        *,
        make_folder: Callable[[], Awaitable[PartitionFolder]],
        opened: Callable[[PartitionFolder], Awaitable[None]],
        seek: Callable[[int, int], Awaitable[None]],
        check: Callable[[PartitionFolder], Awaitable[None]],
        fatal: Callable[[str], Awaitable[None]],
        metrics: FoldMetrics,
        patience_s: float,
    ) -> None:
        self.partition = partition
        self.folder: PartitionFolder | None = None
        self.position: int | None = None
        self._make_folder = make_folder
        self._opened = opened
        self._seek = seek
        self._check = check
        self._fatal = fatal
        self._metrics = metrics
        self._patience_s = patience_s
        self._queue: asyncio.Queue[Sequence[Any]] = asyncio.Queue(maxsize=2)
        self._refusals = 0
        self._awaited: int | None = None
        self._early = 0
        self._ahead: int | None = None
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._sent: list[Record] = []

    async def open(self) -> int:
        """Open the served generation, check the log, start folding; return the fence."""
        async for attempt in self._retrying():
            with attempt:
                self.folder = await self._make_folder()
                self.folder.fence = await self.folder.store.fence()
                await self._check(self.folder)
                await self._opened(self.folder)
                self.position = await self.folder.position()
        if self.position is None:  # pragma: no cover - the retry loop raises instead
            raise RuntimeError("not opened")
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"fold-{self.partition}")
        return self.position

    async def submit(self, records: Sequence[Any]) -> None:
        """Queue a record list; waits while two are queued (back-pressure)."""
        await self._queue.put(records)

    def look_again(self) -> None:
        """Have the worker see, if it is idle, whether the store still stands where it stands."""
        if self._queue.empty():
            self._queue.put_nowait(())

    async def close(self) -> None:
        """Stop after the commit that is under way; what is queued is left to the next worker."""
        self._closing.set()
        task, self._task = self._task, None
        if task is None:
            return
        if self.folder is not None:
            self.folder.is_ending = True
        self._drain()
        self._queue.put_nowait(())
        await asyncio.wait({task}, timeout=self._patience_s)
        task.cancel()

    def _drain(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()

    async def _run(self) -> None:
        try:
            while not self._closing.is_set():
                records = await self._gather()
                if self._closing.is_set():
                    break
                if records or self._sent:
                    await self._fold(records)
                else:
                    await self._look()
            if self._sent:
                await self._folder().fold([])
        except Exception as error:
            if self._closing.is_set():
                return
            log.exception("partition %d stops", self.partition)
            await self._fatal(f"{type(error).__name__}: {error}")

    async def _gather(self) -> list[Record]:
        """Take what is queued: one list, and those that have come behind it meanwhile.

        Laws:   offsets ascend, so a list that was fetched twice counts once.
        """
        lists = [await self._queue.get()]
        while not self._queue.empty():
            lists.append(self._queue.get_nowait())
        gathered: list[Record] = []
        last = -1
        for records in self._since_the_seek(lists):
            for record in records:
                if record.offset > last:
                    last = record.offset
                    gathered.append(Record(last, record.timestamp, record.value))
        return gathered

    def _since_the_seek(self, lists: list[Sequence[Any]]) -> list[Sequence[Any]]:
        """Leave out what was fetched before the consumer was moved to where we wait."""
        awaited = self._awaited
        if awaited is None:
            return lists
        for index, records in enumerate(lists):
            if records and records[0].offset <= awaited <= records[-1].offset + 1:
                self._awaited, self._early = None, 0
                return lists[index:]
            self._early += bool(records)
        return []

    async def _look(self) -> None:
        """Start over if the store, or the consumer, stands elsewhere though nothing told us so.

        A fence that moves ahead of us is another worker's: the group will tell whose turn it is.
        """
        served, following = await self._standing()
        ahead, self._ahead = self._ahead, following
        folder = self._folder()
        if (served, following) == (folder.store.generation, self.position):
            if not self._early:
                self._refusals = 0
            elif self._early > _EARLY_LISTS:
                await self._start_over(f"the consumer does not go to offset {self._awaited}")
        elif served != folder.store.generation or following < await folder.position():
            await self._start_over(f"generation {served!r} is served, up to {following}")
        elif following == ahead:
            await self._start_over(f"the fence stands at {following}, ahead of {self.position}")

    async def _standing(self) -> tuple[str, int]:
        """Read the served generation, and the fence of ours."""
        store = self._folder().store
        async for attempt in self._retrying():
            with attempt:
                return await store.standing()
        raise RuntimeError("unreachable")  # pragma: no cover - the retry loop raises instead

    def _folder(self) -> PartitionFolder:
        if self.folder is None:  # pragma: no cover - opened before anything is submitted
            raise RuntimeError("the worker was not opened")
        return self.folder

    def _retrying(self) -> AsyncRetrying:
        patience = stop_after_delay(self._patience_s)
        return AsyncRetrying(
            retry=retry_if_exception_type((redis.exceptions.RedisError, KafkaError, OSError)),
            wait=wait_random_exponential(multiplier=0.05, max=2),
            stop=lambda state: self._closing.is_set() or patience(state),
            before_sleep=lambda state: self._absent(state.outcome),
            reraise=True,
        )

    def _absent(self, outcome: Any) -> None:
        log.warning(
            "partition %d waits for store or broker: %s", self.partition, outcome.exception()
        )
        if self.folder is not None:
            self.folder.forget()

    async def _fold(self, records: Sequence[Record]) -> None:
        """Fold records; while more are queued the last commit is left under way.

        Its records are kept until it has landed, to be folded again if it has not.
        """
        folder = self._folder()
        self._sent += records
        try:
            async for attempt in self._retrying():
                with attempt:
                    await self._expect_own_log(folder, self._sent)
                    await folder.fold(self._sent, lands=self._queue.empty())
            self.position = position = folder.committed
            self._sent = [record for record in self._sent if record.offset >= position]
            self._refusals = 0
        except Gap as gap:
            await self._start_over(str(gap))
        except Refused as refused:
            self._metrics.refused.inc()
            await self._start_over(str(refused))
        except LookupError as error:
            # tables that changed while they were read: an older state, or dropped by a rebuild
            await self._start_over(f"{type(error).__name__}: {error}")

    async def _expect_own_log(self, folder: PartitionFolder, records: Sequence[Record]) -> None:
        """Check that records below the fence are the ones that were folded."""
        fence = await folder.last()
        position = fence.next
        if not records or records[0].offset >= position:
            return
        last = position - 1 - records[0].offset
        known = last < len(records) and records[last].offset == position - 1
        if not known or record_digest(records[last].value) != fence.digest:
            await self._check(folder)

    async def _start_over(self, why: str) -> None:
        self._refusals += 1
        log.warning("partition %d starts over at the fence: %s", self.partition, why)
        if self._refusals >= MAX_REFUSALS:
            await self._fatal(
                f"partition {self.partition} started over {MAX_REFUSALS} times: {why}"
            )
            return
        if self._refusals > 1:
            with suppress(TimeoutError):  # the group settles meanwhile who folds it
                await asyncio.wait_for(self._closing.wait(), _SETTLE_S)
        self._drain()
        self._sent.clear()
        self._awaited, self._early = await self.open(), 0
        await self._seek(self.partition, self._awaited)
