"""uvicorn's protocol with an end to a request head that has none.

uvicorn collects headers until the last one has come, however long that takes to fill the memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CHUNK = 1 << 18
"""Most bytes of one read: so much of a message before this one may be counted too."""
_LINGER_S = 2.0
"""So long a sender that writes before it reads may go on, to hear the answer."""


class BoundedHttp(HttpToolsProtocol):
    """Ends a connection whose request head does not end.

    Laws:   `head_limit` is the limit of the guard, which answers exactly; this one only keeps a
            sender without end from the memory, some reads later.
    """

    head_limit = 0
    _head_bytes = 0
    _in_head = True
    _is_refused = False

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._is_refused:
            return
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > self.head_limit + _CHUNK:
            self._end()

    def on_headers_complete(self) -> None:
        """Begin to take the body."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Begin to take the next head."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_complete()

    def _end(self) -> None:
        limit = self.head_limit
        body = orjson.dumps(
            {
                "type": "urn:salespulse:problem:headers_too_large",
                "title": "Request Header Fields Too Large",
                "status": 431,
                "detail": f"the headers may have at most {limit} bytes (max_header_bytes)",
                "code": "headers_too_large",
                "limit": limit,
            }
        )
        head = (
            "HTTP/1.1 431 Request Header Fields Too Large\r\n"
            "content-type: application/problem+json\r\nx-content-type-options: nosniff\r\n"
            f"cache-control: no-store\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self._is_refused = True
        self.transport.write(head.encode() + body)
        self.loop.call_later(_LINGER_S, self.transport.close)


def bounded_http(head_limit: int) -> type[asyncio.Protocol]:
    """Return the protocol with a limit, for uvicorn's `http`."""
    members: dict[str, Any] = {"head_limit": head_limit}
    return type("BoundedHttp", (BoundedHttp,), members)
