"""`GET /v1/alerts/stream`: alerts as they change, for boards, as server-sent events.

Alerts change without a commit, by the clock and by the notifier, so this looks once a second; what
is sent are only the rows that differ. Each look is a reading of its own: who lost the right is told
so and hears nothing more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from schemas.access import Ask
from services.query.access import presented_key
from services.query.api.alerts import alert_rows
from services.query.api.answer import Entered, declares, enter
from services.query.api.report_streams import RESPONSES
from services.query.problems import Problem
from services.query.reader import Reading
from services.query.stream.frames import RETRY, frame

router = APIRouter(tags=["stream"])
_LOOK_S: Final = 1.0
_HEARTBEAT_LOOKS: Final = 2
_CHECK_LOOKS: Final = 10
_FORBIDDEN: Final = 403
_STREAM: Final = Ask("catalogue", "stream")
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/v1/alerts/stream", responses=RESPONSES)
@declares("catalogue")
async def stream(request: Request) -> Response:
    """Follow the alerts that one may define: `snapshot`, `change` `{rows, gone}`, `heartbeat`."""
    entered = await enter(request)
    reading = await entered.visit(_STREAM).read()
    frames = _frames(entered, presented_key(request), reading)
    return StreamingResponse(frames, headers=_HEADERS, media_type="text/event-stream")


async def _frames(entered: Entered, key: str, reading: Reading) -> AsyncIterator[bytes]:
    shown = {row["id"]: row for row in await alert_rows(entered, reading)}
    yield RETRY + frame("snapshot", {**reading.head(), "rows": list(shown.values())})
    looks = 0
    while True:
        await asyncio.sleep(_LOOK_S)
        looks += 1
        try:
            if looks % _CHECK_LOOKS == 0:
                await entered.services.access.check(key, entered.caller.address)
            reading = await entered.visit(_STREAM).read()
            rows = {row["id"]: row for row in await alert_rows(entered, reading)}
        except Problem as problem:
            if problem.status <= _FORBIDDEN:
                told = {"code": problem.code, "detail": problem.detail, "reason": "it was lost"}
                yield frame("denied", told)
                return
            continue  # nobody can tell now
        except (RedisError, OSError):
            continue
        change = _difference(shown, rows)
        shown = rows
        if change is not None:
            yield frame("change", {**reading.head(), **change})
        elif looks % _HEARTBEAT_LOOKS == 0:
            yield frame("heartbeat", reading.head())


def _difference(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any] | None:
    rows = [row for name, row in now.items() if before.get(name) != row]
    gone = sorted(before.keys() - now.keys())
    return {"rows": rows, "gone": gone} if rows or gone else None
