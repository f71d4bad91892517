"""Damage to what the cohort reports and the calls rest on; all of it can be planted at once."""

from __future__ import annotations

from typing import Any

import msgspec

from schemas.facts import Call, Customer, Extension, PhoneNumber
from services.verify.decode import MARKS
from tests.integration.verify_damage import Plant, Tables, put


def _alter_mark(register: str) -> Plant:
    def plant(tables: Tables) -> str:
        held = tables.fact(Customer, lambda customer: getattr(customer, register))
        name, field, fact = held
        first, *others = getattr(fact, register)
        altered = (_altered(first), *others)
        put(tables, name, field, msgspec.structs.replace(fact, **{register: altered}))
        return f"[customer {fact.id} {register} "

    return plant


def _altered(mark: tuple[Any, ...]) -> tuple[Any, ...]:
    number, *rest = mark
    if isinstance(rest[0], str):
        return (number, rest[0], rest[1] + 1)
    return (number, rest[0] + 1, *rest[1:])


def miss_mark(tables: Tables) -> str:
    name, field, fact = tables.fact(Customer, lambda customer: len(customer.orders) > 1)
    put(tables, name, field, msgspec.structs.replace(fact, orders=fact.orders[:-1]))
    return f"[customer {fact.id} orders order "


def double_mark(tables: Tables) -> str:
    name, field, fact = tables.fact(Customer, lambda customer: customer.appointments)
    last = fact.appointments[-1]
    put(tables, name, field, msgspec.structs.replace(fact, appointments=(*fact.appointments, last)))
    return f"[customer {fact.id} appointments task "


def add_mark(tables: Tables) -> str:
    name, field, fact = tables.fact(Customer, lambda customer: not customer.payments)
    invented = ((999_999, "VND", 1),)
    put(tables, name, field, msgspec.structs.replace(fact, payments=invented))
    return f"[customer {fact.id} payments unknown number 999999]"


def alter_agent(tables: Tables) -> str:
    name, field, fact = tables.fact(Call, lambda call: call.agent)
    put(tables, name, field, msgspec.structs.replace(fact, agent="stranger"))
    return f"[call {fact.id} agent]"


def forget_customers(tables: Tables) -> str:
    name, field, fact = tables.fact(Call, lambda call: call.customers)
    put(tables, name, field, msgspec.structs.replace(fact, customers=()))
    return f"[call {fact.id} customers]"


def alter_number(tables: Tables) -> str:
    name, field, fact = tables.fact(Call, lambda call: call.who and call.who[6])
    assert fact.who is not None
    altered = (*fact.who[:6], fact.who[6] + "0")
    put(tables, name, field, msgspec.structs.replace(fact, who=altered))
    return f"[call {fact.id} who]"


def forget_holder(tables: Tables) -> str:
    name, field, fact = tables.fact(PhoneNumber, lambda number: number.holders)
    put(tables, name, field, msgspec.structs.replace(fact, holders=()))
    return f"[phone number {fact.id} holders]"


def alter_holding(tables: Tables) -> str:
    name, field, fact = tables.fact(Extension, lambda extension: extension.holders)
    since, until, employee, is_first = fact.holders[0]
    altered = ((since + 1, until, employee, is_first), *fact.holders[1:])
    put(tables, name, field, msgspec.structs.replace(fact, holders=altered))
    return f"[extension {fact.id} holders]"


def _leave(cohort: str) -> Plant:
    def plant(tables: Tables) -> str:
        name = tables.names(f"cohort:{cohort}")[0]
        tables.client.delete(name)
        return name

    return plant


def join_cohort(tables: Tables) -> str:
    name = tables.keys.cohort("created", 20260101)
    tables.client.sadd(name, 1)
    return name


def miss_word(tables: Tables) -> str:
    tables.client.hdel(tables.keys.words, "relationship:new")
    return "[relationship:new]"


def add_word(tables: Tables) -> str:
    tables.client.hset(tables.keys.words, "source:never named", 1)
    return "[source:never named]"


def change_word(tables: Tables) -> str:
    tables.client.hset(tables.keys.words, "group:g", 2)
    return "[group:g]"


def change_region(tables: Tables) -> str:
    tables.client.hset(tables.keys.meta, "region", "FR")
    return "[region]"


def change_journey(tables: Tables) -> str:
    for name in tables.names("m:c"):
        if tables.client.hexists(name, "journey_entries"):
            tables.client.hincrby(name, "journey_entries", 1)
            return f"{name} [journey_entries]"
    raise AssertionError("nobody entered a stage")


def stop_call(tables: Tables) -> str:
    name = tables.names("z:calls_running")[0]
    tables.client.delete(name)
    return name


PLANTED: list[tuple[str, Plant]] = [
    *(("changed mark", _alter_mark(register)) for register in MARKS),
    ("missing mark", miss_mark),
    ("changed mark", double_mark),
    ("surplus mark", add_mark),
    ("altered fact", alter_agent),
    ("altered fact", forget_customers),
    ("altered fact", alter_number),
    ("altered fact", forget_holder),
    ("altered fact", alter_holding),
    ("missing in cohort", _leave("created")),
    ("missing in cohort", _leave("campaign")),
    ("surplus in cohort", join_cohort),
    ("missing word", miss_word),
    ("surplus word", add_word),
    ("changed word", change_word),
    ("wrong setting", change_region),
    ("changed month sum", change_journey),
    ("missing score", stop_call),
]
