"""The relay falls behind the bounded stream: who follows the topic ends where we are."""

from __future__ import annotations

import pytest

from schemas.messages import KpiChange
from schemas.tables import GenerationKeys, PartitionKeys
from tests.faults.company import Company
from tests.faults.followers import latest, published, served_cells, wait_followed, wait_published
from tests.faults.rig import Rig, canonical
from tests.faults.sizes import EVENTS

pytestmark = pytest.mark.kafka


def test_a_relay_behind_the_stream_publishes_what_holds_now(rig: Rig) -> None:
    """The stream was cut beyond the relay's position: values and new zeros are told all the same.

    Each record is what the AsyncAPI document says, and its key says the same as its value.
    """
    tenant = rig.tenant()
    company = Company(83, tenant.id)
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    worker = rig.worker()
    worker.start()
    rig.wait_level(workers=[worker])
    wait_published(rig, worker)
    worker.stop()
    silent = rig.worker(relay=False)
    silent.start()
    rig.load(tenant, canonical(company.events(EVENTS // 4)))
    rig.wait_level(workers=[silent])
    silent.stop()
    before, served = latest(published(rig, tenant.id)), served_cells(rig, tenant.id)
    assert before.keys() - served.keys(), "something has to have become zero"
    rig.redis.xtrim(GenerationKeys(0, rig.generation()).changes, maxlen=1, approximate=False)
    position = rig.redis.get(PartitionKeys(0).relay).decode().partition("/")[2]
    assert not rig.redis.xrange(GenerationKeys(0, rig.generation()).changes, position, position)
    worker = rig.worker()
    worker.start()
    rig.wait_level(workers=[worker])
    for key, value in wait_followed(rig, tenant.id, worker):
        told = KpiChange.model_validate(value)
        parts = (told.tenant, told.metric, told.scope, told.id, told.day, told.dimension)
        assert key == "|".join(parts)
