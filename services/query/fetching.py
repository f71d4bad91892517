"""Reading a small document of another service: bounded in time and size, never redirected."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from typing import Final

import httpx

LONGEST_BYTES: Final = 1_000_000


@cache
def authorities() -> ssl.SSLContext:
    """Return whom this machine trusts, read once: that takes 50 ms in which nothing else runs."""
    return httpx.create_ssl_context(trust_env=False)


async def fetch(address: str, patience_s: float) -> bytes:
    """Return the document at an address.

    Errors: httpx.HTTPError, TimeoutError; ValueError for one longer than a megabyte.
    """
    body = b""
    async with (
        asyncio.timeout(patience_s),
        httpx.AsyncClient(verify=authorities(), trust_env=False) as client,
        client.stream("GET", address) as answer,
    ):
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > LONGEST_BYTES:
                raise ValueError("the document is too long")
    return body
