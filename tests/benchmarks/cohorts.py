"""Questions of the cohort reports: 10,000 customers in the window, other filters each time."""

from __future__ import annotations

import random
from datetime import date, timedelta
from urllib.parse import urlencode

from tests.benchmarks.year import (
    CAMPAIGNS,
    DEPARTMENT,
    EMPLOYEES,
    GROUPS,
    SOURCES,
    STAGES,
    Size,
)

WINDOW = 10_000
"""Customers created in the window."""
_LONGEST_DAYS = 84
_SHORTEST_DAYS = 4


def questions(today: date, size: Size, turns: int, seed: int = 11) -> dict[str, list[str]]:
    """Return name -> one address a turn."""
    chance = random.Random(seed)
    days = min(_LONGEST_DAYS, max(_SHORTEST_DAYS, round(WINDOW * size.days / size.customers)))
    makers = {
        "report_telesales": _telesales,
        "report_lifecycle": _lifecycle,
        "report_sales_performance": _performance,
    }
    found = {
        name: [make(chance, today, days) for _ in range(turns)] for name, make in makers.items()
    }
    found["report_telesales_today"] = ["/v1/reports/telesales"]
    found["report_calls"] = [f"/v1/reports/calls?department={DEPARTMENT}"]
    found["report_journey"] = [f"/v1/reports/journey?department={DEPARTMENT}&days=28"]
    return found


def _whose(chance: random.Random) -> dict[str, str]:
    kind = chance.randrange(3)
    if kind == 0:
        return {"employee": f"emp{chance.randrange(EMPLOYEES)}"}
    return {"department": DEPARTMENT} if kind == 1 else {}


def _some(chance: random.Random, **values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if chance.random() < 0.4}


def _telesales(chance: random.Random, today: date, days: int) -> str:
    created = today - timedelta(days - 1)
    called = created + timedelta(chance.randrange(days))
    asked = {
        "subject": chance.choice(("customer", "customer", "opportunity")),
        "created_from": str(created),
        "created_to": str(today),
        "called_from": str(called),
        "called_to": str(today),
    }
    asked |= _whose(chance)
    asked |= _some(
        chance,
        source=f"source{chance.randrange(SOURCES)}",
        group=f"group{chance.randrange(GROUPS)}",
        campaign=f"campaign{chance.randrange(CAMPAIGNS)}",
        any_agent="true",
    )
    return f"/v1/reports/telesales?{urlencode(asked)}"


def _lifecycle(chance: random.Random, today: date, days: int) -> str:
    del today
    target = chance.choice(
        ({"target": "order"}, {"target": "stage", "stage": chance.choice(STAGES)})
    )
    asked = {"days": str(days), **target, **_whose(chance)}
    asked |= _some(
        chance,
        source=f"source{chance.randrange(SOURCES)}",
        relationship=chance.choice(STAGES),
    )
    return f"/v1/reports/lifecycle?{urlencode(asked)}"


def _performance(chance: random.Random, today: date, days: int) -> str:
    asked = {
        "created_from": str(today - timedelta(days - 1)),
        "created_to": str(today),
        "from": str(today - timedelta(89)),
        "to": str(today),
        "status": chance.choice(("all", "purchased", "in_progress", "not_purchased")),
        "sort": chance.choice(("-created_at", "purchases", "-value", "name")),
    }
    asked |= _whose(chance)
    return f"/v1/reports/sales-performance?{urlencode(asked)}"
