"""Ask many questions at once, and read the answers question by question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.verify.recount import Recount
from services.verify.reports.questions import TABLES, Question, row
from services.verify.rows import Row, insert, scripts

Figures = dict[str, dict[str, int]]
"""column -> currency ('' of what is no money) -> value; what is 0 is left out"""
Members = dict[str, set[tuple[str, str]]]
"""column -> (kind, id) of what stands behind it"""
_ANSWERS = (
    *("telesales_figures", "telesales_members", "lifecycle_members", "lifecycle_summary"),
    *("performance_members", "performance_values", "journey_figures", "journey_revenue"),
)


@dataclass(slots=True)
class Answer:
    """The rows that answer one question, by table, without the number of the question.

    Shape:  telesales_figures: whose, column, currency, value; telesales_members: whose, column,
            kind, id; lifecycle_members: customer, created day, lag or None; lifecycle_summary:
            created, converted, sum of lags, median; performance_members: customer, created day,
            purchases, pending, last order or None, label, listed?; performance_values: customer,
            currency, value; journey_figures: day, stage, stock / entries / exits, value;
            journey_revenue: day, currency, value.
    """

    rows: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def figures(self, whose: str) -> Figures:
        """Return a row of the telesales report; '-' is nobody's, '' all together."""
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for owner, name, currency, value in self.rows["telesales_figures"]:
            if owner == whose and value:
                found[name][currency] = value
        return dict(found)

    def members(self, whose: str) -> Members:
        """Return the lists behind a row of the telesales report."""
        found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for owner, name, kind, fact in self.rows["telesales_members"]:
            if owner == whose:
                found[name].add((kind, fact))
        return dict(found)

    @property
    def whose(self) -> set[str]:
        """Return the owners that have a row in the telesales report."""
        return {line[0] for line in self.rows["telesales_figures"]} - {""}


def ask(recount: Recount, questions: Sequence[Question]) -> list[Answer]:
    """Answer questions about the tenants of a log.

    Shape:  (a recount whose facts are derived, questions) -> answers in the same order.
    Laws:   no stored fact is looked at, only the log.
    Source: docs/rules.md section 8.
    """
    connection = recount.connection
    answers = [Answer() for _ in questions]
    for script in scripts(0, 9, __package__):
        connection.execute(script)
    for kind, table in TABLES.items():
        asked = [row(n, each) for n, each in enumerate(questions) if type(each) is kind]
        if asked:
            insert(connection, table, asked)
    for script in scripts(10, 99, __package__):
        connection.execute(script)
    for table in _ANSWERS:
        for number, *values in recount.rows(f"SELECT * FROM {table}"):  # noqa: S608
            answers[number].rows[table].append(tuple(values))
    return answers
