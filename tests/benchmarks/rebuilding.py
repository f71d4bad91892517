"""How fast a new generation is built from the log; in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from redis.asyncio import Redis

from schemas.brokers import Brokers
from services.aggregator.rebuild import build

_TOPIC = "log-crm-events"


async def main(bootstrap: str, redis_url: str) -> None:
    """Build partition 0 anew and print {'events', 'seconds'}."""
    redis = Redis.from_url(redis_url)
    try:
        began = time.perf_counter()
        built = await build(redis, Brokers(bootstrap), _TOPIC, 0, lambda *_: None)
        seconds = time.perf_counter() - began
    finally:
        await redis.aclose()
    print(json.dumps({"events": built.offset, "seconds": seconds}))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
