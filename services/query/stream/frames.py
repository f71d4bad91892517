"""Server-sent events as bytes. Pure."""

from __future__ import annotations

from typing import Any

import orjson

RETRY = b"retry: 1000\n\n"


def frame(event: str, data: Any, version: str = "") -> bytes:
    """Write one event; with a version, a listener that comes back names it as Last-Event-ID."""
    head = f"id: {version}\nevent: {event}\ndata: " if version else f"event: {event}\ndata: "
    return head.encode() + orjson.dumps(data) + b"\n\n"
