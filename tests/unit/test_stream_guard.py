"""Streams that may be lost: judged after they were taken in, and when people's facts change."""

from __future__ import annotations

import asyncio

from redis.exceptions import ConnectionError as RedisConnectionError

from schemas.access import Decision
from services.query.basis import Basis
from services.query.stream.guard import Guard
from services.query.stream.right import Right, farewell
from tests.unit.query_stage import basis


async def _always() -> bool:
    return True


class Seat:
    """A stream that counts its judgements."""

    def __init__(self, *, moves_with_facts: bool = False) -> None:
        self.right = Right("acme", _always, lambda: False, moves_with_facts=moves_with_facts)
        self.judged_on: frozenset[bytes] | None = None
        self.judged: list[int] = []

    async def judge(self, basis: Basis) -> None:
        """Note the number of facts on which it was judged."""
        self.judged.append(len(basis.packed_org))


class Tower:
    """A guard over an organisation that the test changes, or takes away."""

    def __init__(self) -> None:
        self.basis: Basis | None = basis()
        self.looks = 0
        self.looked = asyncio.Event()
        self.guard = Guard(self._look, lambda: 0)

    async def _look(self) -> Basis:
        self.looks += 1
        self.looked.set()
        if self.basis is None:
            raise RedisConnectionError
        return self.basis

    async def next_look(self) -> None:
        """Wait until the guard has looked once more, and has judged."""
        async with asyncio.timeout(10):
            self.looked.clear()
            await self.looked.wait()
            await asyncio.sleep(0)


async def test_a_new_stream_is_judged_once() -> None:
    """It is judged though nothing changed since it was let in; then only what changed counts."""
    tower, seat = Tower(), Seat()
    tower.guard.add(seat)
    await tower.next_look()
    tower.guard.soon()
    await tower.next_look()
    assert seat.judged == [3]
    tower.basis = basis(people=("an", "binh"))
    tower.guard.soon()
    await tower.next_look()
    assert seat.judged == [3, 4]
    tower.guard.discard(seat)


async def test_what_moves_with_facts_is_judged_at_every_look() -> None:
    """Whose customer it is may change while the organisation stays as it is."""
    tower, seat = Tower(), Seat(moves_with_facts=True)
    tower.guard.add(seat)
    await tower.next_look()
    tower.guard.soon()
    await tower.next_look()
    assert seat.judged == [3, 3]
    tower.guard.discard(seat)


async def test_it_looks_again_while_the_store_is_away() -> None:
    """Nobody is judged on what cannot be read, and nobody is forgotten."""
    tower, seat = Tower(), Seat()
    tower.basis = None
    tower.guard.add(seat)
    await tower.next_look()
    assert seat.judged == []
    tower.basis = basis()
    await tower.next_look()
    assert seat.judged == [3]
    tower.guard.discard(seat)
    assert tower.guard.is_idle


def test_the_closing_event_says_why() -> None:
    """Code and detail of the decision, and that it was otherwise before; no version to resume."""
    told = farewell(Decision(False, "not_yours", "you do not lead 'an'"))
    assert told.startswith(b"event: denied\ndata: ")
    assert b'"code":"not_yours"' in told
    assert b"you do not lead 'an'" in told
