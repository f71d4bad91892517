"""Records that nobody foresaw: kept raw with code `bug`, counted; too many stop the worker."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from schemas.tables import NOBODY, TenantKeys
from services.aggregator.app import EXIT_FATAL
from tests.faults.company import Company
from tests.faults.rig import Rig, canonical, exit_code
from tests.faults.sizes import EVENTS

pytestmark = pytest.mark.kafka
_GARBAGE = [b"not json", b"\xff\xfe\x00", b"{}", b"[1, 2]", b'{"id": 1}']


def poisonous(tenant: str, number: int) -> bytes:
    """Return a record that is read as an event, and that the fold cannot apply."""
    raw = orjson.loads(canonical(Company(number, tenant, "stranger").events(1))[0])
    return orjson.dumps(raw | {"id": f"poison-{number}", "type": "order.exploded"})


def quality(rig: Rig, tenant: str) -> dict[str, int]:
    """Return how many records of a tenant were dead-lettered, by code."""
    keys = TenantKeys(0, rig.generation(), tenant)
    return {code.decode(): int(n) for code, n in rig.redis.hgetall(keys.quality).items()}


def bugs(rig: Rig) -> list[dict[str, Any]]:
    """Return the dead letters with code `bug`, one per record."""
    letters = [orjson.loads(record.value) for record in rig.records("crm-dead-letters")]
    return list({each["offset"]: each for each in letters if each["code"] == "bug"}.values())


def test_what_cannot_be_folded_is_kept_and_the_rest_goes_on(rig: Rig) -> None:
    """Garbage and poison between good events, before and after a restart: kept, counted, passed."""
    tenant = rig.tenant()
    company = Company(70, tenant.id)
    worker = rig.worker(batch_events=300)
    for number in range(2):
        rig.load(tenant, canonical(company.events(EVENTS // 20)))
        rig.load(tenant, [*_GARBAGE, poisonous(tenant.id, number)])
        rig.load(tenant, canonical(company.events(EVENTS // 20)))
        worker.start()
        rig.wait_level(workers=[worker])
        assert worker.stop() == 0
    letters = bugs(rig)
    kept = [
        base64.b64decode(each["raw"]) if each.get("raw_base64") else each["raw"].encode()
        for each in letters
    ]
    assert sorted(kept) == sorted(
        [*_GARBAGE, poisonous(tenant.id, 0), *_GARBAGE, poisonous(tenant.id, 1)]
    )
    assert all(each["partition"] == 0 and each["detail"] for each in letters)
    assert quality(rig, NOBODY)["bug"] == 2 * len(_GARBAGE)
    assert quality(rig, tenant.id)["bug"] == 2
    rig.verify()


@pytest.mark.parametrize("kind", ["garbage", "poison"])
def test_too_many_of_them_stop_the_worker(rig: Rig, kind: str) -> None:
    """Past the limit the worker stops and explains; nothing of that batch is dropped."""
    tenant = rig.tenant()
    worker = rig.worker(bug_limit=3)
    worker.start()
    rig.wait_level(workers=[worker])
    stood_at = rig.fence()
    bad = [
        f"garbage {n}".encode() if kind == "garbage" else poisonous(tenant.id, n) for n in range(4)
    ]
    rig.load(tenant, [*canonical(Company(71, tenant.id).events(100)), *bad])
    assert exit_code(worker) == EXIT_FATAL
    heartbeat = rig.heartbeat()
    assert heartbeat["state"] == "stopped"
    assert "TooManyBugs" in heartbeat["reason"]
    assert rig.fence() < rig.end()
    healed = rig.worker("healed", bug_limit=4)
    healed.start()
    rig.wait_level(workers=[healed])
    assert rig.fence() > stood_at
    rig.verify()
