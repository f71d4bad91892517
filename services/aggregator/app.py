"""The Faust app: partitions come and go, each with its worker, relay and heartbeat."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import faust
import redis.exceptions
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted
from faust.types import TP, StreamT
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from yarl import URL

from schemas.edge.health import Readiness
from schemas.ending import end
from services.aggregator.batch import FoldLimits
from services.aggregator.dead_letters import DeadLetterWriter
from services.aggregator.generation import served_generation
from services.aggregator.heartbeat import beat
from services.aggregator.log_check import LogMismatch, check_log
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from services.aggregator.publishing import MAX_BATCH_BYTES
from services.aggregator.relay import Relay
from services.aggregator.settings import AggregatorSettings
from services.aggregator.transport import BatchedTransport, credentials
from services.aggregator.worker import PartitionWorker

log = logging.getLogger(__name__)
EXIT_FATAL = 70
_BEAT_S = 1.0
_METADATA_AGE_MS = 5_000
"""A topic that was deleted and created again is noticed within this time."""
_MISSED_BEATS = 15
_EMBEDDED_FETCH_MS = 20
_FETCH_BYTES = 4 << 20
"""Of a partition at once: more than a batch of events, so that batches are full when behind."""


class Aggregator:
    """Everything one aggregator process runs."""

    def __init__(self, settings: AggregatorSettings) -> None:
        self.settings = settings
        self.registry = CollectorRegistry()
        self.metrics = FoldMetrics(self.registry)
        self.topic = settings.topic_prefix + "crm-events"
        self.redis = Redis.from_url(**settings.redis(), socket_timeout=30)
        self.workers: dict[int, PartitionWorker] = {}
        self.is_ready = False
        self._relays: dict[int, asyncio.Task[None]] = {}
        self._let_go_of: dict[int, PartitionWorker] = {}
        self._beats_without_topic = 0
        self._ending = False
        self.producer: AIOKafkaProducer | None = None
        self._datadir = tempfile.TemporaryDirectory(
            prefix="salespulse-faust-", ignore_cleanup_errors=True
        )
        self.faust = self._make_app()

    def readiness(self) -> Readiness:
        """Say whether partitions were taken over, and how far each is."""
        partitions = {str(p): worker.position for p, worker in sorted(self.workers.items())}
        return Readiness(self.is_ready, {"ready": self.is_ready, "partitions": partitions})

    def _make_app(self) -> faust.App:
        settings = self.settings
        app = faust.App(
            settings.group,
            broker=[URL(f"kafka://{address}") for address in settings.kafka_bootstrap.split(",")],
            broker_credentials=credentials(settings.brokers()),
            store="memory://",
            datadir=self._datadir.name,
            autodiscover=False,
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            stream_wait_empty=False,
            stream_buffer_maxsize=2,
            consumer_max_fetch_size=_FETCH_BYTES,
            consumer_metadata_max_age_ms=_METADATA_AGE_MS,
            broker_session_timeout=settings.session_timeout_s,
            broker_heartbeat_interval=max(0.5, settings.session_timeout_s / 6),
            consumer_group_instance_id=settings.instance or None,
            key_serializer="raw",
            value_serializer="raw",
        )
        transport = BatchedTransport(app.conf.broker_consumer, app, app.loop)
        transport.fences = self._fences
        transport.position = self._position
        transport.fetch_wait_ms = _EMBEDDED_FETCH_MS if settings.embedded_broker else None
        app.transport = transport
        source = app.topic(
            self.topic,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
        )

        async def fold_events(stream: StreamT[bytes]) -> None:
            async for event in stream.events():
                worker = self.workers.get(event.message.partition)
                if worker is not None:
                    await worker.submit(event.message.value)

        app.agent(source, name="fold_events")(fold_events)
        app.on_partitions_revoked.connect(cast("Any", self._on_revoked))
        app.task(self._heartbeats)
        return app

    async def start_producer(self) -> None:
        """Start the producer of dead letters and changes."""
        self.producer = AIOKafkaProducer(
            **self.settings.brokers().client(),
            acks="all",
            enable_idempotence=not self.settings.embedded_broker,
            linger_ms=2,
            max_batch_size=MAX_BATCH_BYTES,
            compression_type="lz4",
        )
        await self.producer.start()

    async def _make_folder(self, partition: int) -> PartitionFolder:
        if self.producer is None:
            await self.start_producer()
        generation = await served_generation(self.redis, partition)
        dead = DeadLetterWriter(
            self._producer(),
            self.settings.topic_prefix + "crm-dead-letters",
            self.topic,
            partition,
        )
        return PartitionFolder(
            self.redis,
            partition,
            generation,
            dead_letters=dead,
            metrics=self.metrics,
            limits=FoldLimits(
                batch_events=self.settings.batch_events,
                commit_commands=self.settings.commit_commands,
                cached_facts=self.settings.cached_facts,
                cached_cells=self.settings.cached_cells,
                kept_changes=self.settings.kept_changes,
                kept_bytes=self.settings.kept_changes_mib << 20,
                bugs=self.settings.bug_limit,
            ),
        )

    def _producer(self) -> AIOKafkaProducer:
        if self.producer is None:  # pragma: no cover - started before the first folder
            raise RuntimeError("the producer was not started")
        return self.producer

    async def _check(self, folder: PartitionFolder) -> None:
        fence = await folder.store.fence()
        await check_log(self.settings.brokers(), self.topic, folder.store.partition, fence)

    async def _let_go(self, partition: int) -> None:
        worker = self.workers.pop(partition, None)
        await self._stop_relay(partition)
        if worker is not None:
            self._let_go_of[partition] = worker
            await worker.close()

    async def _fences(self, assigned: set[TP]) -> Mapping[TP, int]:
        """Open a worker for each assigned partition; answer where they stand."""
        fences: dict[TP, int] = {}
        mine = {tp.partition for tp in assigned}
        for partition in [each for each in self.workers if each not in mine]:
            await self._let_go(partition)
        try:
            for tp in sorted(tp for tp in assigned if tp.topic == self.topic):
                worker = self.workers.get(tp.partition) or self._new_worker(tp.partition)
                self.workers[tp.partition] = worker
                self._let_go_of.pop(tp.partition, None)
                fences[tp] = await worker.open()
        except Exception as error:
            log.exception("cannot take over %s", sorted(assigned))
            await self.fatal(f"{type(error).__name__}: {error}")
        self.is_ready = True
        return fences

    def _new_worker(self, partition: int) -> PartitionWorker:
        return PartitionWorker(
            partition,
            make_folder=lambda: self._make_folder(partition),
            opened=self._start_relay,
            seek=self._seek,
            check=self._check,
            fatal=self.fatal,
            metrics=self.metrics,
            patience_s=self.settings.store_patience_s,
        )

    async def _start_relay(self, folder: PartitionFolder) -> None:
        """Publish what changes in the generation that was opened."""
        partition, generation = folder.store.partition, folder.store.generation
        name = f"relay-{partition}-{generation}"
        running = self._relays.get(partition)
        if not self.settings.relay or (running is not None and running.get_name() == name):
            return
        await self._stop_relay(partition)
        relay = Relay(
            self.redis,
            self._producer(),
            brokers=self.settings.brokers(),
            topic_prefix=self.settings.topic_prefix,
            partition=partition,
            generation=generation,
            metrics=self.metrics,
            is_behind=lambda: self._lag(partition) > self.settings.batch_events,
        )
        self._relays[partition] = asyncio.create_task(relay.run(), name=name)

    async def _stop_relay(self, partition: int) -> None:
        relay = self._relays.pop(partition, None)
        if relay is not None:
            await end(relay)

    async def _seek(self, partition: int, offset: int) -> None:
        await self.faust.consumer.seek_wait({TP(self.topic, partition): offset})

    def _position(self, tp: TP) -> int | None:
        worker = self.workers.get(tp.partition)
        return None if worker is None else worker.position

    async def _on_revoked(self, _app: Any, revoked: set[TP], **_: Any) -> None:
        for tp in revoked:
            await self._let_go(tp.partition)

    async def _heartbeats(self, app: faust.App) -> None:
        while not app.should_stop:
            await self._mind_topic()
            for worker in list(self.workers.values()):
                with suppress(redis.exceptions.RedisError, OSError):
                    await self._beat(worker)
            await asyncio.sleep(_BEAT_S)

    async def _mind_topic(self) -> None:
        """Stop if the topic went away: nobody folds, and somebody has to hear why."""
        if self.workers or self.faust.consumer.topic_partitions(self.topic) != 0:
            self._beats_without_topic = 0
            return
        self._beats_without_topic += 1
        if self._beats_without_topic > _MISSED_BEATS:
            self.workers.update(self._let_go_of)
            await self.fatal(
                f"LogMismatch: the topic {self.topic} is not there any more. The figures are kept "
                "and served as stale. Restore the log, or create the topic and run "
                "'salespulse rebuild' to make new tables from the log as it is."
            )

    async def _beat(self, worker: PartitionWorker) -> None:
        folder, position = worker.folder, worker.position
        if folder is None or position is None:
            return
        worker.look_again()
        end = self._end(worker.partition)
        if end is not None and end < position and not self.settings.embedded_broker:
            await self._suspect(folder)
        lag = self._lag(worker.partition)
        self.metrics.lag.labels(str(worker.partition)).set(lag)
        await beat(
            self.redis,
            worker.partition,
            position=position,
            end=position + lag,
            generation=folder.store.generation,
        )

    async def _suspect(self, folder: PartitionFolder) -> None:
        """Stop if the log, which seems to end before the fence, is another one."""
        try:
            await self._check(folder)
        except LogMismatch as mismatch:
            await self.fatal(f"{type(mismatch).__name__}: {mismatch}")
        except (KafkaError, OSError) as error:
            log.warning("cannot check the log of partition %d: %s", folder.store.partition, error)

    def _end(self, partition: int) -> int | None:
        """Return the end of the log as far as the consumer knows; None if it does not."""
        try:
            end: int | None = self.faust.consumer.highwater(TP(self.topic, partition))
        except (AssertionError, ConsumerNotStarted):
            return None  # not assigned at this moment
        return end

    def _lag(self, partition: int) -> int:
        """Return how many records of the log are not folded yet, as far as the consumer knows."""
        worker = self.workers.get(partition)
        position = 0 if worker is None or worker.position is None else worker.position
        return max((self._end(partition) or 0) - position, 0)

    async def fatal(self, reason: str) -> None:
        """Say why on every heartbeat, then end the process at once.

        Faust restarts a crashed agent and skips its message; so nothing may be left to it.
        """
        if self._ending:
            return
        self._ending = True
        log.critical("the aggregator stops: %s", reason)
        for worker in self.workers.values():
            with suppress(redis.exceptions.RedisError, OSError, TimeoutError):
                async with asyncio.timeout(5):
                    generation = "" if worker.folder is None else worker.folder.store.generation
                    await beat(
                        self.redis,
                        worker.partition,
                        position=worker.position or 0,
                        end=worker.position or 0,
                        generation=generation,
                        state="stopped",
                        reason=reason,
                    )
        logging.shutdown()
        self._datadir.cleanup()
        os._exit(EXIT_FATAL)

    async def close(self) -> None:
        """Finish the commits under way and let go of everything."""
        for partition in list(self._relays):
            await self._stop_relay(partition)
        for worker in list(self.workers.values()):
            await worker.close()
        self.workers.clear()
        if self.producer is not None:
            await self.producer.stop()
        await self.redis.aclose()
        self._datadir.cleanup()
