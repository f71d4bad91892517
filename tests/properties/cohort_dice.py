"""Random histories in which customers are called, visited, sold to, merged and moved about.

Crowded on purpose: few people, numbers and days, so that almost every question finds something.
Times, and so versions, are in any order; some events come twice, some with the id of another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from schemas.envelope import LogEvent
from tests.properties.pure_driver import event

Data = dict[str, Any]
START = datetime(2026, 10, 26, tzinfo=UTC)
SPAN_DAYS = 12
PEOPLE = ("lan", "minh", "hoa")
DEPARTMENTS = ("sales", "north", "south")
SOURCES = ("web", "fair")
GROUPS = ("vip", "old")
STAGES = ("lead", "hot", "won")
CAMPAIGNS = ("spring", "autumn")
_PHONES = ("0912 345 678", "+84 912-345-678", "(091) 2345678", "02438 251 234", "no phone", "")
_REGIONS = ("VN", "US")
_ZONES = ("Asia/Ho_Chi_Minh", "America/Vancouver")
_EXTENSIONS = ("101", "102")
_DURATIONS = (0, 7, 61)


class CohortDice:
    """A generator of events; the same seed gives the same events."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._kinds: list[tuple[int, str, Callable[[], tuple[str, Data]]]] = [
            (16, "customer.created", self._created),
            (3, "customer.updated", lambda: (self._customer(), self._profile())),
            (5, "customer.assigned", self._assigned),
            (6, "customer.status_changed", self._staged),
            (1, "customer.deleted", lambda: (self._customer(), {})),
            (1, "customer.restored", lambda: (self._customer(), {})),
            (2, "customer.merged", lambda: (self._customer(), {"into_id": self._customer()})),
            (2, "contact.upserted", self._contact),
            (1, "contact.deleted", lambda: (self._one("w", 3), {})),
            (2, "employee.upserted", self._employee),
            (2, "employee.extension_changed", self._extension),
            (1, "department.upserted", self._department),
            (2, "setting.changed", self._setting),
            (6, "call.started", lambda: self._call(started_at=self._at())),
            (6, "call.connected", lambda: self._call(connected_at=self._at())),
            (6, "call.ended", self._call_ended),
            (5, "task.created", self._task),
            (3, "task.status_changed", self._task_status),
            (1, "task.deleted", lambda: (self._one("t", 10), {})),
            (5, "opportunity.created", self._opportunity),
            (2, "opportunity.assigned", self._opportunity_assigned),
            (1, "opportunity.deleted", lambda: (self._one("p", 10), {})),
            (14, "order.created", self._order),
            (3, "order.updated", self._order_updated),
            (6, "order.approved", lambda: (self._order_id(), {"approved_at": self._at()})),
            (1, "order.rejected", lambda: (self._order_id(), {"rejected_at": self._at()})),
            (1, "order.cancelled", lambda: (self._order_id(), {"cancelled_at": self._at()})),
            (1, "order.deleted", lambda: (self._order_id(), {})),
            (7, "payment.received", self._payment),
            (4, "payment.reversed", self._reversed),
        ]

    def history(self, count: int) -> list[LogEvent]:
        """Return so many events in order of arrival, after those that name the organisation."""
        found = [self._said(f"d{n}", *each) for n, each in enumerate(self._organisation())]
        weights = [weight for weight, _, _ in self._kinds]
        for number in range(count):
            if self.random.random() < 0.04:
                found.append(self._again(self.random.choice(found)))
                continue
            _, name, make = self.random.choices(self._kinds, weights)[0]
            found.append(self._said(f"e{number}", name, *make()))
        return found

    def day(self) -> int:
        """Return a day on which something may have happened, or around it."""
        moment = START + timedelta(days=self.random.randrange(-2, SPAN_DAYS + 2))
        return int(moment.strftime("%Y%m%d"))

    def pick(self, values: Sequence[Any]) -> Any:
        """Return one of the values."""
        return self.random.choice(values)

    def _said(self, name: str, kind: str, subject: str, data: Data) -> LogEvent:
        revision = {"revision": self.random.randrange(3)} if self.random.random() < 0.05 else {}
        return event(id=name, type=kind, time=self._at(), subject=subject, data=data | revision)

    def _again(self, said: LogEvent) -> LogEvent:
        """Return an event that comes again; now and then with another time, which is refused."""
        time = self._at() if self.random.random() < 0.3 else _text(said.time_ms)
        return event(
            id=said.id, type=said.type, time=time, subject=said.subject, data=dict(said.data)
        )

    def _organisation(self) -> list[tuple[str, str, Data]]:
        places = [
            ("department.upserted", name, {"name": name} | ({} if above is None else above))
            for name, above in (
                ("sales", None),
                ("north", {"parent_id": "sales"}),
                ("south", {"parent_id": self.pick(("sales", "north"))}),
            )
        ]
        people = [
            ("employee.upserted", name, {"name": name, "department_id": self.pick(DEPARTMENTS)})
            for name in PEOPLE
        ]
        return places + people

    def _one(self, letter: str, most: int) -> str:
        return f"{letter}{self.random.randrange(most)}"

    def _customer(self) -> str:
        return self._one("c", 12)

    def _order_id(self) -> str:
        return self._one("o", 24)

    def _at(self) -> str:
        hours = self.random.randrange(SPAN_DAYS * 8) * 3
        return (START + timedelta(hours=hours)).isoformat()

    def _date(self) -> str:
        return (START + timedelta(days=self.random.randrange(SPAN_DAYS))).date().isoformat()

    def _person(self) -> str | None:
        person: str | None = self.pick((*PEOPLE, *PEOPLE, None))
        return person

    def _some(self, **fields: Callable[[], Any]) -> Data:
        """Return some of the fields; one that is absent stays as it was."""
        return {name: make() for name, make in fields.items() if self.random.random() < 0.6}

    def _phones(self) -> list[str]:
        return self.random.sample(_PHONES, self.random.randrange(3))

    def _money(self) -> Data:
        amount = self.pick((-5, 0, 10, 10, 25, 40))
        return {"amount": amount, "currency": self.pick(("VND", "VND", "USD"))}

    def _profile(self) -> Data:
        return self._some(
            phones=self._phones,
            source_ids=lambda: self.random.sample(SOURCES, self.random.randrange(3)),
            group_ids=lambda: self.random.sample(GROUPS, self.random.randrange(3)),
        )

    def _created(self) -> tuple[str, Data]:
        stage = self.pick((*STAGES, None))
        data = {"created_at": self._at(), "relationship_id": stage}
        return self._customer(), data | self._profile() | self._some(owner_id=self._person)

    def _assigned(self) -> tuple[str, Data]:
        return self._customer(), {"owner_id": self._person()} | self._some(assigned_at=self._at)

    def _staged(self) -> tuple[str, Data]:
        data = {"relationship_id": self.pick((*STAGES, None)), "changed_at": self._at()}
        return self._customer(), data | self._some(actor_id=self._person)

    def _contact(self) -> tuple[str, Data]:
        data = self._some(customer_id=self._customer, phones=self._phones)
        return self._one("w", 3), data

    def _employee(self) -> tuple[str, Data]:
        data = {"name": "E", "department_id": self.pick((*DEPARTMENTS, None))}
        extension = self._some(extension=lambda: self.pick(_EXTENSIONS), valid_from=self._date)
        return self.pick(PEOPLE), data | extension

    def _extension(self) -> tuple[str, Data]:
        extension = self.pick((*_EXTENSIONS, None))
        return self.pick(PEOPLE), {"extension": extension, "changed_at": self._at()}

    def _department(self) -> tuple[str, Data]:
        name, above = self.random.sample(DEPARTMENTS, 2)
        return name, {"name": name, "parent_id": self.pick((above, None))}

    def _setting(self) -> tuple[str, Data]:
        data = self._some(region=lambda: self.pick(_REGIONS))
        return "company", {"time_zone": self.pick(_ZONES)} | data

    def _call(self, **moments: Any) -> tuple[str, Data]:
        who = {"employee_id": self._person()} if self.random.random() < 0.5 else {}
        named = self._some(
            customer_id=self._customer,
            phone=lambda: self.pick(_PHONES[:-1]),
            extension=lambda: self.pick(_EXTENSIONS),
        )
        direction = {"direction": self.pick(("outbound", "outbound", "outbound", "inbound"))}
        return self._one("k", 16), direction | moments | who | named

    def _call_ended(self) -> tuple[str, Data]:
        return self._call(ended_at=self._at(), duration_s=self.pick(_DURATIONS))

    def _task(self) -> tuple[str, Data]:
        data = {"created_at": self._at(), "type": self.pick(("appointment",) * 3 + ("visit",))}
        return self._one("t", 10), data | self._some(customer_id=self._customer)

    def _task_status(self) -> tuple[str, Data]:
        status = self.pick(("open", "completed", "completed", "cancelled"))
        return self._one("t", 10), {"status": status, "changed_at": self._at()}

    def _opportunity(self) -> tuple[str, Data]:
        data = {"created_at": self.pick((None, *(self._at() for _ in range(5))))}
        named = self._some(
            customer_id=self._customer,
            owner_id=self._person,
            campaign_id=lambda: self.pick((*CAMPAIGNS, None)),
        )
        return self._one("p", 10), data | named

    def _opportunity_assigned(self) -> tuple[str, Data]:
        return self._one("p", 10), {"owner_id": self._person()}

    def _order(self) -> tuple[str, Data]:
        data = {"created_at": self._at(), "order_date": self._date(), "total": self._money()}
        placed = {"customer_id": self._customer()} | self._some(owner_id=self._person)
        return self._order_id(), data | placed

    def _order_updated(self) -> tuple[str, Data]:
        data = self._some(customer_id=self._customer, total=self._money, order_date=self._date)
        return self._order_id(), data

    def _payment(self) -> tuple[str, Data]:
        data = {"paid_at": self._at(), "amount": self._money()}
        named = self._some(customer_id=self._customer)
        if self.random.random() < 0.5:
            named["order_id"] = self._order_id()
        return self._one("y", 14), data | named

    def _reversed(self) -> tuple[str, Data]:
        return self._one("y", 14), {"reversed_at": self._at()} | self._some(amount=self._money)


def _text(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()
