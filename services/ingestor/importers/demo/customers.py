"""How customers come, change hands, are corrected and, seldom, leave."""

from __future__ import annotations

from datetime import datetime

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.deals import opportunity, order
from services.ingestor.importers.demo.floor import Floor
from services.ingestor.importers.demo.names import INDUSTRIES, PROVINCES, phone
from services.ingestor.translate.moments import utc_text

_MINUTE = 60


def arrival(floor: Floor, at: datetime, who: Employee) -> None:
    """Create a customer; one of four has no owner until somebody is chosen."""
    rng, subject = floor.rng, floor.next_id("kh")
    if rng.random() < 0.75:
        floor.new_customer(at, subject, who.id, who.id)
        return
    customer = floor.new_customer(at, subject, who.id, None)

    def assign(then: datetime) -> None:
        floor.hand_over(customer, floor.receiver().id)
        data = {"owner_id": customer.owner, "assigned_at": utc_text(then)}
        floor.write("customer.assigned", subject, then, data)

    floor.after(at, rng.uniform(2 * _MINUTE, 90 * _MINUTE) * floor.hurry, assign)


def upkeep(floor: Floor, at: datetime, who: Employee) -> None:
    """Correct, hand over or delete a customer."""
    rng, customer = floor.rng, floor.customer_for(who)
    if customer is None:
        return
    luck = rng.random()
    if luck < 0.6:
        data = (
            {"phones": [customer.phone, phone(rng)]}
            if rng.random() < 0.4
            else {"industry": rng.choice(INDUSTRIES), "province": rng.choice(PROVINCES)}
        )
        floor.write("customer.updated", customer.id, at, data)
    elif luck < 0.96:
        floor.hand_over(customer, floor.receiver().id)
        data_owner = {"owner_id": customer.owner, "assigned_at": utc_text(at)}
        floor.write("customer.assigned", customer.id, at, data_owner)
    else:
        floor.hand_over(customer, None)
        customer.deleted = True
        floor.write("customer.deleted", customer.id, at, {"deleted_at": utc_text(at)})


def deal(floor: Floor, at: datetime, who: Employee) -> None:
    """Enter an order or an opportunity without a call before it."""
    customer = floor.customer_for(who)
    if customer is not None:
        (order if floor.rng.random() < 0.6 else opportunity)(floor, at, who, customer)
