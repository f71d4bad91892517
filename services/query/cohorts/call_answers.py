"""The live call view as JSON: from parameters to the whole answer, of one version."""

from __future__ import annotations

from typing import Any, Final

from services.query.cohorts.call_view import CallView
from services.query.cohorts.parameters import CallsParameters
from services.query.granted import Reads
from services.query.problems import Problem
from services.query.services import Services

_ATTEMPTS: Final = 1000
"""Each reads some 1,000 calls more of a day that is not there yet."""


async def calls(
    services: Services, visit: Reads, given: CallsParameters
) -> tuple[dict[str, Any], int]:
    """Return the live call view, and when (ms since 1970 UTC) the clock alone changes it."""
    book = services.calls.book(visit.partition, visit.tenant)
    view = CallView(given, services.settings, book, services.plans)
    async with book.lock:
        for _ in range(_ATTEMPTS):
            reading = await visit.read(view.plan)
            found = view.answer(reading)
            if found is not None:
                document, until_ms = found
                return visit.opened(reading, document), until_ms
    raise Problem(503, "busy", "the calls change too fast to read", retry_after=1)
