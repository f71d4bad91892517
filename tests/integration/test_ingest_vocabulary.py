"""The whole vocabulary through the door: each type taken, each contradiction kept with its code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.events import EVENT_MODELS, RESERVED_TYPES
from schemas.release import HERE
from tests.ingest_mistakes import MISTAKES
from tests.ingest_rig import ADMIN, Rig, event

KEY_TYPES = {"apikey.created", "apikey.revoked", "customer.erased", "tenant.erased"}
BATCH_LIMIT = 100


@pytest.fixture(scope="module")
def rig(
    broker: Broker, store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    """Give an ingestor."""
    folder = tmp_path_factory.mktemp("rig")
    running = Rig(
        broker, store.url, folder, wait_applied_s="1", batch_limit_events=str(BATCH_LIMIT)
    )
    running.serve()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def tenant(rig: Rig) -> dict[str, Any]:
    """Give a tenant of its own to a test."""
    return rig.create_tenant()


def example(path: Path, tenant: str) -> dict[str, Any]:
    """Return an example as an event of a tenant."""
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found | {"tenantid": tenant}


def examples_of(tenant: str) -> list[dict[str, Any]]:
    """Return the minimal example of every type."""
    folder = HERE / "examples"
    return [example(folder / kind / "valid-minimal.json", tenant) for kind in EVENT_MODELS]


def test_a_contradiction_is_refused_and_is_a_dead_letter(rig: Rig, tenant: dict[str, Any]) -> None:
    """A task, a talk time, lines, a contract that cannot be: code, pointer, and kept raw."""
    bad = [
        event(tenant["tenant"], number, type=one.type, data=one.data)
        for number, one in enumerate(MISTAKES.values())
    ]
    answer = rig.post(tenant, [*bad, event(tenant["tenant"], 1000)])
    assert answer.status_code == 202, answer.text
    assert answer.json()["accepted"] == 1
    expected = [(number, one.code, one.pointer) for number, one in enumerate(MISTAKES.values())]
    refused = answer.json()["rejected"]
    assert [(each["index"], each["code"], each["pointer"]) for each in refused] == expected
    letters = rig.dead_letters(tenant)
    assert [(each["code"], each["pointer"]) for each in letters] == [
        (code, pointer) for _, code, pointer in expected
    ]
    assert [orjson.loads(each["raw"]) for each in letters] == bad
    assert [each["id"] for each in rig.events(tenant)] == ["e-1000"]


def test_a_key_writes_every_type_but_the_reserved_ones(rig: Rig, tenant: dict[str, Any]) -> None:
    """An ingest key may write the vocabulary; rights, locks and keys are not its business."""
    answer = rig.post(tenant, examples_of(tenant["tenant"])).json()
    assert answer["accepted"] == len(EVENT_MODELS) - len(RESERVED_TYPES)
    assert {(each["code"], each["pointer"]) for each in answer["rejected"]} == {
        ("forbidden_type", "/type")
    }
    types = [each["type"] for each in rig.events(tenant)]
    assert types == [kind for kind in EVENT_MODELS if kind not in RESERVED_TYPES]


def test_the_administrator_writes_every_type_but_keys(rig: Rig, tenant: dict[str, Any]) -> None:
    """With the admin token rights are granted and periods locked; keys have routes of their own."""
    answer = rig.post_as_admin(tenant["tenant"], examples_of(tenant["tenant"]))
    assert answer.status_code == 202, answer.text
    kinds = list(EVENT_MODELS)
    refused = answer.json()["rejected"]
    assert {kinds[each["index"]] for each in refused} == KEY_TYPES
    assert {each["code"] for each in refused} == {"forbidden_type"}
    rows = [orjson.loads(record.value) for record in rig.log("crm-events", tenant["partition"])]
    own = [row["type"] for row in rows if row["tenantid"] == tenant["tenant"]]
    assert own[3:] == [kind for kind in kinds if kind not in KEY_TYPES]
    assert {each["code"] for each in rig.dead_letters(tenant)} == {"forbidden_type"}


def test_the_administrators_door_has_the_limits_of_the_other(
    rig: Rig, tenant: dict[str, Any]
) -> None:
    """The batch limit, the tenant of an event and `wait=applied` hold there too."""
    name = tenant["tenant"]
    many = rig.post_as_admin(name, [event(name, number) for number in range(BATCH_LIMIT + 1)])
    assert (many.status_code, many.json()["code"]) == (413, "batch_too_large")
    foreign = rig.post_as_admin(name, [event("globex", 1)], wait="applied").json()
    assert [each["code"] for each in foreign["rejected"]] == ["wrong_tenant"]
    assert "version" in foreign


def test_the_administrators_door_wants_the_token(rig: Rig, tenant: dict[str, Any]) -> None:
    """A write key, a wrong token, no token: 401; a tenant that is none: 404; nothing is taken."""
    name = tenant["tenant"]
    for headers in ({}, {"Authorization": f"Bearer {tenant['write_key']}"}):
        assert rig.post_as_admin(name, [event(name, 1)], headers).status_code == 401
    nobody = rig.post_as_admin("nobody", [event("nobody", 1)])
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
    assert rig.events(tenant) == []


def test_a_forbidden_type_does_not_come_in_by_a_replay(rig: Rig, tenant: dict[str, Any]) -> None:
    """What a key may not write does not reach the log when its dead letter is replayed."""
    lock = {"first": "2026-10-01", "last": "2026-10-31"}
    rig.post(tenant, [event(tenant["tenant"], 1, type="period.locked", data=lock)])
    (letter,) = rig.dead_letters(tenant)
    body = {"offsets": [letter["offset"]]}
    answer = rig.http.post("/v1/dead-letters/replay", headers=ADMIN, json=body).json()
    assert (answer["published"], answer["refused"]) == (0, {"forbidden_type": 1})
    assert rig.events(tenant) == []
