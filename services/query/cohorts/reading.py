"""A cohort report is read: settings, organisation and words, and the facts of its customers.

Both are of one version: the facts stand in this process and follow the store, so they are brought
up to date right after the rest was read, and all is read again where a commit came in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

from services.query.basis import Basis, Command
from services.query.cohorts.book import Cohort
from services.query.cohorts.columns import Columns
from services.query.cohorts.vocabulary import (
    Word,
    all_words_command,
    refusal,
    unknown_word,
    words_command,
)
from services.query.problems import Problem
from services.query.reader import Reading
from services.query.services import Services

_ATTEMPTS: Final = 10


class CohortReport(Protocol):
    """What is asked of the customers of a cohort."""

    @property
    def name(self) -> str:
        """Return the name of the report, as it stands in addresses."""

    @property
    def words(self) -> Sequence[Word]:
        """Return the values that its filters name."""

    def cohort(self, basis: Basis) -> Cohort:
        """Return which customers it needs; Problem where a filter breaks a rule."""

    def filters(self, basis: Basis) -> dict[str, Any]:
        """Return its parameters as they were understood."""


class Cell(Protocol):
    """One number of a report, of which the list is wanted."""

    @property
    def report(self) -> CohortReport:
        """Return the report in which it stands."""

    @property
    def asked(self) -> dict[str, Any]:
        """Return which number it is, as parameters name it."""

    def members(self, reading: Reading, columns: Columns) -> Sequence[int]:
        """Return the numbers of the facts behind it, ascending."""


class Found(NamedTuple):
    """What was read; the columns are of the version of the reading until the next await."""

    reading: Reading
    columns: Columns


async def read(services: Services, partition: int, tenant: str, report: CohortReport) -> Found:
    """Read what a report needs, all of one version.

    Errors: Problem `unknown_campaign`, `unknown_stage`, `unknown_source`, `unknown_group`; those
            of the report; 503 `busy` where commits come too fast.
    """

    def plan(basis: Basis) -> Sequence[Command]:
        report.cohort(basis)
        return words_command(basis, report.words)

    for _ in range(_ATTEMPTS):
        reading = await services.reader.read(partition, tenant, plan)
        await _check(services, partition, tenant, report.words, reading)
        basis = reading.basis
        book = services.books.book(basis.keys)
        offset, columns = await book.read(report.cohort(basis))
        if offset == reading.freshness.version.offset:
            return Found(reading, columns)
    raise Problem(503, "busy", "the figures change too fast to read", retry_after=1)


async def _check(
    services: Services, partition: int, tenant: str, words: Sequence[Word], reading: Reading
) -> None:
    reply: list[Any] = reading.replies[0] if words else []
    word = unknown_word(reading.basis, words, reply)
    if word is None:
        return
    again = await services.reader.read(partition, tenant, all_words_command)
    raise refusal(word, again.basis, again.replies[0])
