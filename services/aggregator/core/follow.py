"""What follows from one changed fact: the derived fields of others, level by level.

```
customer, contact -> number   -> its calls -> customers
employee          -> extension -> its calls -> customers
payment           -> order    -> customer
call, order, task, opportunity, payment -> customer
```
No level leads back, so each is done once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from schemas.facts import TAGS, AnyFact, Call, Customer
from services.aggregator.core.derived import (
    changed_marks,
    counted_again,
    rests_on,
    said,
    with_mark,
)
from services.aggregator.core.fold import EXTENSION_TAG, PHONE_TAG, EntityKey
from services.aggregator.core.memory import CUSTOMER_TAG, ORDER_TAG, Memory
from services.aggregator.core.telephone import resolved

_LINES: Final = frozenset({PHONE_TAG, EXTENSION_TAG})
_CALLS: Final = frozenset({TAGS[Call]})

Changes = dict[EntityKey, AnyFact]


def follow(memory: Memory, key: EntityKey, changes: Changes) -> None:
    """Add to the changes what other facts know from the one that changed.

    Shape:  `changes` holds the next state of the fact `key`, and stubs of what it names.
    Errors: Missing.
    Laws:   the derived fields are functions of the facts, whatever the order of events.
    """
    held = set(changes)
    _mark(memory, [key], changes)
    calls = _calls(memory, changes, held)
    orders = [name for name in changes if name[0] == ORDER_TAG and name != key]
    _mark(memory, [*calls, *orders], changes)
    for name in (key, *calls):
        _tell(memory, name, changes)


def resolved_call(memory: Memory, call: Call, changes: Changes) -> Call:
    """Return a call with its agent and customers, as the changes would have it."""
    return resolved(call, lambda key: changes.get(key) or memory.entity(key))


def _mark(memory: Memory, names: Iterable[EntityKey], changes: Changes) -> None:
    for name in names:
        for mark, delta in changed_marks(memory.entities.get(name), changes[name]):
            target = changes.get(mark.target) or memory.entity(mark.target)
            if target is None:
                raise LookupError(f"{mark.target} was never mentioned")
            changes[mark.target] = with_mark(target, mark, delta)


def _calls(memory: Memory, changes: Changes, held: set[EntityKey]) -> list[EntityKey]:
    """Add the calls that become those of others as numbers and extensions change hands."""
    lines = [memory.entities.get(name) for name in changes if name[0] in _LINES]
    found = []
    known = [line for line in lines if line is not None]
    for name in memory.keys_about(known, _CALLS) if known else ():
        call = memory.entities[name]
        if isinstance(call, Call) and name not in held:
            now = resolved_call(memory, call, changes)
            if now is not call:
                changes[name] = now
                found.append(name)
    return found


def _tell(memory: Memory, name: EntityKey, changes: Changes) -> None:
    """Let the customers of a changed fact know when they were contacted last."""
    before, now = said(memory.entities.get(name)), said(changes[name])
    if before == now:
        return
    for customer_id in {*before.customers, *now.customers}:
        key = (CUSTOMER_TAG, customer_id)
        fact = changes.get(key) or memory.entity(key)
        if not isinstance(fact, Customer):
            continue
        if rests_on(fact, before, now):
            changes[key] = counted_again(fact, _about(memory, fact, changes))
        elif customer_id in now.customers and now.day > fact.contacted:
            changes[key] = replace(fact, contacted=now.day)


def _about(memory: Memory, customer: Customer, changes: Changes) -> list[AnyFact]:
    """Return the facts about a customer as the changes would have them."""
    present = memory.entities.get((CUSTOMER_TAG, customer.id))
    keys = [] if present is None else memory.keys_about([present], None)
    facts = (
        changes.get(key) or memory.entities[key]
        for key in {**dict.fromkeys(keys), **dict.fromkeys(changes)}
    )
    return [fact for fact in facts if fact is not None]
