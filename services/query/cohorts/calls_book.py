"""Today's calls of a tenant, by agent: read once, then kept current by what was touched.

A book belongs to one tenant. Its commands go into the transaction of an answer, so first and last
calls are of the version of the figures beside them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from schemas.facts import Call, unpack
from schemas.tables import FACTS_PER_BUCKET, NOBODY, TenantKeys
from services.query.basis import Basis, Command
from services.query.cohorts.touched import FACT, POSITION, since, since_command

_LISTS: Final = ("calls_attempted", "calls_inbound_offered")
_MOST_BOOKS: Final = 500
_LOAD: Final = (
    FACT
    + POSITION
    + """
local prefix, per_bucket = ARGV[1], tonumber(ARGV[2])
local found = {position_of(KEYS[1])}
for _, key in ipairs(cjson.decode(ARGV[3])) do
  for _, number in ipairs(redis.call('SMEMBERS', key)) do
    found[#found + 1] = fact_of(prefix, per_bucket, number)
  end
end
return found
"""
)


class Mark(NamedTuple):
    """When a call began, and which fact it is; later calls are larger. Units: at_ms since 1970."""

    at_ms: int
    number: int
    call: Call


class CallsBook:
    """The calls of one day in memory.

    Laws:   a call is there if it began on that day and its direction is known; it stands with its
            agent of now. Only one answer at a time reads with a book (`lock`).
    """

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._keys: TenantKeys | None = None
        self._day = 0
        self._position = ""
        self._agents: dict[int, str] = {}
        self._calls: defaultdict[str, dict[int, Mark]] = defaultdict(dict)
        self._ends: dict[str, tuple[Mark, Mark]] = {}

    def commands(self, basis: Basis) -> list[Command]:
        """Return what to read: what was touched, or on another day all of its calls."""
        keys = basis.keys
        if self._is_of(basis):
            return [since_command(keys, self._position, "c")]
        lists = [
            keys.posting(name, *pair, basis.today)
            for pair in basis.pairs.of("company", (), None)
            for name in _LISTS
        ]
        request = msgspec.json.encode(lists)
        return [("EVAL_RO", _LOAD, 1, keys.touched, keys.prefix, FACTS_PER_BUCKET, request)]

    def take(self, basis: Basis, reply: Sequence[Any]) -> bool:
        """Take the reply; False where it was cut off and all has to be read again."""
        if self._is_of(basis):
            found = since(reply)
            if found is None:
                self._day = 0
                return False
            self._position = found.position
            self._put(found.facts)
            return True
        position, *facts = reply
        self._keys, self._day, self._position = basis.keys, basis.today, position.decode()
        self._agents, self._ends = {}, {}
        self._calls.clear()
        self._put(facts)
        return True

    def first_and_last(self, agent: str) -> tuple[Mark, Mark] | None:
        """Return the first and the last call of an agent, None without any; `-` is nobody."""
        found = self._ends.get(agent)
        if found is None and (calls := self._calls.get(agent)):
            found = self._ends[agent] = (min(calls.values()), max(calls.values()))
        return found

    @property
    def agents(self) -> Iterable[str]:
        """Return who has calls."""
        return [agent for agent, calls in self._calls.items() if calls]

    def _is_of(self, basis: Basis) -> bool:
        has_keys = self._keys is not None and self._keys.prefix == basis.keys.prefix
        return has_keys and self._day == basis.today

    def _put(self, facts: Iterable[bytes]) -> None:
        for packed in facts:
            fact = unpack(packed)
            if not isinstance(fact, Call):
                continue
            before = self._agents.pop(fact.number, None)
            if before is not None:
                self._calls[before].pop(fact.number, None)
                self._ends.pop(before, None)
            began = began_at(fact)
            if began is None or began[1] != self._day:
                continue
            agent = fact.agent or NOBODY
            self._agents[fact.number] = agent
            self._calls[agent][fact.number] = Mark(began[0], fact.number, fact)
            self._ends.pop(agent, None)


class CallsBooks:
    """The books of all tenants that are asked for; of too many the one not asked longest goes."""

    def __init__(self) -> None:
        self._books: OrderedDict[tuple[int, str], CallsBook] = OrderedDict()

    def book(self, partition: int, tenant: str) -> CallsBook:
        """Return the book of a tenant."""
        key = partition, tenant
        found = self._books.get(key)
        if found is None:
            found = self._books[key] = CallsBook()
        self._books.move_to_end(key)
        if len(self._books) > _MOST_BOOKS:
            self._books.popitem(last=False)
        return found


def began_at(fact: Call) -> tuple[int, int] | None:
    """Return (ms since 1970 UTC, local day) on which a call counts; None if it does not."""
    if fact.who is None:
        return None
    ended = None if fact.ended is None else fact.ended[:3]
    began = fact.started or fact.connected or ended
    return None if began is None else began[1:]
