"""The scripts that read many hashes at once: a command for each costs far more than its figures."""

from __future__ import annotations

from typing import Final

CELLS: Final = """
local function dimension_of(field)
  local name, rest = string.match(field, '^([^|]*)|?(.*)$')
  for dimension in string.gmatch(rest, '([^:,]+):') do
    if dimension ~= 'currency' then return name .. '|*' .. dimension end
  end
  return name .. '|*'
end
local answers = {}
for _, group in ipairs(cjson.decode(ARGV[1])) do
  local wanted, known, found = {}, {}, {}
  for _, want in ipairs(group.wants) do wanted[want] = true end
  for at, key in ipairs(group.keys) do
    local cells, kept = redis.call('HGETALL', key), {}
    for place = 1, #cells, 2 do
      local field = cells[place]
      local is_wanted = known[field]
      if is_wanted == nil then
        is_wanted = wanted[field] or wanted[dimension_of(field)] or false
        known[field] = is_wanted
      end
      if is_wanted then
        kept[#kept + 1] = field
        kept[#kept + 1] = cells[place + 1]
      end
    end
    found[at] = kept
  end
  answers[#answers + 1] = found
end
return answers
"""

VISITS: Final = """
local want, found = cjson.decode(ARGV[1]), {}
local function visits_of(key, verb, day)
  if day == '' then return redis.call(verb, key) end
  local visits, cursor = {}, '0'
  repeat
    local scanned = redis.call('HSCAN', key, cursor, 'MATCH', day .. ':*', 'COUNT', 10000)
    cursor = scanned[1]
    for place = 1, #scanned[2], 2 do
      visits[#visits + 1] = scanned[2][place]
      if verb == 'HGETALL' then visits[#visits + 1] = scanned[2][place + 1] end
    end
  until cursor == '0'
  return visits
end
for at, key in ipairs(want.keys) do
  found[at] = table.concat(visits_of(key, want.verbs[at], want.days[at]), '\\n')
end
return found
"""
"""No line ends within a visit; one text is read faster than all its fields. Of one day alone the
store looks through a month itself, which costs a tenth of sending it."""
