"""`salespulse verify --query`: the cohort reports as they are served, against the log."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local.stack import Stack, Tenant
from schemas.calendar import format_time
from tests.integration.test_verify import post, verify
from tests.properties.cohort_dice import CohortDice

pytestmark = pytest.mark.once

_EVENTS = 250


@pytest.fixture(scope="module")
def tenant(stack: Stack) -> Tenant:
    """Give a tenant with customers who were called, visited, sold to and merged."""
    made = stack.create_tenant()
    post(stack, made, _events(7), applied=True)
    return made


def _events(seed: int) -> list[dict[str, Any]]:
    return [
        {
            "specversion": "1.0",
            "id": each.id,
            "source": each.source,
            "type": each.type,
            "time": format_time(each.time_ms),
            "subject": each.subject,
            "data": each.data,
        }
        for each in CohortDice(seed).history(_EVENTS)
    ]


def test_reports_are_as_the_log_says(stack: Stack, tenant: Tenant) -> None:
    """All four reports, as they are by default and filtered, are what the recount finds."""
    code, said = verify(
        stack, tenant=tenant.id, query_url=stack.query_url, key=tenant.read_key, wait_idle=True
    )
    assert code == 0, said
    assert "cohort reports" in said


def test_reports_of_somebody_else_are_noticed(stack: Stack, tenant: Tenant) -> None:
    """The answers to another company in the same log are not what it says of this one."""
    others = (stack.create_tenant() for _ in range(64))
    other = next(made for made in others if made.partition == tenant.partition)
    post(stack, other, _events(8), applied=True)
    code, said = verify(stack, tenant=tenant.id, query_url=stack.query_url, key=other.read_key)
    assert code == 1, said
    assert "report: /v1/reports/telesales?" in said, said
