"""The journey of a customer: owners, stages with the time in each, and what happened. Pure.

Customers that were merged into it are part of it, calls that found it by a number, and payments
of its orders that name no customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from schemas.calendar import format_time
from schemas.facts import TAGS, AnyFact, Contact, Customer, Order, owner_of, unpack
from schemas.relations import APART
from schemas.tables import FACTS_PER_BUCKET, TenantKeys
from services.query.fact_rows import own_fields
from services.query.fact_rows_people import customer_fields
from services.query.journey_events import changes, customer_events, events_of, order_of
from services.query.names import Sight

_SCRIPT: Final = """
local prefix, bucket, most = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local number = redis.call('HGET', KEYS[1], ARGV[1])
if not number then return {} end
local function bucket_of(kind, n)
  return prefix .. kind .. string.format('%d', math.floor(n / bucket))
end
local function fact_of(n) return redis.call('HGET', bucket_of('f:', n), n) end
-- the numbers of those that refer to one, as text (schemas.relations)
local function referring(number)
  local field = redis.call('HGET', bucket_of('r:', number), number)
  if field == ARGV[7] then return redis.call('SMEMBERS', prefix .. 'rs:' .. number) end
  local found = {}
  for at = 1, #(field or ''), 4 do
    found[#found + 1] = string.format('%d', (struct.unpack('<I4', field, at)))
  end
  return found
end
local function tag_of(fact)
  local place = string.byte(fact, 1) == 0xdc and 5 or 3
  return string.sub(fact, place, place)
end
-- who refers to a customer is merged into it, or is about it; who refers to an order pays it
local seen, waiting, merged, related = {[number] = true}, {number}, {}, {}
while #waiting > 0 do
  for _, text in ipairs(referring(table.remove(waiting))) do
    local fact = not seen[text] and fact_of(text)
    seen[text] = true
    if fact then
      local tag = tag_of(fact)
      if tag == ARGV[5] then merged[#merged + 1] = fact else
        related[#related + 1] = {tonumber(text), fact}
      end
      if tag == ARGV[5] or tag == ARGV[6] then waiting[#waiting + 1] = text end
    end
  end
end
table.sort(related, function(a, b) return a[1] > b[1] end)
local found = {}
for i = 1, math.min(most, #related) do found[i] = related[i][2] end
return {fact_of(number), merged, #related, found}
"""
_MOST_RELATED: Final = 2000
_CUSTOMER: Final = TAGS[Customer]
_PAID: Final = TAGS[Order]


def command(
    keys: TenantKeys, customer_id: str, most_related: int = _MOST_RELATED
) -> tuple[Any, ...]:
    """Return the command that reads a customer with the newest facts about it."""
    key, name = keys.number(_CUSTOMER, customer_id)
    told = (name, keys.prefix, FACTS_PER_BUCKET, most_related, _CUSTOMER, _PAID, APART)
    return ("EVAL_RO", _SCRIPT, 1, key, *told)


def owner(reply: Any) -> str | None:
    """Return whose customer it is now, None for nobody's, or for one nobody has heard of."""
    customer = _customer(reply)
    return None if customer is None else owner_of(customer) or None


def merged_into(reply: Any) -> str | None:
    """Return the customer that this one was merged into, None if it was not."""
    customer = _customer(reply)
    return None if customer is None or customer.merged is None else customer.merged[1] or None


def _customer(reply: Any) -> Customer | None:
    customer = unpack(reply[0]) if reply else None
    return customer if isinstance(customer, Customer) else None


def journey(reply: Any, now_ms: int, time_zone: str, *, sight: Sight) -> dict[str, Any] | None:
    """Return the journey, None if nobody has heard of the customer.

    Shape:  `sight` says what is masked, and opens what is sealed.
    Units:  a stage that lasts still counts its seconds up to `now_ms`.
    """
    if not reply:
        return None
    packed, others, count, about = reply

    def read(packed: bytes) -> AnyFact:
        return sight.shown(unpack(packed))

    customer = read(packed)
    if not isinstance(customer, Customer):
        raise TypeError(f"fact {customer.number} is not a customer")
    merged = [fact for fact in map(read, others) if isinstance(fact, Customer)]
    related = [read(value) for value in about]
    happened = [event for fact in (customer, *merged) for event in customer_events(fact)]
    for fact in related:
        happened.extend(events_of(fact, time_zone))
    happened.sort(key=lambda event: (event[0], event[1]["kind"], event[1]["id"]))
    stages = _stages(customer, now_ms)
    contacts = [fact for fact in related if isinstance(fact, Contact)]
    return {
        "customer": _card(customer),
        "merged": sorted(fact.id for fact in merged),
        "contacts": [
            {"id": fact.id, **own_fields(fact)} for fact in sorted(contacts, key=lambda one: one.id)
        ],
        "owners": _owners(customer),
        "stages": stages,
        "time_in_stages": _time_in(stages),
        "events": [{"at": format_time(at), **event} for at, event in happened],
        "truncated": count > len(about),
    }


def _card(fact: Customer) -> dict[str, Any]:
    profile = {name: value for name, (_, value) in sorted(fact.profile.items())}
    if "numbers" in profile:
        profile["numbers"] = [number for number in profile["numbers"] if number]
    known = fact.known or fact.created is not None
    return {"id": fact.id, "known": known, **profile, **customer_fields(fact)}


def _owners(fact: Customer) -> list[dict[str, Any]]:
    entries = [(at, owner) for _, at, _, owner in sorted(fact.owners, key=order_of)]
    return [
        {
            "owner_id": owner,
            "from": format_time(at),
            "to": None if end is None else format_time(end),
        }
        for at, owner, end in _spans(entries)
    ]


def _stages(fact: Customer, now_ms: int) -> list[dict[str, Any]]:
    entries = sorted(fact.stages, key=order_of)
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


def _time_in(stages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return how often and how long in all a customer was in each stage, in order of entry."""
    found: dict[str, dict[str, Any]] = {}
    for one in stages:
        name = one["stage"]
        total = found.setdefault(name, {"stage": name, "times": 0, "seconds": 0})
        total["times"] += 1
        total["seconds"] += one["seconds"]
    return list(found.values())


def _spans(
    entries: Iterable[tuple[int, str | None]],
) -> Iterator[tuple[int, str | None, int | None]]:
    """Yield (from, value, to) of each time a value held; the last one still holds."""
    steps = [*changes(entries), None]
    for step, following in pairwise(steps):
        if step is not None:
            yield step[0], step[1], None if following is None else following[0]
