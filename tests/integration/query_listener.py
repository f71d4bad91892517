"""One listener of `/v1/stream`: reads server-sent events one by one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import orjson

from tests.integration.query_house import House


class Event(NamedTuple):
    """One server-sent event."""

    name: str
    id: str
    data: Any


class Listener:
    """Takes events as they come; waiting for one has a limit, so that a test cannot hang."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> Event:
        """Return the next event of any kind."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(15):
            async for line in self._lines:
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "event" in fields:
                    data = orjson.loads(fields["data"])
                    return Event(fields["event"], fields.get("id", ""), data)
                else:
                    fields = {}
        raise EOFError("the stream ended")

    async def until(self, *names: str) -> Event:
        """Return the next event of one of these kinds, passing over others."""
        async with asyncio.timeout(20):
            while True:
                event = await self.next()
                if event.name in names:
                    return event

    async def next_but(self, name: str) -> Event:
        """Return the next event of another kind."""
        async with asyncio.timeout(20):
            while (event := await self.next()).name == name:
                pass
            return event

    async def state(self, state: str) -> Event:
        """Return the next heartbeat with a state."""
        async with asyncio.timeout(20):
            while True:
                event = await self.until("heartbeat")
                if event.data["state"] == state:
                    return event


@contextlib.asynccontextmanager
async def listening(
    house: House, last_event_id: str = "", **parameters: str
) -> AsyncIterator[Listener]:
    """Open a stream of a house."""
    async with listening_at(house.url, house.key, last_event_id, **parameters) as listener:
        yield listener


@contextlib.asynccontextmanager
async def listening_at(
    url: str, key: str, last_event_id: str = "", path: str = "/v1/stream", **parameters: str
) -> AsyncIterator[Listener]:
    """Open a stream of a query service."""
    headers = {"Authorization": f"Bearer {key}"}
    if last_event_id:
        headers["Last-Event-ID"] = last_event_id
    async with (
        httpx.AsyncClient(base_url=url, timeout=30) as client,
        client.stream("GET", path, params=parameters, headers=headers) as response,
    ):
        if response.status_code != 200:
            await response.aread()
            response.raise_for_status()
        yield Listener(response)


def values(cells: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    """Return (id, metric) -> value of the cells of a change."""
    return {(cell["id"], cell["metric"]): cell["value"] for cell in cells}
