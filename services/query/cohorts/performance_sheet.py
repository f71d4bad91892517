"""The sales performance report as a sheet: all customers at one version, written in chunks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

from redis.asyncio import Redis

from schemas.calendar import parse_day, to_date
from schemas.kpis.columns_customers import SALES_PERFORMANCE
from services.query.cohorts.fact_pages import keys_of
from services.query.cohorts.performance import PerformancePage, PerformanceRow
from services.query.cohorts.performance_report import row_document
from services.query.export import Cell, Heading, Sheet, major, money_pattern
from services.query.export_facts import CHUNK
from services.query.lists import facts_command, rows_of
from services.query.reader import Reading
from services.query.reports.layout import Label
from services.query.reports.names import TOTAL
from services.query.reports.parameters import Lang

_TITLE: Final = Label("Sales performance", "Hiệu quả bán hàng")
_ID: Final = Label("Customer id", "Mã khách hàng")


def performance_sheet(redis: Redis, reading: Reading, page: PerformancePage, lang: Lang) -> Sheet:
    """Return the rows of a page, which holds all of them, then the total.

    Units:  money in major units, a column for each currency; instants in UTC.
    Errors: Problem `cursor_expired` where the figures were rebuilt meanwhile.
    """
    currencies = _currencies(page, reading.basis.settings.currency)
    return Sheet(
        getattr(_TITLE, lang),
        tuple(_headings(lang, currencies)),
        _chunks(redis, reading, page, lang, currencies),
    )


def _currencies(page: PerformancePage, own: str) -> list[str]:
    """Return the tenant's own currency, then the others there are."""
    return [own, *sorted({name for row in page.rows for name in row.value} - {own})]


def _headings(lang: Lang, currencies: Sequence[str]) -> list[Heading]:
    found = [Heading(getattr(_ID, lang))]
    for column in SALES_PERFORMANCE:
        label = column.label_en if lang == "en" else column.label_vi
        match column.unit:
            case "money":
                found += [Heading(f"{label} ({name})", money_pattern(name)) for name in currencies]
            case "count":
                found.append(Heading(label, "#,##0"))
            case "instant":
                found.append(Heading(f"{label} (UTC)"))
            case _:
                found.append(Heading(label))
    return found


async def _chunks(
    redis: Redis, reading: Reading, page: PerformancePage, lang: Lang, currencies: Sequence[str]
) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    basis, sight = reading.basis, reading.sight
    for start in range(0, len(page.rows), CHUNK):
        rows = page.rows[start : start + CHUNK]
        keys = keys_of([row.number for row in rows])
        async with redis.pipeline(transaction=False) as pipe:
            pipe.execute_command(*facts_command(basis.keys, keys))
            (reply,) = await pipe.execute()
        await sight.load([reply, [row.name for row in rows]])
        facts = rows_of(keys, reply)
        yield [
            _cells(row_document(row, fact.fact, basis, sight=sight), row, currencies)
            for row, fact in zip(rows, facts, strict=True)
        ]
    yield [_total(page.rows, lang, currencies)]


def _cells(document: dict[str, Any], row: PerformanceRow, currencies: Sequence[str]) -> list[Cell]:
    found: list[Cell] = [row.id]
    for column in SALES_PERFORMANCE:
        value = document[column.name]
        match column.unit:
            case "money":
                found += [major(row.value.get(name, 0), name) for name in currencies]
            case "instant":
                found.append(datetime.fromisoformat(value).replace(tzinfo=None))
            case "day":
                found.append(None if value is None else to_date(parse_day(value)))
            case _:
                found.append("; ".join(value) if isinstance(value, list) else value)
    return found


def _total(rows: Sequence[PerformanceRow], lang: Lang, currencies: Sequence[str]) -> list[Cell]:
    found: list[Cell] = [getattr(TOTAL, lang)]
    for column in SALES_PERFORMANCE:
        match column.unit:
            case "money":
                sums = {name: sum(row.value.get(name, 0) for row in rows) for name in currencies}
                found += [major(amount, name) for name, amount in sums.items()]
            case "count":
                found.append(sum(getattr(row, column.name) for row in rows))
            case _:
                found.append(None)
    return found
