"""The scripts that read many hashes at once: a command for each costs far more than its figures."""

from __future__ import annotations

from typing import Final

CELLS: Final = """
local function some_of(key, wants)
  if #wants == 0 then return {} end -- of a tag that nothing carries
  local cells, kept = redis.call('HMGET', key, unpack(wants)), {}
  for place, field in ipairs(wants) do
    if cells[place] then
      kept[#kept + 1] = field
      kept[#kept + 1] = cells[place]
    end
  end
  return kept
end
-- open: name -> dimensions ('' for none) of which every value is wanted
local function is_wanted(field, named, open)
  if named[field] then return true end
  local cut = string.find(field, '|', 1, true)
  local dimensions = open[cut and string.sub(field, 1, cut - 1) or field]
  if not dimensions then return false end
  for dimension in string.gmatch(cut and string.sub(field, cut + 1) or '', '([^:,]+):') do
    if dimension ~= 'currency' then return dimensions[dimension] or false end
  end
  return dimensions[''] or false
end
local function all_of(key, named, open, known)
  local cells, kept = redis.call('HGETALL', key), {}
  for place = 1, #cells, 2 do
    local field = cells[place]
    local is_kept = known[field]
    if is_kept == nil then
      is_kept = is_wanted(field, named, open)
      known[field] = is_kept
    end
    if is_kept then
      kept[#kept + 1] = field
      kept[#kept + 1] = cells[place + 1]
    end
  end
  return kept
end
local answers = {}
for _, group in ipairs(cjson.decode(ARGV[1])) do
  local named, open, known, found = {}, {}, {}, {}
  for _, want in ipairs(group.wants) do
    local name, dimension = string.match(want, '^([^|]*)|%*(.*)$')
    if name then
      if not open[name] then open[name] = {} end
      open[name][dimension] = true
    else
      named[want] = true
    end
  end
  for at, key in ipairs(group.keys) do
    if next(open) then
      found[at] = all_of(key, named, open, known)
    else
      found[at] = some_of(key, group.wants)
    end
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
    local scanned = redis.call('HSCAN', key, cursor, 'MATCH', day .. '*', 'COUNT', 10000)
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
