"""How a stream is resumed: where to go on, and how long to wait. Pure but for chance."""

from __future__ import annotations

import random

import httpx
from httpx_sse import ServerSentEvent, SSEError

from salespulse_client.errors import ApiError
from salespulse_client.events import Event, Lost, decoded

SILENCE_S = 15.0
"""Heartbeats come each two seconds; who hears nothing for so long has lost the connection."""
AWAY = (httpx.HTTPError, SSEError, ApiError)
"""What ends a connection, and may not end the following."""


class Course:
    """Where a stream stands.

    Laws:   the wait doubles up to `most_s`, with full jitter, and begins anew after an event; a
            refusal that will stay one (no key, no right, an unknown metric) is raised.
    """

    def __init__(self, last_event_id: str, most_s: float) -> None:
        self.last_event_id = last_event_id
        self._most_s = most_s
        self._failures = 0

    def headers(self) -> dict[str, str]:
        """Return where to go on, as headers of the request."""
        return {"Last-Event-ID": self.last_event_id} if self.last_event_id else {}

    def take(self, sent: ServerSentEvent) -> Event | None:
        """Take an event; None where there is nothing to tell."""
        event = decoded(sent.event, sent.data)
        if event is not None:
            self._failures = 0
        return event

    def told(self, sent: ServerSentEvent) -> None:
        """Note that an event was dealt with: what fails before is told again."""
        self.last_event_id = sent.id or self.last_event_id

    def lost(self, error: Exception | None) -> Lost:
        """Return what to tell about a lost connection; raises what will not pass."""
        if isinstance(error, ApiError) and not error.is_passing:
            raise error
        ceiling_s = min(self._most_s, 0.5 * 2 ** min(self._failures, 20))
        self._failures += 1
        retry_s = random.uniform(0.1, max(0.1, ceiling_s))  # noqa: S311 - spreads who comes back
        if isinstance(error, ApiError) and error.retry_after_s is not None:
            retry_s = max(retry_s, error.retry_after_s)
        return Lost(why=str(error or "the stream ended"), retry_s=retry_s)
