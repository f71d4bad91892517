"""The formats that can be imported: which files they need, and who translates them.

This is where files are opened; the translators themselves see rows only.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from services.ingestor.translate import jsonl, maven_crm, olist_funnel, pwc_calls
from services.ingestor.translate.item import Item, Row

Tables = Mapping[str, Sequence[Row]]


class InputError(Exception):
    """What was named to import cannot be read as this format; the text says why."""


class Format(NamedTuple):
    """A format of files with rows.

    Shape:  tables maps a file name without '.csv' to the columns it must have.
    """

    name: str
    tables: Mapping[str, tuple[str, ...]]
    translate: Callable[[Tables, str], Iterator[Item]]
    currency: str


JSONL = "jsonl"
FORMATS: Mapping[str, Format] = {
    module_format.name: module_format
    for module_format in (
        Format("maven-crm", maven_crm.TABLES, maven_crm.translate, maven_crm.CURRENCY),
        Format("olist-funnel", olist_funnel.TABLES, olist_funnel.translate, olist_funnel.CURRENCY),
        Format("pwc-calls", pwc_calls.TABLES, pwc_calls.translate, pwc_calls.CURRENCY),
    )
}
FORMAT_NAMES = (*FORMATS, JSONL)


def input_files(format_name: str, path: Path) -> list[Path]:
    """Return the files that make up the data set at a path.

    Shape:  a directory with all files of the format, or the file itself where there is one.
    Errors: InputError names the file that is missing, or the format that nobody knows.
    """
    if format_name == JSONL:
        files = [path]
    elif format_name not in FORMATS:
        raise InputError(f"unknown format '{format_name}': one of {', '.join(FORMAT_NAMES)}")
    else:
        tables = FORMATS[format_name].tables
        single = len(tables) == 1 and path.is_file()
        files = [path] if single else [path / f"{table}.csv" for table in tables]
    for file in files:
        if not file.is_file():
            raise InputError(f"there is no file {file}")
    return files


def read_items(format_name: str, path: Path, time_zone: str) -> Iterator[Item]:
    """Yield what the data set at a path says, in the order in which it is to be written.

    Errors: InputError for a missing file or column, or a file that is not UTF-8 text.
    """
    files = input_files(format_name, path)
    if format_name == JSONL:
        with files[0].open("rb") as lines:
            yield from jsonl.translate(lines, files[0].name)
        return
    wanted = FORMATS[format_name]
    names = zip(wanted.tables, files, strict=True)
    tables = {table: _rows(file, wanted.tables[table]) for table, file in names}
    yield from wanted.translate(tables, time_zone)


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
