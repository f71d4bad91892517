"""Damage to what says which facts refer to which."""

from __future__ import annotations

from schemas.facts import Employee, Order
from schemas.relations import APART, together
from tests.integration.verify_damage import Plant, Tables


def miss_relations(tables: Tables) -> str:
    name = tables.names("r")[-1]
    tables.client.delete(name)
    return name


def miss_payment_relation(tables: Tables) -> str:
    _, _, fact = tables.fact(Order, lambda order: order.paid)
    name, field = tables.keys.related(fact.number)
    tables.client.hdel(name, field)
    return f"expected order {fact.id}, found nothing"


def add_relation(tables: Tables) -> str:
    """Let an employee be referred to, which nothing does."""
    _, _, fact = tables.fact(Employee, lambda employee: employee.profile)
    name, field = tables.keys.related(fact.number)
    tables.client.hset(name, field, together([fact.number]))
    return f"[employee {fact.id}] expected nothing, found employee {fact.id}"


def lose_apart(tables: Tables) -> str:
    """Say that the numbers are in a set of their own, where there is none."""
    name = tables.names("r")[0]
    field = tables.first_field(name)
    tables.client.hset(name, field, APART)
    return f"{tables.keys.prefix}rs:{field.decode()}"


def leave_apart(tables: Tables) -> str:
    """Leave a set that no field speaks of."""
    name = tables.keys.related_apart(10_000_000)
    tables.client.sadd(name, 1)
    return name


def tear_relation(tables: Tables) -> str:
    name = tables.names("r")[0]
    field = max(tables.client.hkeys(name))
    tables.client.hset(name, field, b"123")
    return name


PLANTED: list[tuple[str, Plant]] = [
    ("missing relation", miss_relations),
    ("missing relation", miss_payment_relation),
    ("missing relation", lose_apart),
    ("surplus relation", leave_apart),
    ("unreadable key", tear_relation),
    ("surplus relation", add_relation),
]
