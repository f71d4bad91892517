"""The facts of a tenant that all answers rest on (people, terms), read whole and only if changed.

A tenant may have thousands of products, so a reader that has them says so by their digest, and is
told in a few bytes that they are as they were.
"""

from __future__ import annotations

from typing import Any, Final

from schemas.tables import FACTS_PER_BUCKET

_FACTS_OF: Final = """
local buckets, order, found = {}, {}, {}
for _, number in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local name = string.format('%d', math.floor(number / ARGV[2]))
  if not buckets[name] then buckets[name] = {}; order[#order + 1] = name end
  local bucket = buckets[name]
  bucket[#bucket + 1] = number
end
table.sort(order)
for _, name in ipairs(order) do
  local facts = redis.call('HMGET', ARGV[1] .. 'f:' .. name, unpack(buckets[name]))
  for _, fact in ipairs(facts) do
    if fact then found[#found + 1] = fact end
  end
end
local digest = redis.sha1hex(table.concat(found))
if digest == ARGV[3] then return {digest} end
return {digest, found}
"""


def facts_command(key: str, prefix: str, known: bytes) -> tuple[Any, ...]:
    """Return the command that reads the facts of a set.

    Shape:  `key` of the set of their numbers, `prefix` of the tenant's keys, `known` the digest of
            those that one has, b'' for none; the reply is [digest], and [digest, facts] where it
            is another one.
    """
    return ("EVAL_RO", _FACTS_OF, 1, key, prefix, FACTS_PER_BUCKET, known)
