"""Customers as the fold would leave them, made by hand for the tests of the cohort reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import numpy as np

from schemas.facts import Customer
from services.query.cohorts.case import case_of
from services.query.cohorts.columns import Columns

TODAY = 20261122
YESTERDAY = 20261121
DAY_MS = 86_400_000
NOON = {YESTERDAY: 1_795_237_200_000, TODAY: 1_795_323_600_000, 20261123: 1_795_410_000_000}
"""Day -> 12:00 in Asia/Ho_Chi_Minh."""
CHILDREN = (
    "sources", "groups", "calls", "appointments", "orders", "paid", "payments", "opportunities",
    "stages",
)  # fmt: skip
WORDS = frozenset({"source", "group", "agent", "currency", "campaign", "owner", "stage"})
_numbers = count(1000)


def customer(name: str, owner: str | None = None, day: int = TODAY, **registers: Any) -> Customer:
    """Make a customer that was created at noon of a day; sources and groups by their short name."""
    profile = {
        register: (1, registers.pop(short))
        for short, register in (("sources", "source_ids"), ("groups", "group_ids"))
        if short in registers
    }
    stages = registers.pop("stages", ())
    made: dict[str, Any] = {
        "id": name,
        "number": next(_numbers),
        "created": (1, NOON[day], day, None),
        "known": True,
        "owners": ((1, NOON[day], day, owner),),
        "stages": tuple(
            (1 + at, NOON[on], on, stage, None) for at, (on, stage) in enumerate(stages)
        ),
        "profile": {"name": (1, name.upper()), **profile},
    }
    return Customer(**made | registers)


def call(agent: str | None, talk: int = 0, day: int = TODAY, number: int = 0) -> Any:
    """Make the mark of an outbound call; spoken if there is talk."""
    return (number or next(_numbers), NOON[day], day, agent, talk > 0, talk)


def appointment(*, completed: bool = False, day: int = TODAY) -> Any:
    """Make the mark of an appointment."""
    return (next(_numbers), NOON[day], day, completed)


def order(state: int, total: int, paid: int = 0, day: int = TODAY, currency: str = "VND") -> Any:
    """Make the mark of an order."""
    payments = ((currency, paid),) if paid else ()
    return (next(_numbers), NOON[day], day, day, state, total, currency, payments)


def payment(amount: int, currency: str = "VND") -> Any:
    """Make the mark of a payment without order."""
    return (next(_numbers), currency, amount)


def opportunity(campaign: str, owner: str | None, day: int = TODAY) -> Any:
    """Make the mark of an opportunity."""
    return (next(_numbers), NOON[day], day, campaign, owner)


def columns_of(customers: Iterable[Customer | Sequence[Customer]]) -> Columns:
    """Return columns of customers; a sequence is a survivor and those merged into it."""
    columns = Columns()
    groups = [[each] if isinstance(each, Customer) else [*each] for each in customers]
    cases = [case_of(group[0], group[1:]) for group in groups]
    columns.put([case for case in cases if case is not None])
    return columns


def told(columns: Columns) -> dict[int, Any]:
    """Return all that columns say of each customer, in words."""
    names, people = columns.codes.names, columns.people
    found: dict[int, Any] = {}
    for slot in columns.live().tolist():
        said: dict[str, Any] = {
            "id": columns.ids[slot],
            "name": columns.names[slot],
            "created": int(people["created_ms"][slot]),
            "owner": names[people["owner"][slot]],
            "stage": names[people["stage"][slot]],
        }
        for table in CHILDREN:
            children = getattr(columns, table)
            rows = children.rows(np.array([slot])).at
            assert (children.slots(rows) == slot).all()
            said[table] = [
                {
                    name: names[value] if name in WORDS else int(value)
                    for name in children.kinds
                    for value in [children[name][row]]
                }
                for row in rows.tolist()
            ]
        found[int(people["number"][slot])] = said
    return found
