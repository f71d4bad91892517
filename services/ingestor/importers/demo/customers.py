"""How customers come, change hands, are corrected and, seldom, merged, deleted or restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Customer, Floor
from services.ingestor.importers.demo.names import (
    INDUSTRIES,
    PROVINCES,
    birthday,
    firm,
    no_number,
    person,
    phone,
    typed,
)
from services.ingestor.importers.demo.orders import order
from services.ingestor.importers.demo.tasks import appointment
from services.ingestor.importers.demo.telephone import ring_up
from services.ingestor.importers.demo.words import GROUPS, SOURCES, STAGES
from services.ingestor.translate.moments import utc_text

_MINUTE, _HOUR = 60, 3600
_Deed = Callable[[Floor, datetime, Employee, Customer], None]


def newcomer(
    floor: Floor, at: datetime, customer_id: str, creator: str | None, owner: str | None
) -> Customer:
    """Write the creation of a customer, who is in the first stage: a person, or a firm."""
    rng = floor.rng
    made = Customer(customer_id, [_number(floor)])
    floor.hand_over(made, owner)
    sources = rng.sample(SOURCES, k=1 if rng.random() < 0.85 else 2)
    data: dict[str, Any] = {
        "created_at": utc_text(at),
        "phones": [typed(rng, made.phones[0])] if rng.random() < 0.98 else [no_number(rng)],
        "source_ids": [one.id for one in sources] if rng.random() < 0.94 else [],
        "province": rng.choice(PROVINCES),
        "relationship_id": STAGES[0].id,
    }
    is_firm = rng.random() < 0.3
    data |= _firm(floor) if is_firm else _person(floor)
    if rng.random() < 0.25:
        data["group_ids"] = [rng.choice(GROUPS).id]
    if creator:
        data["creator_id"] = creator
    if owner:
        data["owner_id"] = owner
    floor.write("customer.created", made.id, at, data)
    floor.customers.append(made)
    if is_firm:
        contact(floor, at, made)
    return made


def _number(floor: Floor) -> str:
    """Return a number of somebody; families and firms share one now and then."""
    if floor.customers and floor.rng.random() < 0.04:
        return floor.rng.choice(floor.customers).phones[0]
    return phone(floor.rng)


def _firm(floor: Floor) -> dict[str, Any]:
    return {"name": firm(floor.rng), "industry": floor.rng.choice(INDUSTRIES)}


def _person(floor: Floor) -> dict[str, Any]:
    name, gender = person(floor.rng)
    data: dict[str, Any] = {"name": name, "gender": gender}
    if floor.rng.random() < 0.8:
        data["birthday"] = birthday(floor.rng)
    if floor.rng.random() < 0.4:
        data["industry"] = floor.rng.choice(INDUSTRIES)
    return data


def contact(floor: Floor, at: datetime, customer: Customer) -> None:
    """Write a person who works for a customer, or another number of one who is known."""
    rng = floor.rng
    if customer.contacts and rng.random() < 0.6:
        known = rng.choice(list(customer.contacts))
        if rng.random() < 0.5:
            del customer.contacts[known]
            floor.write("contact.deleted", known, at, {"deleted_at": utc_text(at)})
        else:
            customer.contacts[known] = phone(rng)
            phones = [typed(rng, customer.contacts[known])]
            floor.write("contact.upserted", known, at, {"phones": phones})
        return
    made = f"lh-{customer.id}-{len(customer.contacts) + 1}-{rng.randrange(1000)}"
    name, gender = person(rng)
    customer.contacts[made] = phone(rng)
    data: dict[str, Any] = {"customer_id": customer.id, "name": name, "gender": gender}
    data["phones"] = [typed(rng, customer.contacts[made])]
    if rng.random() < 0.5:
        data["birthday"] = birthday(rng)
    floor.write("contact.upserted", made, at, data)


def arrival(floor: Floor, at: datetime, who: Employee) -> None:
    """Create a customer; one of four has no owner until somebody is chosen, if anybody is."""
    rng, subject = floor.rng, floor.next_id("kh")
    if rng.random() < 0.75:
        pursue(floor, at, newcomer(floor, at, subject, who.id, who.id))
        return
    customer = newcomer(floor, at, subject, who.id, None)
    if rng.random() < 0.85:
        wait_s = rng.uniform(2 * _MINUTE, 90 * _MINUTE) * floor.hurry
        floor.after(at, wait_s, partial(_assign, floor, customer))


def visitor(floor: Floor, at: datetime, opens: datetime) -> None:
    """Let somebody leave a number on the website at night, and be given to somebody next day."""
    customer = newcomer(floor, at, floor.next_id("kh"), None, None)
    if floor.rng.random() < 0.85:
        deed = partial(_assign, floor, customer)
        floor.after(opens, floor.rng.uniform(0, 45 * _MINUTE), deed)


def _assign(floor: Floor, customer: Customer, at: datetime) -> None:
    floor.hand_over(customer, floor.receiver().id)
    data = {"owner_id": customer.owner, "assigned_at": utc_text(at)}
    floor.write("customer.assigned", customer.id, at, data)
    pursue(floor, at, customer)


def pursue(floor: Floor, at: datetime, customer: Customer) -> None:
    """Call a new customer soon, meet or sell to some; a few are left for another day."""
    calls = floor.rng.choices((0, 1, 2), (20, 55, 25))[0]
    deeds: list[_Deed] = [ring_up] * calls
    if calls and floor.rng.random() < 0.3:
        deeds.append(appointment if floor.rng.random() < 0.65 else order)

    def do(deed: _Deed, then: datetime) -> None:
        owner = None if customer.deleted else floor.company.by_id.get(customer.owner or "")
        if owner is not None and floor.is_open(then):
            deed(floor, then, owner, customer)

    waited_s = 0.0
    for deed in deeds:
        waited_s += floor.rng.uniform(2 * _MINUTE, 2 * _HOUR)
        floor.after(at, waited_s * floor.hurry, partial(do, deed))


def upkeep(floor: Floor, at: datetime, who: Employee) -> None:
    """Correct, hand over, merge or delete a customer, or note down a contact person."""
    rng, customer = floor.rng, floor.customer_for(who)
    if customer is None:
        return
    luck = rng.random()
    if luck < 0.45:
        data = (
            _second_phone(floor, customer)
            if rng.random() < 0.4
            else {"industry": rng.choice(INDUSTRIES), "province": rng.choice(PROVINCES)}
        )
        floor.write("customer.updated", customer.id, at, data)
    elif luck < 0.65:
        contact(floor, at, customer)
    elif luck < 0.88:
        floor.hand_over(customer, floor.receiver().id)
        data_owner = {"owner_id": customer.owner, "assigned_at": utc_text(at)}
        floor.write("customer.assigned", customer.id, at, data_owner)
    elif luck < 0.94:
        _merge(floor, at, who, customer)
    else:
        _delete(floor, at, customer)


def _second_phone(floor: Floor, customer: Customer) -> dict[str, Any]:
    customer.phones = [customer.phones[0], phone(floor.rng)]
    return {"phones": [typed(floor.rng, one) for one in customer.phones]}


def _merge(floor: Floor, at: datetime, who: Employee, customer: Customer) -> None:
    """Let a customer who is a double of another one end in it."""
    survivor = floor.customer_for(who)
    if survivor is None or survivor is customer:
        return
    floor.hand_over(customer, None)
    customer.deleted = True
    data = {"into_id": survivor.id, "merged_at": utc_text(at)}
    floor.write("customer.merged", customer.id, at, data)


def _delete(floor: Floor, at: datetime, customer: Customer) -> None:
    """Delete a customer; every second time it was a mistake."""
    owner = customer.owner
    floor.hand_over(customer, None)
    customer.deleted = True
    floor.write("customer.deleted", customer.id, at, {"deleted_at": utc_text(at)})

    def restore(then: datetime) -> None:
        customer.deleted = False
        floor.hand_over(customer, owner)
        floor.write("customer.restored", customer.id, then, {"restored_at": utc_text(then)})

    if floor.rng.random() < 0.5:
        floor.after(at, floor.rng.uniform(0.1 * _HOUR, 30 * _HOUR) * floor.hurry, restore)
