"""Fold and recount of the same hostile log: two readings of docs/rules.md, no difference."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.envelope import parse_event
from schemas.rejection import Rejection
from services.aggregator.batch import FoldLimits, Record
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from services.verify.compare import Keys, compare
from services.verify.recount import Recount
from services.verify.report import describe
from services.verify.store import Found, Store
from tests.integration.verify_mess import Mess

TENANT = "acme"
_generations = (f"mess-{number}" for number in itertools.count())
_SEEDS = range(int(os.environ.get("SALESPULSE_TEST_SEEDS", "4")))


async def _dead(letters: Sequence[tuple[Record, str, Rejection]]) -> None:
    assert {rejection.code for _, _, rejection in letters} <= {"duplicate_id"}, letters


async def _fold(url: str, generation: str, records: Sequence[Record], batch: int) -> None:
    redis = Redis.from_url(url)
    folder = PartitionFolder(
        redis,
        0,
        generation,
        dead_letters=_dead,
        metrics=FoldMetrics(CollectorRegistry()),
        limits=FoldLimits(batch_events=batch),
        muted=True,
    )
    await folder.fold(records)
    await redis.aclose()


def differences(store: EmbeddedStore, mess: Mess, count: int, batch: int, spill: Path) -> list[str]:
    """Fold and recount a mess; return what differs."""
    values = []
    for event in mess.events(count):
        value = parse_event(orjson.loads(orjson.dumps(event | {"tenantid": TENANT})), TENANT)
        assert isinstance(value, bytes), (event, value)
        values.append(value)
    generation = next(_generations)
    records = [Record(offset, 1, value) for offset, value in enumerate(values)]
    asyncio.run(_fold(store.url, generation, records, batch))
    recount = Recount(spill)
    tables = Store(store.url)
    try:
        rows = [(offset, 1, TENANT, value.decode()) for offset, value in enumerate(values)]
        recount.load(rows)
        recount.recompute()
        keys = Keys(0, generation)
        prefix = keys.generation.prefix
        found = Found(recount.connection, keys.generation, None)
        found.fill(tables, tables.names([prefix])[prefix], lambda _: None)
        return [describe(each) for each in compare(recount, keys)]
    finally:
        tables.close()
        recount.close()


@pytest.mark.parametrize("seed", _SEEDS)
def test_fold_and_recount_agree(store: EmbeddedStore, seed: int, tmp_path: Path) -> None:
    """However hostile the history and wherever the batches are cut, nothing differs."""
    assert differences(store, Mess(seed), 700, 64, tmp_path) == []


@pytest.mark.parametrize("seed", _SEEDS)
def test_fold_and_recount_agree_in_a_crowd(
    store: EmbeddedStore, seed: int, tmp_path: Path
) -> None:
    """With few ids of few kinds everything happens to the same facts, also event by event."""
    mess = Mess(seed, crowded=True)
    assert differences(store, mess, 200, (1, 5, 200)[seed % 3], tmp_path) == []
