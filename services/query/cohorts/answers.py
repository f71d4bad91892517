"""The cohort reports as JSON: one function for each, from parameters to the whole answer.

Routes, exports and streams ask here, so that all of them say the same. An answer is of one
version; asked again after a commit it is of the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.query.cohorts import performance
from services.query.cohorts.fact_pages import FactPage, keys_of, page_of, placed
from services.query.cohorts.lifecycle_report import LifecycleReport
from services.query.cohorts.parameters import (
    JourneyParameters,
    LifecycleFactsParameters,
    LifecycleParameters,
    Paged,
    SalesPerformanceFactsParameters,
    SalesPerformancePage,
    TelesalesFactsParameters,
    TelesalesParameters,
)
from services.query.cohorts.performance_report import PerformanceReport
from services.query.cohorts.reading import Cell, read
from services.query.cohorts.telesales_report import TelesalesReport
from services.query.cursors import mark_of
from services.query.fact_rows import row_of
from services.query.granted import Reads
from services.query.lists import Row, facts_command, rows_of
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.reports.journey import JourneyQuestion
from services.query.services import Services
from services.query.settings import QuerySettings

Answer = dict[str, Any]
_ATTEMPTS: Final = 5


async def telesales(services: Services, visit: Reads, given: TelesalesParameters) -> Answer:
    """Return the telesales report; Problem where it cannot be told."""
    report = TelesalesReport(given, services.settings)
    found = await read(visit, report)
    return visit.opened(found.reading, report.answer(found.reading, found.columns))


async def telesales_facts(
    services: Services, visit: Reads, given: TelesalesFactsParameters
) -> Answer:
    """Return a page of the list behind a cell of the telesales report."""
    cell = TelesalesReport(given, services.settings).cell(given.row, given.column)
    return await _facts(services, visit, cell, given)


async def lifecycle(_: Services, visit: Reads, given: LifecycleParameters) -> Answer:
    """Return the lifecycle report; Problem where it cannot be told."""
    report = LifecycleReport(given)
    found = await read(visit, report)
    return visit.opened(found.reading, report.answer(found.reading, found.columns))


async def lifecycle_facts(
    services: Services, visit: Reads, given: LifecycleFactsParameters
) -> Answer:
    """Return a page of the customers behind a number of the lifecycle report."""
    cell = LifecycleReport(given).cell(given)
    return await _facts(services, visit, cell, given)


async def journey(services: Services, visit: Reads, given: JourneyParameters) -> Answer:
    """Return the customer journey statistics; Problem where they cannot be told."""
    question = JourneyQuestion(given, services.settings)
    reading = await visit.read(question.plan)
    return visit.opened(reading, question.answer(reading))


async def sales_performance(
    services: Services, visit: Reads, given: SalesPerformancePage
) -> Answer:
    """Return a page of the sales performance report; Problem where it cannot be told."""
    check_limit(given.limit, services.settings)
    report = PerformanceReport(given)
    for _ in range(_ATTEMPTS):
        found = await read(visit, report)
        basis, sight = found.reading.basis, found.reading.sight
        if report.is_by_name:
            await sight.load(found.columns.names)
        page = performance.evaluate(
            found.columns, report.question(basis, given.limit, given.cursor, sight.text)
        )
        numbers = [row.number for row in page.rows]
        facts, is_alike = await _facts_at(visit, found.reading, numbers)
        if is_alike:
            break
    await found.reading.sight.load([row.name for row in page.rows])
    rows = report.rows(page, facts, found.reading)
    shown = [row for row in rows if found.reading.shows(row["owner_id"])]
    document = report.head(found.reading, page) | {"rows": shown}
    return visit.opened(found.reading, document)


async def sales_performance_facts(
    services: Services, visit: Reads, given: SalesPerformanceFactsParameters
) -> Answer:
    """Return a page of the list behind a number of the sales performance report."""
    cell = PerformanceReport(given).cell(given.row, given.column)
    return await _facts(services, visit, cell, given)


async def _facts(services: Services, visit: Reads, cell: Cell, given: Paged) -> Answer:
    """Return a page of a list.

    Laws:   which rows there are, and how many, is of the version of the answer; so is what they
            say, unless commits come so fast that they cannot be read between two of them.
    """
    check_limit(given.limit, services.settings)
    for _ in range(_ATTEMPTS):
        found = await read(visit, cell.report)
        reading = found.reading
        page = _page(reading, cell, cell.members(reading, found.columns), given)
        rows, is_alike = await _facts_at(visit, reading, page.numbers)
        if is_alike:
            break
    document = {
        **reading.head(),
        "report": cell.report.name,
        "filters": cell.report.filters(reading.basis),
        "cell": cell.asked,
        "total": page.total,
        "rows": [row_of(placed(row, reading.basis), sight=reading.sight) for row in rows],
        "next": page.next,
    }
    if not reading.basis.settings.is_fed(cell.feed):
        document |= {"total": None, "rows": [], "next": None, "why": "not_available"}
    return document


def _page(reading: Reading, cell: Cell, numbers: Sequence[int], given: Paged) -> FactPage:
    basis, report = reading.basis, cell.report
    mark = mark_of(report.name, report.cohort(basis), report.filters(basis), cell.asked)
    return page_of(numbers, given.limit, given.cursor, mark, basis.generation)


async def _facts_at(
    visit: Reads, reading: Reading, numbers: Sequence[int]
) -> tuple[list[Row], bool]:
    """Return some facts, and whether they are of the version of a reading.

    Errors: Problem `cursor_expired` where the figures were rebuilt meanwhile.
    """
    keys = keys_of(numbers)
    command = facts_command(reading.basis.keys, keys)
    again = await visit.read(lambda _: [command])
    rows = rows_of(keys, again.replies[0])
    return rows, again.freshness.version == reading.freshness.version


def check_limit(limit: int, settings: QuerySettings) -> None:
    """See that a page is not too long; Problem `limit_too_large`, with the limit."""
    if limit > settings.max_rows:
        detail = f"at most {settings.max_rows} rows on a page"
        raise invalid("limit_too_large", detail, "limit", limit=settings.max_rows)
