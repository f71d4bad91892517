"""CSV as spreadsheets of all countries read it: UTF-8 with BOM, RFC 4180, no formulas."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from io import StringIO
from typing import Final

from services.query.export import Cell, Sheet

_BOM: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


async def csv_bytes(sheet: Sheet) -> AsyncIterator[bytes]:
    """Yield the file, a chunk of rows at a time."""
    yield (_BOM + _written([[heading.label for heading in sheet.headings]])).encode()
    async for rows in sheet.chunks:
        if rows:
            yield _written(rows).encode()


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe before its first sign.

    Laws:   only text is changed, numbers never are.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(rows: Sequence[Sequence[Cell]]) -> str:
    out = StringIO(newline="")
    csv.writer(out).writerows([[_plain(cell) for cell in row] for row in rows])
    return out.getvalue()


def _plain(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return safe(cell)
        case int() | float():
            return cell
        case datetime():
            return cell.isoformat(timespec="milliseconds") + "Z"
        case _:
            return str(cell)
