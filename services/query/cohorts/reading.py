"""A cohort report is read: settings, organisation and words, and the facts of its customers.

All of it is of one version: the facts stand in this process and are brought up to date within the
transaction of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from services.query.basis import Basis, Command
from services.query.cohorts.book import Cohort, Found
from services.query.cohorts.columns import Columns
from services.query.cohorts.vocabulary import (
    Word,
    all_words_command,
    refusal,
    unknown_word,
    words_command,
)
from services.query.granted import Reads
from services.query.reader import Reading


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

    @property
    def feed(self) -> str:
        """Return the module without which there is no such number; '' for none."""

    def members(self, reading: Reading, columns: Columns) -> Sequence[int]:
        """Return the numbers of the facts behind it, ascending."""


async def read(visit: Reads, report: CohortReport) -> Found:
    """Read what a report needs, all of one version.

    Errors: Problem `unknown_campaign`, `unknown_stage`, `unknown_source`, `unknown_group`; those
            of the report and of the book.
    """

    def plan(basis: Basis) -> Sequence[Command]:
        return words_command(basis, report.words)

    found = await visit.read_cohort(report.cohort, plan)
    reading = found.reading
    word = unknown_word(reading.basis, report.words, reading.replies[0] if report.words else ())
    if word is None:
        return found
    again = await visit.read(all_words_command)
    raise refusal(word, again.basis, again.replies[0])
