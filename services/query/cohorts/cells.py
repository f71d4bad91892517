"""What stands in a cell of a cohort report: what was counted, and the address of its list. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from schemas.kpis.columns import ReportColumn
from services.query.basis import Settings
from services.query.problems import invalid
from services.query.reports.cells import NOT_AVAILABLE

Counted = int | Mapping[str, int]
"""A count, or money by currency."""
TOTAL: Final = "total"


def cells_of(
    columns: Sequence[ReportColumn], counted: Mapping[str, Counted], settings: Settings
) -> list[dict[str, Any]]:
    """Return the cells of a row, in the order of the columns.

    Units:  money in minor units of the tenant's currency, every other currency in `others`.
    Laws:   what was not counted is 0; a ratio is sum over sum, null over zero; without its feed a
            column is not available (G15).
    """
    return [
        _cell(column, counted, settings.currency)
        if settings.is_fed(column.feed)
        else dict(NOT_AVAILABLE)
        for column in columns
    ]


def _cell(column: ReportColumn, counted: Mapping[str, Counted], currency: str) -> dict[str, Any]:
    if column.numerator:
        above, below = counted.get(column.numerator, 0), counted.get(column.denominator, 0)
        parts = {"numerator": above, "denominator": below}
        if not isinstance(above, int) or not isinstance(below, int):
            raise TypeError(f"{column.name} is a share of counts")
        return {"value": above / below if below else None, "parts": parts}
    value = counted.get(column.name, 0)
    return money_cell(value or {}, currency) if column.unit == "money" else {"value": value}


def money_cell(amounts: Mapping[str, int] | int, currency: str) -> dict[str, Any]:
    """Return money by currency as people are shown it."""
    by_currency = {currency: amounts} if isinstance(amounts, int) else amounts
    found: dict[str, Any] = {"value": by_currency.get(currency, 0), "currency": currency}
    others = [
        {"value": amount, "currency": name}
        for name, amount in sorted(by_currency.items())
        if name != currency and amount
    ]
    return found | {"others": others} if others else found


def heading(column: ReportColumn) -> dict[str, Any]:
    """Return what stands above a column."""
    return {
        "name": column.name,
        "unit": column.unit,
        "label": {"en": column.label_en, "vi": column.label_vi},
        "definition": column.definition,
        "definition_vi": column.definition_vi,
        "source": column.source,
        "kind": column.kind,
    }


def column_named(columns: Sequence[ReportColumn], name: str) -> ReportColumn:
    """Return a column of a report; Problem `unknown_column` lists what there is."""
    for column in columns:
        if column.name == name:
            return column
    known = [column.name for column in columns]
    raise invalid("unknown_column", f"'{name}' is no column of this report", "column", known=known)


class Links:
    """The addresses of the lists behind the cells of one report: its filters, then the cell."""

    def __init__(self, report: str, filters: Mapping[str, Any]) -> None:
        chosen = {name: value for name, value in filters.items() if value not in (None, False)}
        texts = {name: "true" if value is True else value for name, value in chosen.items()}
        self._start = f"/v1/reports/{report}/facts?{urlencode(texts)}&"

    def to(self, **cell: Any) -> str:
        """Return the address of the list behind a cell."""
        return (self._start + urlencode(cell)).rstrip("&")

    def of_row(self, row: str, columns: Sequence[ReportColumn]) -> list[str]:
        """Return the addresses of the lists behind the cells of a row."""
        start = self.to(row=row) + "&column="
        return [start + column.name for column in columns]
