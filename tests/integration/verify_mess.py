"""A seeded mess: every event type, few ids, few instants, many collisions, any order.

What a well-behaved source never sends: equal versions with other values, updates before creation,
nulls, back-dated moves, unknown people, deleted customers that are updated, changing time zones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Event = dict[str, Any]
Data = dict[str, Any]

_PEOPLE = ["an", "bình", "c|d", "e:f,g"]
_PLACES = ["north", "south:1", "west%"]
_CUSTOMERS = [f"kh{n}" for n in range(30)]
_ZONES = ["Asia/Ho_Chi_Minh", "America/Vancouver", "Europe/London", "Pacific/Kiritimati"]


class Mess:
    """A generator of events; the same seed gives the same events."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._kinds: list[Callable[[], tuple[str, str, Data]]] = [
            self._employee,
            self._customer_created,
            self._customer_updated,
            self._customer_assigned,
            self._status_changed,
            self._call_connected,
            self._call_ended,
            self._email,
            self._opportunity_created,
            self._opportunity_closed,
            self._order_created,
            self._order_updated,
            self._order_approved,
            self._order_revoked,
        ]
        self._rare: list[Callable[[], tuple[str, str, Data]]] = [
            self._department,
            self._setting,
            self._deleted,
            self._cancelled,
        ]

    def events(self, count: int) -> Iterator[Event]:
        """Yield so many events, some of them twice, some with the id of another."""
        sent: list[Event] = []
        for number in range(count):
            if sent and self._random.random() < 0.03:
                again = dict(self._random.choice(sent))
                if self._random.random() < 0.4:
                    again["time"] = self._instant()
                yield again
                continue
            kinds = self._rare if self._random.random() < 0.03 else self._kinds
            kind, subject, data = self._random.choice(kinds)()
            if self._random.random() < 0.1:
                data["revision"] = self._random.randrange(3)
            event = {
                "specversion": "1.0",
                "id": f"mess-{number}",
                "source": "mess",
                "type": kind,
                "time": self._instant(),
                "subject": subject,
                "data": data,
            }
            sent.append(event)
            yield event

    def _instant(self) -> str:
        day, hour = self._random.randrange(28, 32), self._random.choice((0, 7, 16, 17, 23))
        month = "10" if day < 32 else "11"
        return f"2026-{month}-{day:02d}T{hour:02d}:{self._random.choice(('00:00', '59:59.999'))}Z"

    def _date(self) -> str:
        return f"2026-10-{self._random.randrange(28, 32):02d}"

    def _money(self) -> Data:
        amount = self._random.choice((0, 100, 250, -100, 10**15))
        return {"amount": amount, "currency": self._random.choice(("VND", "USD"))}

    def _some(self, fields: dict[str, Callable[[], Any]], null: bool = True) -> Data:
        chosen: Data = {}
        for name, make in fields.items():
            luck = self._random.random()
            if luck < 0.6:
                chosen[name] = make()
            elif luck < 0.75 and null:
                chosen[name] = None
        return chosen

    def _person(self) -> str:
        return self._random.choice([*_PEOPLE, "nobody knows"])

    def _customer(self) -> str:
        return self._random.choice(_CUSTOMERS)

    def _stage(self) -> str | None:
        return self._random.choice(["new", "hot, very", None])

    def _profile(self) -> Data:
        pick = self._random.choice
        return self._some(
            {
                "name": lambda: pick(["", 'Nguyễn \u0001 "N"', "B"]),
                "phones": lambda: pick([[], ["1"], ["1", "2"], ["10"]]),
                "source_ids": lambda: pick([[], ["web"], ["fair", "web"], ["web", "web"]]),
                "industry": lambda: pick(["", "retail", "food, drink|x"]),
                "gender": lambda: pick(["male", "other"]),
                "birthday": self._date,
            }
        )

    def _employee(self) -> tuple[str, str, Data]:
        data = {"name": self._random.choice("AB")} | self._some(
            {
                "department_id": lambda: self._random.choice(_PLACES),
                "manager_id": self._person,
                "extension": lambda: "17",
                "valid_from": self._date,
            }
        )
        return "employee.upserted", self._random.choice(_PEOPLE), data

    def _department(self) -> tuple[str, str, Data]:
        data = {"name": self._random.choice("AB")} | self._some(
            {"parent_id": lambda: self._random.choice(_PLACES), "head_id": self._person}
        )
        return "department.upserted", self._random.choice(_PLACES), data

    def _setting(self) -> tuple[str, str, Data]:
        return "setting.changed", "company", {"time_zone": self._random.choice(_ZONES)}

    def _customer_created(self) -> tuple[str, str, Data]:
        named = {
            "creator_id": self._person,
            "owner_id": self._person,
            "relationship_id": self._stage,
        }
        data = {"created_at": self._instant()} | self._some(named) | self._profile()
        return "customer.created", self._customer(), data

    def _customer_updated(self) -> tuple[str, str, Data]:
        return "customer.updated", self._customer(), self._profile()

    def _customer_assigned(self) -> tuple[str, str, Data]:
        owner = self._random.choice([*_PEOPLE, None])
        data = {"owner_id": owner} | self._some({"assigned_at": self._instant})
        return "customer.assigned", self._customer(), data

    def _status_changed(self) -> tuple[str, str, Data]:
        data = {"relationship_id": self._stage(), "changed_at": self._instant()}
        data |= self._some({"actor_id": self._person})
        return "customer.status_changed", self._customer(), data

    def _deleted(self) -> tuple[str, str, Data]:
        return "customer.deleted", self._customer(), {}

    def _call(self) -> Data:
        data: Data = {"direction": self._random.choice(("inbound", "outbound"))}
        return data | self._some(
            {
                "employee_id": self._person,
                "customer_id": self._customer,
                "phone": lambda: self._random.choice("12"),
                "extension": lambda: "17",
                "started_at": self._instant,
            }
        )

    def _call_connected(self) -> tuple[str, str, Data]:
        data = self._call() | {"connected_at": self._instant()}
        return "call.connected", f"k{self._random.randrange(40)}", data

    def _call_ended(self) -> tuple[str, str, Data]:
        duration = self._random.choice((0, 1, 60, 86_400))
        data = self._call() | {"ended_at": self._instant(), "duration_s": duration}
        data |= self._some({"connected_at": self._instant})
        return "call.ended", f"k{self._random.randrange(40)}", data

    def _email(self) -> tuple[str, str, Data]:
        data = {"recipient": self._random.choice("ab|"), "opened_at": self._instant()}
        data |= self._some({"sender_id": self._person, "customer_id": self._customer})
        data["machine"] = self._random.random() < 0.3
        return "email.opened", f"m{self._random.randrange(20)}", data

    def _sale(self) -> Data:
        return self._some(
            {
                "customer_id": self._customer,
                "owner_id": self._person,
            }
        )

    def _deal(self) -> Data:
        product = self._some({"product_id": lambda: self._random.choice(["p 1", "p:2"])})
        return self._sale() | product | self._some({"value": self._money})

    def _opportunity_created(self) -> tuple[str, str, Data]:
        created_at = self._random.choice([None, self._instant()])
        data = {"created_at": created_at} | self._deal() | self._some({"campaign_id": lambda: "c"})
        return "opportunity.created", f"p{self._random.randrange(30)}", data

    def _opportunity_closed(self) -> tuple[str, str, Data]:
        outcome = self._random.choice(("won", "lost"))
        data = {"outcome": outcome, "closed_at": self._instant()} | self._deal()
        return "opportunity.closed", f"p{self._random.randrange(30)}", data

    def _order_subject(self) -> str:
        return f"o{self._random.randrange(40)}"

    def _order_created(self) -> tuple[str, str, Data]:
        said = {"order_date": self._date(), "created_at": self._instant(), "total": self._money()}
        return "order.created", self._order_subject(), said | self._sale()

    def _order_updated(self) -> tuple[str, str, Data]:
        data = self._sale() | self._some({"total": self._money, "order_date": self._date})
        return "order.updated", self._order_subject(), data

    def _order_approved(self) -> tuple[str, str, Data]:
        data = {"approved_at": self._instant()} | self._some({"actor_id": self._person})
        return "order.approved", self._order_subject(), data

    def _order_revoked(self) -> tuple[str, str, Data]:
        data = {"revoked_at": self._instant()} | self._some({"actor_id": self._person})
        return "order.approval_revoked", self._order_subject(), data

    def _cancelled(self) -> tuple[str, str, Data]:
        return "order.cancelled", self._order_subject(), {"cancelled_at": self._instant()}
