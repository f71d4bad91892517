"""Webhooks from the definition to the subscriber, with the notifier killed in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.services import Service
from deploy.local.stack import Stack
from schemas.webhooks import MESSAGES
from tests.changes.administrator import Administrator
from tests.changes.office import Office
from tests.changes.subscriber import Subscriber, Taken, subscriber


@pytest.fixture
def notifier(stack: Stack, tmp_path: Path) -> Iterator[Service]:
    """Give a notifier of the running stack, which may be killed."""
    own = {
        "WEBHOOK_SECRET": stack.webhook_secret,
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        "LEASE_S": "1",
    }
    with Service("notifier", stack.meeting, tmp_path, settings=own).running() as made:
        yield made


@pytest.fixture
def administrator(office: Office) -> Iterator[Administrator]:
    """Give somebody who may define webhooks."""
    made = Administrator(office)
    yield made
    made.close()


@pytest.fixture(scope="module")
def office(stack: Stack) -> Office:
    """Give a tenant of its own."""
    return Office(stack)


def values(taken: list[Taken]) -> list[int]:
    """Return the values that were told, each message once, in order."""
    once = {one.message: one for one in taken}
    return [one.told["data"]["value"] for one in once.values() if "value" in one.told["data"]]


async def test_from_the_definition_to_the_subscriber(
    office: Office, administrator: Administrator, notifier: Service
) -> None:
    """Defined, told, killed and told again, tested, rotated, replayed, looked at, deleted."""
    async with subscriber() as listening:
        body = {
            "url": listening.url,
            "events": ["kpi.changed"],
            "metrics": ["orders"],
            "scope": "employee",
            "scope_id": "lan",
        }
        secret = administrator.ask("PUT", "/v1/webhooks/erp", **body)["secret"]
        assert secret.startswith("whsec_")
        assert administrator.ask("PUT", "/v1/webhooks/erp", **body)["secret"] is None
        await told(office, listening, notifier, secret)
        administrator.ask("POST", "/v1/webhooks/erp/test")
        test = (await listening.until(5))[-1]
        assert test.told["type"] == "webhook.test"
        rotated = administrator.ask("POST", "/v1/webhooks/erp/rotate", overlap_hours=1)["secret"]
        administrator.ask("POST", "/v1/webhooks/erp/test")
        last = (await listening.until(6))[-1]
        assert last.verified_by(secret, rotated), "what was ordered later knows both"
        shown(administrator, listening, secret)
        before = len(listening.taken)
        administrator.ask("POST", "/v1/webhooks/erp/replay", message=test.message)
        await listening.until_times(before + 2)
        assert {one.message for one in listening.taken[before:]} == {test.message, last.message}
        for taken in listening.taken:
            MESSAGES[taken.told["type"]].model_validate_json(taken.body)
        administrator.ask("DELETE", "/v1/webhooks/erp")
        assert administrator.refused("POST", "/v1/webhooks/erp/test") == "not_found"
        assert administrator.ask("GET", "/v1/webhooks")["rows"] == []


async def told(office: Office, listening: Subscriber, notifier: Service, secret: str) -> None:
    """Sell four times, the notifier killed in the middle; see that all of it is told."""
    office.sell("order-1")
    (first,) = await listening.until(1)
    assert first.verified_by(secret)
    assert first.told["type"] == "kpi.changed"
    office.sell("order-2")
    notifier.kill()
    office.sell("order-3")
    office.sell("order-4")
    notifier.start()
    notifier.wait()
    taken = await listening.until(4)
    assert values(taken) == [1, 2, 3, 4]
    assert {one.told["data"]["id"] for one in taken} == {"lan"}


def shown(administrator: Administrator, listening: Subscriber, secret: str) -> None:
    """See what the API shows: states and attempts, and no secret anywhere."""
    (row,) = administrator.ask("GET", "/v1/webhooks")["rows"]
    assert (row["id"], row["state"], row["rotation"]) == ("erp", "active", 2)
    log = administrator.ask("GET", "/v1/webhooks/erp/deliveries?limit=2")
    assert len(log["rows"]) == 2
    more = administrator.ask("GET", f"/v1/webhooks/erp/deliveries?before={log['next']}")
    delivered = {one["message"] for one in log["rows"] + more["rows"]}
    assert delivered == {one.message for one in listening.taken}
    assert secret not in str([row, log, more])


async def test_a_department_with_those_below(
    administrator: Administrator, office: Office, notifier: Service
) -> None:
    """Each of them for itself; not those beside, nor people."""
    assert notifier.ready()
    for name, parent in (("team", "north"), ("beside", None)):
        office.send("department.upserted", name, name=name, parent_id=parent)
        office.send("employee.upserted", f"of-{name}", name=name, department_id=name)
    async with subscriber() as listening:
        place = {"scope": "department", "scope_id": "north", "sub": True}
        body = {"url": listening.url, "events": ["kpi.changed"], "metrics": ["orders"], **place}
        administrator.ask("PUT", "/v1/webhooks/parts", **body)
        office.sell("w1", owner="of-beside")
        office.sell("w2", owner="of-team")
        office.sell("w3", owner="lan")
        taken = await listening.until(2)
        assert {one.told["data"]["id"] for one in taken} == {"team", "north"}
        assert {one.told["data"]["scope"] for one in taken} == {"department"}
        administrator.ask("DELETE", "/v1/webhooks/parts")


def test_what_cannot_be_told_is_refused(administrator: Administrator) -> None:
    """Unknown figures, those without changes of their own, wrong URLs and ids name their rule."""
    body = {"url": "https://erp.example.com/", "events": ["kpi.changed"]}
    path = "/v1/webhooks/other"
    assert administrator.refused("PUT", path, **body, metrics=["none"]) == "unknown_metric"
    assert administrator.refused("PUT", path, **body, metrics=["win_rate"]) == "not_alertable"
    assert administrator.refused("PUT", path, **{**body, "url": "ftp://x"}) == "invalid_parameter"
    assert administrator.refused("PUT", "/v1/webhooks/-", **body) == "invalid_parameter"
    assert administrator.refused("DELETE", path) == "not_found"
    replay = {"message": "m", "since": "2026-11-20T00:00:00Z"}
    administrator.ask("PUT", path, **body)
    assert administrator.refused("POST", f"{path}/replay", **replay) == "missing_field"
    administrator.ask("DELETE", path)
