"""The door over HTTP, on a real broker: what is taken is in the log, what is not has a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.envelope import EVENT_CONTENT_TYPE, parse_event
from tests.ingest_rig import ADMIN, Rig, event

GOOD = 1
MONEY = {"amount": 5, "currency": "VND"}


@pytest.fixture(scope="module")
def rig(
    broker: Broker, store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    """Give an ingestor with small limits."""
    running = Rig(
        broker,
        store.url,
        tmp_path_factory.mktemp("rig"),
        wait_applied_s="1",
        key_fresh_s="0",
    )
    running.serve()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def tenant(rig: Rig) -> dict[str, Any]:
    """Give a tenant of its own to a test."""
    return rig.create_tenant()


def data(**changes: Any) -> dict[str, Any]:
    return {**event("x", 1)["data"], **changes}


BAD_EVENTS = {
    "number": (5, "not_cloudevent", ""),
    "null": (None, "not_cloudevent", ""),
    "no id": ({"id": None}, "not_cloudevent", "/id"),
    "old version": ({"specversion": "0.3"}, "not_cloudevent", "/specversion"),
    "no time": ({"time": ...}, "not_cloudevent", "/time"),
    "naive time": ({"time": "2026-11-22T10:00:00"}, "naive_time", "/time"),
    "no time at all": ({"time": "yesterday"}, "invalid_field", "/time"),
    "unknown type": ({"type": "order.eaten"}, "unknown_type", "/type"),
    "reserved type": ({"type": "apikey.created"}, "forbidden_type", "/type"),
    "foreign tenant": ({"tenantid": "globex"}, "wrong_tenant", "/tenantid"),
    "year 9999": ({"time": "9999-12-31T23:59:59Z"}, "time_out_of_range", "/time"),
    "1970": ({"time": "1970-01-01T00:00:00Z"}, "time_out_of_range", "/time"),
    "no data": ({"data": ...}, "missing_field", "/data"),
    "missing field": ({"data": {"order_date": "2026-11-22"}}, "missing_field", "/data/created_at"),
    "wrong field type": ({"data": data(customer_id=7)}, "invalid_field", "/data/customer_id"),
    "date 9999": ({"data": data(order_date="9999-01-01")}, "time_out_of_range", "/data/order_date"),
    "date 1970": ({"data": data(order_date="1970-01-01")}, "time_out_of_range", "/data/order_date"),
    "naive field": (
        {"data": data(created_at="2026-11-22T10:00:00")},
        "naive_time",
        "/data/created_at",
    ),
    "float amount": (
        {"data": data(total=MONEY | {"amount": 5.0})},
        "amount_not_integer",
        "/data/total/amount",
    ),
    "unknown currency": (
        {"data": data(total=MONEY | {"currency": "XYZ"})},
        "unknown_currency",
        "/data/total/currency",
    ),
    "large event": ({"note": "x" * 70_000}, "too_large", ""),
}


def spoilt(tenant: str, changes: Any) -> Any:
    if not isinstance(changes, dict):
        return changes
    return {name: value for name, value in event(tenant, 7, **changes).items() if value is not ...}


@pytest.mark.parametrize("name", BAD_EVENTS)
def test_bad_event_is_refused_and_kept(rig: Rig, tenant: dict[str, Any], name: str) -> None:
    """A bad event gets its code and pointer and is a dead letter; its good neighbour is taken."""
    changes, code, pointer = BAD_EVENTS[name]
    bad = spoilt(tenant["tenant"], changes)
    answer = rig.post(tenant, [bad, event(tenant["tenant"], GOOD)])
    assert answer.status_code == 202, answer.text
    assert answer.json()["accepted"] == 1
    (refused,) = answer.json()["rejected"]
    assert (refused["index"], refused["code"], refused["pointer"]) == (0, code, pointer)
    assert refused["detail"]
    (letter,) = rig.dead_letters(tenant)
    assert (letter["code"], orjson.loads(letter["raw"])) == (code, bad)
    assert [each["id"] for each in rig.events(tenant)] == [f"e-{GOOD}"]


def test_single_event_is_in_the_log_as_parsed(rig: Rig, tenant: dict[str, Any]) -> None:
    """A structured event is in its tenant's partition in canonical bytes, keyed by the tenant."""
    sent = event(tenant["tenant"], 3, unknown="field")
    answer = rig.post(tenant, orjson.dumps(sent), EVENT_CONTENT_TYPE)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": []})
    last = rig.log("crm-events", tenant["partition"])[-1]
    assert last.key == tenant["tenant"].encode()
    assert last.value == parse_event(sent, tenant["tenant"])


def test_batch_keeps_its_order(rig: Rig, tenant: dict[str, Any]) -> None:
    """The events of a batch are in the log in the order in which they were sent."""
    sent = [event(tenant["tenant"], number) for number in range(3000)]
    answer = rig.post(tenant, sent)
    assert answer.json() == {"accepted": 3000, "rejected": []}
    assert [each["id"] for each in rig.events(tenant)] == [each["id"] for each in sent]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "not_json"),
        (b"", 400, "not_json"),
        (b'{"id": "e-1"}', 400, "not_cloudevent"),
        (b"[" + b" " * 10_000_000 + b"]", 413, "too_large"),
        (b"[" + b"{}," * 99_999 + b"{}]", 413, "batch_too_large"),
    ],
    ids=["not json", "empty", "no array", "10 MB", "100,000 events"],
)
def test_bad_body_is_refused_whole(
    rig: Rig, tenant: dict[str, Any], body: bytes, status: int, code: str
) -> None:
    """A bad body is a problem document, nothing of it is taken, and the next request is."""
    answer = rig.post(tenant, body)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    if status == 413:
        assert str(problem["limit"]) in problem["detail"]
    assert rig.events(tenant) == []
    assert rig.post(tenant, [event(tenant["tenant"], GOOD)]).json()["accepted"] == 1


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_other_content_type_is_refused(rig: Rig, tenant: dict[str, Any], content_type: str) -> None:
    """A body of another content type is a 415 that names the two that are taken."""
    answer = rig.post(tenant, [event(tenant["tenant"], GOOD)], content_type)
    assert answer.status_code == 415
    assert "application/cloudevents-batch+json" in answer.json()["detail"]


def test_wrong_keys_are_refused(rig: Rig, tenant: dict[str, Any]) -> None:
    """No key, an unknown one, a spoilt one, another tenant's id: 401; a read key: 403."""
    rig.serve()
    other = rig.create_tenant()["tenant"]
    write_key = tenant["write_key"]
    wrong = {
        "no-key-at-all": 401,
        "sp_nobody_0123456789ab_00": 401,
        write_key[:-1] + ("0" if write_key[-1] != "0" else "1"): 401,
        write_key.replace(tenant["tenant"], other): 401,
        "'; drop table": 401,
        tenant["read_key"]: 403,
    }
    for key, status in wrong.items():
        answer = rig.post(tenant | {"write_key": key}, [event(tenant["tenant"], GOOD)])
        assert (answer.status_code, answer.json()["status"]) == (status, status), answer.text
        if status == 401:
            assert answer.headers["www-authenticate"] == "Bearer"
    assert rig.events(tenant) == []
    assert rig.dead_letters(tenant) == []
    assert rig.post(tenant, [event(tenant["tenant"], GOOD)]).status_code == 202


def test_unknown_key_of_a_fold_that_is_behind(rig: Rig, tenant: dict[str, Any]) -> None:
    """While the fold is far behind, a key it does not know is a 503: it may be in the log."""
    key = f"sp_{tenant['tenant']}_0123456789ab_00"
    rig.serve(behind=50_000)
    answer = rig.post(tenant | {"write_key": key}, [event(tenant["tenant"], GOOD)])
    assert (answer.status_code, answer.json()["code"]) == (503, "keys_behind")
    rig.serve()
    answer = rig.post(tenant | {"write_key": key}, [event(tenant["tenant"], GOOD)])
    assert answer.status_code == 401


def test_revoked_key_is_refused(rig: Rig, tenant: dict[str, Any]) -> None:
    """A new key works at once, a revoked one never again; both are events in the log."""
    url = f"/v1/tenants/{tenant['tenant']}/keys"
    made = rig.http.post(url, headers=ADMIN, json={"scopes": ["ingest"], "label": "PBX"}).json()
    second = tenant | {"write_key": made["key"]}
    assert rig.post(second, [event(tenant["tenant"], 1)]).status_code == 202
    assert rig.http.delete(f"{url}/{made['key_id']}", headers=ADMIN).status_code == 204
    assert rig.http.delete(f"{url}/0123456789ab", headers=ADMIN).status_code == 404
    assert rig.post(second, [event(tenant["tenant"], 2)]).status_code == 401
    assert rig.post(tenant, [event(tenant["tenant"], 3)]).status_code == 202
    stored = [orjson.loads(record.value) for record in rig.log("crm-events", tenant["partition"])]
    kinds = [each["type"] for each in stored if each["subject"] == made["key_id"]]
    assert kinds == ["apikey.created", "apikey.revoked"]
    assert made["key"] not in rig.service.child.log_path.read_text()


def test_creating_a_tenant_writes_its_first_events(rig: Rig) -> None:
    """A new tenant is in the directory, and its settings and two keys are its first events."""
    made = rig.create_tenant(
        name="Acme", time_zone="Europe/Berlin", currency="EUR", region="DE", partition=1
    )
    assert made["partition"] == 1
    stored = [orjson.loads(record.value) for record in rig.log("crm-events", 1)]
    own = [each for each in stored if each["tenantid"] == made["tenant"]]
    assert [each["type"] for each in own] == ["setting.changed", "apikey.created", "apikey.created"]
    assert own[0]["data"] == {
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "name": "Acme",
        "region": "DE",
    }
    assert [each["data"]["scopes"] for each in own[1:]] == [["ingest"], ["query"]]
    assert all(each["source"] == "salespulse" for each in own)
    record = rig.log("tenant-directory")[-1]
    assert record.key == made["tenant"].encode()
    assert orjson.loads(record.value)["partition"] == 1
    listed = rig.http.get("/v1/tenants", headers=ADMIN).json()["tenants"]
    assert made["tenant"] in [row["tenant"] for row in listed]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"id": "Acme"}, "invalid_field"),
        ({"id": "ac_me"}, "invalid_field"),
        ({"id": "a" * 64}, "invalid_field"),
        ({"id": "acme\n"}, "invalid_field"),
        ({"id": "bad-zone", "time_zone": "Mars/Olympus"}, "unknown_time_zone"),
        ({"id": "bad-money", "currency": "XYZ"}, "unknown_currency"),
        ({"id": "bad-region", "region": "Mars"}, "unknown_region"),
        ({"id": "bad-place", "partition": 99}, "invalid_field"),
        ({"id": "typo", "curency": "VND"}, "invalid_field"),
    ],
)
def test_bad_tenant_is_refused(rig: Rig, body: dict[str, Any], code: str) -> None:
    """A tenant that cannot be is refused and leaves nothing in the directory."""
    answer = rig.http.post("/v1/tenants", headers=ADMIN, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    listed = rig.http.get("/v1/tenants", headers=ADMIN).json()["tenants"]
    assert body["id"] not in [row["tenant"] for row in listed]


async def test_one_of_many_creations_succeeds(
    rig: Rig, broker: Broker, store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of concurrent creations of an id in two ingestors one succeeds, and its partition holds."""
    second = Rig(broker, store.url, tmp_path_factory.mktemp("second"))
    second.prefix = rig.prefix
    second.service.child.env = {
        **(second.service.child.env or {}),
        "SALESPULSE_TOPIC_PREFIX": rig.prefix,
    }
    second.service.start()
    second.service.wait(60)
    try:
        async with httpx.AsyncClient(timeout=60) as client:
            answers = await asyncio.gather(
                *(
                    client.post(
                        f"{door.service.url}/v1/tenants",
                        headers=ADMIN,
                        json={"id": "wanted", "partition": number % 2},
                    )
                    for number in range(6)
                    for door in (rig, second)
                )
            )
    finally:
        second.stop()
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    (made,) = [answer.json() for answer in answers if answer.status_code == 201]
    stored = await asyncio.to_thread(rig.log, "tenant-directory")
    claims = [orjson.loads(record.value) for record in stored if record.key == b"wanted"]
    assert claims[-1]["partition"] == made["partition"]


@pytest.mark.parametrize("path", ["/v1/tenants", "/v1/dead-letters"])
def test_administration_wants_the_token(rig: Rig, path: str) -> None:
    """Without the admin token, or with an API key in its place, there is no administration."""
    assert rig.http.get(path).status_code == 401
    assert rig.http.get(path, headers={"Authorization": "Bearer no"}).status_code == 401


def test_wait_applied_answers_with_the_version(rig: Rig, tenant: dict[str, Any]) -> None:
    """wait=applied says false while the fence stands before the event, true once it passed."""
    partition = tenant["partition"]
    answer = rig.post(tenant, [event(tenant["tenant"], 1)], wait="applied").json()
    end = len(rig.log("crm-events", partition))
    assert (answer["applied"], answer["version"]) == (False, f"g1.{end}")
    rig.set_fence(partition, end + 1)
    answer = rig.post(tenant, [event(tenant["tenant"], 2)], wait="applied").json()
    assert (answer["applied"], answer["version"]) == (True, f"g1.{end + 1}")
    assert rig.post(tenant, [], wait="for it").status_code == 400
    rig.set_fence(partition, 0)


def test_dead_letters_are_paged_and_replayed(rig: Rig, tenant: dict[str, Any]) -> None:
    """Letters come in the order of the log, page by page; replaying counts what still fails."""
    bad = [event(tenant["tenant"], n, time="2026-11-22T10:00:00") for n in range(5)]
    assert rig.post(tenant, bad).json()["accepted"] == 0
    own = [letter["offset"] for letter in rig.dead_letters(tenant)]
    assert len(own) == 5
    page = rig.http.get(
        "/v1/dead-letters", headers=ADMIN, params={"limit": 2, "after": own[0]}
    ).json()
    assert [letter["offset"] for letter in page["dead_letters"]] == own[1:3]
    assert page["after"] == own[2]
    answer = rig.http.post("/v1/dead-letters/replay", headers=ADMIN, json={"offsets": own[:2]})
    assert answer.json() == {
        "read": 2,
        "published": 0,
        "refused": {"naive_time": 2},
        "skipped": 0,
        "start": None,
    }


def test_health_and_metrics(rig: Rig, tenant: dict[str, Any]) -> None:
    """The process is healthy and ready, and counts events by type and outcome."""
    rig.post(tenant, [event(tenant["tenant"], 1), 5])
    assert rig.http.get("/healthz").status_code == 200
    assert rig.http.get("/readyz").json() == {"status": "ready", "failing": {}}
    metrics = rig.http.get("/metrics").text
    assert 'events_total{outcome="accepted",type="order.created"}' in metrics
    assert 'events_total{outcome="not_cloudevent",type="unknown"}' in metrics
    assert tenant["tenant"] not in metrics
