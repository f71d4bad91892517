"""What change records say, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.changes import CellChange, TenantChange


def cells_of(change: TenantChange) -> Iterator[CellChange]:
    """Yield the changed cells of a tenant one by one: `schemas.changes.grouped` undoes it."""
    for group in change["groups"]:
        for field, (value, previous) in group["cells"].items():
            yield {
                "field": field,
                "scope": group["scope"],
                "id": group["id"],
                "day": group["day"],
                "value": value,
                "previous": previous,
                "cause": group["cause"],
                "restated": group["restated"],
            }
