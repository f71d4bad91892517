"""One lane per partition: records leave in the order they came, in as few requests as possible."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from schemas.ending import end
from services.ingestor.journal import Journal, Record
from services.ingestor.producer import Producer

_log = logging.getLogger(__name__)
_FLUSH_RECORDS = 20_000


class PublishError(RuntimeError):
    """The records were not acknowledged; whether they are in the log is not known."""


class Chunk(NamedTuple):
    """The records of one request, and the promise to it: the offset after the last of them."""

    records: list[Record]
    done: asyncio.Future[int]
    since: float


class Lane:
    """The queue of one partition and the task that empties it.

    Laws:   records reach the journal and Kafka in the order of `put`; with a journal, nothing
            is sent before it is on the disk, and nothing follows before it is in Kafka.
    """

    def __init__(
        self,
        topic: str,
        partition: int,
        producer: Producer,
        journal: Journal | None,
        repair: Callable[[], Awaitable[None]],
        *,
        shared: bool,
    ) -> None:
        self.topic = topic
        self.partition = partition
        self.journal = journal
        self.shared = shared
        self.writing = asyncio.Lock()
        self._producer = producer
        self._repair = repair
        self._queue: deque[Chunk] = deque()
        self._wake = asyncio.Event()
        self._busy: list[Chunk] = []
        self._task = asyncio.create_task(self._run())

    def put(self, records: list[Record]) -> asyncio.Future[int]:
        """Queue records; the future is the offset after the last one (-1: not known)."""
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._queue.append(Chunk(records, done, time.monotonic()))
        self._wake.set()
        return done

    @property
    def waiting_s(self) -> float:
        """Return for how long the oldest record has been waiting, 0 when there is none."""
        oldest = self._busy or self._queue
        return time.monotonic() - oldest[0].since if oldest else 0.0

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._busy = self._take()
            if not self._queue:
                self._wake.clear()
            try:
                await self._flush(self._busy)
            except Exception as error:  # noqa: BLE001 - a lane outlives whatever goes wrong
                _log.warning("%s/%d was not written: %r", self.topic, self.partition, error)
                for chunk in self._busy:
                    if not chunk.done.done():
                        chunk.done.set_exception(PublishError(str(error)))
                        chunk.done.exception()
            self._busy = []

    def _take(self) -> list[Chunk]:
        taken: list[Chunk] = []
        records = 0
        while self._queue and records < _FLUSH_RECORDS:
            taken.append(self._queue.popleft())
            records += len(taken[-1].records)
        return taken

    async def _flush(self, chunks: list[Chunk]) -> None:
        records = [record for chunk in chunks for record in chunk.records]
        if self.journal is None:
            following = await self._producer.send(self.topic, self.partition, records)
        else:
            following = await self._flush_journal(self.journal, records)
        start = following - len(records)
        for chunk in chunks:
            start += len(chunk.records)
            if not chunk.done.done():
                chunk.done.set_result(start if following >= 0 else -1)

    async def _flush_journal(self, journal: Journal, records: list[Record]) -> int:
        async with self.writing:
            await asyncio.to_thread(journal.append, records)
            following = journal.count
            try:
                acknowledged = await self._producer.send(self.topic, self.partition, records)
            except Exception as error:  # noqa: BLE001 - it is in the journal: it must get there
                _log.warning("%s/%d will be repaired: %r", self.topic, self.partition, error)
            else:
                if self.shared:
                    return acknowledged
                if acknowledged == following:
                    return following
                _log.error(
                    "%s/%d stands at %d, the journal at %d: the broker lost or repeated records",
                    self.topic,
                    self.partition,
                    acknowledged,
                    following,
                )
        await self._repair()
        return -1 if self.shared else following

    async def drain(self) -> None:
        """Wait until everything queued so far is acknowledged or given up."""
        pending = [chunk.done for chunk in (*self._busy, *self._queue)]
        if pending:
            await asyncio.wait(pending)

    async def close(self) -> None:
        """Stop the task and close the journal."""
        await end(self._task)
        if self.journal is not None:
            self.journal.close()
