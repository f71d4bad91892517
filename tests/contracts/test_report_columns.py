"""The columns of the cohort reports: everything a reader of one has to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from schemas.kpis.columns import TELESALES, ReportColumn
from schemas.kpis.columns_customers import (
    JOURNEY,
    LIFECYCLE,
    SALES_PERFORMANCE,
    SALES_PERFORMANCE_TOTALS,
)

ROOT = Path(__file__).parents[2]
VIETNAMESE = r"[A-ZĐ](?=[^.]*[à-ỹ])[^.]*\."
"""One sentence with at least one letter that English does not have."""
REPORTS: Mapping[str, tuple[ReportColumn, ...]] = {
    "telesales by customer": TELESALES["customer"],
    "telesales by opportunity": TELESALES["opportunity"],
    "lifecycle": LIFECYCLE,
    "journey": JOURNEY,
    "sales performance": SALES_PERFORMANCE,
    "totals of sales performance": SALES_PERFORMANCE_TOTALS,
}


@pytest.mark.parametrize("report", REPORTS)
def test_every_column_says_what_it_is(report: str) -> None:
    """A column has label and definition of one sentence in both languages, and its source."""
    for column in REPORTS[report]:
        assert column.label_en, column.name
        assert column.label_vi, column.name
        assert re.fullmatch(r"[A-Z'][^.]*\.", column.definition), column.name
        assert re.fullmatch(VIETNAMESE, column.definition_vi), column.name
        assert column.definition_vi != column.definition, column.name
        assert re.fullmatch(r"[DETA]-\d+(, [DETA]-\d+)*", column.source), column.name


@pytest.mark.parametrize("report", REPORTS)
def test_columns_of_a_report_are_told_apart(report: str) -> None:
    """No two columns of a report have a name or a label in common."""
    columns = REPORTS[report]
    for texts in (
        [column.name for column in columns],
        [column.label_en for column in columns],
        [column.label_vi for column in columns],
    ):
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("report", REPORTS)
def test_a_ratio_names_two_columns_beside_it(report: str) -> None:
    """Ratios are made of columns of the same report, and nothing else is a ratio."""
    counted = {column.name for column in REPORTS[report] if column.unit == "count"}
    for column in REPORTS[report]:
        if column.unit == "ratio":
            assert {column.numerator, column.denominator} <= counted
        else:
            assert (column.numerator, column.denominator) == ("", "")
        assert column.counts == (column.unit == "count")


@pytest.mark.parametrize("subject", TELESALES)
def test_every_telesales_column_is_in_the_rules(subject: str) -> None:
    """Section 8 of the rules names what each column counts."""
    rules = (ROOT / "docs" / "rules.md").read_text().split("## 8.")[1]
    named = set(re.findall(r"\w+", rules))
    assert {column.name for column in TELESALES[subject]} <= named
