"""How webhooks stand, as the notifier noted it in the store."""

from __future__ import annotations

from typing import Any, Final

from redis.asyncio import Redis

from schemas.calendar import format_time
from schemas.tables import NoticeKeys
from services.query.administration.webhook_bodies import attempt_of

LANES: Final = 8


async def standing(redis: Redis, tenant: str, names: list[str]) -> list[dict[str, Any]]:
    """Return how each webhook stands."""
    keys = NoticeKeys(tenant)
    pipe = redis.pipeline(transaction=False)
    for name in names:
        pipe.hgetall(keys.standing(name))
        for lane in range(LANES):
            pipe.xlen(keys.lane(name, lane))
    replies = await pipe.execute() if names else []
    found = []
    for at in range(0, len(replies), LANES + 1):
        raw = {key.decode(): value.decode() for key, value in replies[at].items()}
        since, disabled = int(raw.get("failing_since_ms", 0)), int(raw.get("disabled_ms", 0))
        found.append(
            {
                "is_disabled": bool(disabled),
                "digest": raw.get("digest", ""),
                "failing_since": format_time(since) if since else None,
                "failures": int(raw.get("failures", 0)),
                "reason": raw.get("reason", ""),
                "waiting": sum(replies[at + 1 : at + 1 + LANES]),
            }
        )
    return found


async def deliveries(
    redis: Redis, tenant: str, name: str, limit: int, before: str
) -> list[dict[str, Any]]:
    """Return attempts, newest first, up to `limit`; older than an entry, if one is named."""
    start = f"({before}" if before else "+"
    found: Any = await redis.xrevrange(NoticeKeys(tenant).log(name), max=start, count=limit)
    return [
        attempt_of(entry, fields, format_time(int(fields[b"at_ms"]))) for entry, fields in found
    ]
