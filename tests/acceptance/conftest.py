"""The data sets that several files of tests ask about: each is imported once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.acceptance.board import Board, imported
from tests.acceptance.reference import need


@pytest.fixture(scope="session")
def maven(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Import the CRM of maven once."""
    tenant = stack.create_tenant(time_zone="UTC", currency="USD")
    state = tmp_path_factory.mktemp("maven")
    imported(stack, tenant, "maven-crm", need("maven_crm"), state)
    with Board(stack, tenant.read_key, "2016-10-01", "2017-12-31") as made:
        yield made


@pytest.fixture(scope="session")
def olist(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Import the funnel of Olist once."""
    tenant = stack.create_tenant(time_zone="UTC", currency="BRL")
    state = tmp_path_factory.mktemp("olist")
    imported(stack, tenant, "olist-funnel", need("olist_funnel"), state)
    with Board(stack, tenant.read_key, "2017-06-01", "2018-11-30") as made:
        yield made
