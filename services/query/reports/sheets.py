"""A table of a report as a sheet: the same rows, in one language, with money as people write it.

Pure. Whatever stands in a second currency, came late, or is compared has a column of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from schemas.calendar import parse_day, to_date
from schemas.tables import NOBODY
from services.query.export import (
    NOT_AVAILABLE,
    Cell,
    Heading,
    Sheet,
    major,
    money_pattern,
    one_chunk,
)
from services.query.reports.layout import Label
from services.query.reports.names import FORMER, UNASSIGNED
from services.query.reports.parameters import Lang

Table = dict[str, Any]
_HEADS: dict[str, tuple[tuple[str, Label], ...]] = {
    "total": (),
    "day": (("day", Label("Day", "Ngày")),),
    "employee": (
        ("id", Label("Employee id", "Mã nhân viên")),
        ("name", Label("Employee", "Nhân viên")),
    ),
}
_OF_PART = (("value", Label("Id", "Mã")), ("name", Label("Name", "Tên")))
_RANK = ("rank", Label("Rank", "Hạng"))
_LATE = Label("after the lock", "sau khi khóa sổ")
_ELAPSED = Label("up to today", "đến hôm nay")
_PREVIOUS = Label("previous", "kỳ trước")
_CHANGE = Label("change", "thay đổi")
_MONEY = ("money", "money_mean")
_PATTERNS = {"ratio": "0.00##", "seconds": "#,##0", "seconds_mean": "#,##0.0", "count": "#,##0"}


class _Field(NamedTuple):
    """One column of the sheet: how it is called, and what of a cell stands in it."""

    heading: Heading
    read: Callable[[dict[str, Any]], Cell]


def sheet_of(table: Table, lang: Lang, currency: str) -> Sheet:
    """Return a table as a sheet; the last row is the total."""
    by = table["rows_by"]
    heads = list(_HEADS.get(by, _OF_PART))
    rows = list(table["rows"])
    if rows and "rank" in rows[0]:
        heads.insert(0, _RANK)
    cells = [row["cells"] for row in (*rows, table["total"])]
    fields = [
        _fields(column, [row[at] for row in cells], lang, currency)
        for at, column in enumerate(table["columns"])
    ]
    headings = [Heading(getattr(label, lang)) for _, label in heads]
    written = [[_head(row, name, lang) for name, _ in heads] for row in rows]
    total: list[Cell] = [None] * len(heads)
    if heads:
        total[-1] = table["total"]["name"][lang]
    return Sheet(
        table["title"][lang],
        (*headings, *(field.heading for group in fields for field in group)),
        one_chunk(
            [
                [
                    *head,
                    *(field.read(row[at]) for at, group in enumerate(fields) for field in group),
                ]
                for head, row in zip([*written, total], cells, strict=True)
            ]
        ),
    )


def _head(row: dict[str, Any], name: str, lang: Lang) -> Cell:
    value: Any = row.get(name)
    if name == "name" and row.get("id") == NOBODY:
        return str(getattr(UNASSIGNED, lang))
    if name == "name" and "former" in row:
        return str(getattr(FORMER, lang).format(row["former"]))
    if isinstance(value, dict):
        return str(value[lang])
    return to_date(parse_day(value)) if name == "day" else value


def _fields(
    column: dict[str, Any], cells: Sequence[dict[str, Any]], lang: Lang, currency: str
) -> list[_Field]:
    label, unit = column["label"][lang], column["unit"]
    if unit not in _MONEY:
        found = [_Field(Heading(label, _PATTERNS.get(unit, "")), _number)]
        return [*found, *_beside(label, _PATTERNS.get(unit, ""), cells, lang, _plain)]
    pattern = money_pattern(currency)
    named = f"{label} ({currency})"

    def amount(value: Any) -> Cell:
        return None if value is None else major(value, currency)

    found = [_Field(Heading(named, pattern), lambda cell: _number(cell, amount))]
    others = {one["currency"] for cell in cells for one in cell.get("others", ())}
    for other in sorted(others):
        heading = Heading(f"{label} ({other})", money_pattern(other))
        found.append(_Field(heading, _other(other)))
    return [*found, *_beside(named, pattern, cells, lang, amount)]


def _beside(
    label: str,
    pattern: str,
    cells: Sequence[dict[str, Any]],
    lang: Lang,
    value: Callable[[Any], Cell],
) -> list[_Field]:
    """Return the columns beside a figure, where any of its cells has something for them."""
    found = []
    if any("late" in cell for cell in cells):
        found.append((_LATE, lambda cell: value(cell.get("late"))))
    if any("previous" in cell for cell in cells):
        found.append((_ELAPSED, lambda cell: value(cell.get("elapsed", {}).get("value"))))
        found.append((_PREVIOUS, lambda cell: value(cell.get("previous", {}).get("value"))))
        found.append((_CHANGE, lambda cell: value(cell.get("change"))))
    return [
        _Field(Heading(f"{label}, {getattr(words, lang)}", pattern), read) for words, read in found
    ]


def _other(currency: str) -> Callable[[dict[str, Any]], Cell]:
    def read(cell: dict[str, Any]) -> Cell:
        amounts = {one["currency"]: one["value"] for one in cell.get("others", ())}
        return major(amounts.get(currency, 0), currency)

    return read


def _plain(value: Any) -> Cell:
    found: Cell = value
    return found


def _number(cell: dict[str, Any], value: Callable[[Any], Cell] = _plain) -> Cell:
    if cell["value"] is not None:
        return value(cell["value"])
    match cell.get("why"):
        case "not_available":
            return NOT_AVAILABLE
        case "longer":
            return f"> {cell['more_than']}"
        case _:
            return None
