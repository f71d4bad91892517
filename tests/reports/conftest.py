"""One company for all tests of the reports: they only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.reports.company import settle

Report = dict[str, Any]


@pytest.fixture(scope="session")
def client(stack: Stack) -> Iterator[httpx.Client]:
    """Give a client with the key of the company."""
    tenant = stack.create_tenant("Acme")
    settle(stack, tenant)
    headers = {"Authorization": f"Bearer {tenant.read_key}"}
    with httpx.Client(base_url=stack.query_url, headers=headers, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="session")
def ask(client: httpx.Client) -> Callable[..., Report]:
    """Give a function that asks for JSON and wants an answer."""

    def asked(path: str, **parameters: str) -> Report:
        answer = client.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        found: Report = answer.json()
        return found

    return asked
