"""The cohort reports as JSON: one function for each, from parameters to the whole answer.

Routes, exports and streams ask here, so that all of them say the same. An answer is of one
version; asked again after a commit it is of the next.
"""

from __future__ import annotations

from typing import Any

from services.query.cohorts.parameters import TelesalesParameters
from services.query.cohorts.reading import read
from services.query.cohorts.telesales_report import TelesalesReport
from services.query.services import Services

Answer = dict[str, Any]


async def telesales(
    services: Services, partition: int, tenant: str, given: TelesalesParameters
) -> Answer:
    """Return the telesales report; Problem where it cannot be told."""
    report = TelesalesReport(given, services.settings)
    found = await read(services, partition, tenant, report)
    return report.answer(found.reading, found.columns)
