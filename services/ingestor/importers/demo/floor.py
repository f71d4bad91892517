"""The sales floor: what somebody does at a moment, which events that makes, and what follows.

Nothing here knows the time of day: the caller says when, and takes what is due.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from schemas.calendar import zone
from services.ingestor.importers.demo.company import CARE, Company, Employee
from services.ingestor.translate.item import Event
from services.ingestor.translate.moments import utc_text

SOURCE = "/simulate"
TIME_ZONE = "Asia/Ho_Chi_Minh"
CURRENCY = "VND"

_CLOSES = (17, 17, 17, 17, 17, 12, 0)
"""Until which hour calls are begun, by weekday."""

Deed = Callable[[datetime], None]
"""Something that happens at a moment and writes events into the floor's outbox."""


@dataclass(slots=True, eq=False)
class Customer:
    """A customer as the floor knows it."""

    id: str
    phones: list[str]
    owner: str | None = None
    stage: int = 0
    deleted: bool = False
    contacts: dict[str, str] = field(default_factory=dict)
    """contact person -> phone"""


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """A contract that is in force, or will be."""

    id: str
    customer: Customer
    first: date
    last: date


@dataclass
class Floor:
    """The state of the floor.

    Shape:  label makes ids unique among runs; hurry < 1 shortens what takes hours in life.
    """

    company: Company
    rng: Random
    label: str
    hurry: float = 1.0
    customers: list[Customer] = field(default_factory=list)
    owned: dict[str, list[Customer]] = field(default_factory=dict)
    contracts: list[Contract] = field(default_factory=list)
    extensions: dict[str, str] = field(default_factory=dict)
    busy: dict[str, datetime] = field(default_factory=dict)
    """employee -> when the call, and what is noted down after it, is over"""
    outbox: list[Event] = field(default_factory=list)
    _later: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _number: int = 0

    def next_id(self, kind: str) -> str:
        """Return an id that no other thing of any run has."""
        self._number += 1
        return f"{kind}-{self.label}-{self._number}"

    def write(self, kind: str, subject: str, at: datetime, data: dict[str, Any]) -> Event:
        """Put an event of this moment into the outbox."""
        made: Event = {
            "specversion": "1.0",
            "id": self.next_id("e"),
            "source": SOURCE,
            "type": kind,
            "time": utc_text(at),
            "subject": subject,
            "data": data,
        }
        self.outbox.append(made)
        return made

    def after(self, at: datetime, seconds: float, deed: Deed) -> None:
        """Let something happen later."""
        self._number += 1
        heapq.heappush(self._later, (at + timedelta(seconds=round(seconds)), self._number, deed))

    def next_due(self) -> datetime | None:
        """Return when the next thing happens, or None if nothing is planned."""
        return self._later[0][0] if self._later else None

    def run_next(self) -> None:
        """Let the next planned thing happen."""
        at, _, deed = heapq.heappop(self._later)
        deed(at)

    def take(self) -> list[Event]:
        """Return what was written since the last call."""
        written, self.outbox = self.outbox, []
        return written

    def customer_for(self, who: Employee) -> Customer | None:
        """Return somebody to talk to: mostly one of one's own customers."""
        own = self.owned.get(who.id)
        if own and self.rng.random() < 0.97:
            return self.rng.choice(own)
        anybody = self.rng.choice(self.customers) if self.customers else None
        return None if anybody is None or anybody.deleted else anybody

    def hand_over(self, customer: Customer, owner: str | None) -> None:
        """Give a customer to another owner, or to nobody."""
        if customer.owner is not None:
            self.owned[customer.owner].remove(customer)
        customer.owner = owner
        if owner is not None:
            self.owned.setdefault(owner, []).append(customer)

    def receiver(self) -> Employee:
        """Return somebody who gets a customer that has no owner yet."""
        sellers = [one for one in self.company.callers if one.team != CARE]
        return self.rng.choice(sellers or list(self.company.callers))

    def is_open(self, at: datetime) -> bool:
        """Say whether people work at a moment; in the live part they always do."""
        local = at.astimezone(zone(TIME_ZONE))
        return self.hurry < 1 or 8 <= local.hour < _CLOSES[local.weekday()]

    def is_busy(self, who: Employee, at: datetime) -> bool:
        """Say whether somebody is on the telephone."""
        return at < self.busy.get(who.id, at)

    def extension_of(self, who: Employee) -> str:
        """Return the extension on which somebody is reached at the moment."""
        return self.extensions.get(who.id, who.extension)


def day_of(at: datetime) -> date:
    """Return the company's day of a moment."""
    return at.astimezone(zone(TIME_ZONE)).date()


def dong(amount: int) -> dict[str, Any]:
    """Return an amount as an event has it."""
    return {"amount": amount, "currency": CURRENCY}
