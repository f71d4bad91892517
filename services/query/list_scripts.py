"""The scripts that walk a list inside the store, so that a page and its total are of one version.

Each kind of list (postings by day, scores, visits) has its walk; head and end are the same. A walk
says `offer(day, number, pair, part, times)` for each row and keeps `total`. A page keeps no more
than twice its length of them, and only the facts of its rows are read; the whole list is packed
column by column, without facts.
"""

from __future__ import annotations

from typing import Final

HEAD: Final = """
local want = cjson.decode(ARGV[1])
local prefix, limit, after = want.prefix, want.limit, want.after
local pairs_of_all, mine, who = redis.call('SMEMBERS', KEYS[1]), {}, {}
local function set_of(names)
  local found = {}
  for _, name in ipairs(names) do found[name] = true end
  return found
end
local chosen, within = set_of(want.chosen), want.within and set_of(want.within)
table.sort(pairs_of_all)
for i, pair in ipairs(pairs_of_all) do
  local cut = string.find(pair, ':', 1, true)
  local place = {pair, string.sub(pair, 1, cut - 1), string.sub(pair, cut + 1)}
  pairs_of_all[i] = place
  local half = place[want.scope == 'employee' and 3 or 2]
  if (want.scope == 'company' or chosen[half]) and (not within or within[place[2]]) then
    mine[#mine + 1] = place
    who[place[3]] = true
  end
end
local function fact_of(number)
  local bucket = string.format('%d', math.floor(number / want.bucket))
  return redis.call('HGET', prefix .. 'f:' .. bucket, number)
end
local total, rows, bound, seen = 0, {}, nil, {}
local days, numbers, places, parts, times_of = {}, {}, {}, {}, {}
local function less(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  if a[2] ~= b[2] then return a[2] < b[2] end
  if a[3] ~= b[3] then return a[3] < b[3] end
  return a[4] < b[4]
end
local function trim()
  table.sort(rows, less)
  for i = #rows, limit + 2, -1 do rows[i] = nil end
  bound = rows[limit + 1]
end
local function offer(day, number, pair, part, times)
  if limit == 0 then
    local n = #days + 1
    days[n], numbers[n], places[n], parts[n], times_of[n] = day, number, pair, part, times
    return
  end
  if bound and (day > bound[1] or (day == bound[1] and number > bound[2])) then return end
  local row = {day, number, pair, part, times}
  if less(after, row) then
    rows[#rows + 1] = row
    if #rows > 2 * limit + 2 then trim() end
  end
end
local function is_first(number)
  if want.scope == 'employee' then return true end
  if seen[number] then return false end
  seen[number] = true
  return true
end
"""

END: Final = """
if limit == 0 then
  if total > want.most then return {-1, total} end
  return {total, cmsgpack.pack({days, numbers, places, parts, times_of})}
end
trim()
for _, row in ipairs(rows) do row[6] = fact_of(row[2]) end
return {total, rows}
"""

_POSTINGS: Final = """
local function is_wanted(number)
  if want.currency == '' then return true end
  local packed = fact_of(number)
  if not string.find(packed, want.currency, 1, true) then return false end
  -- behind the head of the array stands the tag; no more is decoded than up to the register
  local head = string.byte(packed, 1) == 0xdc and 3 or 1
  local at = want.money[string.sub(packed, head + 2, head + 2)]
  local register = select(at[1] + 1, cmsgpack.unpack_limit(packed, at[1], head))
  if not register or not register[at[2]] then return false end
  if at[3] == 0 then return register[at[2]][2] == want.currency end
  for _, goods in ipairs(register[at[2]]) do
    if goods[at[3]] == want.currency then return true end
  end
  return false
end
local gone, size, by_day, order = {}, 0, {}, {}
local unless, lists_wanted = {}, {}
for _, list in ipairs(want.lists) do
  if list.split == '' then
    lists_wanted[#lists_wanted + 1] = list
  else
    local start, names = list.name .. '|' .. list.split .. ':', {}
    for _, month in ipairs(want.months) do
      local key = string.format('%sm:c:%s:%d', prefix, want.company, month)
      for _, name in ipairs(redis.call('HKEYS', key)) do
        if string.sub(name, 1, #start) == start and not names[name] then
          names[name] = true
          lists_wanted[#lists_wanted + 1] =
            {name = name, first = list.first, last = list.last, once = list.once, unless = ''}
        end
      end
    end
  end
end
local is_one = #want.lists == 1 and want.lists[1].split == ''
for _, list in ipairs(lists_wanted) do
  -- what stands in such a list has to be looked at before it can be counted
  list.must_see = want.currency ~= '' or list.unless ~= ''
    or (list.once and want.scope ~= 'employee')
  if list.unless ~= '' then unless[#unless + 1] = list end
end
local day_of = {}
local function each(place, lists, name, found)
  -- of a short range it takes less to ask for each day than to look through those of years
  local stands, days = prefix .. 'days:' .. place[1], want.days
  if #days == 0 or redis.call('SCARD', stands) < #days then
    days = redis.call('SMEMBERS', stands)
  end
  for _, list in ipairs(lists) do
    local start = prefix .. 'i:' .. list[name] .. ':' .. place[1] .. ':'
    for _, text in ipairs(days) do
      local day = day_of[text] or tonumber(text)
      day_of[text] = day
      if day >= want.first and day <= want.last then found(list, day, start .. text) end
    end
  end
end
-- who moved on meanwhile ends a task in another department, and it stands there; but of a person
-- within departments only what ends in them is looked at
local ends = within and mine or pairs_of_all
for _, place in ipairs(#unless > 0 and ends or {}) do
  if who[place[3]] then
    each(place, unless, 'unless', function(_, _, key)
      for _, number in ipairs(redis.call('SMEMBERS', key)) do gone[number] = true end
    end)
  end
end
for _, place in ipairs(mine) do
  each(place, lists_wanted, 'name', function(list, day, key)
    local count = redis.call('SCARD', key)
    if count > 0 then
      size = size + count
      if not list.must_see then total = total + count end
      if not by_day[day] then by_day[day] = {}; order[#order + 1] = day end
      local lists = by_day[day]
      lists[#lists + 1] = {place, key, list}
    end
  end)
end
if want.currency ~= '' and size > want.longest then return {-1, size} end
table.sort(order)
for _, day in ipairs(order) do
  local is_open = limit == 0 or (day >= after[1] and #rows <= limit)
  for _, found in ipairs(by_day[day]) do
    local place, list = found[1], found[3]
    if is_open or list.must_see then
      for _, number in ipairs(redis.call('SMEMBERS', found[2])) do
        if (list.unless == '' or not gone[number])
            and (not list.once or is_first(number)) and is_wanted(number) then
          if list.must_see then total = total + 1 end
          if is_open then offer(day, tonumber(number), place[1], is_one and '' or list.name, 0) end
        end
      end
    end
  end
end
"""

_SCORED: Final = """
local dedupes = want.once and want.scope ~= 'employee'
local function take(found, place)
  for i = 1, #found, 2 do
    local number, score = tonumber(found[i]), tonumber(found[i + 1])
    if not dedupes or is_first(found[i]) then
      if dedupes then total = total + 1 end
      offer(score, number, place[1], '', 0)
    end
  end
end
local function read(key, low, high, place)
  take(redis.call('ZRANGEBYSCORE', key, low, high, 'WITHSCORES'), place)
end
for _, place in ipairs(mine) do
  local key = prefix .. 'z:' .. want.scored .. ':' .. place[1]
  for _, window in ipairs(want.windows) do
    local low, high = window[1], window[2]
    if not dedupes then total = total + redis.call('ZCOUNT', key, low, high) end
    if dedupes or limit == 0 then
      read(key, low, high, place)
    elseif after[1] <= high then
      if after[1] >= low then
        read(key, after[1], after[1], place)
        low = string.format('(%.0f', after[1])
      end
      -- no row behind the score of the first limit + 1 can be on the page
      local first = redis.call('ZRANGEBYSCORE', key, low, high, 'WITHSCORES', 'LIMIT', 0, limit + 1)
      if #first > 2 * limit then
        read(key, low, first[#first], place)
      else
        take(first, place)
      end
    end
  end
end
"""

_VISITS: Final = """
local function visits_of(metrics)
  local count = {}
  for _, place in ipairs(mine) do
    for _, month in ipairs(want.months) do
      local first, last = want.first - month * 100, want.last - month * 100
      for _, metric in ipairs(metrics) do
        local key = string.format('%sv:%s:%s:%d', prefix, metric, place[1], month)
        local found = redis.call('HGETALL', key)
        for i = 1, #found, 2 do
          local day, number, value = string.match(found[i], '^(%d%d)(%d+)(.*)$')
          day = tonumber(day) - 10
          if value == want.value and day >= first and day <= last then
            count[number] = (count[number] or 0) + tonumber(found[i + 1])
          end
        end
      end
    end
  end
  return count
end
local gone = visits_of(want.unless)
for number, times in pairs(visits_of(want.visits)) do
  local is_in = times >= want.least and (want.most_times == 0 or times <= want.most_times)
  if is_in and not gone[number] then
    total = total + 1
    offer(0, tonumber(number), '', '', times)
  end
end
"""

POSTINGS: Final = HEAD + _POSTINGS + END
SCORED: Final = HEAD + _SCORED + END
VISITS: Final = HEAD + _VISITS + END

FACTS: Final = """
local found = {}
for i = 3, #ARGV do
  local bucket = string.format('%d', math.floor(ARGV[i] / ARGV[2]))
  found[#found + 1] = redis.call('HGET', ARGV[1] .. 'f:' .. bucket, ARGV[i])
end
return found
"""
"""Facts by number: prefix, facts per bucket, numbers."""
