"""Awkward but valid input, through HTTP in and HTTP out: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import orjson
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant

pytestmark = pytest.mark.once

DAY = "2026-11-20"
AT = f"{DAY}T03:00:00Z"
RANGE = f"from={DAY}&to={DAY}"


class Floor:
    """A tenant of its own with one seller, and the calls of the tests."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.tenant: Tenant = stack.create_tenant()
        self.send("hire", "employee.upserted", "lan", name="Lan", department_id="north")

    def send(self, event_id: str, kind: str, subject: str, /, **data: Any) -> dict[str, Any]:
        """Post one event and wait until the figures include it."""
        body = {
            "specversion": "1.0",
            "id": event_id,
            "source": "crm",
            "type": kind,
            "time": AT,
            "subject": subject,
            "tenantid": self.tenant.id,
            "data": data,
        }
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/events?wait=applied",
            headers={
                "Authorization": f"Bearer {self.tenant.write_key}",
                "Content-Type": "application/cloudevents+json",
            },
            content=orjson.dumps(body),
            timeout=60,
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        found: dict[str, Any] = answer.json()
        assert found["rejected"] == []
        assert found["applied"]
        return found

    def order(self, event_id: str, order: str, amount: int, currency: str, **data: Any) -> None:
        """Place an order of Lan and approve it."""
        total = {"amount": amount, "currency": currency}
        fields = {"order_date": DAY, "created_at": AT, "owner_id": "lan", "total": total} | data
        self.send(event_id, "order.created", order, **fields)
        self.send(f"{event_id}-approved", "order.approved", order, approved_at=AT)

    def figure(self, metric: str, scope: str = "employee/lan", extra: str = "") -> dict[str, Any]:
        """Read one figure of the day."""
        answer = self.get(f"/v1/kpis/{scope}?metrics={metric}&{RANGE}{extra}")
        figure: dict[str, Any] = answer["figures"][0]
        return figure

    def get(self, path: str) -> dict[str, Any]:
        """Read an answer of the query service."""
        headers = {"Authorization": f"Bearer {self.tenant.read_key}"}
        answer = httpx.get(self.stack.query_url + path, headers=headers, timeout=60)
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def dead_letters(self) -> list[Mapping[str, Any]]:
        """Read the dead letters of this tenant."""
        headers = {"Authorization": f"Bearer {self.stack.admin_token}"}
        answer = httpx.get(
            f"{self.stack.ingestor_url}/v1/dead-letters?limit=1000", headers=headers, timeout=60
        )
        letters = answer.raise_for_status().json()["dead_letters"]
        return [letter for letter in letters if letter["tenant"] == self.tenant.id]


@pytest.fixture
def floor(stack: Stack) -> Floor:
    """Give a sales floor of its own to each test."""
    return Floor(stack)


def test_another_currency_stands_on_its_own_line(floor: Floor) -> None:
    """Dollars are shown beside dongs and never added to them (G8)."""
    floor.order("o1", "order-1", 1_500_000, "VND")
    floor.order("o2", "order-2", 9_900, "USD")
    revenue = floor.figure("revenue")
    assert (revenue["value"], revenue["currency"]) == (1_500_000, "VND")
    assert revenue["others"] == [{"value": 9_900, "currency": "USD"}]
    assert floor.figure("orders_approved")["value"] == 2


def test_an_order_of_an_unknown_customer_counts_and_waits_for_the_customer(floor: Floor) -> None:
    """The owner's revenue counts at once; the customer's source when the customer appears."""
    floor.order("o1", "order-1", 700_000, "VND", customer_id="ghost")
    assert floor.figure("revenue")["value"] == 700_000
    by_source = "&by=dimension&dimension=source"
    assert _split(floor.figure("revenue", extra=by_source)) == {"": 700_000}
    floor.send(
        "c1", "customer.created", "ghost", created_at=AT, owner_id="lan", source_ids=["fair"]
    )
    assert floor.figure("revenue")["value"] == 700_000
    assert _split(floor.figure("revenue", extra=by_source)) == {"fair": 700_000}
    assert floor.figure("customers_new")["value"] == 1
    journey = floor.get("/v1/customers/ghost/journey")
    assert "order-1" in [each["id"] for each in journey["events"] if each["kind"] == "order"]


def _split(figure: Mapping[str, Any]) -> dict[str, int]:
    return {row["dimension_value"]: row["value"] for row in figure["by"]}


def test_the_first_content_of_an_id_wins_and_the_other_is_kept(floor: Floor) -> None:
    """An id that comes again with other content is dead-lettered, the first one counts."""
    floor.order("o1", "order-1", 700_000, "VND")
    other = {"amount": 900_000, "currency": "VND"}
    fields = {"order_date": DAY, "created_at": AT, "owner_id": "lan", "total": other}
    floor.send("o1", "order.created", "order-1", **fields)
    floor.send("o1", "order.created", "order-2", **fields)
    assert floor.figure("revenue")["value"] == 700_000
    assert floor.figure("orders")["value"] == 1

    def kept() -> bool:
        return [letter["code"] for letter in floor.dead_letters()] == ["duplicate_id"] * 2

    wait_for(kept, 30, "the other content is not among the dead letters")


def test_the_same_event_again_changes_nothing(floor: Floor) -> None:
    """A repeated delivery is accepted and counts once."""
    floor.order("o1", "order-1", 700_000, "VND")
    floor.order("o1", "order-1", 700_000, "VND")
    assert floor.figure("orders_approved")["value"] == 1
    assert floor.dead_letters() == []


@pytest.mark.parametrize("scope", ["employee/lan", "department/north", "company/all"])
def test_a_cancelled_order_counts_nowhere(floor: Floor, scope: str) -> None:
    """Approved, revoked, approved and cancelled: every step is seen by every scope."""
    read: Callable[[str], Any] = lambda metric: floor.figure(metric, scope)["value"]  # noqa: E731
    floor.order("o1", "order-1", 700_000, "VND")
    assert (read("revenue"), read("orders_pending")) == (700_000, 0)
    floor.send("r1", "order.approval_revoked", "order-1", revoked_at=AT, revision=1)
    assert (read("revenue"), read("sales"), read("orders_pending")) == (0, 700_000, 1)
    floor.send("a2", "order.approved", "order-1", approved_at=AT, revision=2)
    assert read("revenue") == 700_000
    floor.send("x1", "order.cancelled", "order-1", cancelled_at=AT)
    assert (read("revenue"), read("sales"), read("orders")) == (0, 0, 0)


def test_a_back_dated_move_takes_the_calls_along(floor: Floor) -> None:
    """A call counts for the department its caller was in on that day, also told later (G3)."""
    call = {"direction": "outbound", "employee_id": "lan", "connected_at": AT}
    floor.send("k1", "call.connected", "call-1", **call)
    assert floor.figure("calls_outbound", "department/north")["value"] == 1
    floor.send(
        "move", "employee.upserted", "lan", name="Lan", department_id="south", valid_from=DAY,
        revision=1,
    )  # fmt: skip
    assert floor.figure("calls_outbound", "department/north")["value"] == 0
    assert floor.figure("calls_outbound", "department/south")["value"] == 1
    assert floor.figure("calls_outbound")["value"] == 1


def test_a_large_amount_stays_exact(floor: Floor) -> None:
    """Sums beyond what a double holds are exact to the last unit."""
    for number in range(11):
        floor.order(f"o{number}", f"order-{number}", 10**15 - number, "VND")
    assert floor.figure("sales")["value"] == sum(10**15 - number for number in range(11))


def test_what_does_not_go_together_is_kept_coded_and_shown(floor: Floor) -> None:
    """No number, an unknown stage, a shared extension, an owner who left: shown until put right."""
    who = {"name": "Nga", "department_id": "north"}
    floor.send("t1", "taxonomy.upserted", "lead", kind="relationship", name="Lead")
    floor.send("x1", "employee.extension_changed", "lan", extension="101", changed_at=AT)
    floor.send("x2", "employee.upserted", "nga", **who, extension="101", valid_from=DAY)
    new = {"created_at": AT, "owner_id": "nga", "relationship_id": "lead"}
    floor.send("c1", "customer.created", "k1", **new, phones=["gọi chồng", "0901 111 222"])
    odd = {"relationship_id": "??", "changed_at": AT, "revision": 1}
    floor.send("c2", "customer.status_changed", "k1", **odd)
    call = {"direction": "outbound", "extension": "101", "phone": "ẩn số"}
    floor.send("c3", "call.ended", "k1-call", **call, ended_at=AT, duration_s=0)
    assert shown(floor) == {
        ("not_a_phone_number", "", 2),
        ("unknown_stage", "??", 1),
        ("extension_shared", "101", 2),
    }
    floor.send("x3", "employee.upserted", "nga", **who, active=False, revision=1)
    assert shown(floor) == {
        ("not_a_phone_number", "", 2),
        ("unknown_stage", "??", 1),
        ("owner_left", "nga", 1),
    }
    floor.send("c4", "customer.assigned", "k1", owner_id="lan", assigned_at=AT, revision=1)
    floor.send("c5", "customer.updated", "k1", phones=["0901111222"], revision=1)
    floor.send("t2", "taxonomy.upserted", "??", kind="relationship", name="Strange")
    assert shown(floor) == {("not_a_phone_number", "", 1)}


def shown(floor: Floor) -> set[tuple[str, str, int]]:
    """Return (code, of, count) of what the quality page shows; every list is as long as it says."""
    found = floor.get("/v1/quality")
    rows = [{"of": "", **row} for row in found["in_doubt"]["rows"]] + found["to_check"]["rows"]
    for row in rows:
        assert row["facts"] is None or floor.get(row["facts"])["total"] == row["count"]
    return {(row["code"], row["of"], row["count"]) for row in rows}
