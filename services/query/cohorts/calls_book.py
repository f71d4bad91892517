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
from schemas.tables import NOBODY
from services.query.basis import Basis, Command
from services.query.cohorts.following import MOST_FACTS, follow_command, followed

_LISTS: Final = ("calls_attempted", "calls_inbound_offered")
_MOST_BOOKS: Final = 500
_NUMBERS: Final = """
local found = {}
for _, key in ipairs(cjson.decode(ARGV[1])) do
  for _, number in ipairs(redis.call('SMEMBERS', key)) do found[#found + 1] = number end
end
return found
"""


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
        self._prefix, self._day, self._cursor = "", 0, ""
        self._coming: list[int] = []
        self._agents: dict[int, str] = {}
        self._calls: defaultdict[str, dict[int, Mark]] = defaultdict(dict)
        self._ends: dict[str, tuple[Mark, Mark]] = {}

    def is_near(self, basis: Basis) -> bool:
        """Say whether one more reading may bring the book to the version of that reading."""
        return self._is_of(basis) and len(self._coming) <= MOST_FACTS

    def commands(self, basis: Basis) -> list[Command]:
        """Return what to read: what was touched, or on another day which calls it has."""
        keys = basis.keys
        if self._is_of(basis):
            coming = self._coming[:MOST_FACTS]
            return [follow_command(keys, self._cursor, numbers=coming, kind="c")]
        lists = [
            keys.posting(name, *pair, basis.today)
            for pair in basis.pairs.of("company", (), None)
            for name in _LISTS
        ]
        request = msgspec.json.encode(lists)
        return [follow_command(keys, "", kind="c"), ("EVAL_RO", _NUMBERS, 0, request)]

    def take(self, basis: Basis, replies: Sequence[Any]) -> bool:
        """Take the replies; False where the book is not of their version yet: read on."""
        found = followed(replies[0])
        if not self._is_of(basis):
            self._prefix, self._day, self._cursor = basis.keys.prefix, basis.today, found.cursor
            self._agents, self._ends = {}, {}
            self._calls.clear()
            self._coming = [int(number) for number in replies[1]]
            return not self._coming
        if not found.is_intact:
            self._day = 0
            return False
        self._cursor, self._coming = found.cursor, self._coming[MOST_FACTS:]
        self._put(found.facts)
        return not found.more and not self._coming

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
        return (self._prefix, self._day) == (basis.keys.prefix, basis.today)

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
