"""What the relay says on `kpi-events`: thresholds of targets that were crossed.

A crossing has an id that is the same in every replay, so it may be said as often as need be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final, cast

import orjson
from redis.asyncio import Redis

from schemas.calendar import format_time
from schemas.changes import Crossing
from schemas.tables import TenantKeys, decode
from services.aggregator.core.aims import CROSSED

TOPIC: Final = "kpi-events"
Announcement = tuple[bytes, dict[str, Any]]
"""(key, value) of a record"""


def announced(tenant: str, crossing: Crossing, version: str) -> Announcement:
    """Return the record of a crossing."""
    value = {
        "type": CROSSED,
        "id": crossing["event_id"],
        "tenant": tenant,
        "metric": crossing["metric"],
        "scope": crossing["scope"],
        "scope_id": crossing["id"],
        "period": crossing["period"],
        "threshold": crossing["threshold"],
        "cause": crossing["cause"],
        "at": format_time(crossing["at_ms"]),
        "version": version,
    }
    return f"{tenant}|{crossing['event_id']}".encode(), value


async def crossed_so_far(redis: Redis, keys: TenantKeys) -> AsyncIterator[Crossing]:
    """Yield all that a tenant ever crossed, as it is kept beside its targets."""
    prefix = keys.crossed("")
    async for key in redis.scan_iter(match=f"{prefix}*", count=1000):
        period = cast("bytes", key).decode().removeprefix(prefix)
        held = cast("dict[bytes, bytes]", await redis.hgetall(key))
        for field, value in held.items():
            mark = field.decode()
            metric, scope, scope_id, threshold = mark.split("|")
            cause, at_ms = orjson.loads(value)
            yield {
                "event_id": f"{period}|{mark}",
                "metric": decode(metric),
                "scope": scope,  # type: ignore[typeddict-item]
                "id": decode(scope_id),
                "period": period,
                "threshold": int(threshold),
                "cause": cause,
                "at_ms": at_ms,
            }
