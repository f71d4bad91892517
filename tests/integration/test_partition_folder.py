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


def _opened(offset: int) -> Record:
    """Return a record of a mail that was opened."""
    data = {"recipient": "a@x", "opened_at": "2026-10-20T00:00:00Z", "sender_id": "lan"}
    return _record(
        offset,
        LogEvent(
            f"e{offset}", "test", "email.opened", 1_790_000_000_000, f"m{offset}", TENANT, data
        ),
    )


async def _dead(letters: Sequence[tuple[Record, str, Rejection]]) -> None:
    raise AssertionError(letters)


def _folder(redis: Redis, generation: str, limits: FoldLimits | None = None) -> PartitionFolder:
    """Return a folder that knows nothing yet."""
    return PartitionFolder(
        redis,
        0,
        generation,
        dead_letters=_dead,
        metrics=FoldMetrics(CollectorRegistry()),
        limits=limits or FoldLimits(),
        muted=True,
    )


async def _tables(
    redis: Redis, records: Sequence[Record], cuts: Sequence[int], limits: FoldLimits
) -> tuple[dict[str, Any], PartitionFolder]:
    """Fold the records in the given cuts, each by a folder that knows nothing; dump the tables."""
    generation = next(_generations)
    edges = sorted({0, len(records), *(cut % (len(records) + 1) for cut in cuts)})
    folder = None
    for start, end in itertools.pairwise(edges):
        folder = _folder(redis, generation, limits)
        await folder.fold(records[start : (start + end) // 2], lands=False)
        await folder.fold(records[start:end], lands=False)
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
    records = [_opened(offset) for offset in range(40)]

    async def compare() -> None:
        async with Redis.from_url(store.url) as redis:
            whole, _ = await _tables(redis, records, [], FoldLimits())
            small, _ = await _tables(redis, records, [], FoldLimits(commit_commands=30))
            assert small == whole

    asyncio.run(compare())


async def test_a_commit_is_sent_while_the_next_batch_is_folded(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store works on one batch while the next one is applied; it does not wait for its end."""
    size = 200
    said: list[tuple[str, int]] = []
    async with Redis.from_url(store.url) as redis:
        folder = _folder(redis, next(_generations), FoldLimits(batch_events=size))
        commit, apply = folder._committer.commit, folder._apply_one

        async def committed(start: int, *rest: Any) -> None:
            said.append(("sent", start))
            await commit(start, *rest)

        async def applied(record: Record, *rest: Any) -> None:
            said.append(("applied", record.offset))
            await apply(record, *rest)

        monkeypatch.setattr(folder._committer, "commit", committed)
        monkeypatch.setattr(folder, "_apply_one", applied)
        await folder.fold([_opened(offset) for offset in range(3 * size)])
    order = [one for one in said if one[0] == "sent" or one[1] % size == size - 1]
    batches = [(("applied", start + size - 1), ("sent", start)) for start in (0, size, 2 * size)]
    assert order == [*itertools.chain(*batches)]


@pytest.mark.parametrize("took_effect", [False, True])
async def test_a_commit_under_way_that_fails_is_told_by_the_next_call(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, *, took_effect: bool
) -> None:
    """Whoever has more records goes on meanwhile; with those of before all is folded once."""
    records = [_opened(offset) for offset in range(60)]
    async with Redis.from_url(store.url) as redis:
        whole, _ = await _tables(redis, records, [], FoldLimits())
        generation = next(_generations)
        folder = _folder(redis, generation)
        assert await folder.fold(records[:20]) == folder.committed == 20
        commit = folder._committer.commit

        async def lost(*what: Any) -> None:
            if took_effect:
                await commit(*what)
            raise ConnectionError("the answer never came")

        monkeypatch.setattr(folder._committer, "commit", lost)
        assert await folder.fold(records[20:40], lands=False) == 40
        assert folder.committed == 20
        with pytest.raises(ConnectionError):
            await folder.fold(records[40:], lands=False)
        monkeypatch.setattr(folder._committer, "commit", commit)
        assert await folder.position() == (40 if took_effect else 20)
        assert await folder.fold(records[20:]) == folder.committed == 60
        assert await _dump(redis, GenerationKeys(0, generation).prefix) == whole
