"""A service that is called: takes deliveries, or is down, and remembers what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from aiohttp import web
from standardwebhooks import Webhook

from deploy.local.process import LOOPBACK, free_port

_WORK_S = 0.01


class Taken(NamedTuple):
    """A delivery: id, headers and body as they came."""

    message: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """Return what it says."""
        return dict(orjson.loads(self.body))

    def signed_by(self, secret: str) -> bool:
        """Say whether the independent library would sign so, whenever that was."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        expected = Webhook(secret).sign(self.message, at, self.body.decode())
        return expected in self.headers["webhook-signature"].split(" ")

    def verified_by(self, *secrets: str) -> bool:
        """Say whether the independent library accepts it now, for every secret."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        headers = {name: self.headers[name] for name in names}
        for secret in secrets:
            Webhook(secret).verify(self.body, headers)
        return True


class Subscriber:
    """Answers with `status`; `taken` are those that it answered with success."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}/hook"
        self.status = 200
        self.taken: list[Taken] = []
        self.refused: list[Taken] = []
        self.most_at_once = 0
        self._now = 0
        self._arrived = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        """Take a delivery."""
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            body = await request.read()
            headers = {name.lower(): value for name, value in request.headers.items()}
            taken = Taken(headers["webhook-id"], headers, body)
            await asyncio.sleep(_WORK_S)
            async with self._arrived:
                (self.taken if self.status == 200 else self.refused).append(taken)
                self._arrived.notify_all()
            return web.Response(status=self.status, headers={"Location": "/elsewhere"})
        finally:
            self._now -= 1

    async def until_times(self, count: int) -> None:
        """Wait until so many deliveries were taken, told twice or not."""
        async with asyncio.timeout(60), self._arrived:
            await self._arrived.wait_for(lambda: len(self.taken) >= count)

    async def until(self, count: int) -> list[Taken]:
        """Wait until so many different messages were taken; return them in order of arrival."""
        async with asyncio.timeout(60):
            async with self._arrived:
                await self._arrived.wait_for(
                    lambda: len({one.message for one in self.taken}) >= count
                )
        return self.taken


@asynccontextmanager
async def subscriber() -> AsyncIterator[Subscriber]:
    """Give a subscriber that listens."""
    port = free_port()
    made = Subscriber(port)
    app = web.Application()
    app.router.add_post("/hook", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield made
    finally:
        await runner.cleanup()


class FastClock:
    """A clock that a test winds on; whoever sleeps wakes when its time has come."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._moved = asyncio.Condition()
        self._until_ms: list[int] = []

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""
        return self._now_ms

    async def sleep(self, seconds: float) -> None:
        """Wait until it was wound on so far."""
        until_ms = self._now_ms + round(seconds * 1000)
        async with self._moved:
            self._until_ms.append(until_ms)
            try:
                await self._moved.wait_for(lambda: self._now_ms >= until_ms)
            finally:
                self._until_ms.remove(until_ms)

    @property
    def asleep(self) -> int:
        """Return how many sleep whose time has not come."""
        return sum(until_ms > self._now_ms for until_ms in self._until_ms)

    async def wind_on(self, seconds: float) -> None:
        """Let it be later."""
        async with self._moved:
            self._now_ms += round(seconds * 1000)
            self._moved.notify_all()
