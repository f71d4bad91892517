"""Which facts of a kind were changed since a position: what the stream `touched` of a tenant says.

Pure but for the scripts' text: the commands are for the transaction of an answer, so that what
they give is of its version.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from schemas.tables import FACTS_PER_BUCKET, TenantKeys
from services.query.basis import Command

Kind = Literal["u", "c"]
"""Which facts: of customers, or of calls."""
EMPTY: Final = "0-0"
"""The position before the first entry."""
FACT: Final = """
local function fact_of(prefix, per_bucket, number)
  local bucket = string.format('%d', math.floor(number / per_bucket))
  return redis.call('HGET', prefix .. 'f:' .. bucket, string.format('%d', number))
end
"""
"""Lua: one packed fact."""
POSITION: Final = """
local function position_of(key)
  local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  return last and last[1] or '0-0'
end
"""
"""Lua: where the stream ends."""
_SINCE: Final = (
    FACT
    + POSITION
    + """
local prefix, per_bucket, since, kind = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local entries = redis.call('XRANGE', KEYS[1], since, '+')
local first = 1
if since ~= '0-0' then
  if not entries[1] or entries[1][1] ~= since then return {''} end
  first = 2
elseif entries[1] then
  local told = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #told, 2 do
    if told[i] == 'entries-added' and told[i + 1] ~= #entries then return {''} end
  end
end
local found, seen = {position_of(KEYS[1])}, {}
for i = first, #entries do
  local fields = entries[i][2]
  for at = 1, #fields, 2 do
    if fields[at] == kind then
      local packed = fields[at + 1]
      for place = 1, #packed, 4 do
        local number = struct.unpack('<I4', packed, place)
        if not seen[number] then
          seen[number] = true
          found[#found + 1] = fact_of(prefix, per_bucket, number)
        end
      end
    end
  end
end
return found
"""
)


class Touched(NamedTuple):
    """The facts that were changed, packed, and the position up to which that is all."""

    position: str
    facts: Sequence[bytes]


def since_command(keys: TenantKeys, position: str, kind: Kind) -> Command:
    """Return what reads the facts that were changed since a position."""
    return ("EVAL_RO", _SINCE, 1, keys.touched, keys.prefix, FACTS_PER_BUCKET, position, kind)


def since(reply: Sequence[Any]) -> Touched | None:
    """Read the reply; None where entries since the position were cut off, or never were."""
    position, *facts = reply
    return Touched(position.decode(), facts) if position else None
