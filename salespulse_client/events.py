"""What a stream tells, typed."""

from __future__ import annotations

from typing import Any

import msgspec

from salespulse_client.models import Amount, Figure, Head, Scope


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An employee of the scope with the figures of today."""

    id: str
    name: str
    department_id: str | None = None
    figures: list[Figure] = []


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """What happened. Units: at_ms in milliseconds since 1970 UTC; amount in minor units."""

    event_id: str
    type: str
    subject: str
    at_ms: int
    employee: str = ""
    department: str = ""
    customer: str = ""
    amount: int = 0
    currency: str = ""
    seconds: int = 0


class Snapshot(Head, frozen=True, kw_only=True):
    """Everything as it stands. Forget what was told before."""

    scope: Scope
    id: str
    figures: list[Figure]
    employees: list[Person] = msgspec.field(default_factory=list)
    occurrences: list[Occurrence] = msgspec.field(default_factory=list)


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with another value; `previous` is None where it is not known."""

    metric: str
    scope: Scope
    id: str
    day: str
    value: float | int | None
    previous: float | int | None = None
    currency: str = ""
    others: list[Amount] = []
    parts: dict[str, float | int | None] = {}
    why: str = ""
    cause: str = ""
    restated: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What has changed; absolute values."""

    version: str
    as_of: str
    cells: list[Cell]


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is open. Units: value and limit in `unit`, 'minutes' of silence."""

    id: str
    name: str
    rule: str
    metric: str | None
    scope: Scope
    scope_id: str
    sub: bool
    state: str
    since: str
    occurrence: str
    value: float | int | None
    operator: str
    limit: float | int | None
    unit: str


class Alerts(msgspec.Struct, frozen=True, kw_only=True):
    """All alerts that are open, the most urgent first; `more` are open beside those."""

    rows: list[Alert]
    more: int = 0


class Heartbeat(Head, frozen=True, kw_only=True):
    """Each two seconds: up to when all is told, and whether the figures are live."""


class Reset(msgspec.Struct, frozen=True):
    """Something may be missing: forget everything, a snapshot follows."""


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """The right was lost; the stream is over."""

    code: str
    detail: str = ""
    reason: str = ""


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """The connection is away; what is shown gets old. It is tried again after so many seconds."""

    why: str
    retry_s: float


Event = Snapshot | Change | Occurrence | Alerts | Heartbeat | Reset | Denied | Lost

_TYPES: dict[str, Any] = {
    "snapshot": Snapshot,
    "change": Change,
    "occurrence": Occurrence,
    "alerts": Alerts,
    "heartbeat": Heartbeat,
    "reset": Reset,
    "denied": Denied,
}


def decoded(name: str, data: str) -> Event | None:
    """Return an event; None for one of a name that this version does not know."""
    kind = _TYPES.get(name)
    if kind is None:
        return None
    event: Event = msgspec.json.decode(data, type=kind)
    return event
