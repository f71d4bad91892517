"""The cohort reports, and the lists behind their numbers, as sheets for a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from schemas.tables import COMPANY_ID
from services.query.cohorts import answers, call_answers, performance
from services.query.cohorts.fact_pages import keys_of, placed
from services.query.cohorts.lifecycle_report import LifecycleReport
from services.query.cohorts.parameters import (
    CallsParameters,
    JourneyParameters,
    LifecycleFactsParameters,
    LifecycleParameters,
    Paged,
    SalesPerformanceFactsParameters,
    SalesPerformanceParameters,
    TelesalesFactsParameters,
    TelesalesParameters,
)
from services.query.cohorts.performance_report import PerformanceReport
from services.query.cohorts.performance_sheet import performance_sheet
from services.query.cohorts.reading import Cell, read
from services.query.cohorts.sheets import journey_sheet, lifecycle_sheets, people_sheet
from services.query.cohorts.telesales_report import TelesalesReport
from services.query.customer_names import with_customers
from services.query.door import Visit
from services.query.export import Sheet
from services.query.export_facts import facts_sheet
from services.query.problems import Problem, invalid
from services.query.services import Services


class Export(NamedTuple):
    """What is exported: sheets of one version, and the words of the file's name."""

    sheets: Sequence[Sheet]
    version: str
    name: tuple[str, ...]


async def telesales(services: Services, visit: Visit, given: TelesalesParameters) -> Export:
    """Return the telesales report as a sheet."""
    found = await answers.telesales(services, visit, given)
    filters = found["filters"]
    name = ("telesales", filters["created_from"], filters["created_to"])
    return Export([people_sheet(found, given.lang)], found["version"], name)


async def calls(services: Services, visit: Visit, given: CallsParameters) -> Export:
    """Return the live call view as a sheet, without the single calls."""
    found, _ = await call_answers.calls(services, visit, given)
    name = ("calls", given.department or COMPANY_ID, found["today"])
    return Export([people_sheet(found, given.lang)], found["version"], name)


async def telesales_facts(
    services: Services, visit: Visit, given: TelesalesFactsParameters
) -> Export:
    """Return the whole list behind a cell of the telesales report as a sheet."""
    cell = TelesalesReport(given, services.settings).cell(given.row, given.column)
    return await _facts(services, visit, cell, given)


async def lifecycle(services: Services, visit: Visit, given: LifecycleParameters) -> Export:
    """Return the lifecycle report: exact by lag, then cumulative, then of all together."""
    found = await answers.lifecycle(services, visit, given)
    name = ("lifecycle", found["from"], found["to"])
    return Export(lifecycle_sheets(found, given.lang), found["version"], name)


async def lifecycle_facts(
    services: Services, visit: Visit, given: LifecycleFactsParameters
) -> Export:
    """Return all customers behind a number of the lifecycle report as a sheet."""
    cell = LifecycleReport(given).cell(given)
    return await _facts(services, visit, cell, given)


async def journey(services: Services, visit: Visit, given: JourneyParameters) -> Export:
    """Return the journey as a sheet."""
    found = await answers.journey(services, visit, given)
    name = ("journey", found["from"], found["to"])
    return Export([journey_sheet(found, given.lang)], found["version"], name)


async def sales_performance(
    services: Services, visit: Visit, given: SalesPerformanceParameters
) -> Export:
    """Return all customers of the sales performance report as a sheet.

    Errors: Problem `list_too_long`, with the limit.
    """
    report, most = PerformanceReport(given), services.settings.max_export_rows
    found = await read(visit, report)
    reading = found.reading
    if report.is_by_name:
        await reading.sight.load(found.columns.names)
    question = report.question(reading.basis, most, names=reading.sight.text)
    page = performance.evaluate(found.columns, question)
    _check_length(page.total, most)
    sheet = performance_sheet(services.redis, reading, page, given.lang)
    filters = report.filters(reading.basis)
    name = ("sales-performance", filters["created_from"], filters["created_to"])
    return Export([sheet], reading.head()["version"], name)


async def sales_performance_facts(
    services: Services, visit: Visit, given: SalesPerformanceFactsParameters
) -> Export:
    """Return the whole list behind a number of the sales performance report as a sheet."""
    cell = PerformanceReport(given).cell(given.row, given.column)
    return await _facts(services, visit, cell, given)


async def _facts(services: Services, visit: Visit, cell: Cell, given: Paged) -> Export:
    """Return a whole list as a sheet.

    Errors: Problem `conflicting_parameters` for a cursor, `list_too_long`, with the limit;
            `not_available` where the number has no feed.
    """
    if given.cursor:
        detail = "an export holds the whole list and takes no cursor"
        raise invalid("conflicting_parameters", detail, "cursor")
    found = await read(visit, cell.report)
    basis, most = found.reading.basis, services.settings.max_export_rows
    if not basis.settings.is_fed(cell.feed):
        detail = "this number needs a feed that this tenant does not send"
        raise Problem(404, "not_available", detail)
    numbers = cell.members(found.reading, found.columns)
    _check_length(len(numbers), most)
    said = (str(value) for value in cell.asked.values() if value not in (None, False))
    name = (cell.report.name, *said)
    sheet = await facts_sheet(
        services.redis,
        basis.keys,
        name[-1],
        keys_of(numbers),
        lambda row: placed(row, basis),
        sight=found.reading.sight,
        named=partial(with_customers, visit),
    )
    return Export([sheet], found.reading.head()["version"], name)


def _check_length(length: int, most: int) -> None:
    if length > most:
        detail = f"{length} rows stand behind this figure; ask for a shorter range"
        raise invalid("list_too_long", detail, "created_from", limit=most)
