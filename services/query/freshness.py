"""How fresh an answer is: from fence and heartbeat to `as_of`, `lag`, `version` and `state`.

Pure. An idle log is told apart from a dead feed by the heartbeat alone (design 3.13).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import orjson

from schemas.calendar import format_time
from schemas.changes import Version

State = Literal["live", "catching_up", "stale", "recovering"]
LIVE_MS = 3_000
STALE_MS = 10_000
_STOPPED = frozenset({"stopped", "failed"})


class Heartbeat(NamedTuple):
    """What the worker of a partition last said. Units: at_ms in milliseconds since 1970 UTC."""

    position: int
    end: int
    at_ms: int
    generation: str
    state: str
    reason: str


class Freshness(NamedTuple):
    """How far the figures of an answer go."""

    version: Version
    as_of_ms: int
    lag_events: int
    lag_ms: int
    state: State
    reason: str

    def head(self) -> dict[str, Any]:
        """Return the members that every answer carries."""
        found: dict[str, Any] = {
            "as_of": format_time(self.as_of_ms),
            "lag": {"events": self.lag_events, "seconds": round(self.lag_ms / 1000, 3)},
            "version": str(self.version),
            "state": self.state,
        }
        if self.reason:
            found["reason"] = self.reason
        return found


def read_heartbeat(raw: bytes | None) -> Heartbeat | None:
    """Decode a heartbeat, None if there is none."""
    if not raw:
        return None
    value = orjson.loads(raw)
    return Heartbeat(
        int(value["position"]),
        int(value["end"]),
        int(value["at_ms"]),
        str(value.get("generation") or ""),
        str(value.get("state") or ""),
        str(value.get("reason") or ""),
    )


def freshness(version: Version, log_ms: int, heartbeat: Heartbeat | None, now_ms: int) -> Freshness:
    """Say how fresh the figures at a fence are.

    Shape:  (generation and next offset, log time of the last folded record, heartbeat, clock).
    Laws:   `live` only with a heartbeat younger than 3 s and nothing of the log behind the fence;
            `stale` when the heartbeat is older than 10 s, absent, of another generation, or says
            that the worker stopped; else `catching_up`.
    """
    if heartbeat is None:
        age = max(0, now_ms - log_ms) if log_ms else 0
        return Freshness(version, log_ms, 0, age, "stale", "no worker reports on this partition")
    behind = max(0, heartbeat.end - max(version.offset, heartbeat.position))
    age = now_ms - heartbeat.at_ms
    as_of = max(heartbeat.at_ms, log_ms) if not behind else log_ms or heartbeat.at_ms
    state, reason = _state(version, heartbeat, behind, age)
    return Freshness(version, as_of, behind, max(0, now_ms - as_of), state, reason)


def _state(version: Version, heartbeat: Heartbeat, behind: int, age: int) -> tuple[State, str]:
    if heartbeat.generation not in ("", version.generation):
        return "stale", f"the worker folds generation {heartbeat.generation}, not the served one"
    if heartbeat.state in _STOPPED:
        return "stale", heartbeat.reason or f"the worker is {heartbeat.state}"
    if age > STALE_MS:
        return "stale", f"the worker has been silent for {age // 1000} s"
    if behind or age >= LIVE_MS:
        return "catching_up", heartbeat.reason
    return "live", ""
