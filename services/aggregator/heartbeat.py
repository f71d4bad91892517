"""Freshness is measured: every second each partition says where it stands (design 3.13)."""

from __future__ import annotations

import time
from typing import Literal

import orjson
from redis.asyncio import Redis

from schemas.tables import PartitionKeys

State = Literal["running", "stopped"]


async def beat(
    redis: Redis,
    partition: int,
    *,
    position: int,
    end: int,
    generation: str,
    state: State = "running",
    reason: str = "",
) -> None:
    """Write the heartbeat of a partition.

    Units:  position is the next offset to fold, end the end of the log.
    """
    body = {
        "position": position,
        "end": end,
        "at_ms": time.time_ns() // 1_000_000,
        "generation": generation,
        "state": state,
        "reason": reason,
    }
    await redis.set(PartitionKeys(partition).heartbeat, orjson.dumps(body))
