"""Every record of a stack's topics, as bytes."""

from __future__ import annotations

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import Stack
from schemas.topics import TOPICS
from services.ingestor.settings import IngestorSettings
from services.ingestor.topic_log import log_bounds, open_reader, read_range


async def records_of(house: Stack) -> list[bytes]:
    """Return key and value of everything that stands in the topics now."""
    settings = IngestorSettings.load(house.meeting.environment())
    found: list[bytes] = []
    async with open_reader(settings) as reader:
        for topic in TOPICS.values():
            found += await _records(reader, house.topic_prefix + topic.name, settings)
    return found


async def _records(reader: AIOKafkaConsumer, name: str, settings: IngestorSettings) -> list[bytes]:
    partition = TopicPartition(name, 0)
    first, end = (await log_bounds(reader, [partition], settings))[partition]
    return [
        (record.key or b"") + b"\n" + (record.value or b"")
        async for record in read_range(reader, partition, first, end, settings)
    ]
