"""What stands in several departments, counted once. Pure but for the script's text.

A task of two people in two departments stands in the cells of both, so of a department with those
below it the cells count it twice. Where all departments together have no more than the company,
nothing is shared; else the days on which they have are looked through, list by list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from schemas.facts import Task
from schemas.tables import FACTS_PER_BUCKET, encode
from services.query.evaluation.cells import Source
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Reads
from services.query.evaluation.wish import Tallies, add_tally
from services.query.figures import Tally
from services.query.periods import Step, month_end, months_between

_SCRIPT = """
local function counted(hash, field) return tonumber(redis.call('HGET', hash, field) or 0) end
local function excess(want)
  local prefix, shared = want.prefix, {}
  local function is_shared(start, rest)
    for _, list in ipairs(want.lists) do
      local sum = -counted(prefix .. start .. 'c:all' .. rest, list)
      for _, department in ipairs(want.departments) do
        sum = sum + counted(prefix .. start .. 'd:' .. department .. rest, list)
      end
      if sum > 0 then return true end
    end
    return false
  end
  local function end_of(number)
    local bucket = string.format('%d', math.floor(number / want.bucket))
    local fact = redis.call('HGET', prefix .. 'f:' .. bucket, number)
    local register = fact and cmsgpack.unpack(fact)[want.ending]
    local day = register and register[2] or 0
    for _, month in ipairs(want.months) do
      if day >= tonumber(month[1]) and day <= tonumber(month[2]) then
        return string.format('%d', day)
      end
    end
    return nil
  end
  local function add(point, number, department)
    if not shared[point] then shared[point] = {} end
    if not shared[point][number] then shared[point][number] = {} end
    shared[point][number][department] = true
  end
  local function values_of(list, number, place, day)
    local hash, found = prefix .. 'd:d:' .. place[1] .. ':' .. day, {}
    if day == '0' then hash = prefix .. 'g:d:' .. place[1] end
    local start = list .. '|' .. want.dimension .. ':'
    for _, field in ipairs(redis.call('HKEYS', hash)) do
      if string.sub(field, 1, #start) == start then
        local key = prefix .. 'i:' .. field .. ':' .. place[1] .. ':' .. place[2] .. ':' .. day
        if redis.call('SISMEMBER', key, number) == 1 then
          found[#found + 1] = string.sub(field, #start + 1)
        end
      end
    end
    return found
  end
  local function look_through(day)
    for at, list in ipairs(want.lists) do
      local first, is_start = {}, at < #want.lists
      for _, place in ipairs(want.places) do
        local key = prefix .. 'i:' .. list .. ':' .. place[1] .. ':' .. place[2] .. ':' .. day
        for _, number in ipairs(redis.call('SMEMBERS', key)) do
          local other = first[number]
          if not other then
            first[number] = place[1]
          elseif other ~= place[1] then
            local names = {string.sub(day, 1, want.digits)}
            if want.dimension ~= '' then names = values_of(list, number, place, day) end
            names[#names + 1] = ':total'
            local last = is_start and end_of(number)
            for _, name in ipairs(names) do
              local ends_there = last and (name == ':total' or name == string.sub(last, 1, #name))
              if not ends_there then
                add(name, number, other)
                add(name, number, place[1])
              end
            end
          end
        end
      end
    end
  end
  if want.is_now then
    if is_shared('g:', '') then look_through('0') end
  end
  for _, month in ipairs(want.months) do
    if is_shared('m:', ':' .. string.sub(month[1], 1, 6)) then
      for day = tonumber(month[1]), tonumber(month[2]) do
        local text = string.format('%d', day)
        if is_shared('d:', ':' .. text) then look_through(text) end
      end
    end
  end
  local found = {}
  for point, numbers in pairs(shared) do
    local more = 0
    for _, departments in pairs(numbers) do
      more = more - 1
      for _ in pairs(departments) do more = more + 1 end
    end
    found[#found + 1] = {point, more}
  end
  return found
end
local answers = {}
for _, want in ipairs(cjson.decode(ARGV[1])) do answers[#answers + 1] = excess(want) end
return answers
"""
DIGITS: Final[dict[Step, int]] = {"none": 0, "day": 8, "month": 6}
"""How much of a day, yyyymmdd, names its point."""
_FIRST: Final = 2
"""Where the first field of a packed fact stands, counted from 1 as Lua does, behind its kind."""
_TOTAL: Final = ":total"
"""No point and no encoded value begins with a colon."""


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A figure of several departments, less what more than one of them counts.

    Shape:  `lists` are those behind the figure, of tasks in a period the list of their starts
            and that of their ends: a task that does both counts where it ends, as in the cells.
            `departments` are all there are.
    Laws:   exact: every fact of the lists counts once, whoever shares it; a point of a series
            is a range of its own.
    """

    source: Source
    lists: tuple[str, ...]
    plot: Plot
    departments: tuple[str, ...]

    def _request(self) -> dict[str, Any]:
        plot = self.plot
        return {
            "prefix": plot.keys.prefix,
            "lists": self.lists,
            "departments": [encode(department) for department in self.departments],
            "bucket": FACTS_PER_BUCKET,
            "ending": Task.__struct_fields__.index("end") + _FIRST,
            "places": [[encode(name) for name in place] for place in plot.pairs],
            "months": [] if plot.is_now else months_of(plot),
            "is_now": plot.is_now,
            "digits": 0 if plot.is_now else DIGITS[plot.step],
            "dimension": plot.dimension,
        }

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        self.source.want(reads)
        reads.ask(_SCRIPT, self._request())

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        answer = reads.answer(_SCRIPT, self._request())
        return less(self.source.tallies(reads), answer, self.plot)

    def late(self, reads: Reads) -> Tally | None:
        """Return None: which of what came late is shared is not kept."""
        del reads
        return None


def months_of(plot: Plot) -> list[list[str]]:
    """Return the first and the last day in each month of a plot, as scripts are told them."""
    found = []
    for first, last in plot.periods:
        for month in months_between(first, last):
            start, end = max(first, month * 100 + 1), min(last, month_end(month))
            found.append([str(start), str(end)])
    return found


def less(found: Tallies, answer: Iterable[tuple[bytes, int]], plot: Plot) -> Tallies:
    """Return what was counted less what a script found to be too much.

    Shape:  the answer is (point, day or encoded dimension value, ':total' for all; count).
    """
    excess: defaultdict[str, int] = defaultdict(int)
    for point, count in answer:
        excess[point.decode()] = count
    total: Tally = {}
    add_tally(total, found.total)
    add_tally(total, {"": excess[_TOTAL]}, -1)
    by = {}
    for name, tally in found.by.items():
        by[name] = dict(tally)
        add_tally(by[name], {"": excess[_written(name, plot)]}, -1)
    return Tallies(total, by)


def _written(name: str, plot: Plot) -> str:
    """Return a point or dimension value as the scripts name it."""
    if plot.dimension:
        return encode(name)
    return _TOTAL if plot.is_now else name.replace("-", "")
