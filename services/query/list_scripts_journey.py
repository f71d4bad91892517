"""The scripts that walk who came, who went and who stood there (`services.query.list_scripts`).

The lists of flows are kept by one dimension (the stage) only; which values it can have is read
from the words that events ever named, beside the empty one.
"""

from __future__ import annotations

from typing import Final

from services.query.list_scripts import END, HEAD

_PARTS: Final = """
local function encoded(id)
  return (string.gsub(id, "[^%w%-_%.~ @%+/%(%)!%*'%$&=;#]", function(sign)
    return string.format('%%%02X', string.byte(sign))
  end))
end
local function all_parts()
  if want.part ~= '' then return {want.part} end
  local start, found = want.word .. ':', {want.split .. ':'}
  for _, name in ipairs(redis.call('HKEYS', want.words)) do
    if string.sub(name, 1, #start) == start then
      found[#found + 1] = want.split .. ':' .. encoded(string.sub(name, #start + 1))
    end
  end
  return found
end
local parts_wanted = all_parts()
local function each_day(place, found)
  for _, text in ipairs(redis.call('SMEMBERS', prefix .. 'days:' .. place[1])) do
    local day = tonumber(text)
    if day >= want.first and day <= want.last then found(day, ':' .. place[1] .. ':' .. text) end
  end
end
local function members(metric, part, rest)
  return redis.call('SMEMBERS', prefix .. 'i:' .. metric .. '|' .. part .. rest)
end
"""

_FLOW: Final = """
local other_way = {}
for _, place in ipairs(want.unless ~= '' and pairs_of_all or {}) do
  -- who moves along with a person, from one department to another, does not come or go either
  local half = place[want.scope == 'employee' and 3 or 2]
  if want.scope == 'company' or chosen[half] then
    each_day(place, function(day, rest)
      for _, part in ipairs(parts_wanted) do
        for _, number in ipairs(members(want.unless, part, rest)) do
          other_way[day .. part .. ':' .. number] = true
        end
      end
    end)
  end
end
for _, place in ipairs(mine) do
  each_day(place, function(day, rest)
    for _, part in ipairs(parts_wanted) do
      for _, number in ipairs(members(want.name, part, rest)) do
        if not other_way[day .. part .. ':' .. number] then
          total = total + 1
          local shown = want.part == '' and want.name .. '|' .. part or ''
          offer(day, tonumber(number), place[1], shown, 0)
        end
      end
    end
  end)
end
"""

_STOCK: Final = """
local list = want.part == '' and want.of or want.of .. '|' .. want.part
for _, place in ipairs(mine) do
  local change = {}
  local function add(metric, part, rest, sign)
    for _, number in ipairs(members(metric, part, rest)) do
      change[number] = (change[number] or 0) + sign
    end
  end
  each_day(place, function(_, rest)
    for _, part in ipairs(parts_wanted) do
      add(want.entered, part, rest, -1)
      add(want.left, part, rest, 1)
    end
  end)
  local now = redis.call('SMEMBERS', prefix .. 'i:' .. list .. ':' .. place[1] .. ':0')
  for _, number in ipairs(now) do
    change[number] = (change[number] or 0) + 1
    if change[number] == 1 then
      total = total + 1
      offer(want.day, tonumber(number), place[1], '', 0)
    end
    change[number] = nil
  end
  for number, count in pairs(change) do
    if count == 1 then
      total = total + 1
      offer(want.day, tonumber(number), place[1], '', 0)
    end
  end
end
"""

FLOW: Final = HEAD + _PARTS + _FLOW + END
STOCK: Final = HEAD + _PARTS + _STOCK + END
