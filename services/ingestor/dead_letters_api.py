"""The routes of the dead letters: look at them, check them again by today's rules."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.rejection import Rejection
from services.ingestor.admin_api import admin_only, sent_by_admin
from services.ingestor.audit import Sender
from services.ingestor.dead_letters import Replay
from services.ingestor.journal import Record
from services.ingestor.lanes import PublishError
from services.ingestor.parts import Ingestor
from services.ingestor.problems import unavailable
from services.ingestor.producer import BROKER_ERRORS
from services.ingestor.publisher import EVENTS

_REPLAY_SLICE = 1000


class ReplayBody(BaseModel):
    """Which dead letters to check again: by offset, or all of one code from `start` on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    offsets: list[Annotated[int, Field(ge=0)]] | None = Field(None, max_length=10_000)
    code: str | None = None
    start: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _one(self) -> ReplayBody:
        if (self.offsets is None) == (self.code is None):
            raise ValueError("give either 'offsets' or 'code'")
        return self


def dead_letters_router(ingestor: Ingestor) -> APIRouter:
    """Return the routes; all of them want the admin token."""
    router = APIRouter(prefix="/v1", dependencies=admin_only(ingestor))

    @router.get("/dead-letters")
    async def list_dead_letters(
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        after: Annotated[int | None, Query(ge=-1)] = None,
    ) -> dict[str, Any]:
        try:
            letters = await ingestor.dead_letters.page(limit, after)
        except BROKER_ERRORS as error:
            raise unavailable("kafka_down", f"the dead letters cannot be read: {error}") from None
        opened = [await ingestor.seals.open_letter(letter) for letter in letters]
        return {"dead_letters": opened, "after": letters[-1]["offset"] if letters else after}

    @router.post("/dead-letters/replay")
    async def replay(request: Request, body: ReplayBody) -> dict[str, Any]:
        try:
            letters, following = await ingestor.dead_letters.select(
                body.offsets, body.code, body.start
            )
        except BROKER_ERRORS as error:
            raise unavailable("kafka_down", f"the dead letters cannot be read: {error}") from None
        replay = Replay()
        for letter in letters:
            opened = await ingestor.seals.open_letter(letter)
            replay.add(opened, ingestor.settings.event_limit_bytes)
        published = await _publish(ingestor, replay, sent_by_admin(request))
        return {
            "read": len(letters),
            "published": published,
            "refused": dict(replay.refused),
            "skipped": replay.skipped,
            "start": following,
        }

    return router


async def _publish(ingestor: Ingestor, replay: Replay, sender: Sender) -> int:
    by_tenant: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for tenant_id, record in replay.passed:
        by_tenant[tenant_id].append(record)
    published = 0
    for tenant_id, passed in by_tenant.items():
        tenant = ingestor.directory.get(tenant_id)
        if tenant is None:
            replay.skipped += len(passed)
            continue
        sealed = await ingestor.seals.seal(tenant, passed)
        values = [value for value in sealed if isinstance(value, bytes)]
        replay.refused.update(value.code for value in sealed if isinstance(value, Rejection))
        for start in range(0, len(values), _REPLAY_SLICE):
            at_ms = ingestor.now_ms()
            records = [
                Record(tenant_id.encode(), value, at_ms)
                for value in values[start : start + _REPLAY_SLICE]
            ]
            promise = ingestor.publisher.publish(EVENTS, tenant.partition, records)
            await asyncio.wait([promise], timeout=ingestor.settings.publish_timeout_s)
            try:
                promise.result()
            except (asyncio.InvalidStateError, PublishError):
                raise unavailable(
                    "kafka_down", f"{published} were published before Kafka stopped; repeat this"
                ) from None
            published += len(records)
            await ingestor.audit.changed([record.value for record in records], sender)
    return published
