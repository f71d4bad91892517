"""The cohort reports against the recount of `salespulse verify`: SQL over the log, other code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from schemas.calendar import days_between
from schemas.kpis.columns import TELESALES
from services.query.cohorts import lifecycle, performance, telesales
from services.verify.reports.questions import Journey, Lifecycle, Performance, Telesales
from tests.properties.cohort_asked import Asked
from tests.properties.cohort_stocks import Stocks
from tests.properties.cohort_terms import (
    by_currency,
    of_lifecycle,
    of_performance,
    of_telesales,
    pages_of,
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Fold, recount and ask once for all tests."""
    made = Asked(tmp_path_factory.mktemp("cohorts"))
    yield made
    made.recount.close()


def test_enough_is_asked(asked: Asked) -> None:
    """At least 2,000 pairs of history and question, most of which find something."""
    assert len(asked.pairs) >= 2_000
    found = sum(any(answer.rows.values()) for _, answer in asked.pairs)
    assert found > len(asked.pairs) / 2


def test_telesales_figures_equal_the_oracle(asked: Asked) -> None:
    """Every cell of every row, and the total, is what SQL over the log counts."""
    for world, question, answer in asked.about(Telesales):
        found = telesales.evaluate(world.columns, of_telesales(world, question))
        rows = {owner: by_currency(figures) for owner, figures in found.rows.items()}
        assert rows == {owner: answer.figures(owner) for owner in answer.whose}, question
        assert by_currency(found.total) == answer.figures(""), question


def test_telesales_lists_equal_the_oracle(asked: Asked) -> None:
    """The list behind a cell holds the facts that SQL finds, one opportunity of each unit."""
    units = {
        (tenant, fact): unit
        for tenant, fact, unit in asked.recount.rows(
            "SELECT tenant, id, CAST(json_array(customer, campaign, owner) AS VARCHAR)"
            " FROM report_opportunities"
        )
    }
    for world, question, answer in asked.about(Telesales):
        chosen = of_telesales(world, question)
        for whose in ("", *sorted(answer.whose)[-1:]):
            wanted = answer.members(whose)
            for column in TELESALES[question.subject]:
                numbers = telesales.members(world.columns, chosen, whose or None, column.name)
                listed = world.names(numbers)
                if column.kind == "opportunity":
                    listed = [(kind, units[question.tenant, fact]) for kind, fact in listed]
                name = column.numerator or column.name
                assert len(set(listed)) == len(numbers), (question, whose, name)
                assert set(listed) == wanted.get(name, set()), (question, whose, name)


def test_lifecycle_figures_equal_the_oracle(asked: Asked) -> None:
    """Every cell of the matrix, exact and cumulative, with mean and median, is what SQL counts."""
    for world, question, answer in asked.about(Lifecycle):
        found = lifecycle.evaluate(world.columns, of_lifecycle(world, question))
        members = answer.rows["lifecycle_members"]
        cells = Counter((created, lag) for _, created, lag in members if lag is not None)
        created = Counter(day for _, day, _ in members)
        for at, row in enumerate(found.rows):
            exact = [cells[row.day, lag] for lag in range(question.days - at)]
            assert row.exact == [*exact, *[None] * at], question
            summed = [sum(exact[: lag + 1]) for lag in range(len(exact))]
            assert row.cumulative == [*summed, *[None] * at], question
            assert (row.created, row.converted) == (created[row.day], sum(exact)), question
        by_lag = Counter(lag for _, _, lag in members if lag is not None)
        assert found.exact == [by_lag[lag] for lag in range(question.days)], question
        told = (found.created, found.converted, found.mean, found.median)
        nothing = [(0, 0, None, None)]
        for number, converted, days, median in answer.rows["lifecycle_summary"] or nothing:
            mean = days / converted if converted else None
            assert told == (number, converted, mean, median), question


def test_lifecycle_lists_equal_the_oracle(asked: Asked) -> None:
    """The list behind a cell, a sum or a day holds the customers that SQL finds."""
    for world, question, answer in asked.about(Lifecycle):
        chosen = of_lifecycle(world, question)
        members = answer.rows["lifecycle_members"]
        for day, lag in {(None, None), *((day, lag) for _, day, lag in members)}:
            for cumulative, converted in ((False, False), (True, False), (False, True)):
                numbers = lifecycle.members(world.columns, chosen, day, lag, cumulative, converted)
                wanted = {
                    customer
                    for customer, created, after in members
                    if day in {None, created}
                    and (lag is None or (after is not None and after <= lag))
                    and (lag is None or cumulative or after == lag)
                    and (lag is not None or not converted or after is not None)
                }
                listed = [fact for _, fact in world.names(numbers)]
                assert sorted(listed) == sorted(wanted), (question, day, lag)


def test_performance_equals_the_oracle(asked: Asked) -> None:
    """Page by page the customers are those that SQL finds, with what they bought, in order."""
    for number, (world, question, answer) in enumerate(asked.about(Performance)):
        values: dict[str, dict[str, int]] = {}
        for customer, currency, value in answer.rows["performance_values"]:
            values.setdefault(customer, {}).update({currency: value} if value else {})
        members = answer.rows["performance_members"]
        wanted = {
            customer: (purchases, pending, last or 0, label, values.get(customer, {}))
            for customer, _, purchases, pending, last, label, listed in members
            if listed
        }
        pages = pages_of(world, of_performance(world, question, number))
        found = {
            row.id: (row.purchases, row.pending, row.last_order, row.label, row.value)
            for page in pages
            for row in page.rows
        }
        assert found == wanted, question
        assert {page.total for page in pages} == {len(wanted)}, question
        assert sum(len(page.rows) for page in pages) == len(wanted), question
        labels = Counter(label for *_, label, _ in members)
        totals = {page.totals for page in pages}
        shown = (labels["purchased"], labels["in_progress"], labels["not_purchased"])
        assert totals == {(len(members), *shown)}, question


def test_performance_lists_equal_the_oracle(asked: Asked) -> None:
    """The list behind a total holds the customers with that label, whatever status was asked."""
    for number, (world, question, answer) in enumerate(asked.about(Performance)):
        chosen = of_performance(world, question, number)
        members = answer.rows["performance_members"]
        for column in ("customers", "purchased", "in_progress", "not_purchased"):
            numbers = performance.members(world.columns, chosen, None, column)
            listed = {fact for _, fact in world.names(numbers)}
            wanted = {c for c, *_, label, _ in members if column in {"customers", label}}
            assert (listed, len(numbers)) == (wanted, len(wanted)), (question, column)


def test_journey_equals_the_oracle(asked: Asked) -> None:
    """Stock, entries and exits of every stage and day, and revenue, are what SQL counts."""
    for world, question, answer in asked.about(Journey):
        stocks = Stocks(world, question)
        days = days_between(question.first_day, question.last_day)
        found = {
            (day, stage, name): value
            for day in days
            for name, by_stage in stocks.of(day).items()
            for stage, value in by_stage.items()
            if value
        }
        wanted = {
            (day, stage, name): value for day, stage, name, value in answer.rows["journey_figures"]
        }
        assert found == wanted, question
        revenue = {
            (day, currency): value
            for day in days
            for currency, value in stocks.revenue(day).items()
        }
        assert revenue == {
            (day, currency): value for day, currency, value in answer.rows["journey_revenue"]
        }, question
