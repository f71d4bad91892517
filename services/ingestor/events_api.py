"""The door: POST /v1/events with a key, POST /v1/tenants/{tenant}/events with the admin token.

Plain routes, because this is where the throughput is decided.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from schemas.audit import Actor
from services.ingestor.admin_api import check_admin, sent_by_admin
from services.ingestor.audit import AUDITED, Sender
from services.ingestor.body import decode, is_batch, read_body
from services.ingestor.budget import Ticket
from services.ingestor.dead_letters import encode_dead_letter, raw_of
from services.ingestor.directory import Tenant
from services.ingestor.journal import Record
from services.ingestor.lanes import PublishError
from services.ingestor.parts import Ingestor
from services.ingestor.problems import Problem, unavailable
from services.ingestor.publisher import DEAD_LETTERS, EVENTS
from services.ingestor.sift import KEY_TYPES, Sifted

_SLICE = 250
"""Events checked before other requests get their turn."""


class EventsRoute:
    """Takes events: all of them, or a reason for each it does not take."""

    def __init__(self, ingestor: Ingestor) -> None:
        self._ingestor = ingestor

    async def with_key(self, request: Request) -> Response:
        """Take the events of whoever has a key of the tenant: all types but the reserved ones."""
        wait = _wants_to_wait(request)
        self._ingestor.check_open()
        authorization = request.headers.get("authorization")
        principal = await self._ingestor.keys.authenticate(authorization, "ingest")
        actor = Actor("machine", principal.key_id, principal.label)
        sender = Sender(actor, request.client.host if request.client else "")
        return await self._take(request, principal.tenant, Sifted(), sender, wait=wait)

    async def as_admin(self, request: Request) -> Response:
        """Take events of the administrator: all types but those of keys, for any tenant."""
        wait = _wants_to_wait(request)
        check_admin(self._ingestor, request.headers.get("authorization"))
        self._ingestor.check_open()
        tenant = self._ingestor.tenant(request.path_params["tenant"])
        sender = sent_by_admin(request)
        return await self._take(request, tenant, Sifted(KEY_TYPES), sender, wait=wait)

    async def _take(
        self, request: Request, tenant: Tenant, sifted: Sifted, sender: Sender, *, wait: bool
    ) -> Response:
        """Answer 202 when every event is in the log, or among the dead letters with a reason."""
        ingestor = self._ingestor
        batch = is_batch(request.headers.get("content-type"))
        ticket = ingestor.budget.ticket()
        try:
            body = await read_body(request, ingestor.settings, ticket)
            items = decode(body, batch=batch)
            self._check_count(len(items))
            ticket.take_events(len(items))
            await self._sift(sifted, items, tenant.id, len(body))
            values = await ingestor.seals.seal_sifted(tenant, sifted)
            letters = await self._letters(sifted, tenant)
            promises = self._publish(values, letters, tenant, ticket)
        except BaseException:
            ticket.release()
            raise
        following = await self._acknowledged(promises, tenant.partition)
        if sender.is_on_behalf or any(kind in AUDITED for kind, _ in sifted.outcomes):
            await ingestor.audit.changed(values, sender)
        for (kind, outcome), count in sifted.outcomes.items():
            ingestor.events_total.labels(kind, outcome).inc(count)
        answer: dict[str, Any] = {
            "accepted": len(values),
            "rejected": [refused.report() for refused in sifted.refused],
        }
        if wait:
            applied = await ingestor.fences.wait(tenant.partition, following)
            answer |= {"applied": applied.applied, "version": applied.version}
        return Response(orjson.dumps(answer), 202, media_type="application/json")

    def _check_count(self, count: int) -> None:
        limit = self._ingestor.settings.batch_limit_events
        if count > limit:
            raise Problem(
                413,
                "batch_too_large",
                f"a batch may have at most {limit} events, this one has {count}; send it in parts",
                limit=limit,
            )

    async def _sift(self, sifted: Sifted, items: list[Any], tenant: str, body_size: int) -> None:
        limit = self._ingestor.settings.event_limit_bytes
        size_limit = limit if body_size > limit else None
        for index, item in enumerate(items):
            if index % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
            sifted.add(index, item, tenant, size_limit)

    async def _letters(self, sifted: Sifted, tenant: Tenant) -> list[Record]:
        """Return the records of what was refused, the raw events sealed."""
        at_ms = self._ingestor.now_ms()
        raw = [(refused.item, raw_of(refused)) for refused in sifted.refused]
        sealed = await self._ingestor.seals.seal_raw(tenant, raw)
        return [
            encode_dead_letter(refused, tenant.id, at_ms, text)
            for refused, text in zip(sifted.refused, sealed, strict=True)
        ]

    def _publish(
        self, values: list[bytes], letters: list[Record], tenant: Tenant, ticket: Ticket
    ) -> tuple[asyncio.Future[int] | None, asyncio.Future[int] | None]:
        """Queue what was accepted and what was refused; the ticket is held until Kafka has it."""
        publisher = self._ingestor.publisher
        at_ms = self._ingestor.now_ms()
        key = tenant.id.encode()
        events = dead = None
        if values:
            records = [Record(key, value, at_ms) for value in values]
            events = publisher.publish(EVENTS, tenant.partition, records)
        if letters:
            dead = publisher.publish(DEAD_LETTERS, 0, letters)
        pending = {promise for promise in (events, dead) if promise is not None}
        if not pending:
            ticket.release()

        def settled(promise: asyncio.Future[int]) -> None:
            pending.discard(promise)
            if not pending:
                ticket.release()

        for promise in list(pending):
            promise.add_done_callback(settled)
        return events, dead

    async def _acknowledged(
        self,
        promises: tuple[asyncio.Future[int] | None, asyncio.Future[int] | None],
        partition: int,
    ) -> int:
        """Wait for Kafka and return the offset after the last event, or what is served now."""
        events, _ = promises
        waiting = [promise for promise in promises if promise is not None]
        started = time.monotonic()
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=self._ingestor.settings.publish_timeout_s)
            if late:
                raise _unacknowledged("Kafka has not acknowledged the events in time")
            self._ingestor.publish_seconds.observe(time.monotonic() - started)
        try:
            for promise in waiting:
                promise.result()
        except PublishError as error:
            raise _unacknowledged(f"Kafka refused the events ({error})") from None
        if events is not None:
            return events.result()
        served = await self._ingestor.fences.read(partition)
        return served.following if served else 0


def _wants_to_wait(request: Request) -> bool:
    wait = request.query_params.get("wait")
    if wait not in (None, "applied"):
        raise Problem(400, "invalid_field", "the only value of 'wait' is 'applied'")
    return wait is not None


def _unacknowledged(reason: str) -> Problem:
    return unavailable(
        "kafka_down",
        f"{reason}; they may have been taken and may be sent again: their ids make that harmless",
    )
