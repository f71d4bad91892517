"""The folder on a real store: however the log is cut, and whatever is forgotten, same tables."""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import Sequence
from typing import Any, cast

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.calendar import format_time
from schemas.envelope import LogEvent, parse_event
from schemas.rejection import Rejection
from schemas.tables import GenerationKeys
from services.aggregator.batch import FoldLimits, Record
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from tests.properties.histories import histories
from tests.properties.pure_driver import TENANT, PureDriver

pytestmark = pytest.mark.once

_generations = (f"cut-{number}" for number in itertools.count())
_REAL = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _record(offset: int, event: LogEvent) -> Record:
    body = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": format_time(event.time_ms),
        "subject": event.subject,
        "tenantid": event.tenant,
        "data": event.data,
    }
    value = parse_event(orjson.loads(orjson.dumps(body)), TENANT)
    assert isinstance(value, bytes)
    return Record(offset, event.time_ms, value)


async def _dead(letters: Sequence[tuple[Record, str, Rejection]]) -> None:
    raise AssertionError(letters)


async def _tables(
    redis: Redis, records: Sequence[Record], cuts: Sequence[int], limits: FoldLimits
) -> tuple[dict[str, Any], PartitionFolder]:
    """Fold the records in the given cuts, each by a folder that knows nothing; dump the tables."""
    generation = next(_generations)
    edges = sorted({0, len(records), *(cut % (len(records) + 1) for cut in cuts)})
    folder = None
    for start, end in itertools.pairwise(edges):
        folder = PartitionFolder(
            redis,
            0,
            generation,
            dead_letters=_dead,
            metrics=FoldMetrics(CollectorRegistry()),
            limits=limits,
            muted=True,
        )
        await folder.fold(records[start:end])
        await folder.fold(records[:end])
    assert folder is not None
    return await _dump(redis, GenerationKeys(0, generation).prefix), folder


async def _dump(redis: Redis, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async for key in redis.scan_iter(match=prefix.replace("{", "[{]").replace("}", "[}]") + "*"):
        name = cast("bytes", key).decode().removeprefix(prefix)
        kind = cast("bytes", await redis.type(key)).decode()
        match kind:
            case "hash":
                content: Any = await redis.hgetall(key)
                content.pop(b"at_ms", None)
            case "set":
                content = await redis.smembers(key)
            case "zset":
                content = dict(await redis.zrange(key, 0, -1, withscores=True))
            case "stream":  # `touched`: an entry for each commit, so it depends on the cuts
                entries = await redis.xrange(key)
                content = {
                    (field, number)
                    for _, fields in entries
                    for field, packed in fields.items()
                    for (number,) in struct.iter_unpack("<I", packed)
                }
            case _:
                content = await redis.get(key)
        found[name] = content
    return found


@_REAL
@given(
    histories(),
    st.lists(st.integers(0, 100), max_size=4),
    st.integers(1, 50),
    st.lists(st.integers(1, 3), min_size=40, max_size=40),
)
def test_the_tables_do_not_depend_on_cuts_restarts_or_caches(
    store: EmbeddedStore,
    events: list[LogEvent],
    cuts: list[int],
    batch: int,
    deliveries: list[int],
) -> None:
    """One batch with warm caches, or many with cold ones, replays and duplicates: one result."""
    delivered = [
        event for event, times in zip(events, deliveries, strict=False) for _ in range(times)
    ]
    records = [_record(offset, event) for offset, event in enumerate(delivered)]
    if not records:
        return

    async def compare() -> None:
        async with Redis.from_url(store.url) as redis:
            whole, _ = await _tables(redis, records, [], FoldLimits())
            tiny = FoldLimits(batch_events=batch, cached_facts=1, cached_cells=1)
            parts, folder = await _tables(redis, records, cuts, tiny)
            assert parts == whole
            keys = folder.store.tenant_keys(TENANT)
            expected = PureDriver().fold(events).cells
            for cell, value in expected.items():
                field = f"{cell.metric}|{cell.dimension}" if cell.dimension else cell.metric
                stored = await redis.hget(keys.cells(cell.scope, cell.scope_id, cell.day), field)
                assert int(cast("bytes", stored)) == value

    asyncio.run(compare())


def test_a_commit_beyond_the_limit_is_halved_until_it_fits(store: EmbeddedStore) -> None:
    """A batch whose commit is too large is cut into smaller ones; the figures are the same."""
    records = []
    for offset in range(40):
        event = LogEvent(
            f"e{offset}",
            "test",
            "email.opened",
            1_790_000_000_000,
            f"m{offset}",
            TENANT,
            {"recipient": "a@x", "opened_at": "2026-10-20T00:00:00Z", "sender_id": "lan"},
        )
        records.append(_record(offset, event))

    async def compare() -> None:
        async with Redis.from_url(store.url) as redis:
            whole, _ = await _tables(redis, records, [], FoldLimits())
            small, _ = await _tables(redis, records, [], FoldLimits(commit_commands=30))
            assert small == whole

    asyncio.run(compare())
