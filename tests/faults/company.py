"""A seeded company in trouble: every kind of correction, in the proportions of a bad day.

Much is new (calls, orders, customers), some of it is corrected later (re-dated, re-assigned,
approved and un-approved, cancelled, deleted), people move between departments back in time, the
owner changes the time zone, and the source sends things twice, or twice with other content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Event = dict[str, Any]
Said = tuple[str, str, dict[str, Any]]

_BEGAN = datetime(2026, 10, 1, tzinfo=UTC)
_DAYS = 45
_PEOPLE = [f"nv{n}" for n in range(24)]
_DEPARTMENTS = ["north", "south", "care:1", "west%"]
_SOURCES = ["web", "fair", "friend"]
_ZONES = ["Asia/Ho_Chi_Minh", "America/Vancouver"]
_KEPT = 400


class Company:
    """A generator of the events of one tenant; the same seed gives the same events.

    `source` is the CloudEvents source: another one means other events with the same ids.
    """

    def __init__(self, seed: int, tenant: str, source: str = "trouble") -> None:
        self._random = Random(seed)
        self._tenant = tenant
        self._source = source
        self._made = {"kh": 0, "call": 0, "don": 0, "co": 0}
        self._sent: list[Event] = []
        self._number = 0
        self._kinds: dict[Callable[[], Said], float] = {
            self._call_connected: 20,
            self._call_ended: 24,
            self._email: 6,
            self._customer_created: 9,
            self._customer_updated: 4,
            self._assigned: 4,
            self._stage: 5,
            self._order_created: 12,
            self._order_updated: 4,
            self._approved: 6,
            self._revoked: 1.5,
            self._cancelled: 1.5,
            self._deal: 4,
            self._deal_closed: 3,
            self._deleted: 0.2,
            self._moved: 0.06,
            self._renamed: 0.06,
            self._zone: 0.02,
        }

    def events(self, count: int) -> Iterator[Event]:
        """Yield so many events; the first ones place the people. May be called again for more."""
        kinds, weights = list(self._kinds), list(self._kinds.values())
        for _ in range(count):
            if self._sent and self._random.random() < 0.03:
                yield self._again()
            elif self._number < len(_PEOPLE):
                yield self._event(self._placed(_PEOPLE[self._number]))
            else:
                yield self._event(self._random.choices(kinds, weights)[0]())

    def _again(self) -> Event:
        again = dict(self._random.choice(self._sent))
        if self._random.random() < 0.3:
            again["time"] = self._instant()
        return again

    def _event(self, said: Said) -> Event:
        kind, subject, data = said
        event = {
            "specversion": "1.0",
            "id": f"e{self._number}",
            "source": self._source,
            "type": kind,
            "time": self._instant(),
            "subject": subject,
            "tenantid": self._tenant,
            "data": data,
        }
        self._number += 1
        if len(self._sent) < _KEPT:
            self._sent.append(event)
        else:
            self._sent[self._random.randrange(_KEPT)] = event
        return event

    def _moment(self) -> datetime:
        return _BEGAN + timedelta(milliseconds=self._random.randrange(_DAYS * 86_400_000))

    def _instant(self) -> str:
        return self._moment().isoformat(timespec="milliseconds")

    def _date(self) -> str:
        return self._moment().date().isoformat()

    def _new(self, kind: str) -> str:
        self._made[kind] += 1
        return f"{kind}{self._made[kind]}"

    def _known(self, kind: str) -> str:
        """Return mostly one of the latest, sometimes any, seldom one that comes later."""
        last = self._made[kind]
        if self._random.random() < 0.7:
            return f"{kind}{max(1, last - self._random.randrange(50))}"
        return f"{kind}{self._random.randrange(1, last + 3)}"

    def _person(self) -> str | None:
        return None if self._random.random() < 0.05 else self._random.choice(_PEOPLE)

    def _money(self) -> dict[str, Any]:
        luck = self._random.random()
        large = 10**15 - self._random.randrange(1000) if luck < 0.02 else None
        amount = large or self._random.randrange(-1000, 50_000_000)
        return {"amount": amount, "currency": "USD" if luck > 0.8 else "VND"}

    def _sources(self) -> list[str]:
        return self._random.sample(_SOURCES, self._random.randrange(3))

    def _placed(self, person: str) -> Said:
        data = {
            "name": person.upper(),
            "department_id": self._random.choice(_DEPARTMENTS),
            "valid_from": "2026-09-01",
        }
        return "employee.upserted", person, data

    def _moved(self) -> Said:
        _, person, data = self._placed(self._random.choice(_PEOPLE))
        return "employee.upserted", person, data | {"valid_from": self._date()}

    def _renamed(self) -> Said:
        department = self._random.choice(_DEPARTMENTS)
        return "department.upserted", department, {"name": f"{department} {self._number}"}

    def _zone(self) -> Said:
        return "setting.changed", "company", {"time_zone": self._random.choice(_ZONES)}

    def _customer_created(self) -> Said:
        data = {
            "created_at": self._instant(),
            "creator_id": self._person(),
            "owner_id": self._person(),
            "relationship_id": self._random.choice(["new", None]),
            "name": f"customer {self._number}",
            "source_ids": self._sources(),
            "industry": self._random.choice(["retail", "food, drink"]),
        }
        return "customer.created", self._new("kh"), data

    def _customer_updated(self) -> Said:
        return "customer.updated", self._known("kh"), {"source_ids": self._sources()}

    def _assigned(self) -> Said:
        return "customer.assigned", self._known("kh"), {"owner_id": self._person()}

    def _stage(self) -> Said:
        stage = self._random.choice(["new", "hot", "cold"])
        data = {"relationship_id": stage, "changed_at": self._instant(), "actor_id": self._person()}
        return "customer.status_changed", self._known("kh"), data

    def _deleted(self) -> Said:
        return "customer.deleted", self._known("kh"), {}

    def _call(self) -> dict[str, Any]:
        return {
            "direction": self._random.choice(["outbound", "outbound", "inbound"]),
            "employee_id": self._person(),
            "customer_id": self._known("kh"),
            "started_at": self._instant(),
        }

    def _call_connected(self) -> Said:
        return "call.connected", self._new("call"), self._call() | {"connected_at": self._instant()}

    def _call_ended(self) -> Said:
        duration = self._random.choice([0, 30, 600])
        data = self._call() | {"ended_at": self._instant(), "duration_s": duration}
        return "call.ended", self._known("call"), data

    def _email(self) -> Said:
        data = {
            "recipient": "a",
            "opened_at": self._instant(),
            "sender_id": self._person(),
            "machine": self._random.random() < 0.2,
        }
        return "email.opened", f"mail{self._random.randrange(1 + self._number // 8)}", data

    def _order_created(self) -> Said:
        data = {
            "order_date": self._date(),
            "created_at": self._instant(),
            "total": self._money(),
            "customer_id": self._known("kh"),
            "owner_id": self._person(),
        }
        return "order.created", self._new("don"), data

    def _order_updated(self) -> Said:
        changes: list[dict[str, Any]] = [
            {"order_date": self._date()},
            {"total": self._money()},
            {"owner_id": self._person()},
            {"customer_id": self._known("kh")},
        ]
        return "order.updated", self._known("don"), self._random.choice(changes)

    def _approved(self) -> Said:
        return "order.approved", self._known("don"), {"approved_at": self._instant()}

    def _revoked(self) -> Said:
        return "order.approval_revoked", self._known("don"), {"revoked_at": self._instant()}

    def _cancelled(self) -> Said:
        return "order.cancelled", self._known("don"), {"cancelled_at": self._instant()}

    def _sale(self) -> dict[str, Any]:
        return {
            "owner_id": self._person(),
            "customer_id": self._known("kh"),
            "product_id": self._random.choice(["p 1", "p:2"]),
            "value": self._money(),
        }

    def _deal(self) -> Said:
        return (
            "opportunity.created",
            self._new("co"),
            self._sale() | {"created_at": self._date_at()},
        )

    def _deal_closed(self) -> Said:
        outcome = self._random.choice(["won", "lost"])
        data = {"outcome": outcome, "closed_at": self._instant()}
        if self._random.random() < 0.3:
            data |= self._sale()
        return "opportunity.closed", self._known("co"), data

    def _date_at(self) -> str | None:
        return self._instant() if self._random.random() < 0.9 else None
