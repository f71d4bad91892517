"""Reading change records out of the Redis stream of a partition."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from schemas.changes import ChangeRecord, read_record


async def next_records(
    store: Redis, key: str, offset: int, *, count: int, block_ms: int
) -> list[ChangeRecord]:
    """Wait for the records after an offset; none if none came in time."""
    replies: Any = await _run(store)(
        "XREAD", "COUNT", count, "BLOCK", block_ms, "STREAMS", key, f"{offset}-0"
    )
    return [read_record(fields[b"c"]) for _, fields in replies[0][1]] if replies else []


async def record_at_or_before(store: Redis, key: str, offset: int) -> ChangeRecord | None:
    """Return the last record not after an offset; None if it was cut off, or never was."""
    entries: Any = await _run(store)("XREVRANGE", key, f"{offset}-0", "-", "COUNT", 1)
    return read_record(entries[0][1][b"c"]) if entries else None


async def records_after(store: Redis, key: str, offset: int, *, count: int) -> list[ChangeRecord]:
    """Return the records after an offset."""
    entries: Any = await _run(store)("XRANGE", key, f"({offset}-0", "+", "COUNT", count)
    return [read_record(fields[b"c"]) for _, fields in entries]


def _run(store: Redis) -> Any:
    """Return the untyped way to run a command: the typed one cannot say what a stream answers."""
    return store.execute_command
