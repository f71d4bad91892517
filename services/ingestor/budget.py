"""How much work may be in flight: a bound in events and bytes, shared by all requests."""

from __future__ import annotations

from prometheus_client import Gauge

from services.ingestor.problems import Problem

_RETRY_AFTER_S = 1


class Budget:
    """The bound on what is held and not yet acknowledged by Kafka."""

    def __init__(self, max_events: int, max_bytes: int, inflight: Gauge) -> None:
        self.max_events = max_events
        self.max_bytes = max_bytes
        self.events = 0
        self.bytes = 0
        self._inflight = inflight

    def ticket(self) -> Ticket:
        """Open the account of one request."""
        return Ticket(self)

    def change(self, events: int, size: int) -> None:
        """Move the totals."""
        self.events += events
        self.bytes += size
        self._inflight.set(self.events)


class Ticket:
    """What one request holds of the budget, until it gives it back.

    Laws:   `release` gives back exactly what was taken, once.
    """

    __slots__ = ("_budget", "_bytes", "_events")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._events = 0
        self._bytes = 0

    def take_bytes(self, size: int) -> None:
        """Reserve bytes; raises a 429 problem beyond the bound."""
        budget = self._budget
        if budget.bytes + size > budget.max_bytes:
            raise _overloaded("bytes", budget.max_bytes)
        budget.change(0, size)
        self._bytes += size

    def take_events(self, count: int) -> None:
        """Reserve events; raises a 429 problem beyond the bound."""
        budget = self._budget
        if budget.events + count > budget.max_events:
            raise _overloaded("events", budget.max_events)
        budget.change(count, 0)
        self._events += count

    def release(self) -> None:
        """Give everything back."""
        self._budget.change(-self._events, -self._bytes)
        self._events = self._bytes = 0


def _overloaded(unit: str, limit: int) -> Problem:
    return Problem(
        429,
        "overloaded",
        f"more than {limit} {unit} are in flight; nothing of this request was taken",
        limit=limit,
        retry_after_s=_RETRY_AFTER_S,
    )
