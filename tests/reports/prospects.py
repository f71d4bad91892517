"""A company with a few prospects of the last days, worked out by hand for the cohort reports.

```
sales (an 101, dung who left)  <- north (binh 102)        far (chi)
days ago: 10  k1 an web vip lead; k2 an web; k3 binh fair lead      p1 k1 spring an (9)
           9  k4 nobody web; k5 chi vip                              p2 k1 autumn binh (8)
           0  k6 an                                                  p3 k3 spring binh (9)
calls: l1 l2 l3 101 -> k1 (l3 answered), l4 chi -> k2, l5 102 -> k3  p4 k4 spring nobody (8)
       l6 an -> k4, l7 101 -> k6 today
```
k1 is won 7 days ago, has an appointment by chi and an order by chi; k2 has an order that waits and
one in dollars; what k3 had was cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deploy.local.stack import Stack, Tenant
from tests.reports.company import Event, post, vnd

TODAY = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def day(ago: int) -> str:
    """Return the date of some days ago, in the tenant's zone."""
    return (TODAY - timedelta(ago)).isoformat()


def at(ago: int, clock: str = "03:00:00") -> str:
    """Return a moment of that day."""
    return f"{day(ago)}T{clock}Z"


def people() -> Iterator[Event]:
    """Return departments, employees, and what sources, groups, stages and campaigns are called."""
    for name, parent in (("sales", None), ("north", "sales"), ("far", None)):
        yield "department.upserted", name, at(60), {"name": name.title(), "parent_id": parent}
    for name, department, extension in (
        ("an", "sales", "101"),
        ("binh", "north", "102"),
        ("chi", "far", None),
        ("dung", "sales", None),
    ):
        data = {"name": name.title(), "department_id": department, "valid_from": day(60)}
        more = {"extension": extension, "active": name != "dung"}
        yield "employee.upserted", name, at(60), {**data, **more}
    for kind, name, text in (
        ("source", "web", "Website"),
        ("relationship", "lead", "Lead"),
        ("relationship", "won", "Won"),
        ("campaign", "winter", "Winter"),
    ):
        yield "taxonomy.upserted", name, at(60), {"kind": kind, "name": text}


def customers() -> Iterator[Event]:
    """Return customers, a stage one of them reached, and opportunities."""
    for name, ago, owner, sources, groups, stage in (
        ("k1", 10, "an", ["web"], ["vip"], "lead"),
        ("k2", 10, "an", ["web"], [], None),
        ("k3", 10, "binh", ["fair"], [], "lead"),
        ("k4", 9, None, ["web"], [], None),
        ("k5", 9, "chi", [], ["vip"], None),
        ("k6", 0, "an", [], [], None),
    ):
        data = {"created_at": at(ago), "owner_id": owner, "name": name.upper()}
        more = {"source_ids": sources, "group_ids": groups, "phones": [f"0901 000 00{name[1]}"]}
        stages = {"relationship_id": stage} if stage else {}
        yield "customer.created", name, at(ago), {**data, **more, **stages}
    won = {"relationship_id": "won", "changed_at": at(7), "actor_id": "an"}
    yield "customer.status_changed", "k1", at(7), won
    for name, customer, campaign, owner, ago in (
        ("p1", "k1", "spring", "an", 9),
        ("p2", "k1", "autumn", "binh", 8),
        ("p3", "k3", "spring", "binh", 9),
        ("p4", "k4", "spring", None, 8),
    ):
        data = {"created_at": at(ago), "customer_id": customer, "owner_id": owner}
        yield "opportunity.created", name, at(ago), {**data, "campaign_id": campaign}


def work() -> Iterator[Event]:
    """Return calls, appointments, orders and payments."""
    for name, ago, seconds, who in (
        ("l1", 9, 0, {"extension": "101", "phone": "+84 901 000 001"}),
        ("l2", 9, 0, {"extension": "101", "phone": "0901000001"}),
        ("l3", 8, 60, {"extension": "101", "phone": "0901-000-001"}),
        ("l4", 8, 30, {"employee_id": "chi", "customer_id": "k2"}),
        ("l5", 8, 0, {"extension": "102", "phone": "0901000003"}),
        ("l6", 8, 45, {"employee_id": "an", "customer_id": "k4"}),
        ("l7", 0, 0, {"extension": "101", "phone": "0901000006"}),
    ):
        data = {"direction": "outbound", "ended_at": at(ago, "04:00:00"), "duration_s": seconds}
        yield "call.ended", name, at(ago, "04:00:00"), {**data, **who}
    for name, customer in (("t1", "k1"), ("t2", "k3")):
        data = {"created_at": at(8), "creator_id": "chi", "assignees": ["chi"]}
        more = {"type": "appointment", "customer_id": customer}
        yield "task.created", name, at(8), {**data, **more}
    for name, status in (("t1", "completed"), ("t2", "cancelled")):
        data = {"status": status, "changed_at": at(6), "actor_id": "chi"}
        yield "task.status_changed", name, at(6), data
    for name, customer, owner, ago, total in (
        ("o1", "k1", "chi", 8, vnd(1_000_000)),
        ("o2", "k2", "an", 8, vnd(500_000)),
        ("o3", "k2", "an", 7, {"amount": 2_500, "currency": "USD"}),
        ("o4", "k3", "binh", 8, vnd(70_000)),
    ):
        data = {"created_at": at(ago, "05:00:00"), "order_date": day(ago), "total": total}
        who = {"owner_id": owner, "customer_id": customer}
        yield "order.created", name, at(ago, "05:00:00"), {**data, **who}
    for name in ("o1", "o3"):
        yield "order.approved", name, at(6), {"approved_at": at(6), "actor_id": "binh"}
    yield "order.cancelled", "o4", at(6), {"cancelled_at": at(6)}
    paid = {"paid_at": at(6), "amount": vnd(400_000), "order_id": "o1", "customer_id": "k1"}
    yield "payment.received", "y1", at(6), paid
    loose = {"paid_at": at(6), "amount": vnd(50_000), "customer_id": "k2"}
    yield "payment.received", "y2", at(6), loose


def settle(stack: Stack, tenant: Tenant) -> None:
    """Post the history of this company."""
    post(stack, tenant, [*people(), *customers(), *work()])
