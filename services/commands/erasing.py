"""`salespulse tenant erase`: remove a tenant wholly, and look for what is left of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from schemas.sealed import MARK
from schemas.sealing import PERSONAL
from schemas.settings import SharedSettings
from schemas.tables import PartitionKeys, encode
from schemas.topics import TOPICS

_PATIENCE_S: Final = 30.0
_IDLE_MS: Final = 2_000


class Left:
    """What was found of an erased tenant.

    Shape:  `counts` are what was looked at; `remains` what must not be there, by what it is.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.remains: dict[str, int] = {}

    def say(self, what: str, found: int, *, remains: bool) -> None:
        """Note one check."""
        self.counts[what] = found
        if remains and found:
            self.remains[what] = found


async def look(settings: SharedSettings, tenant: str, erased: Mapping[str, Any]) -> Left:
    """Look for what is left of a tenant in Redis and in every topic.

    Shape:  `erased` is what the ingestor answered.
    Errors: redis and Kafka errors.
    """
    left = Left()
    left.say("keys in the key store", int(erased["keys_left"]), remains=True)
    prefix = PartitionKeys(int(erased["partition"])).prefix
    redis = Redis.from_url(**settings.redis())
    until = time.monotonic() + _PATIENCE_S
    try:
        while True:
            found = await _keys(redis, prefix, tenant)
            untold = tenant.encode() in await redis.smembers(f"{prefix}untold")
            if not (found or untold) or time.monotonic() > until:
                break
            await asyncio.sleep(0.2)
        left.say("keys in Redis", found, remains=True)
    finally:
        await redis.aclose()
    consumer = AIOKafkaConsumer(
        **settings.brokers().client(), enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        for topic in TOPICS.values():
            await _look_in(consumer, settings.topic_prefix, topic.name, tenant, left)
    finally:
        await consumer.stop()
    return left


async def _keys(redis: Redis, prefix: str, tenant: str) -> int:
    name, found = encode(tenant), 0
    async for key in redis.scan_iter(match=f"{prefix}*:{name}:*", count=2000):
        found += key.decode().removeprefix(prefix).split(":")[1] == name
    return found


async def _look_in(
    consumer: AIOKafkaConsumer, prefix: str, topic: str, tenant: str, left: Left
) -> None:
    cluster = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - needs no group
    numbers = cluster.partitions_for_topic(prefix + topic)
    if not numbers:
        raise LookupError(f"the broker has no topic '{prefix}{topic}': nothing is proven of it")
    parts = [TopicPartition(prefix + topic, number) for number in sorted(numbers)]
    consumer.assign(parts)
    await consumer.seek_to_beginning(*parts)
    ends = await consumer.end_offsets(parts)
    last: dict[bytes, bytes | None] = {}
    records = plain = 0
    until = time.monotonic() + 10 * _PATIENCE_S
    while time.monotonic() < until:
        fetched = await consumer.getmany(timeout_ms=_IDLE_MS)
        for record in (record for found in fetched.values() for record in found):
            if _is_of(record.key, tenant):
                records += record.value is not None
                plain += _is_plain(topic, record.value)
                last[record.key] = record.value
        is_read = all([await consumer.position(part) >= end for part, end in ends.items()])
        if is_read or not fetched:
            break
    match topic:
        case "kpi-changes":
            alive = sum(value is not None for value in last.values())
            left.say("values in kpi-changes", alive, remains=True)
        case "tenant-directory":
            value = orjson.loads(last.get(tenant.encode()) or b"{}")
            left.say("entries in the directory", int(not value.get("erased_at")), remains=True)
        case "crm-events" | "crm-dead-letters":
            left.say(f"records in {topic}, passed over and unreadable", records, remains=False)
            left.say(f"readable records in {topic}", plain, remains=True)
        case _:
            left.say(f"records in {topic}, kept until they expire", records, remains=False)


def _is_of(key: bytes | None, tenant: str) -> bool:
    return key is not None and (key == tenant.encode() or key.startswith(f"{tenant}|".encode()))


def _is_plain(topic: str, value: bytes | None) -> bool:
    """Say whether a record holds a personal text, or a raw event, that was never sealed."""
    if value is None or topic not in {"crm-events", "crm-dead-letters"}:
        return False
    try:
        found = orjson.loads(value)
        if topic == "crm-dead-letters":
            raw = found["raw"]
            return bool(raw) and not raw.startswith(MARK) and _is_plain("crm-events", raw.encode())
        texts: list[Any] = []
        for field in PERSONAL.get(found["type"], ()):
            said = found["data"].get(field.name)
            texts += said if isinstance(said, list) else [said]
    except (ValueError, KeyError, TypeError, AttributeError):
        return True
    return any(text and str(text).strip() and not str(text).startswith(MARK) for text in texts)
