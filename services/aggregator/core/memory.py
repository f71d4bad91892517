"""The facts of one tenant that are in memory, and how they hang together.

What is not in memory yet is asked for by raising `Missing`; the caller loads it and tries again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from schemas.facts import TAGS, AnyFact, Contract, Customer, Department, Employee, Order
from schemas.facts.kin import group_of, survivor_of
from schemas.tables import Scope
from services.aggregator.core.contributions import Place
from services.aggregator.core.fold import EXTENSION_TAG, PHONE_TAG, EntityKey, refs

CUSTOMER_TAG: Final = TAGS[Customer]
ORDER_TAG: Final = TAGS[Order]
EMPLOYEE_TAG: Final = TAGS[Employee]
PEOPLE_TAGS: Final = frozenset({EMPLOYEE_TAG, TAGS[Department]})
REFERRED_TAGS: Final = frozenset(
    {CUSTOMER_TAG, ORDER_TAG, TAGS[Contract], PHONE_TAG, EXTENSION_TAG}
)
"""The kinds that other facts refer to."""


class Missing(Exception):  # noqa: N818 - a request, not an error
    """What has to be loaded before the event can be applied."""

    def __init__(
        self,
        entities: Iterable[EntityKey] = (),
        numbers: Iterable[int] = (),
        related: Iterable[int] = (),
        employee: str | None = None,
        *,
        periods: Iterable[str] = (),
        cells: Iterable[tuple[Scope, str, int]] = (),
    ) -> None:
        super().__init__()
        self.entities = tuple(entities)
        self.numbers = tuple(numbers)
        self.related = tuple(related)
        self.employee = employee
        self.periods = tuple(periods)
        self.cells = tuple(cells)


class Memory:
    """The part of a tenant's facts that is in memory.

    `entities` maps an entity to its fact, or to None when it is known not to exist. Employees
    and departments are in memory completely; `places` is what was worked out from them.
    `related` maps the number of a fact to the numbers of those that refer to it; `listed` an
    employee to the numbers on any list of theirs.
    """

    def __init__(self) -> None:
        self.entities: dict[EntityKey, AnyFact | None] = {}
        self.by_number: dict[int, EntityKey] = {}
        self.related: dict[int, set[int]] = {}
        self.listed: dict[str, set[int]] = {}
        self.places: dict[tuple[str, int], Place] = {}

    def put(self, key: EntityKey, fact: AnyFact | None) -> None:
        """Remember a fact that was loaded, or that it does not exist."""
        self.set_entity(key, fact)
        if fact is not None:
            self.by_number[fact.number] = key

    def set_entity(self, key: EntityKey, fact: AnyFact | None) -> None:
        """Let a fact stand; the places of people are worked out anew when one changes."""
        self.entities[key] = fact
        if key[0] == EMPLOYEE_TAG:
            self.places.clear()

    def forget_facts(self) -> None:
        """Drop the facts in memory, but for the people."""
        self.entities = {key: f for key, f in self.entities.items() if key[0] in PEOPLE_TAGS}
        self.by_number = {f.number: key for key, f in self.entities.items() if f is not None}
        self.related.clear()
        self.places.clear()

    def replace(self, changes: Mapping[EntityKey, AnyFact]) -> dict[EntityKey, AnyFact | None]:
        """Put facts in place of what is there; return what was there, to be put back."""
        before = {key: self.entities.get(key) for key in changes}
        for key, fact in changes.items():
            self.set_entity(key, fact)
        return before

    def entity(self, key: EntityKey) -> AnyFact | None:
        """Return a fact, None if it does not exist; raises Missing if nobody knows."""
        try:
            return self.entities[key]
        except KeyError:
            if key[0] in PEOPLE_TAGS:
                return None
            raise Missing(entities=[key]) from None

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee, None if unknown."""
        return cast("Employee | None", self.entities.get((EMPLOYEE_TAG, employee_id)))

    def customer(self, customer_id: str) -> Customer | None:
        """Return a customer as it stands by itself, None if unknown."""
        return cast("Customer | None", self.entity((CUSTOMER_TAG, customer_id)))

    def order(self, order_id: str) -> Order | None:
        """Return an order, None if unknown."""
        return cast("Order | None", self.entity((ORDER_TAG, order_id)))

    def survivor(self, customer_id: str) -> Customer | None:
        """Return the customer that a customer stands for, None if unknown.

        Laws:   the end of the chain of merges; in a circle the smallest id of it.
        """
        return survivor_of(customer_id, self.customer)

    def group(self, survivor: Customer) -> Sequence[Customer]:
        """Return a survivor and all customers that stand for it."""
        return group_of(survivor, self.customer)

    def keys_about(self, facts: Iterable[AnyFact], tags: frozenset[str] | None) -> list[EntityKey]:
        """Return the facts that refer to some facts, of some kinds, by number."""
        numbers = [fact.number for fact in facts]
        unknown = [number for number in numbers if number not in self.related]
        if unknown:
            raise Missing(related=unknown)
        return self.keys_of({n for number in numbers for n in self.related[number]}, tags)

    def keys_of(self, numbers: Iterable[int], tags: frozenset[str] | None) -> list[EntityKey]:
        """Return entities by number, in that order; they and what they refer to are in memory."""
        ordered = sorted(numbers)
        absent = [number for number in ordered if number not in self.by_number]
        if absent:
            raise Missing(numbers=absent)
        keys = [self.by_number[number] for number in ordered]
        chosen = [key for key in keys if tags is None or key[0] in tags]
        facts = [fact for key in chosen if (fact := self.entities[key]) is not None]
        unknown = {ref for fact in facts for ref in refs(fact) if ref not in self.entities}
        if unknown:
            raise Missing(entities=sorted(unknown))
        return chosen
