"""A customer's journey on running services: calls by number are in it, and it is followed live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.integration.query_listener import Listener, listening_at
from tests.integration.test_stream_of_a_stack import Office, written

MOBILE, OTHER, DESK = "0912 345 678", "+84 98 765 43 21", "(028) 3822 9999"


class Clinic(Office):
    """A tenant with a seller on extension 101, a customer with a number, and a contact person."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.began = datetime.now(UTC) - timedelta(hours=2)

    async def settle(self) -> None:
        """Hire the seller, and let the customer come two hours ago."""
        hired = (self.began - timedelta(days=9)).date().isoformat()
        await self.send("employee.upserted", "lan", name="Lan", extension="101", valid_from=hired)
        await self.come("k1", phones=[MOBILE], relationship_id="new")
        contact = {"customer_id": "k1", "name": "Hoa", "phones": [DESK]}
        await self.send("contact.upserted", "w1", **contact)

    async def come(self, customer: str, **data: Any) -> None:
        """Let a customer of Lan come."""
        at = written(self.began)
        await self.send("customer.created", customer, created_at=at, owner_id="lan", **data)

    async def call(self, call: str, phone: str, minutes: int) -> None:
        """Report a call so many minutes after the customer came, by extension and number."""
        at = self.began + timedelta(minutes=minutes)
        spoken = {"ended_at": written(at + timedelta(seconds=90)), "duration_s": 90}
        who = {"direction": "outbound", "extension": "101", "phone": phone}
        await self.send("call.ended", call, **who, connected_at=written(at), **spoken)

    async def journey(self, customer: str = "k1") -> httpx.Response:
        """Ask for the journey."""
        headers = {"Authorization": f"Bearer {self.tenant.read_key}"}
        async with httpx.AsyncClient(base_url=self.stack.query_url, timeout=30) as client:
            return await client.get(f"/v1/customers/{customer}/journey", headers=headers)

    @asynccontextmanager
    async def following(
        self, last_event_id: str = "", customer: str = "k1"
    ) -> AsyncIterator[Listener]:
        """Follow the journey."""
        place = (self.stack.query_url, self.tenant.read_key, last_event_id)
        path = f"/v1/customers/{customer}/journey/stream"
        async with listening_at(*place, path=path) as listener:
            yield listener


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str, str, str | None]]:
    """Return (kind, id, what, employee) of what happened."""
    return [(row["kind"], row["id"], row["what"], row["employee_id"]) for row in rows]


async def test_a_customer_is_followed(stack: Stack) -> None:
    """Calls by number, by a contact's number and by a number that comes later are told at once."""
    clinic = Clinic(stack)
    await clinic.settle()
    await clinic.call("early", OTHER, 10)
    created = ("customer", "k1", "created", None)
    first = [created, ("customer", "k1", "assigned", "lan"), ("customer", "k1", "stage", "lan")]
    async with clinic.following() as listener:
        snapshot = await listener.next()
        assert snapshot.name == "snapshot"
        assert sorted(told(snapshot.data["rows"]), key=str) == sorted(first, key=str)
        assert [one["id"] for one in snapshot.data["contacts"]] == ["w1"]

        await clinic.call("c1", "+84912345678", 20)
        change = await listener.until("change")
        assert told(change.data["rows"]) == [("call", "c1", "call", "lan")]
        assert change.data["customer"]["last_contact"] is not None
        assert "stages" not in change.data

        await clinic.call("c2", "02838229999", 30)
        assert told((await listener.until("change")).data["rows"]) == [
            ("call", "c2", "call", "lan")
        ]

        await clinic.come("k2", phones=["0901 111 222"])
        plan = {"created_at": written(datetime.now(UTC)), "type": "appointment"}
        await clinic.send("task.created", "t1", **plan, customer_id="k1", assignees=["lan"])
        change = await listener.until("change")
        assert told(change.data["rows"]) == [("appointment", "t1", "created", None)]

        await clinic.send("customer.updated", "k1", phones=[MOBILE, OTHER])
        change = await listener.until("change")
        assert told(change.data["rows"]) == [("call", "early", "call", "lan")]
        assert change.data["order"].index("call|early|call|1") == 3
        assert change.data["customer"]["phones"] == [MOBILE, OTHER]

    found = (await clinic.journey()).json()
    assert change.data["order"] == [
        "|".join((one["kind"], one["id"], one["what"], "1")) for one in found["events"]
    ]
    async with clinic.following(change.id) as listener:
        assert (await listener.next()).name == "heartbeat"
        moved = {"relationship_id": "hot", "changed_at": written(datetime.now(UTC))}
        await clinic.send("customer.status_changed", "k1", **moved)
        change = await listener.until("change")
        assert [one["stage"] for one in change.data["stages"]] == ["new", "hot"]


async def test_the_time_in_each_stage_is_summed_up(stack: Stack) -> None:
    """Who comes back to a stage has been there twice, as long as both times together."""
    clinic = Clinic(stack)
    await clinic.come("k1", relationship_id="new")
    for number, stage in enumerate(("hot", "new", "hot"), 1):
        moved = written(clinic.began + timedelta(minutes=10 * number))
        await clinic.send("customer.status_changed", "k1", relationship_id=stage, changed_at=moved)
    found = (await clinic.journey()).json()
    new, hot = found["time_in_stages"]
    assert new == {"stage": "new", "times": 2, "seconds": 1200}
    assert (hot["stage"], hot["times"]) == ("hot", 2)
    assert hot["seconds"] == sum(one["seconds"] for one in found["stages"] if one["stage"] == "hot")
    assert [(one["owner_id"], one["to"]) for one in found["owners"]] == [("lan", None)]


async def test_nobody_follows_whom_nobody_knows(stack: Stack) -> None:
    """A customer who never occurred is refused before the first byte, as the journey is."""
    clinic = Clinic(stack)
    answer = await clinic.journey("nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")
    with pytest.raises(httpx.HTTPStatusError) as caught:
        async with clinic.following(customer="nobody"):
            pass
    assert caught.value.response.json()["code"] == "unknown_customer"
