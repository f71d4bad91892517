"""The only writer of the log: lanes over one producer, with a journal where the broker forgets."""

from __future__ import annotations

import asyncio
import fcntl
import logging
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, TextIO

from aiokafka import TopicPartition

from schemas.topics import TOPICS
from services.ingestor.journal import Journal, JournalError, Record
from services.ingestor.lanes import Lane
from services.ingestor.producer import BROKER_ERRORS, Producer
from services.ingestor.reconcile import LogDivergedError, reconcile
from services.ingestor.settings import IngestorSettings
from services.ingestor.topic_log import log_bounds, open_reader

_log = logging.getLogger(__name__)
_BACKOFF_S = 0.5
_FOREIGN_S = 2.0

EVENTS: Final = "crm-events"
DIRECTORY: Final = "tenant-directory"
DEAD_LETTERS: Final = "crm-dead-letters"
AUDIT: Final = "audit"
_JOURNALED = (DIRECTORY, EVENTS, DEAD_LETTERS)
"""What must outlive the embedded broker; the audit trail says where it begins."""
_WRITTEN = (*_JOURNALED, AUDIT)


class Publisher:
    """Takes records, answers with offsets once all in-sync replicas have them.

    Laws:   records of a partition are written in the order of `publish`. `ready` is False until
            every topic is there and equals the journal.
    """

    def __init__(self, settings: IngestorSettings) -> None:
        self.settings = settings
        self.producer = Producer(settings)
        self.ready = False
        self.reason = "Kafka has not been reached yet"
        self.partitions = 0
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._repairing = asyncio.Lock()
        self._lock_file = _lock(settings.journal_dir) if settings.journal_dir else None

    def topic(self, name: str) -> str:
        """Return the name of a topic on this broker."""
        return self.settings.topic_prefix + TOPICS[name].name

    async def start(self) -> None:
        """Connect and reconcile; retries until it works."""
        while not self.ready:
            try:
                await self._open_lanes()
                await self._repair_once()
            except JournalError as error:
                self.reason = str(error)
                raise
            except (*BROKER_ERRORS, LogDivergedError) as error:
                self.reason = str(error) or type(error).__name__
                _log.warning("Kafka is not ready: %s", self.reason)
                await asyncio.sleep(_BACKOFF_S)
            else:
                self.ready = True
                self.reason = ""

    def publish(self, name: str, partition: int, records: list[Record]) -> asyncio.Future[int]:
        """Queue records for a partition of a topic.

        Shape:  future of the offset after the last record, -1 where it is not known.
        Errors: the future raises PublishError; nothing is known about the records then.
        """
        return self._lanes[name, partition].put(records)

    @property
    def waiting_s(self) -> float:
        """Return for how long the oldest record has been waiting for its acknowledgement."""
        return max((lane.waiting_s for lane in self._lanes.values()), default=0.0)

    async def _open_lanes(self) -> None:
        for name in _WRITTEN:
            topic = self.topic(name)
            count = await self.producer.partitions(topic)
            for partition in range(count):
                if (name, partition) not in self._lanes:
                    self._lanes[name, partition] = Lane(
                        topic,
                        partition,
                        self.producer,
                        self._journal(topic, partition) if name in _JOURNALED else None,
                        self.repair,
                        shared=len(TOPICS[name].producers) > 1,
                    )
            if name == EVENTS:
                self.partitions = count
            self._check_fits(topic, count)

    def _journal(self, topic: str, partition: int) -> Journal | None:
        folder = self.settings.journal_dir
        return Journal(folder / topic / f"{partition}.journal") if folder else None

    def _check_fits(self, topic: str, count: int) -> None:
        folder = self.settings.journal_dir
        files = (folder / topic).glob("*.journal") if folder else ()
        beyond = sorted(file.name for file in files if int(file.stem) >= count)
        if beyond:
            raise JournalError(f"{topic} has {count} partitions, its journal has {beyond[-1]} too")

    async def repair(self) -> None:
        """Make the log equal to the journal; retries until it works."""
        while True:
            try:
                await self._repair_once()
            except (*BROKER_ERRORS, LogDivergedError) as error:
                _log.warning("the log cannot be repaired yet: %r", error)
                await asyncio.sleep(_BACKOFF_S)
            else:
                return

    async def _repair_once(self) -> None:
        lanes = [self._lanes[key] for key in sorted(self._lanes)]
        journals = [
            (TopicPartition(lane.topic, lane.partition), lane.journal, lane.shared)
            for lane in lanes
            if lane.journal is not None
        ]
        if not journals:
            return
        async with self._repairing, AsyncExitStack() as stack:
            for lane in lanes:
                await stack.enter_async_context(lane.writing)
            await reconcile(journals, self.producer, self.settings)

    async def keep_foreign(self) -> None:
        """Journal what others write into our topics, for ever: the aggregator's dead letters."""
        shared = [lane for lane in self._lanes.values() if lane.shared and lane.journal is not None]
        while True:
            try:
                await asyncio.sleep(_FOREIGN_S)
                for lane in shared:
                    await self._keep_foreign(lane)
            except (*BROKER_ERRORS, LogDivergedError) as error:
                _log.warning("foreign records cannot be journaled: %r", error)
                await asyncio.sleep(_BACKOFF_S)

    async def _keep_foreign(self, lane: Lane) -> None:
        journal = lane.journal
        partition = TopicPartition(lane.topic, lane.partition)
        async with lane.writing, open_reader(self.settings) as reader:
            first, end = (await log_bounds(reader, [partition], self.settings))[partition]
            if journal is not None and end - first != journal.count:
                await reconcile([(partition, journal, True)], self.producer, self.settings)

    async def close(self) -> None:
        """Wait for what is queued, flush and disconnect."""
        self.ready = False
        self.reason = "stopping"
        lanes = list(self._lanes.values())
        timeout_s = self.settings.drain_timeout_s
        drained = asyncio.gather(*(lane.drain() for lane in lanes))
        try:
            await asyncio.wait_for(drained, timeout_s)
        except TimeoutError:
            _log.warning("stopping although Kafka has not acknowledged everything")
        for lane in lanes:
            await lane.close()
        await self.producer.close(timeout_s)
        if self._lock_file is not None:
            self._lock_file.close()


def _lock(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise JournalError(f"another ingestor uses the journal in {folder}") from None
    return file
