"""The parts of the notifier, and how they work together."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final

from aiokafka.errors import KafkaError
from prometheus_client import CollectorRegistry
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from schemas.edge.health import Readiness
from services.notifier.alerts.mail import Channels
from services.notifier.alerts.watching import Watching
from services.notifier.clock import Clock
from services.notifier.core.filters import Interest, Webhook
from services.notifier.deliveries import Deliveries
from services.notifier.intake import Intake
from services.notifier.lease import Lease, LeaseLostError
from services.notifier.metrics import NotifierMetrics
from services.notifier.orders import Orders
from services.notifier.sender import Send
from services.notifier.settings import NotifierSettings
from services.notifier.tenants import Moved, Tenant, Tenants

log = logging.getLogger(__name__)
_LOOK_S: Final = 0.2
_AGAIN_S: Final = 1.0
_CONNECTIONS: Final = 64
_PATIENCE_S: Final = 10
_AWAY = (RedisError, KafkaError, OSError, LeaseLostError)


class Notifier:
    """Works while it holds the lease; begins again after whatever was away."""

    def __init__(self, settings: NotifierSettings, send: Send, clock: Clock) -> None:
        self.settings = settings
        self.registry = CollectorRegistry()
        self.metrics = NotifierMetrics(self.registry)
        self.is_working = False
        self._send = Channels(settings, send, self.metrics)
        self._clock = clock
        pool = BlockingConnectionPool.from_url(
            **settings.redis(),
            max_connections=_CONNECTIONS,
            timeout=_PATIENCE_S,
            socket_timeout=_PATIENCE_S,
            protocol=2,
        )
        self._redis: Redis = Redis.from_pool(pool)
        self._interests: dict[str, Interest] = {}

    def readiness(self) -> Readiness:
        """Say whether it works, or waits for another one to end."""
        return Readiness(self.is_working, {"status": "working" if self.is_working else "waiting"})

    async def run(self) -> None:
        """Work until cancelled."""
        lease = Lease(self._redis, self.settings.lease_s)
        try:
            while True:
                try:
                    await lease.take()
                    await self._work(lease)
                except* _AWAY as away:
                    log.warning("the notifier begins again: %s", away.exceptions[0])
                finally:
                    self.is_working = False
                await asyncio.sleep(_AGAIN_S)
        finally:
            with suppress(RedisError, OSError):
                await lease.give()
            await self._redis.aclose()

    async def _work(self, lease: Lease) -> None:
        settings, prefix = self.settings, self.settings.topic_prefix
        deliveries = Deliveries(
            self._redis,
            settings=settings,
            send=self._send,
            clock=self._clock,
            metrics=self.metrics,
        )
        orders = Orders(deliveries, self._clock)
        watching = Watching(self._redis, deliveries, self._clock, self.metrics)

        async def told(tenant: Tenant, moved: Moved) -> None:
            if moved.is_configured:
                webhooks = self._webhooks(tenant)
                mails = Watching.mails(tenant, webhooks.values())
                await deliveries.define(tenant.name, webhooks | mails)
                self._heed(tenant.name, webhooks)
                await orders.mind(tenant, webhooks)
                await watching.define(tenant, webhooks)
            watching.moved(tenant, moved)

        topic, now_ms = f"{prefix}tenant-directory", self._clock.now_ms
        tenants = Tenants(self._redis, settings.brokers(), topic, told, now_ms)
        intake = Intake(
            self._redis,
            brokers=settings.brokers(),
            topic=f"{prefix}kpi-changes",
            deliveries=deliveries,
            interests=self._interests,
            clock=self._clock,
            lag=self.metrics.lag.set,
            catch_up=tenants.round,
        )
        directory = await tenants.open()
        try:
            await tenants.round()
            self.is_working = True
            async with asyncio.TaskGroup() as group:
                group.create_task(lease.keep())
                group.create_task(intake.run())
                group.create_task(self._look(tenants, directory, watching))
        finally:
            await deliveries.close()
            await directory.stop()

    def _webhooks(self, tenant: Tenant) -> dict[str, Webhook]:
        if not self.settings.webhook_secret.get_secret_value():
            return {}
        documents = tenant.documents.get("webhook", {})
        return {name: Webhook.read(name, data, tenant.company) for name, data in documents.items()}

    def _heed(self, tenant: str, webhooks: dict[str, Webhook]) -> None:
        if webhooks:
            self._interests[tenant] = Interest(webhooks.values())
        else:
            self._interests.pop(tenant, None)

    async def _look(self, tenants: Tenants, directory: Any, watching: Watching) -> None:
        while True:
            await tenants.learn(directory)
            await tenants.round()
            await watching.look()
            await asyncio.sleep(_LOOK_S)
