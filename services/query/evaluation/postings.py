"""What does not add over departments, counted from its lists: each fact once. Pure.

A task of two people in two departments stands in the cells of both. Of a department with those
below it the tasks are counted from the lists of the pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from schemas.calendar import NOW
from schemas.tables import decode, pair
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Reads
from services.query.evaluation.wish import Tallies
from services.query.figures import Tally
from services.query.periods import Step, point_text

_SCRIPT = """
local answers = {}
for _, want in ipairs(cjson.decode(ARGV[1])) do
  local seen, total, by, order = {}, 0, {}, {}
  local function take(point, key)
    local counted = by[point]
    if not counted then
      counted = {seen = {}, count = 0}
      by[point] = counted
      order[#order + 1] = point
    end
    for _, number in ipairs(redis.call('SMEMBERS', key)) do
      if not seen[number] then seen[number] = true; total = total + 1 end
      if not counted.seen[number] then
        counted.seen[number] = true
        counted.count = counted.count + 1
      end
    end
  end
  local function is_in(day)
    for _, period in ipairs(want.periods) do
      if day >= period[1] and day <= period[2] then return true end
    end
    return false
  end
  local names = {}
  local function values_of(pair, text)
    local department = string.sub(pair, 1, string.find(pair, ':', 1, true) - 1)
    local hash = want.prefix .. 'd:d:' .. department .. ':' .. text
    if text == '0' then hash = want.prefix .. 'g:d:' .. department end
    if not names[hash] then
      local found, start = {}, want.lists[1] .. '|' .. want.dimension .. ':'
      for _, field in ipairs(redis.call('HKEYS', hash)) do
        if string.sub(field, 1, #start) == start then
          found[#found + 1] = {field, string.sub(field, #start + 1)}
        end
      end
      names[hash] = found
    end
    return names[hash]
  end
  for _, pair in ipairs(want.pairs) do
    for _, text in ipairs(redis.call('SMEMBERS', want.prefix .. 'days:' .. pair)) do
      local day = tonumber(text)
      if is_in(day) then
        local rest = ':' .. pair .. ':' .. text
        local point = string.sub(text, 1, want.digits)
        if want.dimension == '' then
          for _, list in ipairs(want.lists) do
            take(point, want.prefix .. 'i:' .. list .. rest)
          end
        else
          for _, one in ipairs(values_of(pair, text)) do
            take(one[2], want.prefix .. 'i:' .. one[1] .. rest)
          end
        end
      end
    end
  end
  local found = {}
  for _, point in ipairs(order) do found[#found + 1] = {point, by[point].count} end
  answers[#answers + 1] = {total, found}
end
return answers
"""
_DIGITS: Final[dict[Step, int]] = {"none": 0, "day": 8, "month": 6}


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The facts that stand in any of some lists of the pairs, each once.

    Laws:   right where a fact counts for several people; a point of a series is a range of its
            own.
    """

    lists: tuple[str, ...]
    plot: Plot

    def _request(self) -> dict[str, Any]:
        plot = self.plot
        return {
            "prefix": plot.keys.prefix,
            "pairs": [pair(*place) for place in plot.pairs],
            "lists": self.lists,
            "periods": [[NOW, NOW]] if plot.is_now else plot.periods,
            "digits": 0 if plot.is_now else _DIGITS[plot.step],
            "dimension": plot.dimension,
        }

    def want(self, reads: Reads) -> None:
        """Say what is to be read."""
        reads.ask(_SCRIPT, self._request())

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        count, points = reads.answer(_SCRIPT, self._request())
        total: Tally = {"": count}
        if self.plot.dimension:
            return Tallies(total, {decode(name.decode()): {"": n} for name, n in points})
        if self.plot.step == "none":
            return Tallies(total, {})
        if self.plot.is_now:
            return Tallies(total, {"now": total})
        return Tallies(total, {point_text(int(name)): {"": n} for name, n in points})

    def late(self, reads: Reads) -> Tally | None:
        """Return None: which of the facts came late to several departments is not kept."""
        del reads
        return None
