"""Reading a request body within its limits, and taking it apart."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request

from schemas.envelope import BATCH_CONTENT_TYPE, EVENT_CONTENT_TYPE
from services.ingestor.budget import Ticket
from services.ingestor.problems import Problem
from services.ingestor.settings import IngestorSettings

_DISCARD_BYTES: Final = 64_000_000
"""How much of a body that is too large is read and thrown away, so that its sender, who writes
before it reads, still gets the answer."""
_DISCARD_S: Final = 10.0


def is_batch(content_type: str | None) -> bool:
    """Tell the two content types apart; raises a 415 problem for any other."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type == BATCH_CONTENT_TYPE:
        return True
    if media_type == EVENT_CONTENT_TYPE:
        return False
    raise Problem(
        415,
        "unsupported_media_type",
        f"send one event as {EVENT_CONTENT_TYPE} or an array of them as {BATCH_CONTENT_TYPE}",
    )


async def read_body(request: Request, settings: IngestorSettings, ticket: Ticket) -> bytes:
    """Return the body.

    Errors: Problem 413 above the limit, 408 if it does not arrive in time, 429 without room.
    Laws:   never holds more than the limit and one chunk.
    """
    limit = settings.body_limit_bytes
    chunks: list[bytes] = []
    size = 0
    stream = request.stream()
    try:
        async with asyncio.timeout(settings.body_timeout_s):
            async for chunk in stream:
                size += len(chunk)
                if size > limit:
                    break
                ticket.take_bytes(len(chunk))
                chunks.append(chunk)
    except TimeoutError:
        raise Problem(
            408,
            "body_timeout",
            f"the body did not arrive within {settings.body_timeout_s:g} seconds",
            limit=settings.body_timeout_s,
        ) from None
    except ClientDisconnect:
        raise Problem(400, "not_json", "the body ended early") from None
    if size > limit:
        chunks.clear()
        await _discard(request)
        raise Problem(
            413, "too_large", f"a body may have at most {limit} bytes; send less", limit=limit
        )
    return b"".join(chunks)


async def _discard(request: Request) -> None:
    size = 0
    try:
        async with asyncio.timeout(_DISCARD_S):
            while size < _DISCARD_BYTES:
                message = await request.receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
    except TimeoutError:
        return


def decode(body: bytes, *, batch: bool) -> list[Any]:
    """Return the events of a body; raises a 400 problem if it is not JSON, or no array."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, "not_json", f"the body is not JSON: {error}") from None
    if not batch:
        return [content]
    if not isinstance(content, list):
        raise Problem(400, "not_cloudevent", "a batch is a JSON array of events")
    return content
