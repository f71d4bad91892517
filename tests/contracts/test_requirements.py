"""docs/requirements.md: no row is missing, and whatever it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from schemas.kpis import CATALOGUE
from schemas.kpis.columns import TELESALES, ReportColumn
from schemas.kpis.columns_customers import (
    JOURNEY,
    LIFECYCLE,
    SALES_PERFORMANCE,
    SALES_PERFORMANCE_TOTALS,
)
from services.query.app import make_app, make_services
from services.query.openapi import document
from services.query.settings import QuerySettings
from tests.scenarios.story import stories

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "requirements.md"
IDS = {
    "D-": "01..05 10..16 20..23 30..36 40..41 50..58 60..64 70..82 90..98 100..105 110..119",
    "E-": "01..02 10..18 20..28 30..35 40..51 60..66 70..73 80..80",
    "T-": "01..04 10..16 20..38",
    "A-": "01..12",
    "B-": "01..06 10..36",
    "G": "1..15",
    "V": "1..24",
}
"""Every row of the requirements, in ranges."""
BUILT = {
    "D-": "10..16 20..23 30..36 40..41 50..58 60..64 70..82 90..98 100..105 110..119",
    "E-": "20..28 30..35 40..51 60..66 70..73",
    "T-": "01..01 10..16 20..38",
    "A-": "04..05",
    "B-": "10..11 13..20 32..32 35..35",
    "V": "1..20 22..24",
}
"""What the reports answer for: of departments and employees, and those of cohorts."""
STATUS = re.compile(r"(built|not available|out of scope|issue [5-8]|\w+[\w, ]* built)\b")
WITHOUT_ROW = {"G6", "section 6 of the brief"}


class Row(NamedTuple):
    """One line of the page."""

    id: str
    what: str
    means: str
    shown_by: str
    status: str


def ids_of(ranges: dict[str, str]) -> list[str]:
    """Write ranges out: 'D-': '01..05' are D-01, D-02, D-03, D-04 and D-05."""
    found = []
    for prefix, text in ranges.items():
        for part in text.split():
            first, last = part.split("..")
            width = len(first)
            numbers = range(int(first), int(last) + 1)
            found += [f"{prefix}{number:0{width}d}" for number in numbers]
    return found


def rows_of(text: str) -> list[Row]:
    """Read the table lines of the page."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and re.match(r"[A-Z]-?\d", cells[0]):
            found.append(Row(*cells))
    return found


ROWS = rows_of(PAGE.read_text())
BY_ID = {row.id: row for row in ROWS}
COLUMNS: dict[str, tuple[ReportColumn, ...]] = {
    **{f"telesales, {subject}": tuple(columns) for subject, columns in TELESALES.items()},
    "lifecycle": LIFECYCLE,
    "journey": JOURNEY,
    "sales performance": (*SALES_PERFORMANCE, *SALES_PERFORMANCE_TOTALS),
}
"""The columns of the cohort reports."""
NAMED = frozenset(column.name for columns in COLUMNS.values() for column in columns)
KPI_ROWS = [row for row in ROWS if row.id in set(ids_of(BUILT))]
STORIES = {story.name: story for story in stories()}
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def scenarios_of(row: Row) -> list[str]:
    """Return the scenarios a row names."""
    return re.findall(r"scenario ([a-z]+-\d+)", row.shown_by)


@cache
def paths() -> set[str]:
    """Return the paths of the OpenAPI document."""
    services = make_services(QuerySettings.load({}), lambda: 0)
    return set(document(make_app(services))["paths"])


@cache
def functions_of(path: str) -> set[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_no_row_is_missing() -> None:
    """The page has each row of the requirements once, in their order."""
    assert [row.id for row in ROWS] == ids_of(IDS)


@every_row
def test_what_a_row_names_is_there(row: Row) -> None:
    """KPIs and columns are there, endpoints in the OpenAPI document, tests in their files."""
    for name in re.findall(r"`([^`]+)`", row.means):
        path = re.fullmatch(r"GET (/\S+)", name)
        if path:
            assert path[1] in paths(), name
        elif re.fullmatch(r"[a-z]+(_[a-z]+)+", name):
            assert name in CATALOGUE or name in NAMED, name
    for path, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row.shown_by):
        assert (ROOT / path).is_file(), path
        assert not test or test in functions_of(path), f"{path}::{test}"
    for name in scenarios_of(row):
        assert name in STORIES, name


@every_row
def test_a_row_and_its_scenarios_know_each_other(row: Row) -> None:
    """A scenario that a row names says the row, and what is built names something that shows it."""
    for name in scenarios_of(row):
        assert row.id in STORIES[name].rows, name
    assert STATUS.match(row.status), row.status
    if row.status.startswith("built"):
        assert row.shown_by != "-"
        assert row.means != "-"


@pytest.mark.parametrize("row", KPI_ROWS, ids=lambda row: row.id)
def test_the_rows_of_the_reports_are_answered(row: Row) -> None:
    """Each row of the reports is built and shown by a test, or says which feed it lacks."""
    if row.status.startswith("not available"):
        assert "no feed of" in row.status
        return
    assert "built" in row.status
    assert row.shown_by != "-"


def test_every_row_of_a_scenario_is_a_row() -> None:
    """A scenario names rows of the requirements, or a figure of the field."""
    known = set(ids_of(IDS))
    for story in STORIES.values():
        assert story.rows, story.name
        strange = [row for row in story.rows if row not in known and not row.startswith("field:")]
        assert strange == [], story.name


def test_every_kpi_is_named_by_its_row() -> None:
    """The row from which a KPI comes names it."""
    for kpi in CATALOGUE.values():
        for source in kpi.source.split(", "):
            if source.startswith("field") or source in WITHOUT_ROW:
                continue
            assert f"`{kpi.name}`" in BY_ID[source].means, f"{source}: {kpi.name}"


@pytest.mark.parametrize("report", COLUMNS)
def test_every_column_comes_from_rows_that_are_built(report: str) -> None:
    """The rows from which the columns of a cohort report come are there, and built."""
    for column in COLUMNS[report]:
        for source in re.split(r", |\.\.", column.source):
            assert "built" in BY_ID[source].status, f"{source}: {column.name}"


@pytest.mark.parametrize("subject", TELESALES)
def test_every_column_of_the_telesales_report_is_named_by_its_rows(subject: str) -> None:
    """The rows of T- name each column that comes from them."""
    for column in TELESALES[subject]:
        for source in column.source.split(", "):
            assert f"`{column.name}`" in BY_ID[source].means, f"{source}: {column.name}"
