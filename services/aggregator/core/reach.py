"""Whose contributions a change may move, besides those of the changed facts themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from schemas.facts import (
    TAGS,
    AnyFact,
    Contact,
    Customer,
    Employee,
    Opportunity,
    Order,
    Payment,
    is_deleted,
    owner_of,
)
from services.aggregator.core.contributions import segments
from services.aggregator.core.fold import EntityKey
from services.aggregator.core.memory import CUSTOMER_TAG, Memory, Missing

_OF_CUSTOMERS: Final = frozenset(TAGS[kind] for kind in (Order, Opportunity, Payment, Contact))
"""The kinds whose contributions depend on what their customer is, or who owns it."""
_MOVING: Final = frozenset(TAGS[kind] for kind in (Customer, Order, Employee))
"""The kinds that contributions of other facts look at."""
_OF_ORDERS: Final = frozenset({TAGS[Payment]})


def reach(
    memory: Memory,
    changes: Mapping[EntityKey, AnyFact],
    posted: Callable[[str], Iterable[int]],
) -> dict[EntityKey, None]:
    """Return the changed facts and those whose contributions may move with them, in order.

    Shape:  `changes` maps an entity to its next state, `memory` holds the present one; `posted`
            gives the numbers that this batch has put on lists of an employee.
    Errors: Missing.
    """
    found: dict[EntityKey, None] = dict.fromkeys(changes)
    for key, after in changes.items():
        if key[0] not in _MOVING:
            continue
        before = memory.entities.get(key)
        match after:
            case Customer():
                _customer(memory, before, after, found)
            case Order() if before is not None and _payee(before) != _payee(after):
                found |= dict.fromkeys(memory.keys_about([before], _OF_ORDERS))
            case Employee() if _departments(before) != _departments(after):
                listed = memory.listed.get(after.id)
                if listed is None:
                    raise Missing(employee=after.id)
                numbers = listed.union(posted(after.id))
                found |= dict.fromkeys(memory.keys_of(numbers, None))
            case _:
                pass
    return found


def _customer(
    memory: Memory, before: AnyFact | None, after: Customer, found: dict[EntityKey, None]
) -> None:
    if not isinstance(before, Customer):
        return
    survivor = memory.survivor(before.id)
    if survivor is None or survivor.id != before.id:
        if survivor is not None:
            found[CUSTOMER_TAG, survivor.id] = None
    elif _is_shown_otherwise(before, after):
        group = memory.group(survivor)
        found |= dict.fromkeys(memory.keys_about(group, _OF_CUSTOMERS))


def reach_of_merge(memory: Memory, customer_id: str) -> dict[EntityKey, None]:
    """Return all that hangs on the survivor of a customer, as it stands."""
    survivor = memory.survivor(customer_id)
    if survivor is None:
        return {}
    group = memory.group(survivor)
    found: dict[EntityKey, None] = {(CUSTOMER_TAG, member.id): None for member in group}
    return found | dict.fromkeys(memory.keys_about(group, None))


def _is_shown_otherwise(before: Customer, after: Customer) -> bool:
    """Say whether facts that look at their customer see another one."""
    if before.profile is after.profile and before.owners is after.owners:
        return before.deleted != after.deleted
    return _shown(before) != _shown(after)


def _shown(fact: Customer) -> tuple[object, ...]:
    return segments(fact), owner_of(fact), is_deleted(fact.deleted)


def _payee(fact: AnyFact | None) -> tuple[Any, ...]:
    if not isinstance(fact, Order):
        return ()
    return fact.created is None, fact.owner and fact.owner[1]


def _departments(fact: AnyFact | None) -> list[object]:
    places = fact.places if isinstance(fact, Employee) else ()
    return [(place[0], place[2]) for place in places]
