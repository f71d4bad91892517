"""How a book follows the store: the one script that says what changed.

Every commit of the fold leaves the numbers of the customers and the calls it changed in the stream
`touched`.
One call returns the facts of all that were touched since the last one, and of any others asked
for; within the transaction of an answer it makes all that is known be of the answer's version.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

from schemas.facts import TAGS, Customer
from schemas.tables import FACTS_PER_BUCKET, TenantKeys
from services.query.basis import Command

MOST_FACTS: Final = 500
"""Facts of one call, give or take one commit: half a megabyte, some milliseconds of the store."""
_MOST_ENTRIES: Final = 500
BEGINNING: Final = "0-0"
Kind = Literal["u", "c"]
"""Which facts are followed: customers or calls."""

_FOLLOW: Final = """
local prefix, size, cursor = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local most, entries, named = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local kind = ARGV[7]
local chosen, numbers = {}, {}
local function choose(number)
  if not chosen[number] then chosen[number] = true; numbers[#numbers + 1] = number end
end
local info = {}
if redis.call('EXISTS', KEYS[1]) == 1 then
  local told = redis.call('XINFO', 'STREAM', KEYS[1])
  for at = 1, #told, 2 do info[told[at]] = told[at + 1] end
end
local last = info['last-generated-id'] or '0-0'
local more = 0
if cursor ~= '' and cursor ~= last then
  local found = redis.call('XRANGE', KEYS[1], cursor, '+', 'COUNT', entries)
  local first = 1
  if cursor == '0-0' then
    if info['entries-added'] ~= info['length'] then return {0, last} end
  else
    if not found[1] or found[1][1] ~= cursor then return {0, last} end
    first = 2
  end
  local reached = cursor
  for at = first, #found do
    if #numbers >= most then break end
    reached = found[at][1]
    local fields = found[at][2]
    for f = 1, #fields, 2 do
      if fields[f] == kind then
        for place = 1, #fields[f + 1], 4 do
          choose((struct.unpack('<I4', fields[f + 1], place)))
        end
      end
    end
  end
  if reached ~= last then more = 1 end
  last = reached
end
for at = 8, 7 + 2 * named, 2 do
  local number = redis.call('HGET', ARGV[at], ARGV[at + 1])
  if number then choose(tonumber(number)) end
end
for at = 8 + 2 * named, #ARGV do choose(tonumber(ARGV[at])) end
local buckets, order, facts = {}, {}, {}
for _, number in ipairs(numbers) do
  local name = string.format('%d', math.floor(number / size))
  if not buckets[name] then buckets[name] = {}; order[#order + 1] = name end
  local bucket = buckets[name]
  bucket[#bucket + 1] = string.format('%d', number)
end
for _, name in ipairs(order) do
  for _, fact in ipairs(redis.call('HMGET', prefix .. 'f:' .. name, unpack(buckets[name]))) do
    if fact then facts[#facts + 1] = fact end
  end
end
return {1, last, more, facts}
"""


class Followed(NamedTuple):
    """What one call says.

    Shape:  not intact: entries were lost since the last call, all has to be read anew from
            `cursor` on. `more`: further entries wait behind the cursor.
    """

    is_intact: bool
    cursor: str
    more: bool
    facts: list[bytes]


def follow_command(
    keys: TenantKeys,
    cursor: str,
    names: Iterable[str] = (),
    numbers: Iterable[int] = (),
    kind: Kind = "u",
) -> Command:
    """Return the command that reads on after a cursor ('' = only says where the stream ends).

    Shape:  names are ids of customers, numbers fact numbers whose facts are wanted too.
    """
    places = [keys.number(TAGS[Customer], name) for name in sorted(names)]
    return (
        "EVAL_RO", _FOLLOW, 1, keys.touched, keys.prefix, FACTS_PER_BUCKET, cursor, MOST_FACTS,
        _MOST_ENTRIES, len(places), kind, *(part for place in places for part in place), *numbers,
    )  # fmt: skip


def followed(reply: Any) -> Followed:
    """Read the reply of `follow_command`."""
    is_intact, cursor, *rest = reply
    more, facts = rest or (0, [])
    return Followed(bool(is_intact), cursor.decode(), bool(more), facts)
