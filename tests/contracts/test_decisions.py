"""Decision records: numbered without gaps, complete, short, and in the index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.release import HERE

FOLDER = HERE.parent / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Evidence", "Rejected"]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_complete_and_short(path: Path) -> None:
    """A record has its number, its four sections with text, and fits on a screen."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {path.name[:4]}. ")
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS
    for section in SECTIONS:
        assert lines[lines.index(f"## {section}") + 1]
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 110


def test_records_are_numbered_without_gaps() -> None:
    """A number is given once and none is left out."""
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_the_index_names_every_record() -> None:
    """The index has each record with its title, and no other."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"\[([^]]+)\]\((\d{4}[^)]+)\)", index))
    titles = {
        path.read_text(encoding="utf-8").splitlines()[0].partition(". ")[2]: path.name
        for path in RECORDS
    }
    assert listed == titles


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_what_a_record_points_to_exists(path: Path) -> None:
    """Other records, tests, pages and scripts that a record names are there."""
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"(?:docs|tests|schemas|services)/[\w/.-]*\w", text):
        assert (HERE.parent / name).exists(), name
    for number in re.findall(r"\b(00\d\d)\b", text):
        assert list(FOLDER.glob(f"{number}-*.md")), number
