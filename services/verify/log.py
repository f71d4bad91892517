"""Read one partition of the log up to an exact offset; no consumer group, nothing is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from schemas.brokers import Brokers
from services.verify.rows import Row

_POLL_MS = 500
_BATCH = 10_000


class LogError(RuntimeError):
    """The log cannot be recounted; the text says why."""


class Log:
    """The topic of events.

    Units:  patience_s is how long nothing may arrive before the log counts as too short: an
            embedded broker does not say truly where its log ends.
    """

    def __init__(self, brokers: Brokers, topic: str, patience_s: float) -> None:
        self._brokers = brokers
        self._topic = topic
        self._patience_s = patience_s
        self._consumer = AIOKafkaConsumer(
            **brokers.client(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=8 << 20,
        )

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
        except KafkaConnectionError as error:
            await self._consumer.stop()
            raise LogError(
                f"no broker answers at {self._brokers.bootstrap}: is a stack running, and "
                "do SALESPULSE_KAFKA_BOOTSTRAP or SALESPULSE_CLI_STATE_DIR name it?"
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def partitions(self) -> list[int]:
        """Return the partitions of the topic; raises LogError if there is no such topic."""
        admin = AIOKafkaAdminClient(**self._brokers.client())
        await admin.start()
        try:
            # Asking about a topic by name makes it where brokers create topics by themselves.
            known = await admin.list_topics()
            wanted = [self._topic] if self._topic in known else []
            described = await admin.describe_topics(wanted) if wanted else []
        finally:
            await admin.close()
        found = [
            entry["partition"]
            for topic in described
            if topic["topic"] == self._topic and not topic["error_code"]
            for entry in topic["partitions"]
        ]
        if not found:
            raise LogError(f"there is no topic {self._topic}")
        return sorted(found)

    async def read(self, partition: int, start: int, until: int) -> AsyncIterator[list[Row]]:
        """Yield lists of (offset, at_ms, key, value), from `start` up to before `until`.

        Errors: LogError if the log begins later than `start` or does not reach `until`.
        """
        if start >= until:
            return
        source = TopicPartition(self._topic, partition)
        self._consumer.assign([source])
        self._consumer.seek(source, start)
        position, last_progress = start, asyncio.get_running_loop().time()
        while position < until:
            fetched = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=_BATCH)
            records = fetched.get(source, ())
            now = asyncio.get_running_loop().time()
            if not records:
                if now - last_progress > self._patience_s:
                    raise LogError(
                        f"the log of partition {partition} does not reach the fence: it ends at"
                        f" offset {position}, the figures stand at {until}"
                    )
                continue
            if position == start and records[0].offset > start:
                raise LogError(
                    f"the log of partition {partition} begins at offset {records[0].offset}:"
                    f" what was before offset {start} cannot be recounted"
                )
            last_progress = now
            position = records[-1].offset + 1
            yield [
                (record.offset, record.timestamp, _text(record.key), _text(record.value))
                for record in records
                if record.offset < until
            ]


def _text(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
