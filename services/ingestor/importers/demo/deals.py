"""What comes out of conversations: stages, opportunities, orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Customer, Floor, dong
from services.ingestor.importers.demo.goods import PRODUCTS
from services.ingestor.importers.demo.orders import order
from services.ingestor.importers.demo.tasks import appointment
from services.ingestor.importers.demo.words import CAMPAIGNS, REFUSED_STAGE, STAGES
from services.ingestor.translate.moments import utc_text

_HOUR, _DAY = 3600, 86400


def progress(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """After a conversation: perhaps a stage, an opportunity or an order."""
    luck = floor.rng.random()
    if luck < 0.13:
        stage(floor, at, who, customer)
    elif luck < 0.18:
        opportunity(floor, at, who, customer)
    elif luck < 0.24:
        order(floor, at, who, customer)
    elif luck < 0.28:
        appointment(floor, at, who, customer)


def deal(floor: Floor, at: datetime, who: Employee) -> None:
    """Enter an order or an opportunity without a call before it."""
    customer = floor.customer_for(who)
    if customer is not None:
        (order if floor.rng.random() < 0.6 else opportunity)(floor, at, who, customer)


def stage(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Move a customer up the stages, seldom out of them."""
    if customer.stage >= len(STAGES) - 1:
        return
    old = STAGES[customer.stage]
    out = floor.rng.random() < 0.12
    customer.stage = customer.stage if out else customer.stage + 1
    data = {
        "old_relationship_id": old.id,
        "relationship_id": (REFUSED_STAGE if out else STAGES[customer.stage]).id,
        "changed_at": utc_text(at),
        "actor_id": who.id,
    }
    floor.write("customer.status_changed", customer.id, at, data)


def opportunity(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Open an opportunity: handed on, won, lost, seldom deleted.

    Some customers are added to another campaign soon after, or by somebody else to the same.
    """
    campaign = floor.rng.choice(CAMPAIGNS).id
    _opportunity(floor, at, who, customer, campaign)
    luck = floor.rng.random()
    if luck < 0.15:
        again = campaign if luck < 0.06 else floor.rng.choice(CAMPAIGNS).id
        other = who if luck < 0.1 else floor.receiver()
        wait_s = floor.rng.uniform(0.2 * _HOUR, 2 * _DAY) * floor.hurry
        floor.after(at, wait_s, lambda then: _opportunity(floor, then, other, customer, again))


def _opportunity(
    floor: Floor, at: datetime, who: Employee, customer: Customer, campaign: str
) -> None:
    rng, subject = floor.rng, floor.next_id("ch")
    value = _amount(floor)
    data: dict[str, Any] = {
        "created_at": utc_text(at),
        "customer_id": customer.id,
        "campaign_id": campaign,
        "product_id": rng.choice(PRODUCTS).id,
        "owner_id": who.id,
        "value": value,
    }
    floor.write("opportunity.created", subject, at, data)

    def hand_on(then: datetime) -> None:
        assigned = {"owner_id": floor.receiver().id, "assigned_at": utc_text(then)}
        floor.write("opportunity.assigned", subject, then, assigned)

    def delete(then: datetime) -> None:
        floor.write("opportunity.deleted", subject, then, {"deleted_at": utc_text(then)})

    def close(then: datetime) -> None:
        closed: dict[str, Any] = {"closed_at": utc_text(then)}
        if rng.random() < 0.36:
            closed |= {"outcome": "won", "value": value if rng.random() < 0.7 else _amount(floor)}
        else:
            closed["outcome"] = "lost"
        floor.write("opportunity.closed", subject, then, closed)

    if rng.random() < 0.2:
        floor.after(at, rng.uniform(0.1 * _HOUR, 6 * _HOUR) * floor.hurry, hand_on)
    luck = rng.random()
    if luck < 0.35:
        floor.after(at, rng.uniform(0.5 * _HOUR, 8 * _HOUR) * floor.hurry, close)
    elif luck < 0.7:
        floor.after(at, rng.uniform(8 * _HOUR, 8 * _DAY) * floor.hurry, close)
    elif luck < 0.74:
        floor.after(at, rng.uniform(_HOUR, 2 * _DAY) * floor.hurry, delete)


def _amount(floor: Floor) -> dict[str, Any]:
    thousands = min(400_000, max(150, round(floor.rng.lognormvariate(8.3, 0.8))))
    return dong(thousands * 1000)
