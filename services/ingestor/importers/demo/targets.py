"""What everybody is to reach in a month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from services.ingestor.importers.demo.company import CARE, Company
from services.ingestor.importers.demo.floor import dong

_MILLION = 1_000_000


def targets(company: Company, rng: Random, day: date) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (event type, subject, data) of the targets of a day's month and of the next one."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    for month in (f"{day:%Y-%m}", f"{following:%Y-%m}"):
        sold: dict[str, int] = {}
        for who in company.callers:
            aim = rng.randint(60, 140) * _MILLION if who.team != CARE else 20 * _MILLION
            sold[who.team] = sold.get(who.team, 0) + aim
            yield _target("revenue", "employee", who.id, month, dong(aim))
            yield _target("calls_outbound", "employee", who.id, month, rng.randint(30, 60) * 10)
        for team, aim in sold.items():
            yield _target("revenue", "department", team, month, dong(aim))
        yield _target("revenue", "company", "all", month, dong(sum(sold.values())))


def _target(
    metric: str, scope: str, scope_id: str, period: str, value: object
) -> tuple[str, str, dict[str, Any]]:
    data = {"metric": metric, "scope": scope, "scope_id": scope_id, "period": period}
    return "target.set", f"{metric}-{scope_id}-{period}", {**data, "value": value}
