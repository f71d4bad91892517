"""Configuration documents on a real store: folded, kept over restarts, read with the figures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson
import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.configuration import DOCUMENTS, Document
from schemas.rejection import Rejection
from schemas.tables import PartitionKeys
from services.aggregator.batch import FoldLimits, Record
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from services.query.reader import Reader
from services.query.stream.records import records_after

pytestmark = pytest.mark.once
PARTITION, GENERATION, TENANT = 5, "signs", "acme"


def _record(offset: int, kind: str, subject: str, **data: object) -> Record:
    event = {
        "specversion": "1.0",
        "id": str(offset),
        "source": "test",
        "type": kind,
        "time": "2026-03-02T03:00:00.000Z",
        "subject": subject,
        "tenantid": TENANT,
        "data": data,
    }
    return Record(offset, 1_790_000_000_000 + offset, orjson.dumps(event))


async def _dead(letters: Sequence[tuple[Record, str, Rejection]]) -> None:
    raise AssertionError(letters)


def _folder(redis: Redis) -> PartitionFolder:
    """Return a folder that knows nothing yet, as after a restart."""
    return PartitionFolder(
        redis,
        PARTITION,
        GENERATION,
        dead_letters=_dead,
        metrics=FoldMetrics(CollectorRegistry()),
        limits=FoldLimits(),
    )


def test_documents_are_read_at_the_version_of_the_answer(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document is there with the version that brought it, survives a restart, and goes again."""
    monkeypatch.setitem(DOCUMENTS, "sign.hung", Document("sign"))
    monkeypatch.setitem(DOCUMENTS, "sign.taken_down", Document("sign", removes=True))

    async def story() -> None:
        async with Redis.from_url(store.url) as redis:
            await redis.set(PartitionKeys(PARTITION).served, GENERATION)
            reader = Reader(redis, lambda: 1_790_000_000_500)
            folder = _folder(redis)
            await folder.fold(
                [
                    _record(0, "sign.hung", "door", text="Open"),
                    _record(1, "sign.hung", "roof", text="Mái"),
                ]
            )
            before = await reader.read(PARTITION, TENANT)
            signs = before.basis.configuration.of("sign")
            assert signs == {"door": {"text": "Open"}, "roof": {"text": "Mái"}}
            again = await reader.read(PARTITION, TENANT)
            assert again.basis.configuration is before.basis.configuration
            folder = _folder(redis)
            await folder.fold(
                [
                    _record(2, "sign.hung", "door", text="Open"),
                    _record(3, "sign.taken_down", "roof"),
                ]
            )
            after = await reader.read(PARTITION, TENANT)
            assert after.basis.configuration.of("sign") == {"door": {"text": "Open"}}
            changes = await records_after(redis, folder.store.keys.changes, 0, count=10)
            told = [record["tenants"][TENANT]["configured"] for record in changes]
            assert told == [["sign:door", "sign:roof"], ["sign:roof"]]

    asyncio.run(story())
