"""Whose call a call is: the agent by the extension, the customers by the number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from schemas.facts import AnyFact, Call, Employee, Entry, Extension, PhoneNumber
from schemas.facts.people import Holding
from services.aggregator.core.contributions.dealings import began
from services.aggregator.core.fold import EXTENSION_TAG, PHONE_TAG, EntityKey

Look = Callable[[EntityKey], AnyFact | None]


def resolved(call: Call, look: Look) -> Call:
    """Return the call with its agent and its customers.

    Laws:   a function of the call, and of who holds its number and its extension.
    Source: T-22; docs/rules.md, section 2.
    """
    if call.who is None:
        return call
    _, _, agent, customer, _, extension, number = call.who
    customers = set() if customer is None else {customer}
    if number:
        held = look((PHONE_TAG, number))
        if isinstance(held, PhoneNumber):
            customers.update(name for name, _ in held.holders)
    if agent is None and extension:
        line = look((EXTENSION_TAG, extension))
        start = began(call)
        if isinstance(line, Extension) and start is not None:
            agent = _agent_at(line.holders, start[1])
    names = tuple(sorted(customers))
    if (agent, names) == (call.agent, call.customers):
        return call
    return replace(call, agent=agent, customers=names)


def _agent_at(holdings: Iterable[Holding], at: int) -> str | None:
    """Return who had an extension at a moment; before all, whose first one it became."""
    held = [h for h in holdings if h[0] <= at and (not h[1] or at < h[1])]
    chosen = held or [h for h in holdings if h[3] and at < h[0]]
    return max(chosen, key=lambda h: (h[0], h[2]))[2] if chosen else None


def holdings(employee: Employee) -> Iterator[tuple[str, Holding]]:
    """Yield each extension an employee had, from when until when."""
    changes: list[Entry] = []
    for entry in employee.extensions:
        if not changes or changes[-1][3] != entry[3]:
            changes.append(entry)
    for at, (_, since, _, extension) in enumerate(changes):
        until = changes[at + 1][1] if at + 1 < len(changes) else 0
        if extension:
            yield extension, (since, until, employee.id, at == 0)
