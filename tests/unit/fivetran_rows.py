"""Rows of a connector's tables as the importer reads them: absent cells are empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from services.ingestor.translate.fivetran import PLACE, SYNCED
from services.ingestor.translate.item import Event, Item, Row, Unreadable

READ = "2024-05-01 6:00:00"
READ_AT = "2024-05-01T06:00:00.000Z"
"""When every row was read, as Fivetran writes it and as an event has it."""


def translated(
    connector: ModuleType, tables: Mapping[str, Sequence[Row]], zone: str = "UTC"
) -> list[Item]:
    """Return what some rows of an export say."""
    full: dict[str, list[dict[str, str]]] = {}
    for table, (needed, known) in connector.TABLES.items():
        blank = dict.fromkeys((*needed, *known), "") | {SYNCED: READ}
        rows = tables.get(table, ())
        assert all(cell in blank for row in rows for cell in row), table
        full[table] = [
            blank | dict(row) | {PLACE: f"{table}.csv:{line}"}
            for line, row in enumerate(rows, start=2)
        ]
    return list(connector.translate(full, zone))


def of(items: Sequence[Item], kind: str) -> Iterator[Event]:
    """Yield the events of a type."""
    return (one for one in items if isinstance(one, dict) and one["type"] == kind)


def said(items: Sequence[Item], kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return subject and data of the events of a type."""
    return [(one["subject"], one["data"]) for one in of(items, kind)]


def reported(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Return place and column of what could not be read."""
    return [(one.where, one.rejection.pointer) for one in items if isinstance(one, Unreadable)]
