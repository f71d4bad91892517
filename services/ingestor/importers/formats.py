"""The formats that can be imported: which files they need, and who translates them.

This is where files are opened; the translators themselves see rows only.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from schemas.calendar import DEFAULT_CURRENCY
from services.ingestor.translate import jsonl, maven_crm, olist_funnel, pwc_calls
from services.ingestor.translate.item import Item, Row


class InputError(Exception):
    """What was named to import cannot be read as this format; the text says why."""


class Tables(NamedTuple):
    """A format of CSV files with headings.

    Shape:  columns maps a file name without '.csv' to the columns it must have.
    """

    name: str
    currency: str
    columns: Mapping[str, tuple[str, ...]]
    translate: Callable[[Mapping[str, Sequence[Row]], str], Iterator[Item]]

    def files(self, path: Path) -> list[Path]:
        """Return the files at a path: a folder, or the file itself where there is only one."""
        single = len(self.columns) == 1 and path.is_file()
        return [path] if single else [path / f"{table}.csv" for table in self.columns]

    def items(self, files: Sequence[Path], time_zone: str) -> Iterator[Item]:
        """Yield what the files say."""
        pairs = zip(self.columns.items(), files, strict=True)
        tables = {table: _rows(file, columns) for (table, columns), file in pairs}
        return self.translate(tables, time_zone)


class Lines(NamedTuple):
    """A format of one file with an event per line."""

    name: str
    currency: str

    def files(self, path: Path) -> list[Path]:
        """Return the file."""
        return [path]

    def items(self, files: Sequence[Path], time_zone: str) -> Iterator[Item]:
        """Yield what the lines say; they carry their own offsets."""
        del time_zone
        with files[0].open("rb") as lines:
            yield from jsonl.translate(lines, files[0].name)


FORMATS: Mapping[str, Tables | Lines] = {
    one.name: one
    for one in (
        Tables("maven-crm", maven_crm.CURRENCY, maven_crm.TABLES, maven_crm.translate),
        Tables("olist-funnel", olist_funnel.CURRENCY, olist_funnel.TABLES, olist_funnel.translate),
        Tables("pwc-calls", pwc_calls.CURRENCY, pwc_calls.TABLES, pwc_calls.translate),
        Lines("jsonl", DEFAULT_CURRENCY),
    )
}
"""Name -> format, with the currency of the tenant that is made for it."""


def input_files(format_name: str, path: Path) -> list[Path]:
    """Return the files that make up the data set at a path.

    Errors: InputError names the file that is missing, or the format that nobody knows.
    """
    if format_name not in FORMATS:
        raise InputError(f"unknown format '{format_name}': one of {', '.join(FORMATS)}")
    files = FORMATS[format_name].files(path)
    for file in files:
        if not file.is_file():
            raise InputError(f"there is no file {file}")
    return files


def read_items(format_name: str, path: Path, time_zone: str) -> Iterator[Item]:
    """Return what the data set at a path says, in the order in which it is to be written.

    Errors: InputError for a missing file or column, or a file that is not UTF-8 text.
    """
    return FORMATS[format_name].items(input_files(format_name, path), time_zone)


def digest(files: Sequence[Path]) -> str:
    """Return a digest of the content of files, in their order."""
    total = sha256()
    for file in files:
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                total.update(block)
        total.update(b"\0")
    return total.hexdigest()


def _rows(file: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, restval="")
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"{file.name} has no column '{missing[0]}'")
            return [{name: row[name].strip() for name in columns} for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file.name} is not a UTF-8 CSV file: {error}") from None
