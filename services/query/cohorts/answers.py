"""The cohort reports as JSON: one function for each, from parameters to the whole answer.

Routes, exports and streams ask here, so that all of them say the same. An answer is of one
version; asked again after a commit it is of the next.
"""

from __future__ import annotations

from typing import Any, Final

from services.query.cohorts.fact_pages import FactPage, keys_of, page_of, shown_rows
from services.query.cohorts.parameters import Paged, TelesalesFactsParameters, TelesalesParameters
from services.query.cohorts.reading import Cell, read
from services.query.cohorts.telesales_report import TelesalesReport
from services.query.cursors import mark_of
from services.query.lists import facts_command
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.services import Services
from services.query.settings import QuerySettings

Answer = dict[str, Any]
_ATTEMPTS: Final = 5


async def telesales(
    services: Services, partition: int, tenant: str, given: TelesalesParameters
) -> Answer:
    """Return the telesales report; Problem where it cannot be told."""
    report = TelesalesReport(given, services.settings)
    found = await read(services, partition, tenant, report)
    return report.answer(found.reading, found.columns)


async def telesales_facts(
    services: Services, partition: int, tenant: str, given: TelesalesFactsParameters
) -> Answer:
    """Return a page of the list behind a cell of the telesales report."""
    cell = TelesalesReport(given, services.settings).cell(given.row, given.column)
    return await _facts(services, partition, tenant, cell, given)


async def _facts(
    services: Services, partition: int, tenant: str, cell: Cell, given: Paged
) -> Answer:
    """Return a page of a list.

    Laws:   which rows there are, and how many, is of the version of the answer; so is what they
            say, unless commits come so fast that they cannot be read between two of them.
    """
    check_limit(given.limit, services.settings)
    for attempt in range(_ATTEMPTS):
        found = await read(services, partition, tenant, cell.report)
        reading = found.reading
        numbers = cell.members(reading, found.columns)
        page = _page(reading, cell, numbers, given)
        keys = keys_of(page.numbers)
        command = facts_command(reading.basis.keys, keys)
        again = await services.reader.read(partition, tenant, lambda _, wanted=command: [wanted])
        if again.freshness.version == reading.freshness.version or attempt + 1 == _ATTEMPTS:
            break
    return {
        **reading.head(),
        "report": cell.report.name,
        "filters": cell.report.filters(reading.basis),
        **cell.asked,
        "total": page.total,
        "rows": shown_rows(page.numbers, again.replies[0], reading.basis),
        "next": page.next,
    }


def _page(reading: Reading, cell: Cell, numbers: Any, given: Paged) -> FactPage:
    basis = reading.basis
    mark = mark_of(cell.report.name, cell.report.filters(basis), cell.asked)
    return page_of(numbers, given.limit, given.cursor, mark, basis.generation)


def check_limit(limit: int, settings: QuerySettings) -> None:
    """See that a page is not too long; Problem `limit_too_large`, with the limit."""
    if limit > settings.max_rows:
        detail = f"at most {settings.max_rows} rows on a page"
        raise invalid("limit_too_large", detail, "limit", limit=settings.max_rows)
