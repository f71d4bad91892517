"""The alerts of one tenant on a real store, judged by the notifier's own parts and a fast clock."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from services.notifier.alerts.watching import Watching
from services.notifier.core.filters import Webhook
from services.notifier.deliveries import Deliveries
from services.notifier.metrics import NotifierMetrics
from services.notifier.sender import Outcome
from services.notifier.settings import NotifierSettings
from services.notifier.tenants import Documents, Moved, Settings, Tenant
from tests.changes.subscriber import FastClock

ZONE = "Asia/Ho_Chi_Minh"
HOOK = Webhook.read("hook", {"url": "https://example.com/", "events": ["alert.changed"]})


class Floor:
    """The alerts of one tenant, by a clock that is wound on; what the webhook is told."""

    def __init__(self, store: EmbeddedStore, documents: Documents) -> None:
        self.clock = FastClock(_ms("19 07:00"))
        self.bodies: list[bytes] = []
        name = f"t{secrets.token_hex(4)}"
        self.tenant = Tenant(name, 0, "g1", Settings(ZONE, "VND"), documents)
        self._settings = NotifierSettings.load({"SALESPULSE_NOTIFIER_WEBHOOK_SECRET": "x"})
        self.redis: Any = Redis.from_url(store.url, protocol=2)

    async def begin(self) -> None:
        """Begin as a process that was just started."""
        metrics = NotifierMetrics(CollectorRegistry())
        self.deliveries = Deliveries(
            self.redis,
            settings=self._settings,
            send=self._send,
            clock=self.clock,
            metrics=metrics,
        )
        self.watching = Watching(self.redis, self.deliveries, self.clock, metrics)
        await self.deliveries.define(self.tenant.name, {HOOK.id: HOOK})
        await self.watching.define(self.tenant, {HOOK.id: HOOK})

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        self.bodies.append(body)
        return Outcome(200, 1)

    async def told(self) -> list[dict[str, Any]]:
        """Return what the webhook was told, once nothing waits."""
        async with asyncio.timeout(30):
            while await self.deliveries.outbox(self.tenant.name).length(HOOK.id):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return [orjson.loads(body)["data"] for body in self.bodies]

    async def close(self) -> None:
        """Let go."""
        await self.deliveries.close()
        await self.redis.aclose()

    def call(self) -> None:
        """Somebody of the department calls."""
        cell = ("calls_attempted", "department", "sales")
        self.watching.moved(self.tenant, Moved(False, {cell: self.clock.now_ms()}))


def _ms(moment: str) -> int:
    at = datetime.strptime(f"2026-11-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(ZONE))
    return round(at.timestamp() * 1000)


def moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(ZONE)).strftime("%d %H:%M")
