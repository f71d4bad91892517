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
from services.ingestor.translate import (
    fivetran_hubspot,
    fivetran_salesforce,
    jsonl,
    maven_crm,
    olist_funnel,
    pwc_calls,
)
from services.ingestor.translate.fivetran import PLACE, Columns
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


class Connector(NamedTuple):
    """A format of the tables of a connector, one CSV file each; all but the first may be absent.

    Shape:  table 'contact' stands in 'contact.csv', 'contact_data.csv' or 'sf_contact_data.csv'.
    """

    name: str
    currency: str
    columns: Mapping[str, Columns]
    translate: Callable[[Mapping[str, Sequence[Row]], str], Iterator[Item]]

    def files(self, path: Path) -> list[Path]:
        """Return the files that are there, of a folder or of the seeds below it."""
        folder = path / _SEEDS if (path / _SEEDS).is_dir() else path
        found = {table: _file_of(folder, table) for table in self.columns}
        first = next(iter(self.columns))
        return [file for table, file in found.items() if table == first or file.is_file()]

    def items(self, files: Sequence[Path], time_zone: str) -> Iterator[Item]:
        """Yield what the files say."""
        given = {_table_of(file): file for file in files}
        tables: dict[str, list[dict[str, str]]] = {}
        for table, (needed, known) in self.columns.items():
            rows = _read(given[table], needed, known) if table in given else iter(())
            tables[table] = [{**row, PLACE: place} for place, row in rows]
        return self.translate(tables, time_zone)


_SEEDS = Path("integration_tests", "seeds")
_NAMES = ("{}.csv", "{}_data.csv", "sf_{}_data.csv")


def _file_of(folder: Path, table: str) -> Path:
    files = [folder / name.format(table) for name in _NAMES]
    return next((file for file in files if file.is_file()), files[0])


def _table_of(file: Path) -> str:
    return file.name.removesuffix(".csv").removesuffix("_data").removeprefix("sf_")


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


FORMATS: Mapping[str, Tables | Connector | Lines] = {
    one.name: one
    for one in (
        Tables("maven-crm", maven_crm.CURRENCY, maven_crm.TABLES, maven_crm.translate),
        Tables("olist-funnel", olist_funnel.CURRENCY, olist_funnel.TABLES, olist_funnel.translate),
        Tables("pwc-calls", pwc_calls.CURRENCY, pwc_calls.TABLES, pwc_calls.translate),
        Connector(
            "fivetran-hubspot",
            fivetran_hubspot.CURRENCY,
            fivetran_hubspot.TABLES,
            fivetran_hubspot.translate,
        ),
        Connector(
            "fivetran-salesforce",
            fivetran_salesforce.CURRENCY,
            fivetran_salesforce.TABLES,
            fivetran_salesforce.translate,
        ),
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
    return [row for _, row in _read(file, columns)]


def _read(
    file: Path, needed: Sequence[str], known: Sequence[str] = ()
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a file with their places; a known column may be absent."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, restval="")
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"{file.name} has no column '{missing[0]}'")
            line = reader.line_num + 1
            for row in reader:
                found = {name: (row.get(name) or "").strip() for name in (*needed, *known)}
                yield f"{file.name}:{line}", found
                line = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file.name} is not a UTF-8 CSV file: {error}") from None
