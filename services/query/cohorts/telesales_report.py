"""The telesales report: from parameters to the question, from what was counted to the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from schemas.calendar import format_day
from schemas.kpis.columns import TELESALES, ReportColumn
from services.query.basis import Basis
from services.query.cohorts import telesales
from services.query.cohorts.book import Cohort
from services.query.cohorts.cells import TOTAL, Counted, Links, cells_of, column_named, heading
from services.query.cohorts.columns import Columns
from services.query.cohorts.owners import Owners, heads_of, owners_of
from services.query.cohorts.parameters import TelesalesParameters
from services.query.cohorts.units import TelesalesQuestion
from services.query.cohorts.vocabulary import Word, filter_value
from services.query.periods import Period
from services.query.problems import invalid
from services.query.reader import Reading
from services.query.selection import check_known, period_of
from services.query.settings import QuerySettings

_LONGEST_CALLED: Final = 40_000
"""Days of the call window: all there may be, it costs nothing."""


class TelesalesReport:
    """One question for the telesales report.

    Errors: Problem `unknown_subject`; when read `range_reversed`, `range_too_long`,
            `unknown_employee`, `unknown_department`, `conflicting_parameters`.
    Source: T-01, T-10..T-38.
    """

    name: Final = "telesales"

    def __init__(self, given: TelesalesParameters, settings: QuerySettings) -> None:
        if given.subject not in TELESALES:
            known = list(TELESALES)
            detail = f"'{given.subject}' is no subject; it is {' or '.join(known)}"
            raise invalid("unknown_subject", detail, "subject", known=known)
        self.given, self.settings = given, settings
        self.columns: Sequence[ReportColumn] = TELESALES[given.subject]

    @property
    def words(self) -> list[Word]:
        """Return the values that filters name."""
        given = self.given
        words = [
            Word("campaign", "campaign", given.campaign),
            Word("source", "source", given.source),
            Word("group", "group", given.group),
        ]
        return [word for word in words if word.value]

    def created(self, basis: Basis) -> Period:
        """Return the creation window."""
        given, longest = self.given, self.settings.max_range_days
        names = ("created_from", "created_to")
        return period_of(given.created_from, given.created_to, basis.today, longest, names)

    def called(self, basis: Basis) -> Period:
        """Return the call window."""
        given, names = self.given, ("called_from", "called_to")
        return period_of(given.called_from, given.called_to, basis.today, _LONGEST_CALLED, names)

    def cohort(self, basis: Basis) -> Cohort:
        """Return whose facts are needed."""
        self.called(basis)
        self.owners(basis)
        is_of_customers = self.given.subject == "customer"
        return Cohort("created" if is_of_customers else "campaign", self.created(basis))

    def owners(self, basis: Basis) -> Owners:
        """Return whose customers it is about."""
        return owners_of(basis, self.given)

    def question(self, basis: Basis) -> TelesalesQuestion:
        """Return the question in terms of the cohort."""
        given = self.given
        return TelesalesQuestion(
            subject="customer" if given.subject == "customer" else "opportunity",
            owners=self.owners(basis).ids,
            campaign=filter_value(given.campaign),
            source=filter_value(given.source),
            group=filter_value(given.group),
            created=self.created(basis),
            called=self.called(basis),
            any_agent=given.any_agent,
        )

    def answer(self, reading: Reading, columns: Columns) -> dict[str, Any]:
        """Return the answer document."""
        basis = reading.basis
        found = telesales.evaluate(columns, self.question(basis))
        filters = self.filters(basis)
        links = Links(self.name, filters)

        def cells(row: str, counted: Mapping[str, Counted]) -> list[dict[str, Any]]:
            made = cells_of(self.columns, counted, basis.settings)
            for cell, facts in zip(made, links.of_row(row, self.columns), strict=True):
                if "why" not in cell:
                    cell["facts"] = facts
            return made

        names = {*self.owners(basis).members, *found.rows}
        return {
            **reading.head(),
            "report": self.name,
            "filters": filters,
            "currency": basis.settings.currency,
            "columns": [heading(column) for column in self.columns],
            "rows": [
                head | {"cells": cells(head["id"], found.rows.get(head["id"], {}))}
                for head in heads_of(basis, names)
                if reading.shows(head["id"])
            ],
            "total": {"cells": cells(TOTAL, found.total)},
        }

    def cell(self, row: str, column: str) -> TelesalesCell:
        """Return one cell; Problem `unknown_column`."""
        return TelesalesCell(self, row, column_named(self.columns, column))

    def filters(self, basis: Basis) -> dict[str, Any]:
        """Return the parameters as they were understood."""
        given, created, called = self.given, self.created(basis), self.called(basis)
        return {
            "subject": given.subject,
            "employee": given.employee or None,
            "department": given.department or None,
            "sub": given.sub,
            "campaign": given.campaign or None,
            "source": given.source or None,
            "group": given.group or None,
            "created_from": format_day(created.first),
            "created_to": format_day(created.last),
            "called_from": format_day(called.first),
            "called_to": format_day(called.last),
            "any_agent": given.any_agent,
        }


class TelesalesCell(NamedTuple):
    """One cell of a telesales report."""

    report: TelesalesReport
    row: str
    column: ReportColumn

    @property
    def asked(self) -> dict[str, Any]:
        """Return which cell it is."""
        return {"row": self.row, "column": self.column.name}

    @property
    def feed(self) -> str:
        """Return the module without which there is no such number."""
        return self.column.feed

    def members(self, reading: Reading, columns: Columns) -> Sequence[int]:
        """Return the numbers of the facts behind it; Problem `unknown_employee` of the row."""
        basis = reading.basis
        if self.row != TOTAL:
            check_known(basis, "employee", self.row)
        owner = None if self.row == TOTAL else self.row
        return telesales.members(columns, self.report.question(basis), owner, self.column.name)
