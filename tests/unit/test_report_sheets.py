"""A table of a report as a sheet: one column for each thing that is said of a figure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from services.query.export import Cell, Sheet
from services.query.reports.parameters import Lang
from services.query.reports.sheets import sheet_of


def column(name: str, unit: str) -> dict[str, Any]:
    return {"name": name, "unit": unit, "label": {"en": name.title(), "vi": f"{name} vi"}}


def table(
    columns: list[dict[str, Any]], rows: list[dict[str, Any]], total: list[Any], by: str
) -> dict[str, Any]:
    return {
        "title": {"en": "Title", "vi": "Tiêu đề"},
        "rows_by": by,
        "columns": columns,
        "rows": rows,
        "total": {"name": {"en": "Total", "vi": "Tổng cộng"}, "cells": total},
    }


async def written(sheet: Sheet) -> list[list[Cell]]:
    """Return headings and rows."""
    rows = [list(row) async for chunk in sheet.chunks for row in chunk]
    return [[heading.label for heading in sheet.headings], *rows]


async def shown(found: dict[str, Any], lang: Lang = "en") -> list[list[Cell]]:
    return await written(sheet_of(found, lang, "USD"))


async def test_money_in_other_currencies_and_after_the_lock() -> None:
    """Dollars as dollars; dongs and what came late beside them."""
    first = {"value": 1250, "currency": "USD", "others": [{"value": 7, "currency": "VND"}]}
    second = {"value": 100, "currency": "USD", "late": -50, "value_at_lock": 150}
    rows = [{"day": "2026-05-01", "cells": [first]}, {"day": "2026-05-02", "cells": [second]}]
    found = await shown(table([column("revenue", "money")], rows, [first], "day"))
    assert found[0] == [
        "Day",
        "Revenue (USD)",
        "Revenue (VND)",
        "Revenue (USD), after the lock",
    ]
    assert found[1][1:] == [Decimal("12.50"), 7, None]
    assert found[2][1:] == [Decimal("1.00"), 0, Decimal("-0.50")]


async def test_what_has_no_value_says_why() -> None:
    """Not available, beyond the last bin, over nothing: three different things."""
    cells = [
        {"value": None, "why": "not_available"},
        {"value": None, "why": "longer", "more_than": 604800},
        {"value": None},
    ]
    columns = [column("a", "count"), column("b", "seconds"), column("c", "ratio")]
    assert (await shown(table(columns, [], cells, "total")))[1] == ["n/a", "> 604800", None]


async def test_a_comparison_stands_beside_the_figure() -> None:
    """Up to today, the same part before, the change; empty where nothing is compared."""
    compared = {
        "value": 5,
        "elapsed": {"value": 4},
        "previous": {"value": 3, "facts": "/v1/facts"},
        "change": 1,
        "change_ratio": 1 / 3,
    }
    found = await shown(table([column("orders", "count")], [], [compared], "total"), "vi")
    assert found == [
        ["orders vi", "orders vi, đến hôm nay", "orders vi, kỳ trước", "orders vi, thay đổi"],
        [5, 4, 3, 1],
    ]


async def test_ranks_and_nobody() -> None:
    """A ranked table begins with the rank; what belongs to nobody is called so in the language."""
    rows = [
        {"rank": 1, "id": "an", "name": "An", "cells": [{"value": 2}]},
        {"rank": 2, "id": "-", "name": "Unassigned", "cells": [{"value": 1}]},
    ]
    found = await shown(table([column("o", "count")], rows, [{"value": 3}], "employee"), "vi")
    assert found[1:] == [
        [1, "an", "An", 2],
        [2, "-", "Chưa phụ trách", 1],
        [None, None, "Tổng cộng", 3],
    ]
