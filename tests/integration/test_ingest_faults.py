"""The door while the broker or the store is away: a clear answer, nothing lost, back by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.broker import Broker
from deploy.local.process import wait_for
from deploy.local.store import EmbeddedStore
from tests.brokers import kind_of, make_broker
from tests.ingest_rig import Rig, event, pause, resume

RECOVERY_S = 40


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """Give a broker that a test may freeze."""
    kind = kind_of(os.environ)
    if kind == "address":
        pytest.skip("a broker that is only an address cannot be frozen")
    running = make_broker(kind, tmp_path / "broker")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """Give a store that a test may kill."""
    running = EmbeddedStore(tmp_path / "store")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def make_rig(tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    """Give a factory of running ingestors."""
    with ExitStack() as stack:

        def make(broker: Broker, redis_url: str, **settings: str) -> Rig:
            rig = Rig(broker, redis_url, tmp_path / "rig", **settings)
            stack.callback(rig.stop)
            rig.serve()
            rig.start()
            return rig

        yield make


def taken(rig: Rig, tenant: dict[str, Any], number: int) -> bool:
    return rig.post(tenant, [event(tenant["tenant"], number)]).status_code == 202


def failing(rig: Rig) -> set[str]:
    return set(rig.http.get("/readyz").json()["failing"])


def test_frozen_broker_is_a_503_and_nothing_is_lost(
    own_broker: Broker, store: EmbeddedStore, make_rig: Callable[..., Rig]
) -> None:
    """With the broker frozen: 503 with Retry-After; afterwards it takes events again by itself."""
    rig = make_rig(own_broker, store.url, publish_timeout_s="2", kafka_timeout_s="4")
    tenant = rig.first_tenant()
    assert taken(rig, tenant, 1)
    pause(own_broker)
    try:
        for number in (2, 3):
            answer = rig.post(tenant, [event(tenant["tenant"], number), "spoilt"])
            assert (answer.status_code, answer.json()["code"]) == (503, "kafka_down")
            assert int(answer.headers["retry-after"]) > 0
        assert "nothing was taken" in answer.json()["detail"]
        assert rig.http.get("/healthz").status_code == 200
        assert "kafka" in failing(rig)
    finally:
        resume(own_broker)
    wait_for(lambda: taken(rig, tenant, 4), RECOVERY_S, "the ingestor does not recover")
    wait_for(lambda: not failing(rig), RECOVERY_S, "the ingestor does not get ready")
    ids = {each["id"] for each in rig.events(tenant)}
    assert {"e-1", "e-4"} <= ids <= {"e-1", "e-2", "e-3", "e-4"}


@pytest.mark.kafka
def test_restarted_kafka_has_every_accepted_event_in_order(
    own_broker: Any, store: EmbeddedStore, make_rig: Callable[..., Rig]
) -> None:
    """Kafka stopped and started in the middle of a stream: what was accepted is there, in order."""
    rig = make_rig(own_broker, store.url, publish_timeout_s="2", kafka_timeout_s="4")
    tenant = rig.first_tenant()
    accepted = [number for number in range(20) if taken(rig, tenant, number)]
    assert len(accepted) == 20
    own_broker.stop()
    assert not taken(rig, tenant, 20)
    own_broker.start()
    wait_for(lambda: taken(rig, tenant, 21), RECOVERY_S, "the ingestor does not recover")
    accepted += [number for number in range(21, 40) if taken(rig, tenant, number)]
    ids = list(dict.fromkeys(each["id"] for each in rig.events(tenant)))
    assert [name for name in ids if name != "e-20"] == [f"e-{number}" for number in accepted]
    assert accepted == [*range(20), *range(21, 40)]


def test_absent_broker_at_the_start(
    own_broker: Broker, store: EmbeddedStore, make_rig: Callable[..., Rig], tmp_path: Path
) -> None:
    """An ingestor that starts while the broker is frozen answers 503, then begins by itself."""
    first = make_rig(own_broker, store.url, publish_timeout_s="2", kafka_timeout_s="4")
    tenant = first.first_tenant()
    first.service.stop()
    pause(own_broker)
    try:
        first.service.start()
        wait_for(lambda: answers(first), 20, "no /healthz")
        answer = first.post(tenant, [event(tenant["tenant"], 1)])
        assert (answer.status_code, answer.json()["code"]) == (503, "kafka_down")
        assert {"kafka", "directory"} <= failing(first)
    finally:
        resume(own_broker)
    wait_for(lambda: not failing(first), RECOVERY_S, "the ingestor does not get ready")


def answers(rig: Rig) -> bool:
    try:
        return rig.http.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_too_much_in_flight_is_a_429(
    own_broker: Broker, store: EmbeddedStore, make_rig: Callable[..., Rig]
) -> None:
    """More than the bound in flight is a 429 with Retry-After; once acknowledged, it fits."""
    rig = make_rig(
        own_broker,
        store.url,
        publish_timeout_s="5",
        kafka_timeout_s="10",
        batch_limit_events="10",
        max_inflight_events="15",
    )
    tenant = rig.first_tenant()
    batches = [[event(tenant["tenant"], 10 * n + k) for k in range(10)] for n in range(2)]
    with ThreadPoolExecutor(2) as pool:
        pause(own_broker)
        try:
            futures = [pool.submit(rig.post, tenant, batch) for batch in batches]
            refused = next(each.result() for each in futures if each.result().status_code == 429)
        finally:
            resume(own_broker)
    assert (refused.json()["code"], refused.json()["limit"]) == ("overloaded", 15)
    assert int(refused.headers["retry-after"]) > 0
    wait_for(
        lambda: all(rig.post(tenant, batch).status_code == 202 for batch in batches),
        RECOVERY_S,
        "the bound is not given back",
    )
    assert {each["id"] for each in rig.events(tenant)} == {f"e-{n}" for n in range(20)}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_store_away(
    broker: Broker, own_store: EmbeddedStore, make_rig: Callable[..., Rig], how: signal.Signals
) -> None:
    """Without the store a key verified recently passes, another is a 503; then all is well."""
    rig = make_rig(
        broker, own_store.url, redis_timeout_s="0.5", key_fresh_s="0", wait_applied_s="1"
    )
    tenant = rig.create_tenant()
    assert taken(rig, tenant, 1)
    pid = own_store.child.pid
    assert pid is not None
    os.kill(pid, how)
    try:
        assert taken(rig, tenant, 2)
        answer = rig.post(
            tenant | {"write_key": tenant["write_key"] + "0"}, [event(tenant["tenant"], 3)]
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "redis_down")
        assert int(answer.headers["retry-after"]) > 0
        answer = rig.post(tenant, [event(tenant["tenant"], 4)], wait="applied")
        assert (answer.status_code, answer.json()["applied"]) == (202, False)
        assert failing(rig) == {"redis"}
    finally:
        if how == signal.SIGSTOP:
            os.kill(pid, signal.SIGCONT)
        else:
            own_store.stop()
            own_store.start()
    wait_for(lambda: not failing(rig), RECOVERY_S, "the store is not found again")
    assert taken(rig, tenant, 5)
    assert [each["id"] for each in rig.events(tenant)] == ["e-1", "e-2", "e-4", "e-5"]


def test_graceful_stop_finishes_what_is_in_flight(
    broker: Broker, store: EmbeddedStore, make_rig: Callable[..., Rig]
) -> None:
    """A stop in the middle of many requests: each one answered 202 is in the log; exit code 0."""
    rig = make_rig(broker, store.url)
    tenant = rig.create_tenant()

    def send(number: int) -> int | None:
        try:
            return number if taken(rig, tenant, number) else None
        except httpx.TransportError:
            return None

    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(send, number) for number in range(300)]
        assert results[20].result() is not None
        assert rig.service.stop() == 0
        accepted = {f"e-{each.result()}" for each in results if each.result() is not None}
    assert accepted
    assert accepted <= {each["id"] for each in rig.events(tenant)}
