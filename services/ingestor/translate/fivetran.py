"""What the tables of Fivetran's connectors have in common: instants in UTC, states, deletions.

The readings stand in docs/importers.md. A row carries its place in the files under PLACE.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from schemas.calendar import parse_time
from schemas.events.base import EARLIEST, LATEST
from services.ingestor.translate.item import Event, Item, Row, event, unreadable
from services.ingestor.translate.moments import instant

PLACE = "_place"
"""The key of a row that says where it stands: 'contact_data.csv:17'."""

SYNCED = "_fivetran_synced"
_SYSTEM = (SYNCED, "_fivetran_deleted", "_fivetran_active", "is_deleted")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[ T](\d{1,2})((?::\d\d){1,2}(?:\.\d{1,9})?) ?(UTC|Z|[+-]\d\d:?\d\d)?)?"
)
_FIRST, _LAST = (moment.timestamp() * 1000 for moment in (EARLIEST, LATEST))


class Columns(NamedTuple):
    """The columns of a table: those it must have, and all that are read."""

    needed: tuple[str, ...]
    known: tuple[str, ...]


class CellError(Exception):
    """A cell of a row does not hold what an event needs."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column = column


def columns(needed: str, known: str = "") -> Columns:
    """Return the columns named, with the system columns that every table may have."""
    return Columns(tuple(needed.split()), tuple(dict.fromkeys((*known.split(), *_SYSTEM))))


class Export(NamedTuple):
    """The tables of one export, and how a state in them becomes an event.

    Shape:  `extract` is the latest instant at which any row was read.
    """

    source: str
    tables: Mapping[str, Sequence[Row]]
    time_zone: str
    extract: str

    @classmethod
    def of(cls, source: str, tables: Mapping[str, Sequence[Row]], time_zone: str) -> Export:
        """Return the export of some tables."""
        synced = [instant("1990-01-01", "UTC")]
        for row in (row for rows in tables.values() for row in rows):
            try:
                synced.append(moment(row, SYNCED) or synced[0])
            except CellError:
                continue
        return cls(source, tables, time_zone, max(synced))

    def read(self, table: str, make: Callable[[Row], Iterable[Event]]) -> Iterator[Item]:
        """Yield what the rows of a table make.

        Laws:   what a row made before its bad cell stands; the bad cell is reported.
        """
        for row in self.tables[table]:
            try:
                yield from make(row)
            except CellError as bad:
                yield unreadable(row[PLACE], bad.column, str(bad))

    def state(self, kind: str, subject: str, row: Row, data: dict[str, Any]) -> Event:
        """Return what a row says, as of when it was read."""
        return event(self.source, kind, subject, moment(row, SYNCED) or self.extract, data)


def moment(row: Row, column: str) -> str | None:
    """Return the instant in a cell, None for an empty one; without a zone it is UTC.

    Errors: CellError for anything else, and for what lies outside 1990..2099.
    """
    if not row[column]:
        return None
    found = _MOMENT.fullmatch(row[column])
    if not found:
        raise CellError(column, f"'{row[column]}' is not a time")
    date, hour, rest, zone = found.groups()
    zone = "+00:00" if zone in (None, "UTC") else zone
    try:
        text = instant(f"{date}T{hour or 0:0>2}{rest or ':00'}{zone}", "UTC")
    except (ValueError, OverflowError):
        raise CellError(column, f"'{row[column]}' is not a time") from None
    if not _FIRST <= parse_time(text) <= _LAST:
        raise CellError(column, f"'{row[column]}' does not lie between 1990 and 2099")
    return text


def moment_of(row: Row, *names: str) -> str:
    """Return the first instant that one of some cells gives.

    Errors: CellError names the first of them where all are empty.
    """
    for name in names:
        if found := moment(row, name):
            return found
    raise CellError(names[0], "is empty: nothing says when")


def day(row: Row, column: str) -> str | None:
    """Return the business date in a cell: its time of day means nothing."""
    moment(row, column)
    return row[column][:10] or None


def midnight(row: Row, column: str, time_zone: str) -> str | None:
    """Return the start of the business date in a cell, in the zone of the tenant."""
    date = day(row, column)
    return instant(date, time_zone) if date else None


def must(row: Row, column: str) -> str:
    """Return what a cell holds.

    Errors: CellError if it is empty.
    """
    if not row[column]:
        raise CellError(column, "is empty")
    return row[column]


def yes(row: Row, column: str) -> bool:
    """Tell whether a cell says true; an empty one does not."""
    return row[column].casefold() in {"true", "t", "1"}


def no(row: Row, column: str) -> bool:
    """Tell whether a cell says false; an empty one does not."""
    return row[column].casefold() in {"false", "f", "0"}


def gone(row: Row) -> bool:
    """Tell whether the entity of a row was deleted in the source."""
    return yes(row, "is_deleted") or yes(row, "_fivetran_deleted") or no(row, "_fivetran_active")


def latest_versions(rows: Sequence[Row], key: str = "id") -> list[Row]:
    """Return the rows without those that an active row of the same entity replaced."""
    active = {row[key] for row in rows if not no(row, "_fivetran_active")}
    return [row for row in rows if not no(row, "_fivetran_active") or row[key] not in active]


def full_name(first: str, last: str) -> str:
    """Return the name of a person."""
    return f"{first} {last}".strip()


def grouped(rows: Iterable[Row], key: str, value: str) -> dict[str, list[str]]:
    """Return the values of a table of links, once each, by one of its ends; deleted links out."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        if row[key] and row[value] and not gone(row):
            found[row[key]][row[value]] = None
    return {name: list(values) for name, values in found.items()}
