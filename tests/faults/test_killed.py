"""The aggregator dies while it folds: by SIGKILL anywhere, and at the worst moments by name."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from deploy.local.services import Service
from tests.faults.company import Company
from tests.faults.followers import wait_followed
from tests.faults.rig import Rig, canonical, exit_code, metric
from tests.faults.sizes import EVENTS, KILLED_BATCH, KILLED_EVENTS

pytestmark = pytest.mark.kafka
KILLS = 10
_BATCH = 500
_SMALL_BATCH = 50


def with_accident(worker: Service, point: str, number: int) -> Service:
    """Let an aggregator have an accident at its n-th commit."""
    module = "tests.faults.dying_aggregator"
    worker.child.command = (sys.executable, "-m", module, point, str(number))
    return worker


def test_ten_kills_while_folding_lose_and_double_nothing(
    rig: Rig, record_property: Callable[[str, object], None]
) -> None:
    """Killed ten times, most at named points of a commit or of the relay: no difference.

    There is lag at each kill. Who follows `kpi-changes`, and keeps the latest version or just the
    last record of each key, ends at the state that is recounted.
    """
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(1, tenant.id).events(KILLED_EVENTS)))
    end = rig.end()
    lags = []
    for kill in range(KILLS):
        worker = rig.worker(f"worker-{kill % 2}", batch_events=KILLED_BATCH)
        point = ("before", "publishing", "anywhere", "published", "after")[kill % 5]
        began = rig.fence()
        if point == "anywhere":
            worker.start()
            rig.wait_fence(began + KILLED_EVENTS // 30, 0, worker)
            worker.kill()
        else:
            number = 1 if point.startswith("publish") else kill + 2
            with_accident(worker, point, number).start()
            assert exit_code(worker) == -9
        lags.append(end - rig.fence())
        assert rig.fence() >= began
    assert all(lag > 0 for lag in lags), lags
    last = rig.worker("worker-0", batch_events=KILLED_BATCH)
    last.start()
    rig.wait_level(workers=[last])
    counts = rig.verify()
    assert counts["records"] == end
    wait_followed(rig, tenant.id, last)
    record_property("lag at each kill", lags)
    record_property("compared", dict(counts))


def test_lost_answers_of_commits_change_nothing(rig: Rig) -> None:
    """Every third commit runs but its answer is lost: the worker reads the fence and goes on."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(2, tenant.id).events(EVENTS)))
    worker = with_accident(rig.worker(batch_events=_BATCH), "unanswered", 3)
    worker.start()
    rig.wait_level(workers=[worker])
    assert rig.verify()["duplicates"] > 0


def test_sigterm_ends_with_zero_and_the_fence_is_the_place_to_go_on(rig: Rig) -> None:
    """Told to stop in the middle, it exits 0; the next one folds what is left and no more."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(3, tenant.id).events(2 * EVENTS)))
    first = rig.worker(batch_events=_SMALL_BATCH)
    first.start()
    rig.wait_fence(_SMALL_BATCH, 0, first)
    assert first.stop() == 0
    stopped_at = rig.fence()
    assert 0 < stopped_at < rig.end()
    second = rig.worker(batch_events=_SMALL_BATCH)
    second.start()
    rig.wait_level(workers=[second])
    folded = metric(second, "salespulse_batch_events_sum")
    assert folded == rig.end() - stopped_at
    rig.verify()
