"""A seeded year of one large department, as the log keeps it: what the reports are measured on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from tests.benchmarks import written
from tests.benchmarks.written import moment

EMPLOYEES = 200
DEPARTMENT = "floor"
DAYS = 365
SOURCES, GROUPS, CAMPAIGNS = 8, 5, 6
_INDUSTRIES, _PROVINCES, _PRODUCTS = 12, 30, 50
STAGES = ("lead", "contacted", "qualified", "customer")
Happening = tuple[str, str, dict[str, Any]]


def phone(number: int) -> str:
    """Return the telephone number of a customer, as people write it."""
    return f"09{number:08d}"


class Size(NamedTuple):
    """How much of everything. Units: facts without the customers; days of history."""

    customers: int
    facts: int
    days: int = DAYS


class Year:
    """The year that ends on a day; the same seed gives the same events."""

    def __init__(self, tenant: str, size: Size, last: date, seed: int = 7) -> None:
        self.tenant, self.size = tenant, size
        self.chance = random.Random(seed)
        self.first = datetime(last.year, last.month, last.day, tzinfo=UTC) - timedelta(
            size.days - 1
        )
        self._number = 0
        self._checked: set[str] = set()
        self._kinds: list[tuple[float, Callable[[str], list[Happening]]]] = [
            (0.70, self._call),
            (0.80, self._email),
            (0.86, self._message),
            (0.91, self._note),
            (0.94, self._task),
            (0.97, self._order),
            (0.98, self._payment),
            (0.99, self._opportunity),
            (1.00, self._contract),
        ]

    def people(self) -> Iterator[bytes]:
        """Yield the department and who works in it."""
        start = self._at_ms(0)
        floor = ("department.upserted", DEPARTMENT, {"name": "Floor"})
        yield self._written(floor, start)
        for number in range(EMPLOYEES):
            data = {"name": f"Employee {number}", "department_id": DEPARTMENT}
            yield self._written(("employee.upserted", f"emp{number}", data), start)

    def customers(self) -> Iterator[bytes]:
        """Yield the customers, created one after the other over the year; after the people."""
        start = self._at_ms(0)
        for number in range(self.size.customers):
            yield self._written(("customer.created", f"c{number}", self._customer(number)), start)

    def facts(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the facts from one number to before another, day by day; in this order."""
        seconds = self.size.days * 86_400 - 7200
        for number in range(first, last):
            at_ms = self._at_ms(seconds * number // self.size.facts)
            for happening in self._fact(moment(at_ms)):
                yield self._written(happening, at_ms)

    def _at_ms(self, second: int) -> int:
        return (int(self.first.timestamp()) + second) * 1000

    def _written(self, happening: Happening, at_ms: int) -> bytes:
        self._number += 1
        event_type, subject, data = happening
        plain = written.event(event_type, self._number, subject, at_ms, data, self.tenant)
        if event_type not in self._checked:
            self._checked.add(event_type)
            written.check(plain)
        return written.logged(plain)

    def _customer(self, number: int) -> dict[str, Any]:
        chance = self.chance
        created_ms = self._at_ms(self.size.days * 86_400 * number // self.size.customers)
        return {
            "phones": [phone(number)],
            "group_ids": [f"group{number % GROUPS}"],
            "source_ids": [f"source{chance.randrange(SOURCES)}"],
            "industry": f"industry{chance.randrange(_INDUSTRIES)}",
            "province": f"province{chance.randrange(_PROVINCES)}",
            "gender": chance.choice(("male", "female")),
            "birthday": f"{chance.randrange(1950, 2006)}-{chance.randrange(1, 13):02d}-15",
            "created_at": moment(created_ms),
            "creator_id": f"emp{number % EMPLOYEES}",
            "owner_id": f"emp{number % EMPLOYEES}",
            "relationship_id": chance.choice(STAGES),
        }

    def _fact(self, at: str) -> list[Happening]:
        kind = self.chance.random()
        return next(make for limit, make in self._kinds if kind < limit)(at)

    def _who(self, field: str) -> dict[str, Any]:
        """Return a customer and the employee who owns them."""
        customer = self.chance.randrange(self.size.customers)
        return {field: f"emp{customer % EMPLOYEES}", "customer_id": f"c{customer}"}

    def _name(self, kind: str) -> str:
        return f"{kind}{self._number}"

    def _call(self, at: str) -> list[Happening]:
        seconds = self.chance.choice((0, 40, 90, 300))
        data: dict[str, Any] = {"direction": "outbound", "connected_at": at, "ended_at": at}
        data |= {"duration_s": seconds, **self._who("employee_id")}
        data["phone"] = phone(int(data["customer_id"][1:]))
        return [("call.ended", self._name("call"), data)]

    def _email(self, at: str) -> list[Happening]:
        data = {"recipient": "a@example.com", "opened_at": at, **self._who("sender_id")}
        return [("email.opened", self._name("mail"), data)]

    def _message(self, at: str) -> list[Happening]:
        data = {"channel": "sms", "sent_at": at, **self._who("sender_id")}
        return [("message.sent", self._name("sms"), data)]

    def _note(self, at: str) -> list[Happening]:
        return [("note.added", self._name("note"), {"created_at": at, **self._who("author_id")})]

    def _task(self, at: str) -> list[Happening]:
        who = self._who("employee_id")
        name, day = self._name("task"), at[:10]
        end = date.fromisoformat(day) + timedelta(self.chance.randrange(20))
        data: dict[str, Any] = {
            "created_at": at,
            "start": day,
            "end": end.isoformat(),
            "type": self.chance.choice(("follow-up", "appointment")),
        }
        data |= {"assignees": [who["employee_id"]], "customer_id": who["customer_id"]}
        found: list[Happening] = [("task.created", name, data)]
        if self.chance.random() < 0.8:
            done = {"status": "completed", "changed_at": at}
            found.append(("task.status_changed", name, done))
        return found

    def _order(self, at: str) -> list[Happening]:
        name = self._name("order")
        amount = {"amount": self.chance.randrange(1, 90) * 100_000, "currency": "VND"}
        product = f"product{self.chance.randrange(_PRODUCTS)}"
        lines = [{"product_id": product, "quantity": 1.0, "amount": amount}]
        data = {"order_date": at[:10], "created_at": at, "total": amount, "lines": lines}
        found: list[Happening] = [("order.created", name, data | self._who("owner_id"))]
        if self.chance.random() < 0.8:
            found.append(("order.approved", name, {"approved_at": at, "actor_id": "emp0"}))
        return found

    def _payment(self, at: str) -> list[Happening]:
        amount = {"amount": self.chance.randrange(1, 90) * 100_000, "currency": "VND"}
        customer = self._who("owner_id")["customer_id"]
        data = {"paid_at": at, "amount": amount, "customer_id": customer}
        return [("payment.received", self._name("payment"), data)]

    def _opportunity(self, at: str) -> list[Happening]:
        data = {"created_at": at, "campaign_id": f"campaign{self.chance.randrange(CAMPAIGNS)}"}
        return [("opportunity.created", self._name("deal"), data | self._who("owner_id"))]

    def _contract(self, at: str) -> list[Happening]:
        day = date.fromisoformat(at[:10])
        data = {"created_at": at, "effective_from": at[:10], **self._who("owner_id")}
        data["effective_to"] = (day + timedelta(self.chance.randrange(30, 400))).isoformat()
        return [("contract.created", self._name("contract"), data)]
