"""What happens on one day on the telephone, in the order of its times.

Half of it are calls; mails, messages, notes, tasks, customers, deals, orders, payments, contracts
and goods in shares that a telesales company knows, and now and then something at a desk.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import accumulate
from typing import Any, Final, NamedTuple

from tests.benchmarks.company import (
    CAMPAIGNS,
    EMPLOYEES,
    GROUPS,
    INDUSTRIES,
    PRODUCTS,
    PROVINCES,
    SOURCES,
    STAGES,
    TODAY,
    desk,
)
from tests.benchmarks.written import moment

EVENTS_EACH: Final = 2.2
"""Events of one happening, about."""
LENGTH_MS: Final = 10 * 3_600_000
"""How long people work."""
_TALKS: Final = (0, 0, 45, 90, 240, 600)
_MINUTES: Final = 60


def phone(customer: int) -> str:
    """Return the telephone number of a customer, as people write it."""
    return f"09{customer:08d}"


def profile(chance: random.Random, customer: int) -> dict[str, Any]:
    """Return what is said of a customer."""
    return {
        "name": f"Customer {customer}",
        "phones": [phone(customer)],
        "source_ids": [f"source{chance.randrange(SOURCES)}"],
        "group_ids": [f"group{chance.randrange(GROUPS)}"],
        "industry": f"industry{chance.randrange(INDUSTRIES)}",
        "province": f"province{chance.randrange(PROVINCES)}",
        "gender": chance.choice(("male", "female")),
        "birthday": f"{chance.randrange(1950, 2006)}-{chance.randrange(1, 13):02d}-15",
    }


class Happened(NamedTuple):
    """An event of the day, and when; ordered by time, then by when it was told."""

    at_ms: int
    number: int
    event_type: str
    subject: str
    data: dict[str, Any]


class Day:
    """One day, as long as it is asked for; the same seed gives the same events."""

    def __init__(self, chance: random.Random, customers: int, first_ms: int, events: int) -> None:
        self._chance, self._customers = chance, customers
        self._now, self._step = first_ms, max(1.0, LENGTH_MS * EVENTS_EACH / max(1, events))
        self._told: list[Happened] = []
        self._number = 0
        self._turns: dict[str, int] = {}
        kinds: dict[Callable[[], None], float] = {
            self._outbound: 50, self._inbound: 8, self._email: 12, self._message: 7,
            self._note: 5, self._task: 4, self._upkeep: 4, self._arrival: 1.5,
            self._leaving: 0.3, self._contact: 0.8, self._deal: 1.6, self._order: 3.6,
            self._contract: 0.8, self._goods: 0.8, self._desk: 0.3,
        }  # fmt: skip
        self._kinds, self._limits = list(kinds), list(accumulate(kinds.values()))

    def events(self) -> Iterator[Happened]:
        """Yield what happens, without end, times ascending."""
        now = float(self._now)
        while True:
            self._now = int(now)
            self._kinds[bisect(self._limits, self._chance.random() * self._limits[-1])]()
            now += self._step
            while self._told and self._told[0].at_ms < now:
                yield heappop(self._told)

    def _say(
        self, event_type: str, subject: str, after_s: float, when: str = "", **data: Any
    ) -> None:
        """Tell an event that comes so much later; `when` names the field with its time."""
        at_ms = self._now + int(after_s * 1000)
        if when:
            data[when] = moment(at_ms)
        self._number += 1
        heappush(self._told, Happened(at_ms, self._number, event_type, subject, data))

    def _every(self, what: str, times: int) -> bool:
        """Say yes once in so many times, by turns: in a short day too."""
        turn = self._turns[what] = self._turns.get(what, 0) + 1
        return turn % times == times // 2

    def _name(self, kind: str) -> str:
        return f"{kind}{self._number}"

    def _someone(self) -> str:
        return f"emp{self._chance.randrange(EMPLOYEES)}"

    def _customer(self) -> int:
        return self._chance.randrange(self._customers)

    def _money(self, units: int) -> dict[str, Any]:
        return {"amount": units * 100_000, "currency": "VND"}

    def _line(self, units: int) -> dict[str, Any]:
        product = f"product{self._chance.randrange(PRODUCTS)}"
        return {"product_id": product, "quantity": float(units), "amount": self._money(units)}

    def _outbound(self) -> None:
        self._call("outbound", self._chance.choice(_TALKS))

    def _inbound(self) -> None:
        self._call("inbound", self._chance.choice(_TALKS[2:]))

    def _call(self, direction: str, talk_s: int) -> None:
        call, customer = self._name("call"), self._customer()
        who = {"direction": direction, "employee_id": self._someone()}
        who |= {"customer_id": f"c{customer}", "phone": phone(customer)}
        ring_s = self._chance.randrange(4, 30)
        self._say("call.started", call, 0, "started_at", **who)
        if talk_s:
            self._say("call.connected", call, ring_s, "connected_at", **who)
        self._say("call.ended", call, ring_s + talk_s, "ended_at", duration_s=talk_s, **who)

    def _email(self) -> None:
        mail, customer = self._name("mail"), self._customer()
        who = {"recipient": f"c{customer}@example.com", "sender_id": self._someone()}
        who["customer_id"] = f"c{customer}"
        self._say("email.opened", mail, 0, "opened_at", **who)
        if self._every("clicked", 5):
            self._say("email.clicked", mail, 20, "clicked_at", **who)

    def _message(self) -> None:
        message, customer = self._name("message"), self._customer()
        who = {"sender_id": self._someone(), "customer_id": f"c{customer}"}
        channel = self._chance.choice(("sms", "zns", "other"))
        self._say(
            "message.sent", message, 0, "sent_at", channel=channel, phone=phone(customer), **who
        )
        if self._every("failed", 20):
            self._say("message.failed", message, 3, "failed_at", reason="number out of service")

    def _note(self) -> None:
        note, who = self._name("note"), {"customer_id": f"c{self._customer()}"}
        self._say("note.added", note, 0, "created_at", author_id=self._someone(), **who)
        if self._every("note deleted", 50):
            self._say("note.deleted", note, 5 * _MINUTES, "deleted_at")

    def _task(self) -> None:
        task, employee = self._name("task"), self._someone()
        plan = {"type": self._chance.choice(("follow-up", "appointment")), "title": "Call again"}
        plan |= {"start": TODAY, "end": f"2026-11-{self._chance.randrange(20, 31)}"}
        plan |= {"assignees": [employee], "customer_id": f"c{self._customer()}"}
        self._say("task.created", task, 0, "created_at", creator_id=employee, **plan)
        if self._every("task updated", 6):
            self._say("task.updated", task, 10 * _MINUTES, end="2026-12-01")
        if self._every("task deleted", 40):
            self._say("task.deleted", task, 20 * _MINUTES, "deleted_at")
        elif not self._every("task open", 3):
            after_s = self._chance.randrange(5, 180) * _MINUTES
            done = {"status": "completed", "actor_id": employee}
            self._say("task.status_changed", task, after_s, "changed_at", **done)

    def _upkeep(self) -> None:
        number, employee = self._customer(), self._someone()
        customer = f"c{number}"
        match self._chance.randrange(6):
            case 0:
                self._say("customer.updated", customer, 0, **profile(self._chance, number))
            case 1:
                self._say("customer.assigned", customer, 0, "assigned_at", owner_id=employee)
            case _:
                staged = {"relationship_id": self._chance.choice(STAGES), "actor_id": employee}
                self._say("customer.status_changed", customer, 0, "changed_at", **staged)

    def _new(self, name: str) -> None:
        employee = self._someone()
        data = profile(self._chance, self._number + 50_000_000)
        data |= {"creator_id": employee, "owner_id": employee, "relationship_id": STAGES[0]}
        self._say("customer.created", name, 0, "created_at", **data)

    def _arrival(self) -> None:
        self._new(self._name("new"))

    def _leaving(self) -> None:
        """Somebody comes and goes: deleted, brought back, merged, or never to be known again."""
        gone = self._name("gone")
        self._new(gone)
        if self._every("erased", 4):
            self._say("customer.erased", gone, 30 * _MINUTES, actor_id="emp0")
        elif self._every("merged", 2):
            into = f"c{self._customer()}"
            self._say("customer.merged", gone, 10 * _MINUTES, "merged_at", into_id=into)
        else:
            self._say("customer.deleted", gone, 10 * _MINUTES, "deleted_at")
            self._say("customer.restored", gone, 20 * _MINUTES, "restored_at")

    def _contact(self) -> None:
        contact, number = self._name("contact"), self._number + 70_000_000
        person = {"name": f"Contact {number}", "phones": [phone(number)]}
        self._say("contact.upserted", contact, 0, customer_id=f"c{self._customer()}", **person)
        if self._every("contact deleted", 12):
            self._say("contact.deleted", contact, 30 * _MINUTES, "deleted_at")

    def _deal(self) -> None:
        deal, employee = self._name("deal"), self._someone()
        data = {"customer_id": f"c{self._customer()}", "owner_id": employee}
        data |= {"campaign_id": f"campaign{self._chance.randrange(CAMPAIGNS)}"}
        value = self._money(self._chance.randrange(1, 90))
        self._say("opportunity.created", deal, 0, "created_at", value=value, **data)
        if self._every("deal assigned", 8):
            other = self._someone()
            self._say("opportunity.assigned", deal, 60, "assigned_at", owner_id=other)
        if self._every("deal deleted", 25):
            self._say("opportunity.deleted", deal, 15 * _MINUTES, "deleted_at")
        elif self._every("deal closed", 2):
            outcome = self._chance.choice(("won", "lost"))
            self._say("opportunity.closed", deal, 40 * _MINUTES, "closed_at", outcome=outcome)

    def _order(self) -> None:
        order, units = self._name("order"), self._chance.randrange(2, 90)
        who = {"customer_id": f"c{self._customer()}", "owner_id": self._someone()}
        sold = {"total": self._money(units), "lines": [self._line(units)]}
        dated = {"order_date": TODAY, **sold}
        self._say("order.created", order, 0, "created_at", **who, **dated)
        if self._every("order updated", 10):
            self._say("order.updated", order, 60, total=self._money(1), lines=[self._line(1)])
        if self._every("order rejected", 15):
            self._say("order.rejected", order, 300, "rejected_at", reason="no credit")
        elif self._every("order cancelled", 20):
            self._say("order.cancelled", order, 300, "cancelled_at", reason="changed their mind")
        elif self._every("order deleted", 40):
            self._say("order.deleted", order, 300, "deleted_at")
        elif not self._every("order waits", 6):
            self._approved(order, who["customer_id"], units)

    def _approved(self, order: str, customer: str, units: int) -> None:
        after_s = self._chance.randrange(2, 90) * _MINUTES
        self._say("order.approved", order, after_s, "approved_at", actor_id="emp0")
        if self._every("approval revoked", 25):
            self._say("order.approval_revoked", order, after_s + 120, "revoked_at")
        elif self._every("returned", 30):
            back = {"return_id": f"{order}-back", "lines": [self._line(1)]}
            self._say("order.returned", order, after_s + 600, "returned_at", **back)
        if not self._every("not paid", 3):
            payment, paid = self._name("payment"), {"order_id": order, "customer_id": customer}
            amount = self._money(units)
            self._say("payment.received", payment, after_s + 60, "paid_at", amount=amount, **paid)
            if self._every("payment reversed", 25):
                self._say("payment.reversed", payment, after_s + 900, "reversed_at")

    def _contract(self) -> None:
        contract = self._name("contract")
        data = {"customer_id": f"c{self._customer()}", "owner_id": self._someone()}
        data |= {"effective_from": TODAY, "effective_to": "2027-11-19"}
        data["value"] = self._money(self._chance.randrange(1, 90))
        if self._every("renewed", 3):
            before = f"{contract}-before"
            self._say("contract.created", before, 0, "created_at", **data)
            again = {**data, "previous_contract_id": before}
            self._say("contract.renewed", contract, 60, "renewed_at", **again)
            return
        self._say("contract.created", contract, 0, "created_at", **data)
        if self._every("contract updated", 3):
            self._say("contract.updated", contract, 120, effective_to="2027-12-31")
        elif self._every("contract cancelled", 6):
            self._say("contract.cancelled", contract, 600, "cancelled_at")
        elif self._every("contract deleted", 6):
            self._say("contract.deleted", contract, 600, "deleted_at")

    def _goods(self) -> None:
        voucher = self._name("voucher")
        lines = [self._line(self._chance.randrange(1, 20))]
        paper = {"voucher_date": TODAY, "lines": lines, "warehouse": "main"}
        if self._every("received", 3):
            self._say("stock.received", voucher, 0, reason="purchase", **paper)
        else:
            who = {"employee_id": self._someone(), "customer_id": f"c{self._customer()}"}
            self._say("stock.issued", voucher, 0, reason="sale", **paper, **who)
        if self._every("voided", 15):
            self._say("stock.voided", voucher, 5 * _MINUTES, "voided_at")

    def _desk(self) -> None:
        turn = self._turns["desk"] = self._turns.get("desk", 0) + 1
        kinds = desk(turn, moment(self._now))
        event_type, subject, data = desk(turn // len(kinds) + 1, moment(self._now))[
            turn % len(kinds)
        ]
        self._say(event_type, subject, 0, **data)
