"""A company whose May 2026 is worked out by hand; nothing is there but what is said here.

```
sales (an, binh, dung who left; chi since 16 May)  <- sub-department hanoi (eva; chi before)
far   (fay: eight customers in seven provinces, one of them without any)
```
Customers: k1 (an, web, food, Hanoi), k2 (binh, web and fair, Da Nang), k3 (an, no source, April),
k4 (eva, web), k5 (binh, no source). Nothing of stock is ever sent. Money is VND; o8 is in USD.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.local.stack import Stack, Tenant
from schemas.envelope import BATCH_CONTENT_TYPE

Event = tuple[str, str, str, dict[str, Any]]
"""(type, subject, time, data)"""


def vnd(amount: int) -> dict[str, Any]:
    """Return an amount of VND."""
    return {"amount": amount, "currency": "VND"}


def at(day: str, clock: str = "03:00:00") -> str:
    """Return a moment of 2026: '05-20' is that day in the tenant's zone, and in UTC."""
    return f"2026-{day}T{clock}Z"


def order(
    name: str, owner: str, day: str, customer: str, total: dict[str, Any], **more: Any
) -> Event:
    """Return an order whose order date is a day of 2026, created on that day unless told."""
    created = at(more.pop("created", day))
    data = {
        "created_at": created,
        "order_date": f"2026-{day}",
        "owner_id": owner,
        "customer_id": customer,
        "total": total,
        **more,
    }
    return "order.created", name, created, data


def approved(name: str, when: str, actor: str) -> Event:
    """Return the approval of an order."""
    return "order.approved", name, when, {"approved_at": when, "actor_id": actor}


def customer(name: str, day: str, owner: str, **more: Any) -> Event:
    """Return a customer created on a day of 2026."""
    data = {"created_at": at(day), "owner_id": owner, "name": name.upper(), **more}
    return "customer.created", name, at(day), data


def people() -> Iterator[Event]:
    """Return departments and employees."""
    for name, parent in (("sales", None), ("hanoi", "sales"), ("far", None)):
        yield "department.upserted", name, at("01-01"), {"name": name.title(), "parent_id": parent}
    for name, department, since in (
        ("an", "sales", "01-01"),
        ("binh", "sales", "01-01"),
        ("chi", "hanoi", "01-01"),
        ("chi", "sales", "05-16"),
        ("eva", "hanoi", "01-01"),
        ("fay", "far", "01-01"),
        ("dung", "sales", "01-01"),
    ):
        yield (
            "employee.upserted",
            name,
            at(since),
            {
                "name": name.title(),
                "department_id": department,
                "valid_from": f"2026-{since}",
                "active": name != "dung",
            },
        )


def customers() -> Iterator[Event]:
    """Return customers, a contact person, and what stages and sources are called."""
    yield customer(
        "k1", "05-02", "an", creator_id="an", source_ids=["web"], industry="food",
        province="hn", gender="female", birthday="1990-05-01", relationship_id="lead",
    )  # fmt: skip
    yield customer(
        "k2", "05-10", "binh", creator_id="an", source_ids=["web", "fair"], province="dn"
    )
    yield customer("k3", "04-15", "an", creator_id="an")
    yield customer("k4", "05-20", "eva", creator_id="eva", source_ids=["web"])
    yield customer("k5", "05-25", "binh", creator_id="an")
    for number, province in enumerate(["a", "a", "b", "c", "d", "e", "f", None]):
        yield customer(f"f{number}", "04-01", "fay", province=province)
    contact = {"customer_id": "k1", "name": "Mai", "birthday": "2010-01-01"}
    yield "contact.upserted", "w1", at("05-02"), contact
    for kind, name, text, tags in (
        ("relationship", "lead", "Lead", ["mql"]),
        ("source", "web", "Website", ["inbound"]),
        ("project", "p1", "Opening", []),
    ):
        data = {"kind": kind, "name": text, "tags": tags}
        yield "taxonomy.upserted", name, at("01-01"), data


def orders() -> Iterator[Event]:
    """Return orders, approvals, payments and contracts."""
    hats = [
        {"product_id": "hat", "quantity": 2, "amount": vnd(600_000)},
        {"product_id": "cap", "quantity": 1, "amount": vnd(400_000)},
    ]
    hat = [{"product_id": "hat", "quantity": 1, "amount": vnd(500_000)}]
    yield order("o1", "an", "05-05", "k1", vnd(1_000_000), lines=hats)
    yield order("o2", "an", "05-20", "k1", vnd(500_000), lines=hat)
    yield order("o3", "binh", "05-12", "k2", vnd(300_000))
    yield order("o4", "chi", "05-10", "k2", vnd(200_000))
    yield order("o5", "chi", "05-18", "k2", vnd(100_000))
    yield order("o6", "dung", "05-07", "k3", vnd(50_000))
    yield order("o7", "an", "04-28", "k3", vnd(700_000), created="05-03")
    yield order("o8", "eva", "05-11", "k4", {"amount": 2_500, "currency": "USD"})
    yield order("o9", "an", "05-06", "k1", vnd(9_000_000))
    yield "order.cancelled", "o9", at("05-06"), {"cancelled_at": at("05-06", "04:00:00")}
    yield approved("o1", at("05-05", "03:10:00"), "binh")
    yield approved("o2", at("05-21"), "binh")
    yield approved("o4", at("05-10", "03:01:00"), "an")
    yield approved("o5", at("05-18", "03:00:30"), "an")
    yield approved("o6", at("05-07", "05:00:00"), "binh")
    yield approved("o7", at("05-03", "03:05:00"), "binh")
    yield approved("o8", at("05-11", "03:01:00"), "an")
    for name, day, amount in (("y1", "05-06", 400_000), ("y2", "05-09", 600_000)):
        data = {
            "paid_at": at(day),
            "amount": vnd(amount),
            "order_id": "o1",
            "customer_id": "k1",
        }
        yield "payment.received", name, at(day), data
    contract = {
        "owner_id": "an",
        "customer_id": "k1",
        "value": vnd(10_000_000),
    }
    first = {"effective_from": "2026-05-03", "effective_to": "2026-05-31"}
    yield "contract.created", "c1", at("05-03"), {"created_at": at("05-03"), **contract, **first}
    then = {"effective_from": "2026-06-01", "effective_to": "2027-05-31"}
    renewal = {"renewed_at": at("05-30"), "previous_contract_id": "c1", **contract, **then}
    yield "contract.renewed", "c2", at("05-30"), renewal


def work() -> Iterator[Event]:
    """Return what people did: mail, messages, a call in May and one today, a note, tasks."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    mail = {"recipient": "a@b.c", "opened_at": at("05-08"), "sender_id": "an", "customer_id": "k1"}
    yield "email.opened", "m1", at("05-08"), mail
    for name, channel, sender, status in (
        ("s1", "sms", "an", "success"),
        ("s2", "zns", "binh", "success"),
        ("s3", "sms", "binh", "failed"),
    ):
        data = {"channel": channel, "sent_at": at("05-09"), "status": status, "sender_id": sender}
        yield "message.sent", name, at("05-09"), {**data, "customer_id": "k1"}
    for name, when in (("l1", at("05-08")), ("l2", now)):
        data = {"direction": "outbound", "employee_id": "an", "customer_id": "k1"}
        yield "call.ended", name, when, {**data, "ended_at": when, "duration_s": 90}
    note = {"created_at": at("05-18"), "author_id": "chi", "customer_id": "k2", "automatic": False}
    yield "note.added", "n1", at("05-18"), note
    for name, who, start, end, linked in (
        ("t1", ["an"], "04-20", "05-20", "k1"),
        ("t2", ["an", "binh"], "05-04", "05-06", None),
        ("t3", ["binh"], "04-01", "06-30", None),
        ("t4", ["an"], "05-14", "05-15", "k1"),
    ):
        data = {
            "created_at": at(start),
            "creator_id": "an",
            "assignees": who,
            "start": f"2026-{start}",
            "end": f"2026-{end}",
            "customer_id": linked,
            "project_id": "p1" if name == "t2" else None,
            "type": "visit",
        }
        yield "task.created", name, at(start), data
    done = {"status": "completed", "changed_at": at("05-06"), "actor_id": "an"}
    yield "task.status_changed", "t2", at("05-06"), done


def settle(stack: Stack, tenant: Tenant) -> None:
    """Post the history of this company."""
    post(stack, tenant, [*people(), *customers(), *orders(), *work()])


def post(stack: Stack, tenant: Tenant, history: Iterable[Event]) -> None:
    """Post a history and wait until it is in the figures."""
    events = [
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "/reports",
            "type": kind,
            "time": time,
            "subject": subject,
            "tenantid": tenant.id,
            "data": data,
        }
        for number, (kind, subject, time, data) in enumerate(history)
    ]
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/events?wait=applied",
        json=events,
        headers={
            "Authorization": f"Bearer {tenant.write_key}",
            "Content-Type": BATCH_CONTENT_TYPE,
        },
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    assert answer.json()["rejected"] == [], answer.text
    assert answer.json()["applied"], answer.text
