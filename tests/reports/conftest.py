"""Two companies for all tests of the reports: they only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack, Tenant
from tests.reports import company, prospects

Report = dict[str, Any]
Ask = Callable[..., Report]


@pytest.fixture(scope="session")
def client(stack: Stack) -> Iterator[httpx.Client]:
    """Give a client with the key of the company."""
    tenant = stack.create_tenant("Acme")
    company.settle(stack, tenant)
    with _opened(stack, tenant) as opened:
        yield opened


@pytest.fixture(scope="session")
def ask(client: httpx.Client) -> Ask:
    """Give a function that asks for JSON and wants an answer."""
    return _asker(client)


@pytest.fixture(scope="session")
def prospector(stack: Stack) -> Iterator[httpx.Client]:
    """Give a client with the key of the company with prospects."""
    tenant = stack.create_tenant("Prospects")
    prospects.settle(stack, tenant)
    with _opened(stack, tenant) as opened:
        yield opened


@pytest.fixture(scope="session")
def look(prospector: httpx.Client) -> Ask:
    """Give a function that asks the company with prospects for JSON and wants an answer."""
    return _asker(prospector)


def _opened(stack: Stack, tenant: Tenant) -> httpx.Client:
    headers = {"Authorization": f"Bearer {tenant.read_key}"}
    return httpx.Client(base_url=stack.query_url, headers=headers, timeout=60)


def _asker(client: httpx.Client) -> Ask:
    def asked(path: str, **parameters: str) -> Report:
        answer = client.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        found: Report = answer.json()
        return found

    return asked
