"""The sales performance report: from parameters to the question, from a page to the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from schemas.calendar import format_day, format_time, from_date
from schemas.facts import AnyFact, Customer
from schemas.kpis.columns import ReportColumn
from schemas.kpis.columns_customers import SALES_PERFORMANCE, SALES_PERFORMANCE_TOTALS
from services.query.basis import Basis
from services.query.cohorts import performance
from services.query.cohorts.book import Cohort
from services.query.cohorts.cells import TOTAL, Links, column_named, heading, money_cell
from services.query.cohorts.columns import Columns
from services.query.cohorts.owners import department_id, owners_of
from services.query.cohorts.parameters import SalesPerformanceParameters
from services.query.cohorts.performance import PerformancePage, PerformanceQuestion, PerformanceRow
from services.query.cohorts.vocabulary import Word, filter_value
from services.query.cohorts.windows import six_months
from services.query.cursors import mark_of, read_cursor, write_cursor
from services.query.lists import Row
from services.query.names import Sight
from services.query.periods import Period, month_end
from services.query.problems import Problem, invalid
from services.query.reader import Reading
from services.query.unsealing import ERASED

_OF_ORDERS: Final = tuple(column for column in SALES_PERFORMANCE if column.kind == "order")
_LISTED: Final = (*SALES_PERFORMANCE_TOTALS, *_OF_ORDERS)
"""Columns behind which there are lists."""
_SORTS: Final = {"created_at": int, "purchases": int, "value": int, "last_order": int, "name": str}


class PerformanceReport:
    """One question for the sales performance report.

    Errors: Problem `range_reversed` of purchases; when read of the windows, `period_too_long`,
            those of `owners_of`.
    Source: D-110..D-119.
    """

    name: Final = "sales-performance"

    def __init__(self, given: SalesPerformanceParameters) -> None:
        least, most = given.min_purchases, given.max_purchases
        if least is not None and most is not None and least > most:
            detail = f"'min_purchases' ({least}) is above 'max_purchases' ({most})"
            raise invalid("range_reversed", detail, "min_purchases")
        if given.created_from > given.created_to:
            first, last = given.created_from.isoformat(), given.created_to.isoformat()
            detail = f"'created_from' ({first}) is after 'created_to' ({last})"
            raise invalid("range_reversed", detail, "created_from")
        self.given = given

    @property
    def words(self) -> list[Word]:
        """Return the values that filters name."""
        stage = self.given.relationship
        return [Word("relationship", "relationship", stage)] if stage else []

    @property
    def created(self) -> Period:
        """Return the creation window; it may be as long as one likes (D-113)."""
        return Period(from_date(self.given.created_from), from_date(self.given.created_to))

    def period(self, basis: Basis) -> Period:
        """Return the statistics period: this month, where it has no ends of its own."""
        given, month = self.given, basis.today // 100
        first = month * 100 + 1 if given.from_ is None else from_date(given.from_)
        last = month_end(month) if given.to is None else from_date(given.to)
        return six_months(first, last)

    def cohort(self, basis: Basis) -> Cohort:
        """Return whose facts are needed."""
        owners_of(basis, self.given)
        self.period(basis)
        return Cohort("created", self.created)

    @property
    def is_by_name(self) -> bool:
        """Whether the rows are in order of names, which then have to be read."""
        return self.given.sort.removeprefix("-") == "name"

    def question(
        self, basis: Basis, limit: int, cursor: str = "", names: Callable[[str], str] = str
    ) -> PerformanceQuestion:
        """Return the question in terms of the cohort; Problem `bad_cursor`, `cursor_expired`.

        Shape:  `names` opens the names that the rows may be sorted by.
        """
        given, sort = self.given, self.given.sort.removeprefix("-")
        kinds = (_SORTS[sort], int)
        after = read_cursor(cursor, basis.generation, self._mark(basis), kinds)
        return PerformanceQuestion(
            created=self.created,
            period=self.period(basis),
            currency=basis.settings.currency,
            owners=owners_of(basis, given).ids,
            relationship=filter_value(given.relationship),
            status=given.status,
            least=given.min_purchases,
            most=given.max_purchases,
            sort=sort,  # type: ignore[arg-type]
            descending=given.sort.startswith("-"),
            after=None if after is None else (after[0], after[1]),
            limit=limit,
            names=names,
        )

    def head(self, reading: Reading, page: PerformancePage) -> dict[str, Any]:
        """Return the answer document, but for the rows."""
        basis = reading.basis
        following = None
        if page.after is not None:
            following = write_cursor(basis.generation, self._mark(basis), page.after)
        return {
            **reading.head(),
            "report": self.name,
            "filters": self.filters(basis),
            "currency": basis.settings.currency,
            "columns": [heading(column) for column in SALES_PERFORMANCE],
            "totals": page.totals._asdict(),
            "facts": self._facts(basis, TOTAL, SALES_PERFORMANCE_TOTALS),
            "total": page.total,
            "next": following,
        }

    def rows(
        self, page: PerformancePage, facts: Sequence[Row], reading: Reading
    ) -> list[dict[str, Any]]:
        """Return the rows of a page, each with the addresses of the lists behind its numbers."""
        basis, sight = reading.basis, reading.sight
        return [
            row_document(row, fact.fact, basis, sight=sight)
            | {"facts": self._facts(basis, row.id, _OF_ORDERS)}
            for row, fact in zip(page.rows, facts, strict=True)
        ]

    def _facts(self, basis: Basis, row: str, columns: Sequence[ReportColumn]) -> dict[str, str]:
        links = Links(self.name, self.filters(basis)).of_row(row, columns)
        return {column.name: link for column, link in zip(columns, links, strict=True)}

    def filters(self, basis: Basis) -> dict[str, Any]:
        """Return the parameters as they were understood."""
        given, period = self.given, self.period(basis)
        return {
            "created_from": format_day(self.created.first),
            "created_to": format_day(self.created.last),
            "from": format_day(period.first),
            "to": format_day(period.last),
            "employee": given.employee or None,
            "department": given.department or None,
            "sub": given.sub,
            "relationship": given.relationship or None,
            "status": given.status,
            "min_purchases": given.min_purchases,
            "max_purchases": given.max_purchases,
        }

    def cell(self, row: str, column: str) -> PerformanceCell:
        """Return one number; Problem `unknown_column`."""
        return PerformanceCell(self, row, column_named(_LISTED, column))

    def _mark(self, basis: Basis) -> str:
        return mark_of(self.name, self.filters(basis), self.given.sort)


class PerformanceCell(NamedTuple):
    """One number of a sales performance report; a row is a customer."""

    report: PerformanceReport
    row: str
    column: ReportColumn

    @property
    def asked(self) -> dict[str, Any]:
        """Return which number it is."""
        return {"row": self.row, "column": self.column.name}

    @property
    def feed(self) -> str:
        """Return the module without which there is no such number."""
        return self.column.feed

    def members(self, reading: Reading, columns: Columns) -> Sequence[int]:
        """Return the numbers of the facts behind it.

        Errors: Problem `unknown_customer` of the row, where the report has no such row.
        """
        question = self.report.question(reading.basis, limit=1)
        customer = None if self.row == TOTAL else self.row
        if customer and not performance.members(columns, question, customer, "customers"):
            raise Problem(404, "unknown_customer", f"no customer '{customer}' in this report")
        return performance.members(columns, question, customer, self.column.name)


def _is_erased(fact: AnyFact) -> bool:
    return isinstance(fact, Customer) and fact.erased is not None


def row_document(
    row: PerformanceRow, fact: AnyFact, basis: Basis, *, sight: Sight
) -> dict[str, Any]:
    """Return a row as it is shown; the phones are those the customer has a moment later."""
    fact = sight.shown(fact)
    phones = fact.profile.get("phones") if isinstance(fact, Customer) else None
    return {
        "id": row.id,
        "name": sight.text(row.name) if row.name else ERASED if _is_erased(fact) else row.name,
        "phones": (phones[1] if phones else None) or [],
        "owner_id": row.owner or None,
        "department_id": department_id(basis, row.owner or None),
        "created_at": format_time(row.created_ms),
        "stage": row.stage or None,
        "status": row.label,
        "in_progress": row.in_progress,
        "purchases": row.purchases,
        "pending": row.pending,
        **money_cell(row.value, basis.settings.currency),
        "last_order": format_day(row.last_order) if row.last_order else None,
    }
