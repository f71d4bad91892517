"""The cohort reports as sheets: the same rows, in one language, with money as people write it.

Pure. They are laid out as the tables of the other reports, and written by the same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.query.export import Sheet
from services.query.reports.layout import Label
from services.query.reports.names import TOTAL
from services.query.reports.parameters import Lang
from services.query.reports.sheets import sheet_of

Document = dict[str, Any]
TITLES: Final = {
    "telesales": Label("Telesales", "Bán hàng qua điện thoại"),
    "calls": Label("Calls of today", "Cuộc gọi hôm nay"),
    "lifecycle": Label("Customer lifecycle", "Vòng đời khách hàng"),
    "cumulative": Label("Customer lifecycle, cumulative", "Vòng đời khách hàng, cộng dồn"),
    "summary": Label("Summary", "Tổng hợp"),
    "journey": Label("Customer journey", "Hành trình khách hàng"),
}
_LAG: Final = Label("Day {}", "Ngày {}")
_BY_LAG: Final = Label("By day {}", "Đến ngày {}")


def people_sheet(document: Document, lang: Lang) -> Sheet:
    """Return a report with a row for each owner, or agent, then the total."""
    name, total = document["report"], document["total"]["cells"]
    return _sheet(document, name, "employee", document["columns"], document["rows"], total, lang)


def lifecycle_sheets(document: Document, lang: Lang) -> list[Sheet]:
    """Return the lifecycle report: exact by lag, cumulative, and what is said of all together."""
    heads = {column["name"]: column for column in document["columns"]}
    begin = [heads["created"], heads["converted"]]
    found = []
    for name, part, label in (("lifecycle", "exact", _LAG), ("cumulative", "cumulative", _BY_LAG)):
        columns = [*begin, *(_of_lag(label, lag) for lag in range(len(document["rows"])))]
        rows = [
            {"day": row["day"], "cells": _plain([row["created"], row["converted"], *row[part]])}
            for row in document["rows"]
        ]
        sums = [document["created"], document["converted"], *document["total"][part]]
        found.append(_sheet(document, name, "day", columns, rows, _plain(sums), lang))
    names = ("created", "converted", "mean_days", "median_days")
    total = _plain([document[name] for name in names])
    columns = [heads[name] for name in names]
    found.append(_sheet(document, "summary", "total", columns, [], total, lang))
    return found


def journey_sheet(document: Document, lang: Lang) -> Sheet:
    """Return the journey: a row for each day; stocks do not add up, so they have no total."""
    heads = {column["name"]: column for column in document["columns"]}
    columns = [heads["total"], heads["revenue"]]
    for stage in document["stages"]:
        for name in ("stock", "entries", "exits"):
            label = {
                text: f"{stage['name']}: {heads[name]['label'][text]}" for text in ("en", "vi")
            }
            columns.append(heads[name] | {"label": label})
    rows = [
        {
            "day": row["day"],
            "cells": [
                row["total"],
                row["revenue"],
                *(stage[name] for stage in row["stages"] for name in ("stock", "entries", "exits")),
            ],
        }
        for row in document["rows"]
    ]
    return _sheet(document, "journey", "day", columns, rows, document["total"]["cells"], lang)


def _of_lag(label: Label, lag: int) -> Document:
    named = {"en": label.en.format(lag), "vi": label.vi.format(lag)}
    return {"name": f"lag_{lag}", "label": named, "unit": "count"}


def _plain(values: Sequence[float | None]) -> list[Document]:
    return [{"value": value} for value in values]


def _sheet(  # noqa: PLR0917 - the parts of one table
    document: Document,
    name: str,
    rows_by: str,
    columns: Sequence[Document],
    rows: Sequence[Document],
    total: Sequence[Document],
    lang: Lang,
) -> Sheet:
    table = {
        "title": TITLES[name].document(),
        "rows_by": rows_by,
        "columns": columns,
        "rows": rows,
        "total": {"name": TOTAL.document(), "cells": total},
    }
    return sheet_of(table, lang, document["currency"])
