"""Which customers are one: who stands for whom once they were merged (docs/rules.md, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from schemas.facts.people import Customer, OpportunityMark

Look = Callable[[str], Customer | None]
"""Customer id -> the customer as it stands by itself, None if unknown; may raise to ask for it."""


def survivor_of(customer_id: str, look: Look) -> Customer | None:
    """Return the customer that a customer stands for, None if unknown.

    Laws:   the end of the chain of merges; in a circle the smallest id of it.
    """
    fact = look(customer_id)
    path: dict[str, Customer] = {}
    while fact is not None and fact.merged is not None and fact.merged[1] != fact.id:
        if fact.id in path:
            circle = list(path)[list(path).index(fact.id) :]
            return path[min(circle)]
        path[fact.id] = fact
        fact = look(fact.merged[1])
    return fact


def group_of(survivor: Customer, look: Look) -> Sequence[Customer]:
    """Return a survivor and all customers that stand for it, the survivor first."""
    if not survivor.absorbed:
        return (survivor,)
    found = {survivor.id: survivor}
    waiting = list(survivor.absorbed)
    while waiting:
        name = waiting.pop()
        fact = None if name in found else look(name)
        if fact is not None:
            found[name] = fact
            waiting.extend(fact.absorbed)
    return tuple(found.values())


def campaign_days(opportunities: Iterable[OpportunityMark]) -> set[int]:
    """Return the days on which a customer was first added to a campaign, '' among them.

    Shape:  the opportunities of the whole group.
    Source: T-14.
    """
    first: dict[str, tuple[int, int]] = {}
    for _, at, day, campaign, _ in opportunities:
        first[campaign] = min(first.get(campaign, (at, day)), (at, day))
    return {day for _, day in first.values()}
