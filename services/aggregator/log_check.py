"""Does the fence know its log? A recreated or truncated topic is noticed, not folded over.

Offsets alone cannot tell one log from another, so the fence keeps the digest of the last record
that was applied (design 3.3).
"""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.brokers import Brokers
from services.aggregator.store import Fence, record_digest

_PATIENCE_S = 60.0
_DOUBT_S = 5.0


class LogMismatch(RuntimeError):  # noqa: N818 - read as a sentence
    """The log is not the one the fence was made from."""


async def check_log(brokers: Brokers, topic: str, partition: int, fence: Fence) -> None:
    """Check that the record before the fence is the one that was applied.

    Errors: LogMismatch explains what differs and what to do; TimeoutError and Kafka's errors
            when the broker does not answer, which says nothing about the log.
    """
    where = f"{topic}, partition {partition}"
    remedy = (
        "The figures up to there are kept and served as stale. Restore the log, or run "
        "'salespulse rebuild' to make new tables from the log as it is"
    )
    consumer = AIOKafkaConsumer(
        **brokers.client(), enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        tp = TopicPartition(topic, partition)
        consumer.assign([tp])
        begins = (await consumer.beginning_offsets([tp]))[tp]
        if begins > fence.next:
            raise LogMismatch(
                f"{where}: folded up to offset {fence.next}, but the log now begins at {begins}: "
                f"records were lost. {remedy}."
            )
        if begins == fence.next:
            return
        ends = (await consumer.end_offsets([tp]))[tp]
        consumer.seek(tp, fence.next - 1)
        # an embedded broker may say an end that is too low, never one that is too high
        patience_s = _PATIENCE_S if ends >= fence.next else _DOUBT_S
        try:
            record = await asyncio.wait_for(consumer.getone(tp), timeout=patience_s)
        except TimeoutError:
            if ends >= fence.next:
                raise
            record = None
        if record is None or record.offset != fence.next - 1:
            raise LogMismatch(
                f"{where}: folded up to offset {fence.next}, but the log ends before it: the "
                f"topic was truncated or recreated. {remedy}."
            )
        if record_digest(record.value) != fence.digest:
            raise LogMismatch(
                f"{where}: the record at offset {record.offset} is not the one that was folded: "
                f"the topic was recreated. {remedy}."
            )
    finally:
        await consumer.stop()
