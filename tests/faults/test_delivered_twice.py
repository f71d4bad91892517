"""The whole log comes again, record by record: no figure moves."""

from __future__ import annotations

import pytest

from tests.faults.company import Company
from tests.faults.rig import Rig, canonical
from tests.faults.sizes import EVENTS

pytestmark = pytest.mark.kafka


def test_whole_log_delivered_twice_changes_nothing(rig: Rig) -> None:
    """Every record produced again, in its order: the version moves on, everything else stays."""
    tenant = rig.tenant()
    rig.load(tenant, canonical(Company(60, tenant.id).events(EVENTS // 2)))
    worker = rig.worker()
    worker.start()
    rig.wait_level(workers=[worker])
    before, version = rig.figures(), rig.fence()
    first = rig.verify()
    rig.load(tenant, [record.value for record in rig.records("crm-events")])
    rig.wait_level(workers=[worker])
    assert rig.fence() == 2 * version
    assert rig.figures() == before
    second = rig.verify()
    assert second["events"] == first["events"]
    assert second["duplicates"] == 2 * first["duplicates"] + first["events"]
