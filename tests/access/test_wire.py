"""A request head without end is ended: on a real server, over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from deploy.local.process import LOOPBACK
from schemas.edge.wire import bounded_http

_LIMIT = 2_000


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    """Serve on a port of its own."""

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        body = await Request(scope, receive).body()  # type: ignore[arg-type]
        await PlainTextResponse(str(len(body)))(scope, receive, send)  # type: ignore[arg-type]

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        port=0,
        http=bounded_http(_LIMIT),
        lifespan="off",
        log_config=None,
    )
    running = uvicorn.Server(config)
    config.load()
    running.lifespan = config.lifespan_class(config)
    await running.startup()
    try:
        yield int(running.servers[0].sockets[0].getsockname()[1])
    finally:
        running.should_exit = True
        await running.shutdown()


async def test_headers_without_end_are_answered_and_ended() -> None:
    """The sender gets a problem that names the limit; what it still writes is thrown away."""
    async with server() as port:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nx-endless: " + b"a" * 600_000)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 431 ")
        body = await reader.readuntil(b"}")
        assert orjson.loads(body)["limit"] == _LIMIT
        writer.write(b"a" * 600_000)
        await writer.drain()
        writer.transport.abort()


async def test_large_bodies_and_many_requests_are_no_heads() -> None:
    """What comes after the head, and the heads of earlier requests, are not counted."""
    async with server() as port:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        size = 1_000_000
        for _ in range(3):
            writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % size)
            writer.write(b"a" * size)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(len(str(size))) == str(size).encode()
        writer.transport.abort()
