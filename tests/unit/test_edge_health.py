"""Health and metrics of services without another door: what they answer, and how it is hardened."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from deploy.local.process import LOOPBACK, free_port
from schemas.edge.health import Readiness, serve_health

NOT_YET = Readiness(is_ready=False, document={"status": "waiting"})


class Desk:
    """A service that the test lets work."""

    def __init__(self) -> None:
        self.readiness = NOT_YET
        self.registry = CollectorRegistry()
        self.port = free_port()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Give a served desk."""
    made = Desk()
    runner = await serve_health(made.registry, lambda: made.readiness, LOOPBACK, made.port)
    yield made
    await runner.cleanup()


async def ask(desk: Desk, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{desk.port}") as client:
        return await client.get(path)


async def test_ready_is_what_the_service_says_now(desk: Desk) -> None:
    """503 with the document until it works, 200 from then on; alive it is all the time."""
    waiting = await ask(desk, "/readyz")
    assert (waiting.status_code, waiting.json()) == (503, {"status": "waiting"})
    desk.readiness = Readiness(is_ready=True, document={"partitions": {"3": 17}})
    ready = await ask(desk, "/readyz")
    assert (ready.status_code, ready.json()) == (200, {"partitions": {"3": 17}})
    assert (await ask(desk, "/healthz")).json() == {"status": "ok"}


async def test_metrics_are_those_of_the_registry(desk: Desk) -> None:
    """What was counted stands in the exposition."""
    Counter("dinners", "Eaten.", registry=desk.registry).inc(3)
    answer = await ask(desk, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "dinners_total 3.0" in answer.text


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/nothing"])
async def test_every_answer_is_hardened(desk: Desk, path: str) -> None:
    """Nothing is cached, framed, sniffed or referred to, also of what there is not."""
    headers = (await ask(desk, path)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
