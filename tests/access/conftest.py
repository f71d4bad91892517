"""One stack that believes our issuer, and two companies on it which the tests only read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from deploy.local.broker import Broker
from deploy.local.stack import Stack
from deploy.local.store import EmbeddedStore
from tests.access.company import Company, Issuer


@pytest.fixture(scope="session")
def guarded(
    broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stack, Issuer]]:
    """Give a running stack and the issuer of its tokens."""
    directory = tmp_path_factory.mktemp("guarded")
    issuer = Issuer(directory)
    store = EmbeddedStore(directory / "store")
    store.start()
    running = Stack(
        broker=broker,
        redis_url=store.url,
        directory=directory,
        topic_prefix=f"a{secrets.token_hex(3)}-",
        store=store,
        settings={"query": issuer.settings},
    )
    try:
        running.start()
        yield running, issuer
    finally:
        running.stop()
        store.stop()


@pytest.fixture(scope="session")
def altered(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company of which every test may change what it changes back."""
    return Company.founded(*guarded, has_history=False).with_administrator()


@pytest.fixture(scope="session")
def company(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company with its history."""
    return Company.founded(*guarded)


@pytest.fixture(scope="session")
def stranger(guarded: tuple[Stack, Issuer]) -> Company:
    """Give another company, of the same names and another tenant."""
    return Company.founded(*guarded, has_history=False)
