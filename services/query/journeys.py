"""The journey of a customer: owners, stages with the time in each, and what happened. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from schemas.calendar import format_time
from schemas.facts import KINDS, AnyFact, Call, Customer, Email, Opportunity, Order, unpack
from schemas.tables import FACTS_PER_BUCKET, TenantKeys
from services.query.fact_rows import customer_fields, own_fields

_SCRIPT = """
local prefix, bucket, most = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local number = redis.call('HGET', KEYS[1], ARGV[1])
if not number then return {} end
local function fact_of(n)
  local key = prefix .. 'f:' .. string.format('%d', math.floor(n / bucket))
  return redis.call('HGET', key, n)
end
local related = redis.call('SMEMBERS', prefix .. 'r:' .. number)
for i, text in ipairs(related) do related[i] = tonumber(text) end
table.sort(related, function(a, b) return a > b end)
local found = {}
for i = 1, math.min(most, #related) do
  local fact = fact_of(related[i])
  if fact then found[#found + 1] = fact end
end
return {fact_of(number), #related, found}
"""
_MOST_RELATED = 2000
_TAG = "u"


def command(keys: TenantKeys, customer_id: str) -> tuple[Any, ...]:
    """Return the command that reads a customer with the newest facts about it."""
    key, name = keys.number(_TAG, customer_id)
    return ("EVAL_RO", _SCRIPT, 1, key, name, keys.prefix, FACTS_PER_BUCKET, _MOST_RELATED)


def journey(reply: Any, now_ms: int) -> dict[str, Any] | None:
    """Return the journey, None if nobody has heard of the customer.

    Units:  a stage that lasts still counts its seconds up to `now_ms`.
    """
    if not reply:
        return None
    packed, count, others = reply
    customer = unpack(packed)
    if not isinstance(customer, Customer):
        raise TypeError(f"fact {customer.number} is not a customer")
    related = [unpack(value) for value in others]
    happened = [*_customer_events(customer)]
    for fact in related:
        happened.extend(_events(fact))
    happened.sort(key=lambda event: (event[0], event[1]["kind"], event[1]["id"]))
    return {
        "customer": _card(customer),
        "owners": _owners(customer),
        "stages": _stages(customer, now_ms),
        "events": [{"at": format_time(at), **event} for at, event in happened],
        "truncated": count > len(others),
    }


def _card(fact: Customer) -> dict[str, Any]:
    profile = {name: value for name, (_, value) in sorted(fact.profile.items())}
    known = fact.known or fact.created is not None
    return {"id": fact.id, "known": known, **profile, **customer_fields(fact)}


def _owners(fact: Customer) -> list[dict[str, Any]]:
    entries = [(at, owner) for _, at, _, owner in sorted(fact.owners, key=_order_of)]
    return [
        {
            "owner_id": owner,
            "from": format_time(at),
            "to": None if end is None else format_time(end),
        }
        for at, owner, end in _spans(entries)
    ]


def _stages(fact: Customer, now_ms: int) -> list[dict[str, Any]]:
    entries = sorted(fact.stages, key=_order_of)
    actors = {(at, stage): actor for _, at, _, stage, actor in entries}
    return [
        {
            "stage": stage,
            "from": format_time(at),
            "to": None if end is None else format_time(end),
            "seconds": max(0, (now_ms if end is None else end) - at) // 1000,
            "actor_id": actors[at, stage],
        }
        for at, stage, end in _spans([(at, stage) for _, at, _, stage, _ in entries])
        if stage is not None
    ]


def _order_of(entry: tuple[Any, ...]) -> tuple[int, int, str]:
    return (entry[0], entry[1], entry[3] or "")


def _changes(entries: Iterable[tuple[int, str | None]]) -> Iterator[tuple[int, str | None]]:
    """Yield the entries whose value differs from the one before."""
    before: str | None = None
    for at, value in entries:
        if value != before:
            yield at, value
        before = value


def _spans(
    entries: Iterable[tuple[int, str | None]],
) -> Iterator[tuple[int, str | None, int | None]]:
    """Yield (from, value, to) of each time a value held; the last one still holds."""
    steps = [*_changes(entries), None]
    for step, following in pairwise(steps):
        if step is not None:
            yield step[0], step[1], None if following is None else following[0]


def _customer_events(fact: Customer) -> Iterator[tuple[int, dict[str, Any]]]:
    base = {"kind": "customer", "id": fact.id}
    if fact.created is not None:
        yield fact.created[1], {**base, "what": "created", "employee_id": fact.created[3]}
    entries = sorted(fact.owners, key=_order_of)
    for at, owner in _changes([(at, owner) for _, at, _, owner in entries]):
        yield at, {**base, "what": "assigned", "employee_id": owner}
    stages = sorted(fact.stages, key=_order_of)
    actors = {(at, stage): actor for _, at, _, stage, actor in stages}
    for at, stage in _changes([(at, stage) for _, at, _, stage, _ in stages]):
        yield at, {**base, "what": "stage", "stage": stage, "employee_id": actors[at, stage]}


def _events(fact: AnyFact) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the moments of a fact about the customer."""
    base = {"kind": KINDS[type(fact)], "id": fact.id}
    fields = own_fields(fact)
    fields.pop("customer_id", None)
    for at, what, employee in _moments(fact):
        yield at, {**base, "what": what, "employee_id": employee, **fields}


def _moments(fact: AnyFact) -> Iterator[tuple[int, str, str | None]]:
    """Yield (time, what, employee) of each thing that happened to a fact."""
    match fact:
        case Call():
            began = fact.started or fact.connected or fact.ended
            if began is not None:
                was_missed = fact.connected is None and fact.ended is not None
                yield began[1], "missed" if was_missed else "call", fact.who and fact.who[2]
        case Email(opened=(at, _), who=who):
            yield at, "opened", who and who[1]
        case Opportunity(owner=owner):
            if fact.created is not None and fact.created[1] is not None:
                yield fact.created[1], "created", owner and owner[1]
            if fact.closed is not None:
                yield fact.closed[1], fact.closed[3], owner and owner[1]
        case Order():
            yield from _moments_of_order(fact)
        case _:
            return


def _moments_of_order(fact: Order) -> Iterator[tuple[int, str, str | None]]:
    owner = fact.owner and fact.owner[1]
    if fact.created is not None:
        yield fact.created[1], "created", owner
    if fact.approval is not None and fact.approval[1]:
        yield fact.approval[2], "approved", owner
    if fact.cancelled is not None:
        yield fact.cancelled[1], "cancelled", owner
