"""Forgetting a customer and a tenant on a running stack: figures stay, texts are gone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
import redis
from msgspec.structs import replace
from rich.console import Console

from deploy.local.apart import run_apart
from deploy.local.broker import Broker
from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from deploy.local.store import EmbeddedStore
from schemas.envelope import BATCH_CONTENT_TYPE
from schemas.facts import Call, pack, unpack
from schemas.sealing import Root
from schemas.settings import PREFIX
from schemas.tables import PartitionKeys
from services.commands.erasing import look
from services.ingestor.belongings import belongings
from services.ingestor.directory import Tenant as Directed
from services.ingestor.journal import Journal
from services.ingestor.problems import Problem
from services.ingestor.settings import IngestorSettings
from services.ingestor.store import Store
from services.verify.command import Options, run
from tests.integration.erasure_log import records_of

pytestmark = pytest.mark.long

NAME, CONTACT, PHONE, BORN = "Trinh Forgotten", "Vo Alsogone", "0912 777 331", "1990-05-17"
STRANGER, ADDRESS, TITLE = "0987 111 222", "forget.me@example.com", "Ask Trinh about rice"
SAID = (NAME, CONTACT, PHONE, "+84912777331", "912777331", BORN, "19900517", ADDRESS, TITLE)
_MOVING = frozenset({"as_of", "lag", "version", "state", "reason", "today"})
AT = "2026-11-20T03:00:00Z"


@pytest.fixture(scope="module")
def house(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a stack with a journal whose query service holds no key for long."""
    folder = tmp_path_factory.mktemp("erasure")
    store = EmbeddedStore(folder / "store")
    store.start()
    settings: dict[str, dict[str, str]] = {"query": {"KEY_HELD_S": "0.2"}, "ingestor": {}}
    if broker.embedded:
        settings["ingestor"]["JOURNAL_DIR"] = str(folder / "journal")
    made = Stack(
        broker=broker,
        redis_url=store.url,
        directory=folder,
        topic_prefix=f"t{secrets.token_hex(3)}-",
        partitions=1,
        settings=settings,  # type: ignore[arg-type]
        store=store,
    )
    made.start()
    yield made
    made.stop()
    store.stop()


def event(tenant: str, kind: str, subject: str, number: int, **data: Any) -> dict[str, Any]:
    """Return one event."""
    return {
        "specversion": "1.0",
        "id": f"{kind}-{number}",
        "source": "crm",
        "type": kind,
        "time": AT,
        "subject": subject,
        "tenantid": tenant,
        "data": data,
    }


def story(tenant: str) -> list[dict[str, Any]]:
    """Return what happens with two customers, one of whom will be forgotten."""
    call = {"direction": "outbound", "started_at": AT, "employee_id": "an"}
    who = {"created_at": AT, "owner_id": "an"}
    total = {"amount": 5000, "currency": "VND"}
    mail = {"opened_at": AT, "sender_id": "an", "customer_id": "c1"}
    return [
        event(tenant, "employee.upserted", "an", 1, name="An"),
        event(tenant, "call.started", "k0", 2, phone="+84 912 777331", **call),
        event(
            tenant, "customer.created", "c1", 3, name=NAME, phones=[PHONE], birthday=BORN, **who
        ),
        event(tenant, "customer.created", "c2", 4, name="Pham Stays", phones=["0903 1"], **who),
        event(tenant, "contact.upserted", "w1", 5, name=CONTACT, customer_id="c1", birthday=BORN),
        event(tenant, "call.started", "k1", 6, phone=PHONE, customer_id="c1", **call),
        event(tenant, "email.opened", "m1", 7, recipient=ADDRESS, **mail),
        event(
            tenant, "task.created", "t1", 8, title=TITLE, created_at=AT, customer_id="c1",
            assignees=["an"],
        ),
        event(
            tenant, "order.created", "o1", 9, created_at=AT, order_date="2026-11-20", total=total,
            customer_id="c1", owner_id="an",
        ),
        event(tenant, "customer.updated", "c1", 10, name=NAME, phones="none"),
    ]  # fmt: skip


def post(house: Stack, tenant: Tenant, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Send events and wait until the figures include them."""
    answer = httpx.post(
        f"{house.ingestor_url}/v1/events?wait=applied",
        headers={
            "Authorization": f"Bearer {tenant.write_key}",
            "Content-Type": BATCH_CONTENT_TYPE,
        },
        content=orjson.dumps(events),
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(house: Stack, tenant: Tenant, path: str, **parameters: str) -> str:
    """Return what the query service answers."""
    answer = httpx.get(
        f"{house.query_url}{path}",
        headers={"Authorization": f"Bearer {tenant.read_key}"},
        params=parameters,
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def figures(house: Stack, tenant: Tenant) -> Any:
    """Return the figures of the company: counts, money, ages."""
    metrics = "customers_new,customers_assigned,calls_attempted,emails_opened,tasks,sales,orders"
    days = {"from": "2026-11-20", "to": "2026-11-20"}
    one = json.loads(shown(house, tenant, "/v1/kpis/company/all", metrics=metrics, **days))
    two = json.loads(
        shown(
            house,
            tenant,
            "/v1/kpis/company/all",
            metrics="persons_by_age",
            by="dimension",
            dimension="band",
        )
    )
    return [{k: v for k, v in each.items() if k not in _MOVING} for each in (one, two)]


def lists(house: Stack, tenant: Tenant) -> str:
    """Return everything that shows who the customers are, files among them."""
    range_ = {"from": "2026-11-20", "to": "2026-11-20"}
    asked = [
        ("/v1/facts", {"metric": "customers_new", **range_}),
        ("/v1/facts.csv", {"metric": "customers_new", **range_}),
        ("/v1/facts.csv", {"metric": "calls_attempted", **range_}),
        ("/v1/facts", {"metric": "emails_opened", **range_}),
        ("/v1/facts", {"metric": "tasks", **range_}),
        ("/v1/facts", {"metric": "persons_by_age"}),
        ("/v1/customers/c1/journey", {}),
        (
            "/v1/reports/sales-performance",
            {"created_from": "2026-11-20", "created_to": "2026-11-20", "sort": "name"},
        ),
    ]
    return "\n".join(shown(house, tenant, path, **parameters) for path, parameters in asked)


def everything(house: Stack) -> bytes:
    """Return every byte of log, dead letters, kpi-changes, audit, Redis, journal and logs."""
    found: list[bytes] = run_apart(records_of(house))
    with redis.Redis.from_url(house.redis_url) as client:
        found += [client.dump(key) or b"" for key in client.scan_iter(count=1000)]
        found += [
            repr(client.hgetall(key)).encode()
            for key in client.scan_iter(count=1000)
            if client.type(key) == b"hash"
        ]
    found += [path.read_bytes() for path in house.directory.rglob("*.log")]
    for path in (house.directory / "journal").rglob("*.journal"):
        found.append(path.read_bytes())
        journal = Journal(path)
        found += [record.value for record in journal.read()]
        journal.close()
    return b"\n".join(found)


def found_of(house: Stack) -> list[str]:
    """Return what of the customer stands anywhere."""
    raw = everything(house)
    return [text for text in SAID if text.encode() in raw]


def verified(house: Stack) -> None:
    """See that the recount finds no difference."""
    console = Console(record=True, width=200)
    code = run(house.meeting.settings(), options=Options(wait_idle=True), console=console)
    assert code == 0, console.export_text()


def erase(house: Stack, path: str) -> dict[str, Any]:
    """Ask the administrator's door to forget."""
    answer = httpx.post(
        f"{house.ingestor_url}/v1/tenants/{path}/erasure",
        headers={"Authorization": f"Bearer {house.admin_token}"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_customer_is_forgotten_and_no_figure_changes(house: Stack) -> None:
    """Nothing says who it was, the same events again bring nothing back, verify finds no fault."""
    tenant = house.create_tenant()
    told = post(house, tenant, story(tenant.id))
    assert [one["code"] for one in told["rejected"]] == ["invalid_field"]
    before, seen = figures(house, tenant), lists(house, tenant)
    assert all(text in seen for text in (NAME, PHONE, "+84912777331", BORN, ADDRESS, TITLE))
    assert not found_of(house)
    verified(house)

    erased = erase(house, f"{tenant.id}/customers/c1")
    assert erased["customers"] == ["c1"]
    assert (erased["contacts"], erased["addresses"], erased["plain"]) == (1, 1, 0)
    assert erased["keys_destroyed"] >= 4
    wait_for(lambda: ADDRESS not in lists(house, tenant), 10, "a key is held too long")
    after = lists(house, tenant)
    assert not [text for text in SAID if text in after]
    assert "[erased]" in after
    assert "Pham Stays" in after
    assert figures(house, tenant) == before
    assert not found_of(house)
    verified(house)

    again = post(house, tenant, story(tenant.id))
    codes = sorted(one["code"] for one in again["rejected"])
    assert codes == ["erased", "erased", "invalid_field"]
    assert figures(house, tenant) == before
    after = lists(house, tenant)
    assert not [text for text in SAID if text in after]
    assert not found_of(house)
    assert erase(house, f"{tenant.id}/customers/c1")["keys_destroyed"] == 0
    verified(house)


def test_a_call_under_a_wrong_hash_is_found(house: Stack) -> None:
    """Verify reads the hashes of numbers from the log itself: one that is altered is told."""
    tenant = house.create_tenant()
    post(house, tenant, story(tenant.id))
    with redis.Redis.from_url(house.redis_url) as client:
        for key in client.scan_iter(match=f"*:{tenant.id}:f:*"):
            for number, packed in client.hgetall(key).items():
                call = unpack(packed)
                if isinstance(call, Call) and call.id == "k0" and call.who is not None:
                    wrong = replace(call, who=(*call.who[:6], "#" + "A" * 16))
                    client.hset(key, number, pack(wrong))
                    console = Console(record=True, width=200)
                    options = Options(tenant=tenant.id, wait_idle=True)
                    code = run(house.meeting.settings(), options=options, console=console)
                    client.hset(key, number, packed)
                    assert code == 1
                    assert "call k0" in console.export_text()
                    return
    pytest.fail("the call is not in the store")


async def test_what_belongs_to_whom_is_not_read_in_another_layout(store: EmbeddedStore) -> None:
    """Keys of what nobody can find would stay: erasing is to be repeated after the rebuild."""
    settings = IngestorSettings.load({f"{PREFIX}REDIS_URL": store.url})
    reading = Store(settings)
    with redis.Redis.from_url(store.url) as client:
        client.set(PartitionKeys(9).served, "0a1b2c3d-1")
        try:
            with pytest.raises(Problem, match="salespulse rebuild") as refused:
                await belongings(reading, Directed("t", 9, "T", ""), "c1", Root(bytes(32)))
            assert (refused.value.status, refused.value.code) == (503, "other_layout")
        finally:
            client.delete(PartitionKeys(9).served)
            await reading.close()


def test_a_tenant_is_erased_wholly(house: Stack) -> None:
    """Its keys, figures, lists and published values are gone; its neighbour is as it was."""
    gone, stays = house.create_tenant(), house.create_tenant()
    for tenant in (gone, stays):
        post(house, tenant, story(tenant.id))
    before = figures(house, stays)
    erased = erase(house, gone.id)
    assert erased["keys_left"] == 0
    assert erased["keys_destroyed"] > 4
    assert erased["applied"] is True
    keys = PartitionKeys(gone.partition)

    def is_swept() -> bool:
        with redis.Redis.from_url(house.redis_url) as client:
            waiting = client.scard(keys.erasing) + client.scard(keys.untold)
            return not waiting and not list(client.scan_iter(match=f"{keys.prefix}*:{gone.id}:*"))

    wait_for(is_swept, 30, "keys of the erased tenant are left")
    headers = {"Authorization": f"Bearer {gone.read_key}"}
    asked = f"{house.query_url}/v1/tenant"
    wait_for(
        lambda: httpx.get(asked, headers=headers).status_code == 401, 15, "its key still opens"
    )
    erased = erase(house, gone.id)
    left = run_apart(look(house.meeting.settings(), gone.id, erased))
    assert left.remains == {}
    assert left.counts["records in crm-events, passed over and unreadable"] >= len(story(gone.id))
    assert figures(house, stays) == before
    verified(house)
    taken = httpx.post(
        f"{house.ingestor_url}/v1/tenants",
        headers={"Authorization": f"Bearer {house.admin_token}"},
        json={"id": gone.id},
        timeout=30,
    )
    assert taken.status_code == 409
