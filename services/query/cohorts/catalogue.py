"""The definitions of the columns of all cohort reports, as the catalogue shows them. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from schemas.kpis.call_columns import CALLS
from schemas.kpis.columns import TELESALES, ReportColumn
from schemas.kpis.columns_customers import (
    JOURNEY,
    LIFECYCLE,
    SALES_PERFORMANCE,
    SALES_PERFORMANCE_TOTALS,
)

_REPORTS: Final[tuple[tuple[str, str, tuple[ReportColumn, ...]], ...]] = (
    *(("telesales", subject, columns) for subject, columns in TELESALES.items()),
    ("lifecycle", "", LIFECYCLE),
    ("journey", "", JOURNEY),
    ("sales-performance", "", (*SALES_PERFORMANCE_TOTALS, *SALES_PERFORMANCE)),
    ("calls", "", CALLS),
)


def report_definitions() -> list[dict[str, Any]]:
    """Return {report, subject, columns} of each report, in the order of display."""
    return [
        {"report": report, "subject": subject, "columns": [asdict(column) for column in columns]}
        for report, subject, columns in _REPORTS
    ]
