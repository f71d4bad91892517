"""Records in whole batches on a real broker: all there, each key on its partition and in order."""

from __future__ import annotations

import secrets
from collections import defaultdict

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.broker import Broker
from schemas.brokers import Brokers
from services.aggregator.publishing import partition_of, publish
from services.commands.topics import Plan, ensure

_PARTITIONS = 3
_KEYS = 40
_RECORDS = 4_000


async def _all_of(bootstrap: str, topic: str) -> dict[int, list[tuple[bytes, bytes | None]]]:
    """Return what is in each partition of a topic, in order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(_PARTITIONS)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        found: defaultdict[int, list[tuple[bytes, bytes | None]]] = defaultdict(list)
        while sum(map(len, found.values())) < _RECORDS:
            for place, records in (await consumer.getmany(timeout_ms=1000)).items():
                found[place.partition] += [(record.key, record.value) for record in records]
        return found
    finally:
        await consumer.stop()


async def test_nothing_is_lost_or_out_of_order(broker: Broker) -> None:
    """More than fits into a batch, in one call, with a record that is larger than a batch."""
    prefix = f"x{secrets.token_hex(3)}-"
    topic = f"{prefix}kpi-changes"
    await ensure(Brokers(broker.bootstrap), Plan(prefix=prefix, partitions=_PARTITIONS))
    told = [
        (f"key {number % _KEYS}".encode(), None if number % 7 == 0 else b"%d" % number)
        for number in range(_RECORDS)
    ]
    told[_RECORDS // 2] = (told[_RECORDS // 2][0], secrets.token_bytes(20_000))
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap,
        acks="all",
        enable_idempotence=not broker.embedded,
        max_batch_size=10_000,
    )
    await producer.start()
    try:
        await publish(producer, topic, told)
        await publish(producer, f"{prefix}no-such-topic", ())
    finally:
        await producer.stop()
    found = await _all_of(broker.bootstrap, topic)
    for number in range(_PARTITIONS):
        assert found[number] == [
            each for each in told if partition_of(each[0], _PARTITIONS) == number
        ]
