"""How many events a second the ingestor accepts: over HTTP, in batches, sealed, on Kafka.

The mix without what an ingest key may not write. A client process of its own posts batches that
were encoded before, four requests at a time. Nobody folds meanwhile: what both together do is the
latency's part.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import httpx
import orjson

from tests.benchmarks import mix
from tests.benchmarks.floor import floor

_BATCH: Final = 500
_AT_ONCE: Final = 4


def run(directory: Path, *, events: int, repetitions: int) -> list[float]:
    """Return events a second, one number a repetition; the first tenth of all is the warm-up."""
    with floor(directory) as stack:
        tenant = stack.create_tenant(name="Bench")
        stack.aggregator.stop()
        stack.query.stop()
        command = [sys.executable, "-m", "tests.benchmarks.ingest", stack.ingestor_url]
        command += [tenant.write_key, tenant.id, str(events), str(repetitions)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    rates: list[float] = json.loads(done.stdout.splitlines()[-1])
    return rates


async def _post(url: str, key: str, tenant: str, events: int, repetitions: int) -> None:
    """Post the mix; print the rate of each repetition."""
    warm = events // 10
    values = list(mix.posted(warm + events * repetitions, tenant=tenant))
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/cloudevents-batch+json",
    }
    rates = []
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        await _send(client, _bodies(values[:warm]))
        for start in range(warm, len(values), events):
            bodies = _bodies(values[start : start + events])
            began = time.perf_counter()
            await _send(client, bodies)
            rates.append(events / (time.perf_counter() - began))
    print(json.dumps(rates))  # noqa: T201


def _bodies(values: list[mix.Event]) -> list[bytes]:
    return [orjson.dumps(values[at : at + _BATCH]) for at in range(0, len(values), _BATCH)]


async def _send(client: httpx.AsyncClient, bodies: list[bytes]) -> None:
    waiting = iter(bodies)

    async def send() -> None:
        for body in waiting:
            answer = await client.post("/v1/events", content=body)
            answer.raise_for_status()
            assert answer.json()["rejected"] == [], answer.text[:500]

    await asyncio.gather(*(send() for _ in range(_AT_ONCE)))


if __name__ == "__main__":
    _, address, write_key, name, each, times = sys.argv
    asyncio.run(_post(address, write_key, name, int(each), int(times)))
