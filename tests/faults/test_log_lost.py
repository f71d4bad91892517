"""The log is not the one that was folded: the worker stops and says why, old figures are stale."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import httpx
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.local.apart import run_apart
from deploy.local.process import wait_for
from deploy.local.services import Service
from deploy.local.stack import Tenant
from schemas.brokers import Brokers
from services.aggregator.app import EXIT_FATAL
from services.commands.topics import Plan, ensure
from tests.faults.company import Company
from tests.faults.rig import Rig, canonical, exit_code
from tests.faults.sizes import PATIENCE_S

pytestmark = pytest.mark.kafka
_EVENTS = 1_000
_BATCH = 100


async def _admin(rig: Rig, work: Callable[[AIOKafkaAdminClient], object]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=rig.bootstrap)
    try:
        await admin.start()
        await work(admin)  # type: ignore[misc]
    finally:
        await admin.close()


def truncate(rig: Rig, before: int) -> None:
    """Delete the records of partition 0 before an offset."""
    wanted = {TopicPartition(rig.topic, 0): RecordsToDelete(before_offset=before)}
    run_apart(_admin(rig, lambda admin: admin.delete_records(wanted)))


def recreate(rig: Rig) -> None:
    """Delete the topic of events and create it again, empty."""
    run_apart(_admin(rig, lambda admin: admin.delete_topics([rig.topic])))

    def created() -> bool:
        plan = Plan(prefix=rig.prefix, partitions=rig.stack.partitions)
        return rig.topic in run_apart(ensure(Brokers(rig.bootstrap), plan)).created

    wait_for(created, PATIENCE_S, "the topic does not go away")


def folded(rig: Rig, seed: int) -> tuple[Tenant, Service]:
    """Have some events folded; the worker runs on."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(seed, tenant.id).events(_EVENTS)))
    worker = rig.worker(batch_events=_BATCH)
    worker.start()
    rig.wait_level(workers=[worker])
    return tenant, worker


def assert_stopped_and_explained(rig: Rig, worker: Service, *words: str) -> None:
    """Check exit code, log and heartbeat."""
    assert exit_code(worker) == EXIT_FATAL, worker.child.tail()
    heartbeat = rig.heartbeat()
    assert heartbeat["state"] == "stopped"
    for word in ("LogMismatch", "salespulse rebuild", *words):
        assert word in heartbeat["reason"]
        assert word.encode() in worker.child.log_path.read_bytes()


def assert_served_as_stale(rig: Rig, tenant: Tenant, version: int) -> None:
    """Check that the query service still answers the old figures, and says what they are."""
    rig.stack.query.start()
    rig.stack.query.wait(PATIENCE_S)
    answer = httpx.get(
        f"{rig.stack.query_url}/v1/kpis/company/all",
        params={"metrics": "orders", "from": "2026-10-01", "to": "2026-11-20"},
        headers={"Authorization": f"Bearer {tenant.read_key}"},
        timeout=30,
    )
    assert answer.status_code == httpx.codes.OK, answer.text
    body = answer.json()
    assert body["state"] == "stale"
    assert "LogMismatch" in body["reason"]
    assert body["version"].endswith(f".{version}")
    assert any(row["value"] for row in body["figures"])


@pytest.mark.parametrize("records", [10, 3 * _EVENTS], ids=["shorter", "longer"])
def test_topic_recreated_while_the_worker_is_down(rig: Rig, records: int) -> None:
    """Another log under the same name, shorter or longer: refused at the start, served as stale."""
    tenant, worker = folded(rig, 50)
    stood_at = rig.fence()
    assert worker.stop() == 0
    recreate(rig)
    rig.load(tenant, canonical(Company(51, tenant.id).events(records)))
    worker.start()
    assert_stopped_and_explained(rig, worker, "recreated")
    assert rig.fence() == stood_at
    assert_served_as_stale(rig, tenant, stood_at)


@pytest.mark.parametrize("records", [10, 3 * _EVENTS], ids=["shorter", "longer"])
def test_topic_recreated_under_a_running_worker(rig: Rig, records: int) -> None:
    """Another log under the same name while the worker runs: it stops, nothing of it is folded."""
    tenant, worker = folded(rig, 52)
    stood_at = rig.fence()
    recreate(rig)
    rig.load(tenant, canonical(Company(53, tenant.id).events(records)))
    assert_stopped_and_explained(rig, worker, "recreated")
    assert rig.fence() == stood_at


def test_topic_deleted_under_a_running_worker(rig: Rig) -> None:
    """The log is gone and does not come back: the worker says so and stops."""
    _, worker = folded(rig, 59)
    stood_at = rig.fence()
    run_apart(_admin(rig, lambda admin: admin.delete_topics([rig.topic])))
    assert_stopped_and_explained(rig, worker, "not there any more")
    assert rig.fence() == stood_at


def test_topic_truncated_while_the_worker_is_down(rig: Rig) -> None:
    """Records nobody has folded were deleted: the worker does not fold over the hole."""
    tenant, worker = folded(rig, 54)
    stood_at = rig.fence()
    assert worker.stop() == 0
    rig.load(tenant, canonical(Company(55, tenant.id, "later").events(_EVENTS)))
    truncate(rig, stood_at + 10)
    worker.start()
    assert_stopped_and_explained(rig, worker, "records were lost", str(stood_at + 10))
    assert rig.fence() == stood_at


def test_topic_truncated_under_a_running_worker(rig: Rig) -> None:
    """The same under a worker that is behind: what it had fetched is folded, and no more."""
    tenant, worker = folded(rig, 56)
    assert worker.child.pid is not None
    os.kill(worker.child.pid, signal.SIGSTOP)
    more_than_one_fetch = 12 * _EVENTS
    rig.load(tenant, canonical(Company(57, tenant.id, "later").events(more_than_one_fetch)))
    truncated_at = rig.end() - 10
    truncate(rig, truncated_at)
    os.kill(worker.child.pid, signal.SIGCONT)
    assert_stopped_and_explained(rig, worker, "records were lost", str(truncated_at))
    assert rig.fence() < truncated_at


def test_empty_store_and_a_log_without_its_beginning(rig: Rig) -> None:
    """A first fold of a log that lost its beginning is refused too: the figures would be wrong."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(58, tenant.id).events(_EVENTS)))
    truncate(rig, 100)
    worker = rig.worker()
    worker.start()
    assert_stopped_and_explained(rig, worker, "begins at 100")
