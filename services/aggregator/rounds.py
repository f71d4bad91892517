"""What one round of the relay sends: of several changes of a cell only the last. Pure.

The records of a round are taken one by one and kept no longer than that: those of fifteen seconds
at full speed are half a gigabyte at once, and name the same cells again and again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from schemas.changes import ChangeRecord, Crossing, Version
from schemas.tables import Scope

ToldCell = tuple[str, int, int, str, bool]
"""(field, value, previous, cause, restated?)"""
_Place = tuple[str, Scope, str, int]
"""(tenant, scope, id, day)"""
_Last = tuple[int, int, str, bool, int]
"""What a cell became: (value, previous, cause, restated?, offset of the record that said so)."""


class ToldGroup(NamedTuple):
    """Cells of one scope on one day. Units: day is yyyymmdd, 0 = now."""

    tenant: str
    scope: Scope
    id: str
    day: int
    cells: list[ToldCell]


class Told(NamedTuple):
    """What is sent in the version of one record; crossings with their tenant.

    Units:  log_ms since 1970 UTC.
    """

    version: str
    log_ms: int
    groups: list[ToldGroup]
    crossings: list[tuple[str, Crossing]]


class Round:
    """The change records of one round.

    Laws:   a cell is told once, as its last change has it, but with the previous value of its
            first, and restated if any was; a crossing is told as often as it was recorded: once.
    """

    def __init__(self) -> None:
        self._heads: dict[int, Told] = {}
        self._last: defaultdict[_Place, dict[str, _Last]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._heads)

    def take(self, record: ChangeRecord) -> None:
        """Take the next record."""
        offset = record["offset"]
        crossings: list[tuple[str, Crossing]] = []
        for tenant, change in record["tenants"].items():
            for group in change["groups"]:
                held = self._last[tenant, group["scope"], group["id"], group["day"]]
                cause, is_restated = group["cause"], group["restated"]
                for field, (value, previous) in group["cells"].items():
                    before = held.get(field)
                    if before is None:
                        held[field] = (value, previous, cause, is_restated, offset)
                    else:
                        again = is_restated or before[3]
                        held[field] = (value, before[1], cause, again, offset)
            crossings += [(tenant, crossing) for crossing in change.get("crossings", ())]
        version = str(Version(record["generation"], offset))
        self._heads[offset] = Told(version, record["log_ms"], [], crossings)

    def told(self) -> Iterator[Told]:
        """Yield what is sent, record by record."""
        groups: defaultdict[int, list[ToldGroup]] = defaultdict(list)
        for place, held in self._last.items():
            by_record: dict[int, list[ToldCell]] = {}
            for field, (value, previous, cause, is_restated, offset) in held.items():
                cells = by_record.get(offset)
                if cells is None:
                    cells = by_record[offset] = []
                    groups[offset].append(ToldGroup(*place, cells))
                cells.append((field, value, previous, cause, is_restated))
        for offset, head in self._heads.items():
            yield head._replace(groups=groups[offset])
