"""The door while the key store is away: nothing is written in the clear, nothing is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from tests.ingest_rig import Rig, event

pytestmark = pytest.mark.once

NAME = "Nguyễn Thị Kín"


@pytest.fixture(scope="module")
def rig(
    broker: Broker, store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    """Give an ingestor with a key file."""
    running = Rig(broker, store.url, tmp_path_factory.mktemp("rig"))
    running.serve()
    running.start()
    yield running
    running.stop()


@contextmanager
def _locked(rig: Rig) -> Iterator[None]:
    """Keep everybody else from writing the key file."""
    with closing(sqlite3.connect(rig.keys, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def _customer(tenant: str, number: int) -> dict[str, Any]:
    said = {"created_at": "2026-11-22T10:00:00+07:00", "name": NAME, "phones": ["0912345678"]}
    about = {"type": "customer.created", "subject": f"customer-{number}", "data": said}
    return event(tenant, number, **about)


def test_without_keys_a_name_is_refused_and_not_written(rig: Rig) -> None:
    """What would need a new key is a 503 with Retry-After; what says nobody's name is taken."""
    tenant = rig.create_tenant()
    assert rig.post(tenant, [_customer(tenant["tenant"], 1)]).status_code == 202
    with _locked(rig):
        answer = rig.post(tenant, [_customer(tenant["tenant"], 2)])
        assert (answer.status_code, answer.json()["code"]) == (503, "keys_down")
        assert int(answer.headers["retry-after"]) > 0
        assert "nothing was taken" in answer.json()["detail"]
        assert rig.post(tenant, [event(tenant["tenant"], 3)]).status_code == 202
        known = rig.post(tenant, [_customer(tenant["tenant"], 1)])
        assert known.status_code == 202, "its keys are held: it needs no new one"
    again = rig.post(tenant, [_customer(tenant["tenant"], 2)])
    assert again.status_code == 202
    written = b"".join(record.value for record in rig.log("crm-events", tenant["partition"]))
    assert NAME.encode() not in written
    assert b"912345678" not in written
    assert [one["id"] for one in rig.events(tenant)] == ["e-1", "e-3", "e-1", "e-2"]
