"""People and departments out of a CSV file: every row a statement, or a reason. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from schemas.envelope import parse_event
from schemas.events.people import DepartmentUpserted, EmployeeUpserted
from schemas.rejection import Rejection

_ID: Final = "id"
_ACTIVE: Final = "active"
_WORDS: Final = {"": True, "true": True, "yes": True, "1": True} | dict.fromkeys(
    ("false", "no", "0"), False
)
_DELIMITERS: Final = ",;\t"
_OTHERS: Final = "other_department_ids"
_BETWEEN: Final = "|"
"""Parts the departments of one cell."""


class Form(NamedTuple):
    """What a file says.

    Shape:  `required` columns stand in every file, for a row says all there is to say: an empty
            cell is none. `key` are the columns of which no two rows may have the same values.
    """

    type: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    key: tuple[str, ...]


FORMS: Final = {
    "people": Form(
        EmployeeUpserted.event_type,
        (_ID, "name", "department_id", "manager_id"),
        ("extension", "valid_from", _ACTIVE, _OTHERS),
        (_ID, "valid_from"),
    ),
    "departments": Form(
        DepartmentUpserted.event_type,
        (_ID, "name", "parent_id", "head_id"),
        (_ACTIVE,),
        (_ID,),
    ),
}


class Wrong(NamedTuple):
    """Why a row cannot be taken. Shape: lines count from 1, the headings are the first."""

    line: int
    column: str
    code: str
    detail: str


class Parsed(NamedTuple):
    """The events of a file in order of its rows; nothing of it holds where anything is wrong."""

    events: list[bytes]
    wrong: list[Wrong]


def parse(body: bytes, form: Form, envelope: Mapping[str, Any], most: int) -> Parsed:
    """Return the events of a file.

    Shape:  UTF-8, with or without a mark; cells are parted by comma, semicolon or tab. The
            envelope is that of every event, its id the beginning of theirs; at most `most` rows.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return Parsed([], [Wrong(line, "", "not_utf8", "save the file as UTF-8")])
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    rows = _rows(text, delimiter)
    events: list[bytes] = []
    wrong: list[Wrong] = []
    seen: dict[tuple[str, ...], int] = {}
    try:
        _, headings = next(rows, (1, []))
        names = [name.strip().lower() for name in headings]
        if refused := list(_headings(names, form)):
            return Parsed([], refused)
        for at, (line, cells) in enumerate(rows, 1):
            if at > most:
                detail = f"at most {most} rows; send the rest in another file"
                return Parsed([], [Wrong(line, "", "too_many_rows", detail)])
            found = _row(line, names, cells, form, seen, envelope)
            if isinstance(found, Wrong):
                wrong.append(found)
            else:
                events.append(found)
    except csv.Error as error:
        wrong.append(Wrong(1, "", "not_csv", f"this is not CSV: {error}"))
    return Parsed([] if wrong else events, wrong)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of the rows that are not empty; a row may go over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _headings(names: list[str], form: Form) -> Iterator[Wrong]:
    known = (*form.required, *form.optional)
    for at, name in enumerate(names):
        if name not in known:
            yield Wrong(1, name, "unknown_column", f"the columns are {', '.join(known)}")
        elif name in names[:at]:
            yield Wrong(1, name, "duplicate_column", "this column stands there twice")
    for name in form.required:
        if name not in names:
            detail = "this column is missing; a row says all there is to say"
            yield Wrong(1, name, "missing_column", detail)


def _row(  # noqa: PLR0917 - the parts of one row
    line: int,
    names: list[str],
    cells: list[str],
    form: Form,
    seen: dict[tuple[str, ...], int],
    envelope: Mapping[str, Any],
) -> bytes | Wrong:
    if len(cells) != len(names):
        detail = f"{len(cells)} cells under {len(names)} headings"
        return Wrong(line, "", "wrong_number_of_cells", detail)
    row = dict(zip(names, cells, strict=True))
    key = tuple(row.get(name, "") for name in form.key)
    if key in seen:
        return Wrong(line, _ID, "duplicate_id", f"line {seen[key]} is about '{row[_ID]}' already")
    seen[key] = line
    active = _WORDS.get(row.pop(_ACTIVE, "").lower())
    if active is None:
        return Wrong(line, _ACTIVE, "invalid_field", "yes or no, true or false, 1 or 0")
    subject = row.pop(_ID)
    data: dict[str, Any] = {name: value for name, value in row.items() if value}
    if _OTHERS in data:
        data[_OTHERS] = [part.strip() for part in data[_OTHERS].split(_BETWEEN)]
    event = {
        **envelope,
        "id": f"{envelope['id']}-{line}",
        "type": form.type,
        "subject": subject,
        "data": data | {_ACTIVE: active},
    }
    checked = parse_event(event, envelope["tenantid"])
    if isinstance(checked, Rejection):
        column = checked.pointer.removeprefix("/data/").strip("/").partition("/")[0]
        return Wrong(line, _ID if column == "subject" else column, checked.code, checked.detail)
    return checked
