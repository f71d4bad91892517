"""Orders from their entry to their end: approved, rejected, corrected, delivered, sent back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Customer, Floor, day_of, dong
from services.ingestor.importers.demo.goods import Sale, basket, deliver, give_back
from services.ingestor.importers.demo.money import settle
from services.ingestor.translate.moments import utc_text

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def order(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Enter an order, some for a day before, and let become of it what becomes of orders."""
    rng, subject, head = floor.rng, floor.next_id("dh"), floor.company.head_of(who.team)
    day = day_of(at)
    if rng.random() < 0.08:
        day -= timedelta(days=rng.randint(1, 4))
    sale = Sale(subject, who, customer, basket(rng))
    data = {
        "order_date": day.isoformat(),
        "created_at": utc_text(at),
        "customer_id": customer.id,
        "owner_id": who.id,
        **sale.amounts,
    }
    floor.write("order.created", subject, at, data)

    made, luck = _Order(floor, head, sale), rng.random()
    if luck < 0.82:
        made.later(at, 5 * _MINUTE, 3 * _HOUR, made.approve)
    elif luck < 0.88:
        made.later(at, 5 * _MINUTE, 5 * _HOUR, made.reject)
    if rng.random() < 0.07:
        made.later(at, 10 * _MINUTE, 5 * _HOUR, made.correct)
    if rng.random() < 0.06:
        made.later(at, _HOUR, 9 * _HOUR, made.give_up)


@dataclass(slots=True)
class _Order:
    """An order that was entered, and what may become of it."""

    floor: Floor
    head: str
    sale: Sale
    is_gone: bool = False

    def later(self, at: datetime, least_s: float, most_s: float, deed: Any) -> None:
        self.floor.after(at, self.floor.rng.uniform(least_s, most_s) * self.floor.hurry, deed)

    def approve(self, at: datetime) -> None:
        if self.is_gone:
            return
        floor = self.floor
        approved = {"approved_at": utc_text(at), "actor_id": self.head}
        floor.write("order.approved", self.sale.order, at, approved)
        settle(floor, at, self.sale)
        self.later(at, 10 * _MINUTE, 10 * _HOUR, self.hand_out)
        if floor.rng.random() < 0.04:
            self.later(at, _HOUR, 20 * _HOUR, self.revoke)

    def hand_out(self, at: datetime) -> None:
        if self.is_gone:
            return
        deliver(self.floor, at, self.sale)
        if self.floor.rng.random() < 0.1:
            self.later(at, 2 * _HOUR, 4 * _DAY, self.send_back)

    def send_back(self, at: datetime) -> None:
        give_back(self.floor, at, self.sale)

    def revoke(self, at: datetime) -> None:
        revoked = {"revoked_at": utc_text(at), "actor_id": self.head}
        self.floor.write("order.approval_revoked", self.sale.order, at, revoked)

    def reject(self, at: datetime) -> None:
        rejected = {"rejected_at": utc_text(at), "actor_id": self.head, "reason": "Sai giá"}
        self.floor.write("order.rejected", self.sale.order, at, rejected)

    def correct(self, at: datetime) -> None:
        old, new = self.sale.amounts, basket(self.floor.rng)
        self.sale = self.sale._replace(amounts=new)
        changed: dict[str, Any] = {**{name: dong(0) for name in old if name not in new}, **new}
        if self.floor.rng.random() < 0.2:
            changed["owner_id"] = self.floor.receiver().id
        self.floor.write("order.updated", self.sale.order, at, changed)

    def give_up(self, at: datetime) -> None:
        self.is_gone = True
        if self.floor.rng.random() < 0.6:
            cancelled = {"cancelled_at": utc_text(at), "reason": "Khách đổi ý"}
            self.floor.write("order.cancelled", self.sale.order, at, cancelled)
        else:
            self.floor.write("order.deleted", self.sale.order, at, {"deleted_at": utc_text(at)})
