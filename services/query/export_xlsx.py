"""XLSX with real numbers and dates, written row by row into a file, then streamed.

XlsxWriter in constant memory keeps one row; a finished file is read back in blocks. The work is
done in a thread, chunk by chunk, so that other answers are not kept waiting.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from xlsxwriter import Workbook

from services.query.export import Cell, Heading, Sheet

MOST_ROWS: Final = 1_048_575
"""Rows of a sheet below its heading."""
_LONGEST_TEXT: Final = 32_767
_LONGEST_NAME: Final = 31
_BLOCK: Final = 64 * 1024
_WIDTH: Final = 16


async def xlsx_bytes(sheets: Sequence[Sheet]) -> AsyncIterator[bytes]:
    """Yield the file of some sheets; the folder it was written in is gone afterwards."""
    with TemporaryDirectory(prefix="salespulse-export-") as folder:
        path = Path(folder) / "export.xlsx"
        book = _Book(path, folder)
        try:
            for sheet in sheets:
                book.begin(sheet.name, sheet.headings)
                async for rows in sheet.chunks:
                    await asyncio.to_thread(book.write, rows)
        finally:
            await asyncio.to_thread(book.close)
        with path.open("rb") as file:
            while block := await asyncio.to_thread(file.read, _BLOCK):
                yield block


class _Book:
    """A workbook that is being written."""

    def __init__(self, path: Path, folder: str) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._patterns: dict[str, Any] = {}
        self._names: set[str] = set()
        self._sheet: Any = None
        self._formats: list[Any] = []
        self._row = 0

    def begin(self, name: str, headings: Sequence[Heading]) -> None:
        """Begin a sheet: a bold row of headings that stays in sight."""
        self._sheet = self._book.add_worksheet(self._free_name(name))
        self._sheet.set_column(0, max(len(headings) - 1, 0), _WIDTH)
        self._sheet.freeze_panes(1, 0)
        self._formats = [self._format(heading.pattern) for heading in headings]
        for column, heading in enumerate(headings):
            self._sheet.write_string(0, column, heading.label[:_LONGEST_TEXT], self._bold)
        self._row = 1

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows below those that are there."""
        for row in rows:
            for column, cell in enumerate(row):
                if cell is not None:
                    self._put(column, cell)
            self._row += 1

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _put(self, column: int, cell: Cell) -> None:
        match cell:
            case bool():
                self._sheet.write_boolean(self._row, column, cell)
            case str():
                self._sheet.write_string(self._row, column, cell[:_LONGEST_TEXT])
            case int() | float() | Decimal():
                self._sheet.write_number(self._row, column, cell, self._formats[column])
            case datetime():
                self._sheet.write_datetime(self._row, column, cell, self._time)
            case date():
                self._sheet.write_datetime(self._row, column, cell, self._day)

    def _format(self, pattern: str) -> Any:
        if not pattern:
            return None
        if pattern not in self._patterns:
            self._patterns[pattern] = self._book.add_format({"num_format": pattern})
        return self._patterns[pattern]

    def _free_name(self, name: str) -> str:
        """Return a name as sheets may have it, one of its kind in the book."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", name)[:_LONGEST_NAME].strip() or "Sheet"
        free, number = plain, 2
        while free.lower() in self._names:
            free = f"{plain[: _LONGEST_NAME - 4]} {number}"
            number += 1
        self._names.add(free.lower())
        return free
