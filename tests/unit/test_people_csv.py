"""Files of people and departments: every row an event, or its line, column and reason."""

from __future__ import annotations

from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.people_csv import FORMS, Parsed, Wrong, parse

ENVELOPE: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "file",
    "source": "salespulse",
    "time": "2026-11-22T03:00:00Z",
    "tenantid": "acme",
}
HEAD: Final = "id,name,department_id,manager_id,extension,valid_from,active\n"


def people(text: str | bytes, most: int = 100) -> Parsed:
    """Read a file of people."""
    body = text.encode() if isinstance(text, str) else text
    return parse(body, FORMS["people"], ENVELOPE, most)


def said(parsed: Parsed) -> list[tuple[str, dict[str, Any]]]:
    """Return (subject, data) of each event."""
    assert not parsed.wrong
    events = [orjson.loads(one) for one in parsed.events]
    return [(event["subject"], event["data"]) for event in events]


def test_several_departments_stand_in_one_cell() -> None:
    """The departments one is in besides are parted by a bar; a wrong one names its column."""
    head = "id;name;department_id;manager_id;other_department_ids\n"
    found = people(head + "lan;Lan;north;boss;care| telesales\nminh;Minh;north;;\n")
    assert said(found) == [
        (
            "lan",
            {
                "name": "Lan",
                "department_id": "north",
                "manager_id": "boss",
                "other_department_ids": ["care", "telesales"],
                "active": True,
            },
        ),
        ("minh", {"name": "Minh", "department_id": "north", "active": True}),
    ]
    for cell in ("care|", "-", "care|-"):
        (wrong,) = people(f"{head}lan;Lan;north;boss;{cell}\n").wrong
        assert (wrong.line, wrong.column) == (2, "other_department_ids")


def test_a_row_is_a_statement() -> None:
    """Cells become the fields of an event; an empty one says nothing, active is yes by itself."""
    found = people(HEAD + "lan,Lan,north,boss,101,2026-11-01,\nminh, Minh ,,,,,no\n")
    assert said(found) == [
        (
            "lan",
            {
                "name": "Lan",
                "department_id": "north",
                "manager_id": "boss",
                "extension": "101",
                "valid_from": "2026-11-01",
                "active": True,
            },
        ),
        ("minh", {"name": "Minh", "active": False}),
    ]
    events = [orjson.loads(one) for one in found.events]
    assert [(one["id"], one["type"]) for one in events] == [
        ("file-2", "employee.upserted"),
        ("file-3", "employee.upserted"),
    ]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("part", [",", ";", "\t"])
def test_spreadsheets_write_it_in_their_ways(mark: str, end: str, part: str) -> None:
    """Any of the usual separators and line ends, with a mark or without, is read alike."""
    lines = ["Id,Name,parent_id,head_id", "north,Miền Bắc,,lan", "", ",,,"]
    text = mark + end.join(lines).replace(",", part) + end
    found = parse(text.encode(), FORMS["departments"], ENVELOPE, 100)
    assert said(found) == [("north", {"name": "Miền Bắc", "head_id": "lan", "active": True})]


def test_lines_are_those_of_the_file() -> None:
    """A cell over several lines moves the lines of the rows behind it."""
    found = people(HEAD + '"a","two\nlines",,,,,\n\nb,B,,,,,perhaps\n')
    assert [(one.line, one.column) for one in found.wrong] == [(5, "active")]
    assert found.events == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", [(1, "id", "missing_column"), (1, "name", "missing_column")]),
        ("id,name,department_id,manager_id,boss\n", [(1, "boss", "unknown_column")]),
        ("id,name,name,department_id,manager_id\n", [(1, "name", "duplicate_column")]),
        (HEAD + "a,A\n", [(2, "", "wrong_number_of_cells")]),
        (HEAD + "a,,,,,,\n", [(2, "name", "missing_field")]),
        (HEAD + ",A,,,,,\n", [(2, "id", "not_cloudevent")]),
        (HEAD + "a,A,,,,1.2.2026,\n", [(2, "valid_from", "invalid_field")]),
        (HEAD + "a,A,,,,,\nb,B,,,,,\na,C,,,,,\n", [(4, "id", "duplicate_id")]),
        (
            HEAD + "a,A,,,,,x\nb,,,,,,\n",
            [(2, "active", "invalid_field"), (3, "name", "missing_field")],
        ),
        (HEAD + '"a,A,,,,,\n', [(1, "", "not_csv")]),
        (HEAD.encode() + b"a,\xff,,,,,\n", [(2, "", "not_utf8")]),
        (HEAD + "a,A,,,,,\n" * 101, [(102, "", "too_many_rows")]),
    ],
)
def test_what_is_wrong_has_line_column_and_code(
    text: str | bytes, wrong: list[tuple[int, str, str]]
) -> None:
    """Nothing of a file with a wrong row is an event, and every wrong row is told."""
    found = people(text)
    told = [(one.line, one.column, one.code) for one in found.wrong]
    if "too_many_rows" in {code for _, _, code in wrong}:
        assert told == wrong
    else:
        assert told[: len(wrong)] == wrong
    assert found.events == []
    assert all(isinstance(one, Wrong) and one.detail for one in found.wrong)


def test_a_move_is_another_day_of_the_same_person() -> None:
    """One person may stand there once for each day from which another place holds."""
    rows = "a,A,north,,,2026-01-01,\na,A,south,,,2026-06-01,\n"
    assert [data["department_id"] for _, data in said(people(HEAD + rows))] == ["north", "south"]


@given(st.binary(max_size=300))
def test_no_file_is_too_strange(body: bytes) -> None:
    """Whatever is sent is read or refused with a reason; never both."""
    for start in (b"", HEAD.encode()):
        found = people(start + body)
        assert not (found.events and found.wrong)
