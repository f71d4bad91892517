"""What the evaluations of reports read through: the question of one caller, or what many follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.access import Ask, Decision
from services.query.basis import Basis
from services.query.cohorts.book import Cohort, Found
from services.query.cohorts.books import Books
from services.query.links import without_links
from services.query.reader import Plan, Reader, Reading, nothing_more


class Reads(Protocol):
    """What reads for those who were let in."""

    @property
    def partition(self) -> int:
        """Return the partition of the tenant."""

    @property
    def tenant(self) -> str:
        """Return whose figures are read."""

    async def read(self, plan: Plan = nothing_more) -> Reading:
        """Read what a plan asks for; the reading carries the decision."""

    async def read_cohort(
        self, cohort: Callable[[Basis], Cohort], plan: Plan = nothing_more
    ) -> Found:
        """Read the customers of a cohort; the reading carries the decision."""

    def opened(self, reading: Reading, document: dict[str, Any]) -> dict[str, Any]:
        """Return an answer without the addresses of lists that would be refused."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What reads for all who follow a question and were let in by the same decision.

    Laws:   decides nothing: whoever follows is judged for themselves, and again when the
            organisation changes. Where not all people are shown no list has an address, but for
            those of the one employee that `ask` is about: who may see the figures may see these.
    """

    reader: Reader
    books: Books
    partition: int
    tenant: str
    decision: Decision
    ask: Ask

    async def read(self, plan: Plan = nothing_more) -> Reading:
        """Read what a plan asks for."""
        reading = await self.reader.read(self.partition, self.tenant, self._narrowed(plan))
        return await self.reader.shown_to(self.tenant, reading, self.decision)

    async def read_cohort(
        self, cohort: Callable[[Basis], Cohort], plan: Plan = nothing_more
    ) -> Found:
        """Read the customers of a cohort."""
        found = await self.books.read(self.partition, self.tenant, cohort, self._narrowed(plan))
        reading = await self.reader.shown_to(self.tenant, found.reading, self.decision)
        return found._replace(reading=reading)

    def _narrowed(self, plan: Plan) -> Plan:
        return lambda basis: plan(basis.narrowed(self.decision.within))

    def opened(self, reading: Reading, document: dict[str, Any]) -> dict[str, Any]:
        """Return an answer without addresses of lists, unless they are sure to be opened."""
        if self.decision.people is None:
            return document
        found: dict[str, Any] = without_links(document, reading.basis.org, self._opens)
        return found

    def _opens(self, behind: Ask) -> bool:
        one = ("employee", self.ask.scope_id, self.ask.subject)
        return one == (self.ask.scope, *one[1:]) == (behind.scope, behind.scope_id, behind.subject)
