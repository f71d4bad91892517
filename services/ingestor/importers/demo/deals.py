"""What comes out of conversations: stages, opportunities, orders, and their corrections."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from schemas.calendar import zone
from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import CURRENCY, TIME_ZONE, Customer, Floor
from services.ingestor.importers.demo.names import CAMPAIGNS, PRODUCTS, REFUSED_STAGE, STAGES
from services.ingestor.translate.moments import utc_text

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def progress(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """After a conversation: perhaps a stage, an opportunity or an order."""
    luck = floor.rng.random()
    if luck < 0.13:
        stage(floor, at, who, customer)
    elif luck < 0.18:
        opportunity(floor, at, who, customer)
    elif luck < 0.24:
        order(floor, at, who, customer)


def stage(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Move a customer up the stages, seldom out of them."""
    if customer.stage >= len(STAGES) - 1:
        return
    old = STAGES[customer.stage]
    out = floor.rng.random() < 0.12
    customer.stage = customer.stage if out else customer.stage + 1
    data = {
        "old_relationship_id": old,
        "relationship_id": REFUSED_STAGE if out else STAGES[customer.stage],
        "changed_at": utc_text(at),
        "actor_id": who.id,
    }
    floor.write("customer.status_changed", customer.id, at, data)


def opportunity(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Open an opportunity, to be won or lost in some days."""
    rng, subject = floor.rng, floor.next_id("opp")
    value = _amount(floor)
    data: dict[str, Any] = {
        "created_at": utc_text(at),
        "customer_id": customer.id,
        "campaign_id": rng.choice(CAMPAIGNS),
        "product_id": rng.choice(PRODUCTS),
        "owner_id": who.id,
        "value": value,
    }
    floor.write("opportunity.created", subject, at, data)

    def close(then: datetime) -> None:
        closed: dict[str, Any] = {"closed_at": utc_text(then)}
        if rng.random() < 0.36:
            closed |= {"outcome": "won", "value": value if rng.random() < 0.7 else _amount(floor)}
        else:
            closed["outcome"] = "lost"
        floor.write("opportunity.closed", subject, then, closed)

    if rng.random() < 0.7:
        floor.after(at, rng.uniform(2 * _HOUR, 8 * _DAY) * floor.hurry, close)


def order(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Enter an order, some for a day before, and let it be approved, corrected or cancelled."""
    rng, subject, head = floor.rng, floor.next_id("dh"), floor.company.head_of(who.team)
    day = at.astimezone(zone(TIME_ZONE)).date()
    if rng.random() < 0.08:
        day -= timedelta(days=rng.randint(1, 4))
    data = {
        "order_date": day.isoformat(),
        "created_at": utc_text(at),
        "total": _amount(floor),
        "customer_id": customer.id,
        "owner_id": who.id,
    }
    floor.write("order.created", subject, at, data)

    made = _Order(floor, subject, head)
    if rng.random() < 0.82:
        floor.after(at, rng.uniform(5 * _MINUTE, 3 * _HOUR) * floor.hurry, made.approve)
    if rng.random() < 0.07:
        floor.after(at, rng.uniform(10 * _MINUTE, 5 * _HOUR) * floor.hurry, made.correct)
    if rng.random() < 0.04:
        floor.after(at, rng.uniform(_HOUR, 9 * _HOUR) * floor.hurry, made.cancel)


class _Order(NamedTuple):
    """An order that was entered, and what may become of it."""

    floor: Floor
    id: str
    head: str

    def approve(self, at: datetime) -> None:
        floor = self.floor
        approved = {"approved_at": utc_text(at), "actor_id": self.head}
        floor.write("order.approved", self.id, at, approved)
        if floor.rng.random() < 0.04:
            floor.after(at, floor.rng.uniform(_HOUR, 20 * _HOUR) * floor.hurry, self.revoke)

    def revoke(self, at: datetime) -> None:
        revoked = {"revoked_at": utc_text(at), "actor_id": self.head}
        self.floor.write("order.approval_revoked", self.id, at, revoked)

    def correct(self, at: datetime) -> None:
        changed: dict[str, Any] = {"total": _amount(self.floor)}
        if self.floor.rng.random() < 0.2:
            changed["owner_id"] = self.floor.receiver().id
        self.floor.write("order.updated", self.id, at, changed)

    def cancel(self, at: datetime) -> None:
        cancelled = {"cancelled_at": utc_text(at), "reason": "Khách đổi ý"}
        self.floor.write("order.cancelled", self.id, at, cancelled)


def _amount(floor: Floor) -> dict[str, Any]:
    thousands = min(400_000, max(150, round(floor.rng.lognormvariate(8.3, 0.8))))
    return {"amount": thousands * 1000, "currency": CURRENCY}
