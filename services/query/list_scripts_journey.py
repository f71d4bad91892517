"""The scripts that walk who came, who went and who stood there (`services.query.list_scripts`).

The lists of flows are kept by one dimension (the stage) only; which values it has in some months
is read from the cells of the scope. What is not in these was no one's entry in this scope.
"""

from __future__ import annotations

from typing import Final

from services.query.list_scripts import END, HEAD

_PARTS: Final = """
local letters = {employee = 'e', department = 'd', company = 'c'}
local function parts_of(metrics)
  if want.part ~= '' then return {want.part} end
  local found, seen = {}, {}
  local ids = want.scope == 'company' and {want.company} or want.chosen
  for _, month in ipairs(want.months) do
    for _, id in ipairs(ids) do
      local key = string.format('%sm:%s:%s:%d', prefix, letters[want.scope], id, month)
      for _, name in ipairs(redis.call('HKEYS', key)) do
        for _, metric in ipairs(metrics) do
          local start = metric .. '|' .. want.split .. ':'
          local part = string.sub(name, #metric + 2)
          if string.sub(name, 1, #start) == start and not seen[part] then
            seen[part] = true
            found[#found + 1] = part
          end
        end
      end
    end
  end
  table.sort(found)
  return found
end
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
local moves = want.unless ~= '' and want.scope ~= 'employee'
local parts_wanted = parts_of(moves and {want.name, want.unless} or {want.name})
local other_way = {}
for _, place in ipairs(moves and mine or {}) do
  each_day(place, function(day, rest)
    for _, part in ipairs(parts_wanted) do
      for _, number in ipairs(members(want.unless, part, rest)) do
        other_way[day .. part .. ':' .. number] = true
      end
    end
  end)
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
local parts_wanted = parts_of({want.entered, want.left})
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
