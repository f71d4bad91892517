"""Reads an XLSX file as any other program would: a zip of XML."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from xml.etree import ElementTree as ET

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_EPOCH = date(1899, 12, 30)

Value = str | float | None


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its rows, and what is known of its look."""

    name: str
    rows: list[list[Value]]
    is_frozen: bool
    formulas: int
    bold: list[bool]
    """Which cells of the first row are bold."""


def read(content: bytes) -> list[Page]:
    """Return the sheets of a file."""
    with zipfile.ZipFile(BytesIO(content)) as book:
        names = [
            sheet.attrib["name"]
            for sheet in _parsed(book.read("xl/workbook.xml")).iterfind(".//m:sheet", _NS)
        ]
        styles = _parsed(book.read("xl/styles.xml"))
        fonts = [
            font.find("m:b", _NS) is not None for font in styles.iterfind("m:fonts/m:font", _NS)
        ]
        bold = [fonts[int(xf.attrib["fontId"])] for xf in styles.iterfind("m:cellXfs/m:xf", _NS)]
        return [
            _page(name, _parsed(book.read(f"xl/worksheets/sheet{number}.xml")), bold)
            for number, name in enumerate(names, 1)
        ]


def day_of(number: float) -> date:
    """Return the date that a number stands for."""
    return _EPOCH + timedelta(days=int(number))


def _parsed(text: bytes) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - a file that we made


def _page(name: str, sheet: ET.Element, bold: list[bool]) -> Page:
    rows: list[list[Value]] = []
    first: list[bool] = []
    for row in sheet.iterfind(".//m:row", _NS):
        cells: list[Value] = []
        for cell in row.iterfind("m:c", _NS):
            column = _column(cell.attrib["r"])
            cells.extend([None] * (column - len(cells)))
            cells.append(_value(cell))
            if not rows:
                first.append(bold[int(cell.attrib.get("s", 0))])
        rows.append(cells)
    return Page(
        name,
        rows,
        sheet.find(".//m:pane[@state='frozen']", _NS) is not None,
        len(sheet.findall(".//m:f", _NS)),
        first,
    )


def _column(reference: str) -> int:
    number = 0
    for letter in re.sub(r"\d", "", reference):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ET.Element) -> Value:
    if cell.attrib.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iterfind(".//m:t", _NS))
        return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
    found = cell.find("m:v", _NS)
    return None if found is None else float(found.text or 0)
