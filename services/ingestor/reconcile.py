"""Making the embedded broker's log equal to the journal again, after either was restarted.

A partition that only the ingestor writes: the shorter side is completed from the longer one, so
every record keeps its offset. If they contradict each other the broker has lost its memory and
was written to since; then the topic is made anew from the journal. The dead letters have a second
writer (the aggregator): there both sides end with the same records, in an order of their own.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.ingestor.journal import Journal, JournalError, Record
from services.ingestor.producer import Producer
from services.ingestor.settings import IngestorSettings
from services.ingestor.topic_log import log_bounds, open_reader, read_range

_log = logging.getLogger(__name__)
_SLICE = 5000


class LogDivergedError(RuntimeError):
    """The log and the journal have different records at the same offset."""


def to_record(record: Any) -> Record:
    """Return the part of a consumer record that the journal keeps."""
    return Record(record.key or b"", record.value or b"", record.timestamp)


async def reconcile(
    journals: Sequence[tuple[TopicPartition, Journal, bool]],
    producer: Producer,
    settings: IngestorSettings,
) -> None:
    """Complete the log from the journals and the journals from the log.

    Shape:  journals = (partition, its journal, does somebody else write there too).
    Laws:   afterwards offset n of a partition that is only ours is record n of its journal.
    """
    async with open_reader(settings) as reader:
        bounds = await log_bounds(reader, [each for each, _, _ in journals], settings)
        for partition, journal, shared in journals:
            sides = _Sides(partition, journal, *bounds[partition], reader, producer, settings)
            try:
                await (_align_shared(sides) if shared else _align(sides))
            except LogDivergedError as error:
                _log.error("%s: the topic is made anew from the journal", error)
                own = [entry for entry in journals if entry[0].topic == partition.topic]
                await _make_anew(partition.topic, len(own), settings)
                for other, other_journal, _ in own:
                    await _publish(other, other_journal.read(), producer)


class _Sides(NamedTuple):
    """The two sides of one partition, and what is needed to move records between them."""

    partition: TopicPartition
    journal: Journal
    first: int
    end: int
    reader: AIOKafkaConsumer
    producer: Producer
    settings: IngestorSettings

    def read(self, start: int, end: int) -> AsyncIterator[Any]:
        """Read the log."""
        return read_range(self.reader, self.partition, start, end, self.settings)


async def _align(sides: _Sides) -> None:
    partition, journal, end = sides.partition, sides.journal, sides.end
    common = min(end, journal.count)
    for number in sorted({0, common - 1}) if common else ():
        written = next(journal.read(number))
        async for record in sides.read(number, number + 1):
            if to_record(record) != written:
                raise LogDivergedError(f"{partition.topic}/{partition.partition} at {number}")
    if end > journal.count:
        _log.warning("%s: the journal takes over %d records", partition, end - journal.count)
        missing = [to_record(record) async for record in sides.read(journal.count, end)]
        journal.append(missing)
    elif journal.count > end:
        _log.info("%s: publishing %d records again", partition, journal.count - end)
        following = await _publish(partition, journal.read(end), sides.producer)
        if following != journal.count:
            raise LogDivergedError(f"{partition.topic}/{partition.partition} ends at {following}")


async def _align_shared(sides: _Sides) -> None:
    partition, journal = sides.partition, sides.journal
    unmatched: Counter[bytes] = Counter(_digest(record) for record in journal.read())
    foreign: list[Record] = []
    async for fetched in sides.read(sides.first, sides.end):
        record = to_record(fetched)
        digest = _digest(record)
        if unmatched[digest] > 0:
            unmatched[digest] -= 1
        else:
            foreign.append(record)
    missing: list[Record] = []
    for record in journal.read():
        digest = _digest(record)
        if unmatched[digest] > 0:
            unmatched[digest] -= 1
            missing.append(record)
    if foreign:
        journal.append(foreign)
    if missing:
        _log.info("%s: publishing %d records again", partition, len(missing))
        await _publish(partition, missing, sides.producer)


def _digest(record: Record) -> bytes:
    text = b"%d:%d:%b%b" % (record.at_ms, len(record.key), record.key, record.value)
    return blake2b(text, digest_size=16).digest()


async def _publish(partition: TopicPartition, records: Iterable[Record], producer: Producer) -> int:
    following = 0
    waiting: list[Record] = []
    for record in records:
        waiting.append(record)
        if len(waiting) >= _SLICE:
            following = await producer.send(partition.topic, partition.partition, waiting)
            waiting = []
    if waiting:
        following = await producer.send(partition.topic, partition.partition, waiting)
    return following


async def _make_anew(topic: str, partitions: int, settings: IngestorSettings) -> None:
    if not settings.embedded_broker:
        raise JournalError(f"{topic} contradicts the journal; only an embedded log is made anew")
    admin = AIOKafkaAdminClient(**settings.brokers().client())
    try:
        await admin.start()
        await admin.delete_topics([topic])
        await admin.create_topics([NewTopic(topic, partitions, 1)])
    finally:
        await admin.close()
