"""Who entered or left several departments together. Pure but for the script's text.

Who moved from one of them to another, in the same stage, stands in the cells of both, and is
nobody's entry. Where all departments have no more than the company nobody moved in that month;
else its days are looked through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from schemas.tables import encode
from services.query.evaluation.cells import Source
from services.query.evaluation.plots import Plot
from services.query.evaluation.reads import Reads
from services.query.evaluation.shared import DIGITS, less, months_of
from services.query.evaluation.wish import Tallies
from services.query.figures import Tally

_SCRIPT: Final = """
local function moved(want)
  local prefix, found = want.prefix, {}
  local function counted(hash)
    return tonumber(redis.call('HGET', prefix .. 'm:' .. hash, want.entered) or 0)
  end
  local function has_moves(month)
    local sum = -counted('c:all:' .. month)
    for _, department in ipairs(want.departments) do
      sum = sum + counted('d:' .. department .. ':' .. month)
    end
    return sum > 0
  end
  local function stages_in(month)
    local start, names = want.entered .. '|' .. want.split .. ':', {}
    for _, department in ipairs(want.chosen) do
      local fields = redis.call('HKEYS', prefix .. 'm:d:' .. department .. ':' .. month)
      for _, field in ipairs(fields) do
        local value = string.sub(field, #start + 1)
        if string.sub(field, 1, #start) == start then names[value] = true end
      end
    end
    return names
  end
  local function members(metric, stage, place, day)
    local list = metric .. '|' .. want.split .. ':' .. stage
    local key = prefix .. 'i:' .. list .. ':' .. place[1] .. ':' .. place[2] .. ':' .. day
    return redis.call('SMEMBERS', key)
  end
  local function add(point, count) found[point] = (found[point] or 0) + count end
  local function look_through(stage, first, last)
    for day = tonumber(first), tonumber(last) do
      local text, from, count = string.format('%d', day), {}, 0
      for _, place in ipairs(want.places) do
        for _, number in ipairs(members(want.left, stage, place, text)) do
          from[number] = place[1]
        end
      end
      if next(from) then
        for _, place in ipairs(want.places) do
          for _, number in ipairs(members(want.entered, stage, place, text)) do
            if from[number] and from[number] ~= place[1] then count = count + 1 end
          end
        end
      end
      if count > 0 then
        add(':total', count)
        add(want.by_stage and stage or string.sub(text, 1, want.digits), count)
      end
    end
  end
  for _, month in ipairs(want.months) do
    local name = string.sub(month[1], 1, 6)
    if has_moves(name) then
      for stage in pairs(stages_in(name)) do look_through(stage, month[1], month[2]) end
    end
  end
  local answer = {}
  for point, count in pairs(found) do answer[#answer + 1] = {point, count} end
  return answer
end
local answers = {}
for _, want in ipairs(cjson.decode(ARGV[1])) do answers[#answers + 1] = moved(want) end
return answers
"""


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """A flow into or out of several departments, less the moves between them.

    Shape:  `departments` are all there are; `split` is the dimension of the flows' lists.
    Laws:   exact: a customer enters or leaves once a day at most.
    """

    source: Source
    entered: str
    left: str
    split: str
    plot: Plot
    departments: tuple[str, ...]

    def _request(self) -> dict[str, Any]:
        plot = self.plot
        return {
            "prefix": plot.keys.prefix,
            "entered": self.entered,
            "left": self.left,
            "split": self.split,
            "departments": [encode(department) for department in self.departments],
            "chosen": [encode(department) for department in plot.ids],
            "places": [[encode(name) for name in place] for place in plot.pairs],
            "months": months_of(plot),
            "digits": DIGITS[plot.step],
            "by_stage": bool(plot.dimension),
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
        """Return None: which of what came late is a move is not kept."""
        del reads
        return None
