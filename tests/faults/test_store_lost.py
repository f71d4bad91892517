"""The store dies, or comes back with an older state: the log heals it, without anybody's help."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.local.process import wait_for
from tests.faults.company import Company
from tests.faults.rig import Rig, canonical
from tests.faults.sizes import EVENTS, PATIENCE_S

pytestmark = pytest.mark.kafka
_BATCH = 60


def saved(rig: Rig, copy: Path) -> int:
    """Stop the store, keep a copy of its files, start it again; return the fence of the copy."""
    rig.store.stop()
    shutil.copytree(rig.store.directory / "appendonlydir", copy)
    rig.store.start()
    return rig.fence()


def set_back(rig: Rig, copy: Path) -> None:
    """Kill the store and bring it back with the files of the copy."""
    rig.store.kill()
    files = rig.store.directory / "appendonlydir"
    shutil.rmtree(files)
    shutil.copytree(copy, files)
    rig.store.start()


def test_store_killed_while_folding(rig: Rig) -> None:
    """Killed and restarted on its files three times while the worker folds: no difference."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(30, tenant.id).events(EVENTS)))
    worker = rig.worker(batch_events=_BATCH)
    worker.start()
    for _ in range(3):
        rig.wait_fence(rig.fence() + _BATCH, 0, worker)
        assert rig.fence() < rig.end()
        rig.store.kill()
        rig.store.start()
    rig.wait_level(workers=[worker])
    rig.verify()


def test_store_set_back_while_folding(rig: Rig, tmp_path: Path) -> None:
    """Back on an older copy in the middle of a fold: refolded from the older fence."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(31, tenant.id).events(EVENTS)))
    worker = rig.worker(batch_events=_BATCH)
    worker.start()
    rig.wait_fence(_BATCH, 0, worker)
    older = saved(rig, tmp_path / "copy")
    rig.wait_fence(older + 3 * _BATCH, 0, worker)
    set_back(rig, tmp_path / "copy")
    rig.wait_level(workers=[worker])
    rig.verify()


def test_store_set_back_while_nothing_comes(rig: Rig, tmp_path: Path) -> None:
    """Back on an older copy, then emptied, while the log is idle: the worker notices by itself."""
    tenant = rig.tenant()
    company = Company(32, tenant.id)
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    worker = rig.worker(batch_events=_BATCH)
    worker.start()
    rig.wait_level(workers=[worker])
    older = saved(rig, tmp_path / "copy")
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    rig.wait_level(workers=[worker])
    set_back(rig, tmp_path / "copy")
    assert older < rig.end()
    rig.wait_level(workers=[worker])
    rig.verify()
    rig.redis.flushall()
    rig.wait_level(workers=[worker])
    rig.verify()


def test_store_set_back_while_the_worker_is_down(rig: Rig, tmp_path: Path) -> None:
    """Back on an older copy between two runs of the worker: the next one starts at that fence."""
    tenant = rig.tenant()
    company = Company(33, tenant.id)
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    worker = rig.worker(batch_events=_BATCH)
    worker.start()
    rig.wait_level(workers=[worker])
    older = saved(rig, tmp_path / "copy")
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    rig.wait_level(workers=[worker])
    assert worker.stop() == 0
    set_back(rig, tmp_path / "copy")
    assert rig.fence() == older
    worker.start()
    rig.wait_level(workers=[worker])
    rig.verify()


def test_worker_started_before_its_store(rig: Rig) -> None:
    """A worker whose store is not there yet waits for it, and then folds."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(34, tenant.id).events(EVENTS // 10)))
    rig.store.stop()
    worker = rig.worker()
    worker.start()
    wait_for(
        lambda: b"waits for store" in worker.child.log_path.read_bytes(),
        PATIENCE_S,
        "the worker does not say that it waits",
    )
    rig.store.start()
    rig.wait_level(workers=[worker])
    rig.verify()
