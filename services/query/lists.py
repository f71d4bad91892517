"""The list behind a figure: one script walks the postings, so a page is of one version.

Rows are in order of (day, fact number, pair), all ascending: what is new comes last, so a page
once read stays as it was.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import msgspec
import orjson

from schemas.facts import AnyFact, Opportunity, Order, unpack
from schemas.tables import FACTS_PER_BUCKET, TenantKeys, encode, parse_pair
from services.query.problems import Problem, invalid

T = TypeVar("T", Order, Opportunity)

_SCRIPT = """
local want = cjson.decode(ARGV[1])
local prefix, chosen = want.prefix, {}
for _, name in ipairs(want.chosen) do chosen[name] = true end
local function fact_of(number)
  local bucket = string.format('%d', math.floor(number / want.bucket))
  return redis.call('HGET', prefix .. 'f:' .. bucket, number)
end
local function is_wanted(number)
  if want.currency == '' then return true end
  local fact = cmsgpack.unpack(fact_of(number))
  local register = fact[want.money[fact[1]]]
  return register and register[2][2] == want.currency
end
local total, by_day, days = 0, {}, {}
for _, pair in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local cut = string.find(pair, ':', 1, true)
  local half = string.sub(pair, 1, cut - 1)
  if want.scope == 'employee' then half = string.sub(pair, cut + 1) end
  if want.scope == 'company' or chosen[half] then
    for _, text in ipairs(redis.call('SMEMBERS', prefix .. 'days:' .. pair)) do
      local day = tonumber(text)
      if day >= want.first and day <= want.last then
        local key = prefix .. 'i:' .. want.list .. ':' .. pair .. ':' .. text
        local size = redis.call('SCARD', key)
        if size > 0 then
          total = total + size
          if not by_day[day] then by_day[day] = {}; days[#days + 1] = day end
          local lists = by_day[day]
          lists[#lists + 1] = {pair, key}
        end
      end
    end
  end
end
if want.currency ~= '' and total > want.longest then return {-1, total} end
table.sort(days)
if want.currency ~= '' then total = 0 end
local found = {}
for _, day in ipairs(days) do
  local is_open = day >= want.after[1] and #found <= want.limit
  if is_open or want.currency ~= '' then
    local rows = {}
    for _, list in ipairs(by_day[day]) do
      for _, number in ipairs(redis.call('SMEMBERS', list[2])) do
        if is_wanted(number) then rows[#rows + 1] = {tonumber(number), list[1]} end
      end
    end
    if want.currency ~= '' then total = total + #rows end
    table.sort(rows, function(a, b)
      if a[1] ~= b[1] then return a[1] < b[1] end
      return a[2] < b[2]
    end)
    for _, row in ipairs(rows) do
      if #found > want.limit then break end
      local after = want.after
      if is_open and (day > after[1] or row[1] > after[2]
          or (row[1] == after[2] and row[2] > after[3])) then
        found[#found + 1] = {day, row[1], row[2], fact_of(row[1])}
      end
    end
  end
end
return {total, found}
"""


class Row(NamedTuple):
    """One row of a list. Units: day is yyyymmdd, 0 = now."""

    day: int
    number: int
    department: str
    employee: str
    fact: AnyFact


class Place(NamedTuple):
    """Where a page ended."""

    day: int
    number: int
    pair: str


START = Place(-1, 0, "")


class Wanted(NamedTuple):
    """Which list is wanted.

    Units:  days yyyymmdd, both included; 0..0 for a gauge. `name` is a field (KPI, dimension).
    """

    name: str
    scope: str
    ids: tuple[str, ...]
    first: int
    last: int
    currency: str

    @property
    def mark(self) -> str:
        """Return what ties a cursor to this list."""
        return blake2b(repr(tuple(self)).encode(), digest_size=6).hexdigest()


def command(
    keys: TenantKeys, wanted: Wanted, after: Place, limit: int, longest: int
) -> tuple[Any, ...]:
    """Return the command that reads a page of a list, and how long the whole list is."""
    want = {
        "prefix": keys.prefix,
        "list": wanted.name,
        "scope": wanted.scope,
        "chosen": [encode(name) for name in wanted.ids],
        "first": wanted.first,
        "last": wanted.last,
        "after": list(after),
        "limit": limit,
        "bucket": FACTS_PER_BUCKET,
        "currency": wanted.currency,
        "longest": longest,
        "money": {"o": _position(Order, "total"), "p": _position(Opportunity, "value")},
    }
    return ("EVAL_RO", _SCRIPT, 1, keys.pairs, orjson.dumps(want))


def page(reply: Any, limit: int, longest: int) -> tuple[int, list[Row], bool]:
    """Read the reply: length of the whole list, the rows of this page, whether there are more."""
    total, found = reply
    if total < 0:
        detail = f"{found} facts stand behind this figure; filter by currency a shorter range"
        raise invalid("list_too_long", detail, "dimension", limit=longest)
    rows = [
        Row(day, number, *parse_pair(pair.decode()), unpack(packed))
        for day, number, pair, packed in found[:limit]
    ]
    return total, rows, len(found) > limit


def write_cursor(generation: str, wanted: Wanted, row: Row) -> str:
    """Return the cursor that goes on after a row."""
    name = f"{encode(row.department)}:{encode(row.employee)}"
    value = [generation, wanted.mark, row.day, row.number, name]
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def read_cursor(text: str, generation: str, wanted: Wanted) -> Place:
    """Return where a cursor goes on.

    Errors: 422 `bad_cursor`; 410 `cursor_expired` where the figures were rebuilt since.
    """
    if not text:
        return START
    try:
        value: Sequence[Any] = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        made_in, mark, day, number, name = value
        place = Place(int(day), int(number), str(name))
    except (ValueError, TypeError):
        raise invalid("bad_cursor", "'cursor' is not one we gave", "cursor") from None
    if made_in != generation:
        detail = "the figures were rebuilt since this cursor was given; begin with the first page"
        raise Problem(410, "cursor_expired", detail, parameter="cursor")
    if mark != wanted.mark:
        detail = "this cursor belongs to another list; keep all other parameters as they were"
        raise invalid("bad_cursor", detail, "cursor")
    return place


def _position(kind: type[msgspec.Struct], name: str) -> int:
    """Return the place of a field in a packed fact, counted from 1 as Lua does."""
    return kind.__struct_fields__.index(name) + 2
