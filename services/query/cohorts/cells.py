"""What stands in a cell of a cohort report: what was counted, and the address of its list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel

from schemas.kpis.columns import ReportColumn

Counted = int | Mapping[str, int]
"""A count, or money by currency."""
_NOT_FILTERS = {"key", "lang", "limit", "cursor", "sort", "row", "column"}


def cell_of(column: ReportColumn, counted: Counted, currency: str) -> dict[str, Any]:
    """Return a figure as people are shown it.

    Units:  money in minor units of the tenant's currency, every other currency in `others`.
    """
    if isinstance(counted, int):
        return {"value": counted}
    found: dict[str, Any] = {"value": counted.get(currency, 0), "currency": currency}
    others = [
        {"value": amount, "currency": name}
        for name, amount in sorted(counted.items())
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
        "source": column.source,
        "kind": column.kind,
    }


def filters_text(given: BaseModel) -> str:
    """Return the filters of a request as they stand in an address, `&` before each."""
    chosen = given.model_dump(by_alias=True, exclude_unset=True, mode="json")
    query = {name: value for name, value in chosen.items() if name not in _NOT_FILTERS}
    return urlencode({name: _text(value) for name, value in query.items() if value is not None})


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
