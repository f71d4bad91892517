"""The parts of a running ingestor, put together once and handed to the routes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable

from prometheus_client import CollectorRegistry

from schemas.ending import end
from schemas.keystore import open_key_store
from schemas.keystore.held import HeldKeys
from schemas.telemetry import counter, gauge, histogram
from services.ingestor.applied import Fences
from services.ingestor.audit import Audit
from services.ingestor.budget import Budget
from services.ingestor.dead_letters import DeadLetters
from services.ingestor.directory import Directory, Tenant
from services.ingestor.keys import KeyRing
from services.ingestor.problems import Problem, unavailable
from services.ingestor.publisher import DEAD_LETTERS, DIRECTORY, Publisher
from services.ingestor.regions import Regions
from services.ingestor.seals import Seals
from services.ingestor.settings import IngestorSettings
from services.ingestor.store import Store

_log = logging.getLogger(__name__)


class Ingestor:
    """Everything a route may use."""

    def __init__(self, settings: IngestorSettings, now: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.now = now
        self.registry = CollectorRegistry()
        self.events_total = counter("salespulse_ingest_events_total", self.registry)
        self.publish_seconds = histogram("salespulse_ingest_publish_seconds", self.registry)
        self.budget = Budget(
            settings.max_inflight_events,
            settings.max_inflight_bytes,
            gauge("salespulse_ingest_inflight_events", self.registry),
        )
        self.store = Store(settings)
        self.publisher = Publisher(settings)
        self.directory = Directory(self.publisher.topic(DIRECTORY), settings)
        self.dead_letters = DeadLetters(self.publisher.topic(DEAD_LETTERS), settings)
        self.audit = Audit(self.publisher, self.now_ms, settings.publish_timeout_s)
        self.regions = Regions(self.store, now)
        self.seals = Seals(
            HeldKeys(
                open_key_store(settings),
                held_s=settings.key_held_s,
                most=settings.key_most_held,
                now=time.monotonic,
            ),
            self.regions,
        )
        self.fences = Fences(self.store, settings.wait_applied_s)
        self.keys = KeyRing(
            self.store,
            self.directory,
            fresh_s=settings.key_fresh_s,
            stale_s=settings.key_stale_s,
            now=now,
        )

    def now_ms(self) -> int:
        """Return the time of ingest."""
        return int(self.now() * 1000)

    def tenant(self, tenant_id: str) -> Tenant:
        """Return a tenant by its id; raises a 404 problem."""
        tenant = self.directory.get(tenant_id)
        if tenant is None:
            raise Problem(404, "not_found", f"there is no tenant '{tenant_id}'")
        return tenant

    def check_open(self) -> None:
        """Raise a 503 problem while nothing can be taken."""
        if not self.publisher.ready:
            raise unavailable("kafka_down", f"nothing was taken: {self.publisher.reason}")
        if not self.directory.ready:
            raise unavailable("directory", "nothing was taken: tenants are still being read")
        if self.publisher.waiting_s > self.settings.publish_timeout_s:
            raise unavailable(
                "kafka_down", "nothing was taken: Kafka has not acknowledged earlier events"
            )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connect in the background; at the end drain and disconnect."""
        task = asyncio.create_task(self._run())
        task.add_done_callback(_report)
        try:
            yield
        finally:
            await end(task)
            await self.publisher.close()
            await self.store.close()
            self.seals.keys.store.close()

    async def _run(self) -> None:
        await self.publisher.start()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.directory.follow())
            if self.settings.journal_dir is not None:
                group.create_task(self.publisher.keep_foreign())


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.critical("the ingestor takes nothing any more", exc_info=task.exception())
