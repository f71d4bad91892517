"""Kafka dies and comes back while events are ingested and folded: what was accepted is counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import orjson
import pytest

from deploy.local.broker import Broker
from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from schemas.envelope import BATCH_CONTENT_TYPE
from tests.brokers import KafkaInDocker, kind_of, make_broker
from tests.faults.company import Company
from tests.faults.followers import wait_followed
from tests.faults.rig import Rig
from tests.faults.sizes import PATIENCE_S

pytestmark = pytest.mark.kafka
_BATCH = 100
_PAUSE_S = 0.2
"""Between two batches: what is posted while Kafka dies has to be folded and recounted, too."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Give a Kafka of its own, which a test may kill."""
    kind = kind_of(os.environ)
    if kind == "address":
        pytest.skip("wants Apache Kafka of its own: one that is only an address cannot be killed")
    (tmp_path / "broker").mkdir()
    own = make_broker(kind, tmp_path / "broker")
    own.start()
    yield own
    own.stop()


def kill_and_restart(broker: Any) -> None:
    """End the broker at once by SIGKILL, and start it again on its log."""
    if isinstance(broker, KafkaInDocker):
        container = broker._container.get_wrapped_container()
        container.kill()
        container.start()
        return
    broker.kill()
    broker.start()


@contextmanager
def posting(rig: Rig, tenant: Tenant, accepted: list[str]) -> Iterator[Callable[[], int]]:
    """Post events through the door, again until they are accepted; give how many were."""
    done = Event()
    company = Company(90, tenant.id)

    def post() -> None:
        headers = {
            "Authorization": f"Bearer {tenant.write_key}",
            "Content-Type": BATCH_CONTENT_TYPE,
        }
        with httpx.Client(base_url=rig.stack.ingestor_url, headers=headers, timeout=60) as client:
            while not done.is_set():
                events = list(company.events(_BATCH))
                while not done.is_set():
                    answer = client.post("/v1/events", content=orjson.dumps(events))
                    if answer.status_code == httpx.codes.ACCEPTED:
                        assert answer.json()["rejected"] == []
                        accepted.extend(event["id"] for event in events)
                        done.wait(_PAUSE_S)
                        break
                    assert answer.status_code in {429, 503}, answer.text
                    done.wait(float(answer.headers["Retry-After"]))

    sender = Thread(target=post)
    sender.start()
    try:
        yield lambda: len(accepted)
    finally:
        done.set()
        sender.join()


def wait_for_more(count: Callable[[], int]) -> None:
    """Wait until some more events were accepted."""
    reached = count() + 5 * _BATCH
    wait_for(lambda: count() >= reached, PATIENCE_S, "nothing more is accepted")


def test_broker_killed_while_ingesting_and_folding(
    broker: Broker, new_stack: Callable[..., Stack]
) -> None:
    """Every event that was answered with 202, before, between and after two deaths, is counted.

    The relay runs meanwhile: who follows `kpi-changes` ends at the state that is recounted.
    """
    stack = new_stack()
    assert stack.store is not None
    rig = Rig(stack, stack.store)
    try:
        rig.start()
        tenant = rig.tenant()
        worker = rig.worker()
        worker.start()
        rig.wait_level(workers=[worker])
        accepted: list[str] = []
        with posting(rig, tenant, accepted) as count:
            for _ in range(2):
                wait_for_more(count)
                kill_and_restart(broker)
            wait_for_more(count)
        rig.wait_level(workers=[worker])
        rig.verify()
        wait_followed(rig, tenant.id, worker)
        logged = {orjson.loads(record.value)["id"] for record in rig.records("crm-events")}
        assert set(accepted) <= logged
    finally:
        rig.stop()
