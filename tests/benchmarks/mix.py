"""The seeded mix of events every program of the benchmark folds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from schemas.envelope import parse_event

TENANT = "bench"
EMPLOYEES = 200
CUSTOMERS = 20_000
DEPARTMENTS = 8
_DAY = datetime(2026, 11, 20, tzinfo=UTC)


def _written(event_type: str, number: int, subject: str, at: str, data: dict[str, Any]) -> bytes:
    """Return the bytes of an event as the ingestor writes them (see `check`)."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "bench",
            "type": event_type,
            "time": at,
            "subject": subject,
            "tenantid": TENANT,
            "data": data,
        }
    )


def _at(seconds: int) -> str:
    return f"{(_DAY + timedelta(seconds=seconds)).isoformat(timespec='seconds')[:19]}.000Z"


def events(count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield `count` canonical events: people and customers first, then a working day."""
    chance = random.Random(seed)
    number = 0
    for department in range(DEPARTMENTS):
        data: dict[str, Any] = {"name": f"Department {department}"}
        yield _written("department.upserted", number, f"d{department}", _at(0), data)
        number += 1
    for employee in range(EMPLOYEES):
        data = {"name": f"Employee {employee}", "department_id": f"d{employee % DEPARTMENTS}"}
        yield _written("employee.upserted", number, f"emp{employee}", _at(0), data)
        number += 1
    for customer in range(min(CUSTOMERS, count // 10)):
        data = {
            "source_ids": [f"source{customer % 5}"],
            "industry": f"industry{customer % 7}",
            "created_at": _at(customer % 86_400),
            "owner_id": f"emp{customer % EMPLOYEES}",
        }
        yield _written("customer.created", number, f"c{customer}", _at(1), data)
        number += 1
    customers = max(1, min(CUSTOMERS, count // 10))
    while number < count:
        second = chance.randrange(86_000)
        happening = _happening(chance, number, second, customers)
        if number + len(happening) <= count:  # a call that connects also ends
            for event_type, subject, data in happening:
                yield _written(event_type, number, subject, _at(second), data)
                number += 1


def _happening(
    chance: random.Random, number: int, second: int, customers: int
) -> list[tuple[str, str, dict[str, Any]]]:
    employee = f"emp{chance.randrange(EMPLOYEES)}"
    customer = f"c{chance.randrange(customers)}"
    kind = chance.random()
    data: dict[str, Any]
    if kind < 0.62:
        who = {"direction": "outbound", "employee_id": employee, "customer_id": customer}
        seconds = chance.choice((0, 0, 45, 90, 240, 600))
        return [
            ("call.connected", f"call{number}", who | {"connected_at": _at(second)}),
            (
                "call.ended",
                f"call{number}",
                who | {"ended_at": _at(second + seconds), "duration_s": seconds},
            ),
        ]
    if kind < 0.80:
        data = {
            "recipient": f"{customer}@example.com",
            "opened_at": _at(second),
            "sender_id": employee,
            "customer_id": customer,
        }
        return [("email.opened", f"mail{number}", data)]
    if kind < 0.90:
        total = {"amount": chance.randrange(1, 90) * 100_000, "currency": "VND"}
        data = {
            "order_date": _DAY.date().isoformat(),
            "created_at": _at(second),
            "total": total,
            "customer_id": customer,
            "owner_id": employee,
        }
        order = f"order{number}"
        return [
            ("order.created", order, data),
            ("order.approved", order, {"approved_at": _at(second + 60)}),
        ]
    stage = chance.choice(("contacted", "qualified", "won", "lost"))
    data = {"relationship_id": stage, "changed_at": _at(second), "actor_id": employee}
    return [("customer.status_changed", customer, data)]


def check(sample: int = 3000) -> None:
    """Check that the mix is what the ingestor would have written; raises AssertionError."""
    for value in events(sample):
        assert parse_event(orjson.loads(value), TENANT) == value, value


def expected(values: Iterator[bytes] | list[bytes]) -> dict[str, int]:
    """Count what every program must count: e-mails opened, orders, and calls by employee.

    Shape:  events -> {'emails_opened': n, 'orders': n, 'calls:<employee>': n}, straight from the
            bytes, by the shortest rule that holds for this mix.
    """
    found: dict[str, int] = {}
    for value in values:
        event = orjson.loads(value)
        data = event["data"]
        match event["type"]:
            case "email.opened":
                name = "emails_opened"
            case "order.created":
                name = "orders"
            case "call.ended" if data["duration_s"] > 0:
                name = f"calls:{data['employee_id']}"
            case _:
                continue
        found[name] = found.get(name, 0) + 1
    return found
