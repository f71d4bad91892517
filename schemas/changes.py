"""The change stream: what one commit changed, with absolute values (design 3.7).

One JSON record per commit in the Redis stream `changes`, written in the same atomic operation as
the figures. The query service pushes it to boards, the relay publishes it to `kpi-changes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, NotRequired, TypedDict, cast

import orjson

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


class GroupChange(TypedDict):
    """What a commit changed of the cells of one scope on one day: field -> [value, previous].

    Units:  day is yyyymmdd, 0 = now.
    """

    scope: Scope
    id: str
    day: int
    cause: str
    restated: bool
    cells: dict[str, list[int]]


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

    groups: list[GroupChange]
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


def read_record(raw: bytes) -> ChangeRecord:
    """Decode an entry of the change stream.

    Laws:   one of before decision 0049, which named every cell by itself, reads as one of today.
    """
    record: dict[str, Any] = orjson.loads(raw)
    for change in record["tenants"].values():
        if "groups" not in change:
            change["groups"] = grouped(change.pop("cells"))
    return cast("ChangeRecord", record)


def grouped(cells: Iterable[CellChange]) -> list[GroupChange]:
    """Put what changed at one place by one event together, in order."""
    found: list[GroupChange] = []
    last: dict[tuple[Scope, str, int, str, bool], GroupChange] = {}
    for cell in cells:
        key = (cell["scope"], cell["id"], cell["day"], cell["cause"], cell["restated"])
        group = last.get(key)
        if group is None or cell["field"] in group["cells"]:
            scope, scope_id, day, cause, restated = key
            group = GroupChange(
                scope=scope, id=scope_id, day=day, cause=cause, restated=restated, cells={}
            )
            last[key] = group
            found.append(group)
        group["cells"][cell["field"]] = [cell["value"], cell["previous"]]
    return found


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


def change_key(tenant: str, scope: Scope, scope_id: str, day: int, field: str) -> str:
    """Return the key of a cell on the topic `kpi-changes`.

    Shape:  'tenant|metric|scope|id|day|dimension', day 'now' for gauges.
    """
    metric, dimension = parse_field(field)
    whose = COMPANY_ID if scope == "company" else scope_id
    return f"{tenant}|{metric}|{scope}|{whose}|{day_told(day)}|{dimension}"


def day_told(day: int) -> str:
    """Return how a day (yyyymmdd) is written there: as a date, 'now' for that of gauges."""
    return format_day(day) if day else "now"
