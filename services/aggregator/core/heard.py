"""From which sources a tenant hears, how much, and when last. Pure.

A figure that stands still is right, or its source has fallen silent: who looks after the data has
to see which of several systems it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MOST: Final = 50
"""So many are remembered: who names a new one with each event must not fill the store."""


class Heard:
    """The sources of a tenant.

    Shape:  source -> (events, when the last one was appended to the log).
    Units:  ms since 1970 UTC.
    Laws:   a function of the events in their order, however the log is cut; beyond `MOST` the one
            that has been silent longest is forgotten.
    """

    def __init__(self, known: Mapping[str, tuple[int, int]]) -> None:
        self.sources = dict(known)

    def hear(self, source: str, log_ms: int) -> None:
        """Note an event of a source."""
        events, last_ms = self.sources.pop(source, (0, 0))
        self.sources[source] = events + 1, max(log_ms, last_ms)
        if len(self.sources) > MOST:
            del self.sources[min(self.sources, key=lambda name: (self.sources[name][1], name))]
