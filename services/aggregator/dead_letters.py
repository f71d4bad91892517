"""Keeps what could not be folded: raw, with its reason, in the topic crm-dead-letters."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Sequence
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from schemas.rejection import Rejection
from services.aggregator.batch import Record


class DeadLetterWriter:
    """Writes dead letters of one partition of crm-events."""

    def __init__(
        self, producer: AIOKafkaProducer, topic: str, source_topic: str, partition: int
    ) -> None:
        self._producer = producer
        self._topic = topic
        self._source_topic = source_topic
        self._partition = partition

    async def __call__(self, letters: Sequence[tuple[Record, str, Rejection]]) -> None:
        """Write letters; returns when all in-sync replicas have them."""
        sent = [
            await self._producer.send(
                self._topic, self._letter(record, tenant, rejection), key=tenant.encode() or None
            )
            for record, tenant, rejection in letters
        ]
        await asyncio.gather(*sent)

    def _letter(self, record: Record, tenant: str, rejection: Rejection) -> bytes:
        letter: dict[str, Any] = {
            "code": rejection.code,
            "detail": rejection.detail,
            "pointer": rejection.pointer,
            "event_id": "",
            "topic": self._source_topic,
            "partition": self._partition,
            "offset": record.offset,
            "at_ms": time.time_ns() // 1_000_000,
            "tenant": tenant,
        }
        try:
            letter["raw"] = record.value.decode()
            letter["event_id"] = str(orjson.loads(record.value)["id"])
        except (UnicodeDecodeError, orjson.JSONDecodeError, KeyError, TypeError):
            letter["raw"] = base64.b64encode(record.value).decode()
            letter["raw_base64"] = True
        return orjson.dumps(letter)
