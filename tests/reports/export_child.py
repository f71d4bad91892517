"""A process that exports a long list and says how much memory that took.

    python -m tests.reports.export_child <redis url> <partition> <tenant> <csv|xlsx> <last day>

It says `<rows> <bytes> <growth of the largest resident size in kB>`. The first, short export
warms up what every process loads once.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from schemas.calendar import parse_time
from services.query.api.facts import FactsQuestion
from services.query.app import make_services
from services.query.export_csv import csv_bytes
from services.query.export_facts import facts_sheet
from services.query.export_xlsx import xlsx_bytes
from services.query.names import Sight
from services.query.parameters import FactsParameters
from services.query.services import Services
from services.query.settings import QuerySettings

NOON = parse_time("2026-11-22T05:00:00Z")

SEEN = Sight(has_phones=True)


def peak_kb() -> int:
    """Return the largest resident size of this program so far.

    Not that of getrusage: it remembers the program from which this one was started.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


async def export(
    services: Services, partition: int, tenant: str, form: str, days: dict[str, str]
) -> tuple[int, int]:
    """Return (rows, bytes) of an export that nobody keeps."""
    given = FactsParameters.model_validate({"metric": "orders", **days})
    question = FactsQuestion(given, services.settings)
    reading = await services.reader.read(partition, tenant, question.plan_whole)
    rows = question.whole(reading)
    sheet = await facts_sheet(
        services.redis, reading.basis.keys, "orders", rows, sight=Sight(has_phones=True)
    )
    body = csv_bytes(sheet) if form == "csv" else xlsx_bytes([sheet])
    size = 0
    async for part in body:
        size += len(part)
    return len(rows), size


async def main(url: str, partition: str, tenant: str, form: str, last: str) -> None:
    """Export a day, then all days to the last."""
    settings = QuerySettings.load({"SALESPULSE_REDIS_URL": url})
    services = make_services(settings, lambda: NOON)
    day = {"from": "2026-11-01", "to": "2026-11-01"}
    days = {"from": "2026-11-01", "to": last}
    await export(services, int(partition), tenant, form, day)
    before = peak_kb()
    rows, size = await export(services, int(partition), tenant, form, days)
    sys.stdout.write(f"{rows} {size} {peak_kb() - before}\n")
    await services.redis.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
