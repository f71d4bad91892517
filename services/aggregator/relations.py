"""What a commit says of which facts refer to which: what comes and what goes, by fact.

The script adds it to what is there, so the worker need not know the others (schemas/relations.py
has the two forms). It is the only part of a commit that is not absolute, but as harmless to
repeat: numbers are members of a set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from schemas.relations import APART, MOST_TOGETHER
from schemas.tables import FACTS_PER_BUCKET

RELATE: Final = f"""
local function relate(prefix, target, come, gone)
  local field = string.format('%d', target)
  local key = prefix .. 'r:' .. string.format('%d', math.floor(target / {FACTS_PER_BUCKET}))
  local apart = prefix .. 'rs:' .. field
  local held = redis.call('HGET', key, field) or ''
  if held == '{APART.decode()}' then
    for _, number in ipairs(come) do redis.call('SADD', apart, number) end
    for _, number in ipairs(gone) do redis.call('SREM', apart, number) end
    return
  end
  local count, last = #held / 4, 0
  if count > 0 then last = struct.unpack('<I4', held, #held - 3) end
  if #come == 1 and #gone == 0 and come[1] > last and count < {MOST_TOGETHER} then
    redis.call('HSET', key, field, held .. struct.pack('<I4', come[1]))
    return
  end
  local known, numbers = {{}}, {{}}
  for at = 1, #held, 4 do known[struct.unpack('<I4', held, at)] = true end
  for _, number in ipairs(come) do known[number] = true end
  for _, number in ipairs(gone) do known[number] = nil end
  for number in pairs(known) do numbers[#numbers + 1] = number end
  if #numbers == 0 then
    redis.call('HDEL', key, field)
  elseif #numbers > {MOST_TOGETHER} then
    redis.call('HSET', key, field, '{APART.decode()}')
    for _, number in ipairs(numbers) do redis.call('SADD', apart, number) end
  else
    table.sort(numbers)
    for at, number in ipairs(numbers) do numbers[at] = struct.pack('<I4', number) end
    redis.call('HSET', key, field, table.concat(numbers))
  end
end
"""
"""`relate` for the script of the commit: prefix of a tenant's keys, and a `Relation`."""

Relation = tuple[int, list[int], list[int]]
"""(number of a fact, numbers that come, numbers that go) of those that refer to it."""


def relations(changed: Mapping[tuple[int, int], bool]) -> list[Relation]:
    """Return what a batch changed, by the fact that is referred to.

    Shape:  `changed` maps (fact referred to, fact that refers) to whether it does now.
    """
    found: dict[int, Relation] = {}
    for (target, number), is_related in changed.items():
        if target not in found:
            found[target] = (target, [], [])
        _, come, gone = found[target]
        (come if is_related else gone).append(number)
    return list(found.values())
