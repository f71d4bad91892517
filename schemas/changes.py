"""The change stream: what one commit changed, with absolute values (design 3.7).

One JSON record per commit in the Redis stream `changes`, written in the same atomic operation as
the figures. The query service pushes it to boards, the relay publishes it to `kpi-changes`.
"""

from __future__ import annotations

from typing import NamedTuple, NotRequired, TypedDict

from schemas.calendar import format_day
from schemas.tables import COMPANY_ID, Scope, parse_field


class CellChange(TypedDict):
    """One changed cell: absolute new value, previous value, the event that caused it."""

    field: str
    scope: Scope
    id: str
    day: int
    value: int
    previous: int
    cause: str
    restated: bool


class Crossing(TypedDict):
    """A threshold, in percent, of the target of a figure was crossed; told once for ever.

    Shape:  `event_id` names figure, period and threshold: the same in every replay.
    """

    event_id: str
    metric: str
    scope: Scope
    id: str
    period: str
    threshold: int
    cause: str
    at_ms: int


class Occurrence(TypedDict):
    """One line of the ticker: what happened, who did it.

    Shape:  `crossing` stands in those of type `kpi.target_crossed`.
    """

    event_id: str
    type: str
    subject: str
    at_ms: int
    employee: str
    department: str
    customer: str
    amount: int
    currency: str
    seconds: int
    crossing: NotRequired[Crossing]


class TenantChange(TypedDict):
    """What a commit changed for one tenant; `configured` names documents, '<kind>:<id>'."""

    cells: list[CellChange]
    occurrences: list[Occurrence]
    events: int
    configured: NotRequired[list[str]]
    crossings: NotRequired[list[Crossing]]


class ChangeRecord(TypedDict):
    """What a commit changed.

    Units:  offset is the next source offset; times in milliseconds since 1970 UTC.
    """

    generation: str
    offset: int
    at_ms: int
    log_ms: int
    tenants: dict[str, TenantChange]


class Version(NamedTuple):
    """A point in the history of a partition's figures: a function of the log alone."""

    generation: str
    offset: int

    def __str__(self) -> str:
        return f"{self.generation}.{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read '<generation>.<offset>'; raises ValueError."""
        generation, separator, offset = text.rpartition(".")
        if not separator or not offset.isdigit():
            raise ValueError(f"not a version: {text!r}")
        return cls(generation, int(offset))


def change_key(tenant: str, change: CellChange) -> str:
    """Return the key of a change on the topic `kpi-changes`.

    Shape:  'tenant|metric|scope|id|day|dimension', day 'now' for gauges.
    """
    metric, dimension = parse_field(change["field"])
    day = format_day(change["day"]) if change["day"] else "now"
    scope_id = COMPANY_ID if change["scope"] == "company" else change["id"]
    return "|".join((tenant, metric, change["scope"], scope_id, day, dimension))
