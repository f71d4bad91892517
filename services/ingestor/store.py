"""What the ingestor reads in Redis, where it writes nothing: generation, keys, fence, heartbeat."""

from __future__ import annotations

from typing import Any

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from schemas.tables import GenerationKeys, PartitionKeys, TenantKeys
from services.ingestor.settings import IngestorSettings

_BEAT_MS = 10_000
_NEAR_EVENTS = 1000
REDIS_ERRORS = (RedisError, OSError, TimeoutError)


class Store:
    """Read access to the tables of the fold. Errors: REDIS_ERRORS."""

    def __init__(self, settings: IngestorSettings) -> None:
        self._redis: Any = Redis.from_url(
            **settings.redis(),
            socket_timeout=settings.redis_timeout_s,
            socket_connect_timeout=settings.redis_timeout_s,
            retry=None,
        )

    async def generation(self, partition: int) -> str | None:
        """Return the generation that is served of a partition."""
        found: bytes | None = await self._redis.get(PartitionKeys(partition).served)
        return None if found is None else found.decode()

    async def following(self, partition: int, generation: str) -> int:
        """Return the next offset to be folded."""
        fence = GenerationKeys(partition, generation).fence
        return int(await self._redis.hget(fence, "next") or 0)

    async def key(self, partition: int, generation: str, tenant: str, key_id: str) -> bytes | None:
        """Return what the fold keeps of an API key."""
        keys = TenantKeys(partition, generation, tenant).keys
        found: bytes | None = await self._redis.hget(keys, key_id)
        return found

    async def region(self, partition: int, generation: str, tenant: str) -> str | None:
        """Return the region of a tenant as it is folded."""
        meta = TenantKeys(partition, generation, tenant).meta
        found: bytes | None = await self._redis.hget(meta, "region")
        return None if found is None else found.decode()

    async def keys(self, partition: int, generation: str, tenant: str) -> dict[str, bytes]:
        """Return what the fold keeps of all API keys of a tenant, by their ids."""
        found = await self._redis.hgetall(TenantKeys(partition, generation, tenant).keys)
        return {key_id.decode(): record for key_id, record in found.items()}

    async def field(self, key: str, name: str) -> bytes | None:
        """Return one field of a hash."""
        found: bytes | None = await self._redis.hget(key, name)
        return found

    async def members(self, key: str) -> list[int]:
        """Return a set of numbers, ascending."""
        return sorted(int(member) for member in await self._redis.smembers(key))

    async def keeps_up(self, partition: int, now_ms: int) -> bool:
        """Say whether the fold of a partition is alive and near the end of the log."""
        found: bytes | None = await self._redis.get(PartitionKeys(partition).heartbeat)
        if found is None:
            return False
        beat = orjson.loads(found)
        behind: int = beat["end"] - beat["position"]
        return now_ms - beat["at_ms"] < _BEAT_MS and behind < _NEAR_EVENTS

    async def ping(self) -> None:
        """Ask whether the store is there."""
        await self._redis.ping()

    async def close(self) -> None:
        """Disconnect."""
        await self._redis.aclose()
