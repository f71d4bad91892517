"""The cohorts that this process keeps in memory, of all tenants together, within a bound."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Final

from services.query.basis import Basis
from services.query.cohorts.book import Book, Cohort, Found
from services.query.problems import Problem
from services.query.reader import Plan, Reader, nothing_more

_ATTEMPTS: Final = 5


class Books:
    """The books of all tenants.

    Laws:   after every load at most `most_customers` are kept, but for those of answers that are
            being made: days that were asked for longest ago are forgotten first.
    """

    def __init__(self, reader: Reader, most_customers: int) -> None:
        self._reader, self._most = reader, most_customers
        self._books: dict[tuple[int, str], Book] = {}
        self._turns = count(1)

    async def read(
        self,
        partition: int,
        tenant: str,
        cohort: Callable[[Basis], Cohort],
        plan: Plan = nothing_more,
    ) -> Found:
        """Return an answer's reading and the customers of a cohort, both of one version.

        Shape:  `reading.replies` are those of `plan`.
        Errors: those of `Reader.read`, `cohort` and `plan`; Problem `cohort_too_large`, `busy`.
        Laws:   the columns stand until the next await: evaluate at once, and ask by a plain
                await (not behind `asyncio.wait_for` or `gather`, which let others go first).
        """
        turn = next(self._turns)
        for _ in range(_ATTEMPTS):
            book = self._books.setdefault(
                (partition, tenant), Book(self._reader, partition, tenant)
            )
            found, missing = await book.read(cohort, plan, turn)
            if not missing:
                return found
            await book.load(missing, turn, self._most)
            self._make_room(turn)
        raise Problem(503, "busy", "too many other days are asked for", retry_after=2)

    @property
    def customers(self) -> int:
        """Return how many customers are kept."""
        return sum(len(book.columns) for book in self._books.values())

    def _make_room(self, turn: int) -> None:
        """Forget the days asked for longest ago, until there is room; not those of this turn."""
        while self.customers > self._most:
            resting = [
                (last, key)
                for key, book in self._books.items()
                if book.is_at_rest
                for last in set(book.used.values()) or {0}
                if last != turn
            ]
            if not resting:
                return
            last, key = min(resting)
            self._books[key].drop(last)
            if not self._books[key].used:
                del self._books[key]
