"""The lifecycle report: from parameters to the question, from what was counted to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from schemas.calendar import format_day, from_date, to_date
from schemas.kpis.columns_customers import LIFECYCLE
from schemas.tables import NOBODY
from services.query.basis import Basis
from services.query.cohorts import lifecycle
from services.query.cohorts.book import Cohort
from services.query.cohorts.cells import Links, heading
from services.query.cohorts.columns import Columns
from services.query.cohorts.owners import owners_of
from services.query.cohorts.parameters import LifecycleFactsParameters, LifecycleParameters
from services.query.cohorts.vocabulary import Word, filter_value
from services.query.cohorts.windows import observation
from services.query.periods import Period
from services.query.problems import invalid
from services.query.reader import Reading


class LifecycleReport:
    """One question for the lifecycle report.

    Errors: Problem `missing_parameter` or `conflicting_parameters` of the target; when read those
            of `observation` and `owners_of`.
    Source: D-90..D-97, E-60..E-66.
    """

    name: Final = "lifecycle"

    def __init__(self, given: LifecycleParameters) -> None:
        if given.target == "stage" and given.stage in ("", NOBODY):
            detail = "'target=stage' wants a 'stage'"
            raise invalid("missing_parameter", detail, "stage")
        if given.target == "order" and given.stage:
            detail = "'stage' goes with 'target=stage'; customers in it now are 'relationship'"
            raise invalid("conflicting_parameters", detail, "stage")
        self.given = given

    @property
    def words(self) -> list[Word]:
        """Return the values that filters name."""
        given = self.given
        words = [
            Word("stage", "relationship", given.stage),
            Word("source", "source", given.source),
            Word("relationship", "relationship", given.relationship),
        ]
        return [word for word in words if word.value]

    def created(self, basis: Basis) -> Period:
        """Return the days observed."""
        given = self.given
        return observation(given.days, given.weeks, basis.today, given.until)

    def cohort(self, basis: Basis) -> Cohort:
        """Return whose facts are needed."""
        owners_of(basis, self.given)
        return Cohort("created", self.created(basis))

    def question(self, basis: Basis) -> lifecycle.LifecycleQuestion:
        """Return the question in terms of the cohort."""
        given = self.given
        return lifecycle.LifecycleQuestion(
            created=self.created(basis),
            target=given.stage or None,
            owners=owners_of(basis, given).ids,
            source=filter_value(given.source),
            relationship=filter_value(given.relationship),
        )

    def answer(self, reading: Reading, columns: Columns) -> dict[str, Any]:
        """Return the answer document."""
        basis = reading.basis
        found = lifecycle.evaluate(columns, self.question(basis))
        created, filters = self.created(basis), self.filters(basis)
        links = Links(self.name, filters)
        return {
            **reading.head(),
            "report": self.name,
            "filters": filters,
            "currency": basis.settings.currency,
            "from": format_day(created.first),
            "to": format_day(created.last),
            "target": self.given.target,
            "stage": self.given.stage or None,
            "created": found.created,
            "converted": found.converted,
            "mean_days": found.mean,
            "median_days": found.median,
            "columns": [heading(column) for column in LIFECYCLE],
            "rows": [
                {
                    "day": format_day(row.day),
                    "created": row.created,
                    "converted": row.converted,
                    "exact": row.exact,
                    "cumulative": row.cumulative,
                    "facts": links.to(created=format_day(row.day)),
                }
                for row in found.rows
            ],
            "total": {"exact": found.exact, "cumulative": found.cumulative, "facts": links.to()},
        }

    def filters(self, basis: Basis) -> dict[str, Any]:
        """Return the parameters as they were understood."""
        given = self.given
        length = {"weeks": given.weeks} if given.weeks else {"days": _length(self.created(basis))}
        return {
            "target": given.target,
            "stage": given.stage or None,
            **length,
            "until": None if given.until is None else given.until.isoformat(),
            "employee": given.employee or None,
            "department": given.department or None,
            "sub": given.sub,
            "source": given.source or None,
            "relationship": given.relationship or None,
        }

    def cell(self, given: LifecycleFactsParameters) -> LifecycleCell:
        """Return one number; Problem `conflicting_parameters`."""
        if given.cumulative and given.lag is None:
            detail = "'cumulative' goes with 'lag'"
            raise invalid("conflicting_parameters", detail, "cumulative")
        if given.converted and given.lag is not None:
            detail = "'converted' are those of every lag; send it or 'lag'"
            raise invalid("conflicting_parameters", detail, "converted")
        created = None if given.created is None else from_date(given.created)
        return LifecycleCell(self, created, given.lag, given.cumulative, given.converted)


class LifecycleCell(NamedTuple):
    """One number of a lifecycle report: day None is that of all days, lag None of all created."""

    report: LifecycleReport
    day: int | None
    lag: int | None
    cumulative: bool
    converted: bool

    @property
    def asked(self) -> dict[str, Any]:
        """Return which number it is."""
        return {
            "created": None if self.day is None else format_day(self.day),
            "lag": self.lag,
            "cumulative": self.cumulative,
            "converted": self.converted,
        }

    @property
    def feed(self) -> str:
        """Return '': customers, orders and stages are always there."""
        return ""

    def members(self, reading: Reading, columns: Columns) -> Sequence[int]:
        """Return the numbers of the customers behind it."""
        question = self.report.question(reading.basis)
        return lifecycle.members(
            columns, question, self.day, self.lag, self.cumulative, self.converted
        )


def _length(period: Period) -> int:
    return (to_date(period.last) - to_date(period.first)).days + 1
