"""Read Salespulse from Python: figures, rankings, the facts behind them, and changes as they come.

Small and typed, synchronous and asynchronous. It needs httpx, httpx-sse and msgspec, and imports
nothing else of Salespulse.
"""

from __future__ import annotations

from salespulse_client.asynchronous import AsyncClient
from salespulse_client.errors import ApiError
from salespulse_client.events import (
    Alert,
    Alerts,
    Cell,
    Change,
    Denied,
    Event,
    Heartbeat,
    Lost,
    Occurrence,
    Reset,
    Snapshot,
)
from salespulse_client.models import (
    Amount,
    Answer,
    Fact,
    FactsPage,
    Figure,
    Lag,
    Leaderboard,
    LeaderboardRow,
)
from salespulse_client.synchronous import Client

__all__ = [
    "Alert",
    "Alerts",
    "Amount",
    "Answer",
    "ApiError",
    "AsyncClient",
    "Cell",
    "Change",
    "Client",
    "Denied",
    "Event",
    "Fact",
    "FactsPage",
    "Figure",
    "Heartbeat",
    "Lag",
    "Leaderboard",
    "LeaderboardRow",
    "Lost",
    "Occurrence",
    "Reset",
    "Snapshot",
]
