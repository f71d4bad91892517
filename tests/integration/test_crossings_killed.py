"""A crossing over killed workers: the fold dies at every commit there is, on a real store."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.changes import Crossing, read_record
from schemas.envelope import parse_event
from schemas.tables import GenerationKeys, PartitionKeys
from services.aggregator.batch import FoldLimits, Record
from services.aggregator.committer import Committer
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from tests.properties.pure_driver import TENANT

pytestmark = pytest.mark.once
NOON = "2026-11-22T05:00:00.000Z"
NOON_MS = 1_795_323_600_000
TARGET = {"metric": "orders", "scope": "employee", "scope_id": "an", "period": "2026-11"}
BATCH = 2
PARTITION = 41
"""No other test on this store uses it."""
CROSSED = [(50, "e3"), (100, "e5"), (150, "e9")]
"""The second, the fourth and the sixth order at once; one was deleted in between."""


class KilledError(BaseException):
    """The worker is no more; nothing of it goes on."""


def _log() -> list[Record]:
    number = itertools.count()

    def record(kind: str, subject: str, **data: Any) -> Record:
        offset = next(number)
        body = {
            "specversion": "1.0",
            "id": f"e{offset}",
            "source": "crm",
            "type": kind,
            "time": NOON,
            "subject": subject,
            "tenantid": TENANT,
            "data": data,
        }
        value = parse_event(body, TENANT)
        assert isinstance(value, bytes), value
        return Record(offset, NOON_MS, value)

    def sold(name: str) -> Record:
        total = {"amount": 10, "currency": "VND"}
        order = {"order_date": "2026-11-20", "created_at": NOON, "owner_id": "an", "total": total}
        return record("order.created", name, **order)

    return [
        record("employee.upserted", "an", name="An"),
        record("target.set", "t1", **TARGET, value=4, thresholds=[50, 100, 150]),
        *(sold(f"o{n}") for n in range(4)),  # e2..e5
        record("order.deleted", "o0"),  # below 100 again,
        sold("o4"),  # and there again: not told a second time
        *(sold(f"o{n}") for n in range(5, 8)),  # e8..e10
    ]


async def _folded(redis: Any, generation: str, records: Sequence[Record]) -> list[Crossing]:
    """Fold by worker after worker, each beginning at the fence, until nothing is left to do."""
    keys = GenerationKeys(PARTITION, generation)
    await redis.set(PartitionKeys(PARTITION).served, generation)
    for _ in range(len(records)):
        worker = PartitionFolder(
            redis,
            PARTITION,
            generation,
            dead_letters=_dead,
            metrics=FoldMetrics(CollectorRegistry()),
            limits=FoldLimits(batch_events=BATCH),
        )
        try:
            for start in range(0, len(records), BATCH):
                await worker.fold(records[start : start + BATCH])
        except KilledError:
            continue
        break
    told = [read_record(fields[b"c"]) for _, fields in await redis.xrange(keys.changes)]
    changes = [one["tenants"][TENANT] for one in told if TENANT in one["tenants"]]
    return [crossing for change in changes for crossing in change.get("crossings", [])]


async def _dead(letters: Sequence[Any]) -> None:
    raise AssertionError(letters)


@pytest.mark.parametrize("point", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 7))
def test_a_crossing_is_told_once_wherever_the_worker_dies(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, point: str, number: int
) -> None:
    """Killed before or after its n-th commit and begun anew: each threshold once, same cause."""
    commit, commits = Committer.commit, itertools.count(1)
    deaths: list[int] = []

    async def dying(self: Committer, *arguments: Any) -> None:
        is_last = next(commits) == number
        if is_last and point == "before":
            deaths.append(number)
            raise KilledError
        await commit(self, *arguments)
        if is_last:
            deaths.append(number)
            raise KilledError

    monkeypatch.setattr(Committer, "commit", dying)

    async def run() -> list[Crossing]:
        async with Redis.from_url(store.url) as redis:
            return await _folded(redis, f"killed-{point}-{number}", _log())

    told = asyncio.run(run())
    assert deaths == [number]
    assert [(one["threshold"], one["cause"]) for one in told] == CROSSED
    assert len({one["event_id"] for one in told}) == len(CROSSED)
