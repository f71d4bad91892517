"""Exports: text is never a formula, numbers stay numbers, files have names that travel."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.query.export import (
    Cell,
    Heading,
    Sheet,
    accepted_form,
    file_name,
    headers,
    major,
    one_chunk,
)
from services.query.export_csv import csv_bytes, safe
from services.query.export_xlsx import xlsx_bytes
from tests.reports.spreadsheet import day_of, read

DANGEROUS = ["=1+1", "+84912", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1"]


def sheet(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Sheet:
    return Sheet("Sheet", tuple(Heading(label) for label in headings), one_chunk(rows))


async def as_csv(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    content = b"".join([part async for part in csv_bytes(sheet(headings, rows))])
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", DANGEROUS)
async def test_no_text_is_a_formula(text: str) -> None:
    """Whatever a spreadsheet would calculate gets an apostrophe, in cells and headings."""
    assert await as_csv([text], [[text]]) == [[f"'{text}"], [f"'{text}"]]


async def test_numbers_are_never_changed() -> None:
    """A negative number is a number, not a formula."""
    rows = await as_csv(["a", "b", "c"], [[-5, Decimal("-1.50"), -0.25]])
    assert rows[1] == ["-5", "-1.50", "-0.25"]


@given(st.text())
def test_safe_text_keeps_what_it_says(text: str) -> None:
    """At most one sign is put before a text, and never before what is harmless."""
    assert safe(text) in (text, f"'{text}")
    assert safe(text)[:1] not in tuple("=+-@\t\r\n")


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=2, max_size=2),
        max_size=5,
    )
)
async def test_any_text_is_read_back(rows: list[list[str]]) -> None:
    """Quotes, commas, line ends and all scripts come back as they were written."""
    found = await as_csv(["a", "b"], rows)
    assert found[1:] == [[safe(text) for text in row] for row in rows]


async def test_every_type_of_cell_as_csv() -> None:
    """Dates as ISO, instants as RFC 3339 UTC, nothing as nothing."""
    moment = datetime(2026, 5, 1, 3, 4, 5, 678000, tzinfo=UTC).replace(tzinfo=None)
    rows = await as_csv([*"abcde"], [[date(2026, 5, 1), moment, True, None, "ạ"]])
    assert rows[1] == ["2026-05-01", "2026-05-01T03:04:05.678Z", "true", "", "ạ"]


async def test_every_type_of_cell_as_xlsx() -> None:
    """Numbers and dates are numbers, text that looks like a formula or address stays text."""
    texts = [*DANGEROUS, "https://example.com", "007"]
    rows: list[list[Cell]] = [[text] for text in texts]
    rows += [[-5], [Decimal("12.50")], [date(2026, 5, 1)], [None], [True]]
    content = b"".join([part async for part in xlsx_bytes([sheet(["=head"], rows)])])
    (page,) = read(content)
    assert page.formulas == 0
    assert page.rows[0] == ["=head"]
    assert [row[0] for row in page.rows[1 : len(texts) + 1]] == texts
    assert [row[0] for row in page.rows[len(texts) + 1 : len(texts) + 3]] == [-5, 12.5]
    assert day_of(float(page.rows[len(texts) + 3][0] or 0)) == date(2026, 5, 1)


async def test_sheets_have_names_that_are_allowed_and_differ() -> None:
    """Signs that sheets may not have, length, and two of a name."""
    names = ["a/b:c", "A b c", "x" * 60, "x" * 60, "'", ""]
    sheets = [Sheet(name, (Heading("a"),), one_chunk([])) for name in names]
    content = b"".join([part async for part in xlsx_bytes(sheets)])
    found = [page.name for page in read(content)]
    assert len({name.lower() for name in found}) == len(names)
    assert all(0 < len(name) <= 31 for name in found)


def test_money_is_written_as_people_write_it() -> None:
    """Minor units are those of the currency."""
    assert (major(1250, "USD"), major(1250, "VND"), major(-5, "EUR")) == (
        Decimal("12.50"),
        1250,
        Decimal("-0.05"),
    )


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", None),
        ("*/*", None),
        ("text/csv", "csv"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("application/json, text/csv", None),
        ("text/csv;q=0.9, application/json;q=0.1", "csv"),
        ("text/csv;q=0", None),
        ("text/html, image/png", None),
    ],
)
def test_what_an_accept_header_prefers(accept: str, form: str | None) -> None:
    """The heavier wins, the first of equals; what we do not have does not count."""
    assert accepted_form(accept) == form


def test_file_names_speak_and_travel() -> None:
    """Letters of all scripts for who reads UTF-8, ASCII for the rest, no path and no quote."""
    name = file_name("salespulse", 'Hà Nội/../"x"', "2026-05", form="csv")
    assert name == "salespulse-Hà-Nội-..-x-2026-05.csv"
    told = headers(name, "csv", "g1.5")["Content-Disposition"]
    assert 'filename="salespulse-Ha-Noi-..-x-2026-05.csv"' in told
    told.encode("latin-1")
