"""The service as a process of its own: it starts from its environment and stops cleanly."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from deploy.local.broker import Broker
from deploy.local.services import Meeting, Service
from deploy.local.store import EmbeddedStore
from tests.integration.query_house import enter, furnish
from tests.integration.query_seed import Clock, Seed

pytestmark = pytest.mark.once


async def test_a_stop_ends_open_streams(
    broker: Broker, store: EmbeddedStore, tmp_path: Path
) -> None:
    """A listener that is connected when the service is told to stop does not hold it up."""
    prefix = f"q{secrets.token_hex(3)}-"
    seed = Seed(store.url, secrets.randbelow(1_000_000), "acme", Clock(time.time_ns() // 10**6))
    seed.serve()
    furnish(seed)
    await enter(broker, prefix, seed)
    meeting = Meeting(
        kafka_bootstrap=broker.bootstrap,
        redis_url=store.url,
        embedded_broker=broker.embedded,
        topic_prefix=prefix,
    )
    service = Service("query", meeting, tmp_path)
    service.start()
    try:
        await asyncio.to_thread(service.wait)
        key = seed.api_key("k1", "query")
        async with (
            httpx.AsyncClient(base_url=service.url, timeout=30) as client,
            client.stream("GET", "/v1/stream", params={"key": key}) as response,
        ):
            lines = response.aiter_lines()
            while await anext(lines) != "event: snapshot":
                pass
            code = await asyncio.to_thread(service.stop)
            rest = [line async for line in lines]
        assert code == 0
        assert rest
        assert key not in (tmp_path / "query.log").read_text()
    finally:
        seed.close()
        if service.child.running:
            service.kill()


def test_a_wrong_setting_is_named() -> None:
    """A misspelt variable stops the start with its name."""
    done = subprocess.run(
        [sys.executable, "-m", "services.query"],
        env={"SALESPULSE_QUERY_PROT": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "SALESPULSE_QUERY_PROT" in done.stderr
