"""Workers come, leave, die and come back from the dead: a partition has one effective writer."""

from __future__ import annotations

import os
import signal
from itertools import chain

import pytest

from deploy.local.process import wait_for
from deploy.local.services import Service
from tests.faults.company import Company
from tests.faults.rig import Rig, canonical, metric, partitions_of, wait_while_alive
from tests.faults.sizes import EVENTS, PATIENCE_S

pytestmark = pytest.mark.kafka
_ALL = ["0", "1", "2", "3"]


def wait_shared(*workers: Service) -> None:
    """Wait until the workers fold all partitions, each by one of them, and none is idle."""

    def shared() -> bool:
        held = [sorted(partitions_of(worker)) for worker in workers]
        return all(held) and sorted(chain.from_iterable(held)) == _ALL

    wait_while_alive(shared, "the partitions are not shared", *workers)


@pytest.mark.parametrize("static", [True, False], ids=["static", "dynamic"])
def test_workers_join_and_leave_while_folding(rig: Rig, static: bool) -> None:
    """A second worker joins, one leaves politely, one is killed and comes back: no difference."""
    tenants = [rig.tenant(partition) for partition in range(4)]
    companies = [Company(10 + tenant.partition, tenant.id) for tenant in tenants]

    def load() -> None:
        for tenant, company in zip(tenants, companies, strict=True):
            rig.load(tenant, canonical(company.events(EVENTS // 8)))

    load()
    first, second = (rig.worker(name, static=static, batch_events=200) for name in ("a", "b"))
    first.start()
    rig.wait_fence(1, 0, first)
    second.start()
    load()
    wait_shared(first, second)
    load()
    assert first.stop() == 0
    wait_shared(second)
    first.start()
    wait_shared(first, second)
    load()
    second.kill()
    wait_shared(first)
    rig.wait_level(0, 1, 2, 3, workers=[first])
    counts = rig.verify()
    assert counts["records"] == sum(rig.end(partition) for partition in range(4))


def test_a_worker_thought_dead_cannot_write(rig: Rig) -> None:
    """Frozen for longer than its session and woken when another folds: refused, nothing differs."""
    tenant = rig.tenant()
    company = Company(20, tenant.id)
    rig.load(tenant, canonical(company.events(EVENTS)))
    zombie = rig.worker("zombie", static=False, batch_events=50, session_timeout_s=2)
    zombie.start()
    rig.wait_fence(100, 0, zombie)
    assert zombie.child.pid is not None
    os.kill(zombie.child.pid, signal.SIGSTOP)
    stood_at = rig.fence()
    assert stood_at < rig.end()
    heir = rig.worker("heir", static=False, batch_events=50, session_timeout_s=2)
    heir.start()
    rig.wait_fence(stood_at + 100, 0, heir)
    os.kill(zombie.child.pid, signal.SIGCONT)
    refused = "salespulse_commit_refused_total"
    wait_while_alive(lambda: metric(zombie, refused) >= 1, "the zombie is not refused", zombie)
    rig.wait_level(workers=[heir])
    wait_shared(zombie, heir)
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    rig.wait_level(workers=[zombie, heir])
    rig.verify()


def test_a_name_taken_twice_leaves_one_writer(rig: Rig) -> None:
    """A second process under the name of a running one: one goes on, figures stay right."""
    tenant = rig.tenant()
    company = Company(21, tenant.id)
    rig.load(tenant, canonical(company.events(EVENTS)))
    old = rig.worker("same", batch_events=50)
    old.start()
    rig.wait_fence(100, 0, old)
    new = rig.worker("same", batch_events=50)
    new.start()
    end = rig.end()
    wait_for(lambda: rig.fence() >= end, PATIENCE_S, "nobody folds on")
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    end = rig.end()
    wait_for(lambda: rig.fence() >= end, PATIENCE_S, "nobody folds on")
    rig.verify()
