"""Identities of the cohort reports, after every single event of random histories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from schemas.calendar import days_between
from schemas.kpis.columns import TELESALES
from schemas.tables import NOBODY
from services.query.cohorts import lifecycle, performance, telesales
from services.query.cohorts.columns import Children, Columns
from services.query.cohorts.kinship import Kinship
from services.query.cohorts.telesales import Figures
from services.query.cohorts.units import TelesalesQuestion
from services.verify.reports.questions import Journey, Lifecycle, Performance
from tests.properties.cohort_asked import NIGHTLY
from tests.properties.cohort_dice import DEPARTMENTS, PEOPLE, CohortDice
from tests.properties.cohort_questions import Asking
from tests.properties.cohort_stocks import Stocks
from tests.properties.cohort_terms import of_lifecycle, of_performance, of_telesales
from tests.properties.cohort_world import CohortWorld

_SEEDS = range(20_000, 20_000 + (100 if NIGHTLY else 8))
_EVENTS = 150
_CODED = frozenset({"owner", "stage", "source", "group", "agent", "currency", "campaign"})
_COMPLEMENTS = (
    ("called", "not_called"),
    ("customers_with_appointment", "no_appointment"),
    ("customers_with_order", "no_order"),
)
_OF_UNITS = frozenset({"customers", "opportunities"}.union(*_COMPLEMENTS))
_OF_ANYONE = frozenset({"calls_by_anyone", "calls_connected_by_anyone"})
_OF_OWNERS = frozenset({"calls_attempted", "calls_connected", "talk_seconds"})


def _steps(seed: int) -> Iterator[CohortWorld]:
    """Yield the world after each event."""
    world, kinship = CohortWorld(), Kinship()
    for event in CohortDice(seed).history(_EVENTS):
        world.follow(event, kinship)
        yield world


@pytest.mark.parametrize("seed", _SEEDS)
def test_telesales_complements_and_sums(seed: int) -> None:
    """Called and not called, with and without appointment or order are all units, in every row."""
    asking = Asking(seed, "acme")
    for world in _steps(seed):
        question = of_telesales(world, asking.telesales())
        units = "customers" if question.subject == "customer" else "opportunities"
        found = telesales.evaluate(world.columns, question)
        for figures in (*found.rows.values(), found.total):
            _check_row(figures, units)
        rows = list(found.rows.values())
        for name in _adding(question):
            value = found.total[name]
            assert _amounts(value) == _added(_amounts(row[name]) for row in rows), name


def _adding(question: TelesalesQuestion) -> frozenset[str]:
    """Return the columns of which the total is the sum of the rows.

    Laws:   a customer is in the rows of several owners by opportunity only; a call to a number
            that two customers have is in the rows of two owners, unless it counts for its agent.
    """
    names = {each.name for each in TELESALES[question.subject] if each.unit != "ratio"}
    if question.subject == "opportunity":
        return frozenset(names & _OF_UNITS)
    return frozenset(names - _OF_ANYONE - (_OF_OWNERS if question.any_agent else set()))


def _check_row(figures: Figures, units: str) -> None:
    count: dict[str, Any] = figures
    for one, other in _COMPLEMENTS:
        assert count[one] + count[other] == count[units]
    assert count["calls_attempted"] >= count["calls_connected"]
    assert count["calls_by_anyone"] >= count["calls_attempted"]
    assert count["calls_connected_by_anyone"] >= count["calls_connected"]
    assert count["called"] >= count["customers_reached"]
    assert count["called_by_anyone"] >= count["called"]
    assert count["appointments"] >= count["appointments_completed"]
    assert count.get("customers_distinct", 0) <= count[units]
    assert _less(count["order_value"], count["collected"]) == _amounts(count["debt"])


def _amounts(figure: int | dict[str, int]) -> Counter[str]:
    return Counter({"": figure} if isinstance(figure, int) else figure)


def _added(parts: Iterable[Counter[str]]) -> Counter[str]:
    """Return a sum that, other than that of counters, keeps what is below 0."""
    found = Counter[str]()
    for part in parts:
        found.update(part)
    return found


def _less(one: dict[str, int], other: dict[str, int]) -> Counter[str]:
    found = Counter(one)
    found.subtract(other)
    return found


@pytest.mark.parametrize("seed", _SEEDS)
def test_lifecycle_converts_no_more_than_were_created(seed: int) -> None:
    """What is cumulative never falls and ends in all that were converted, day by day."""
    asking = Asking(seed, "acme")
    for world in _steps(seed):
        asked: Lifecycle = asking.lifecycle()
        found = lifecycle.evaluate(world.columns, of_lifecycle(world, asked))
        assert found.converted <= found.created
        for row in found.rows:
            known = [count for count in row.cumulative if count is not None]
            assert known == sorted(known)
            assert known[-1] == row.converted <= row.created
        assert sum(row.created for row in found.rows) == found.created
        assert found.cumulative[-1] == sum(found.exact) == found.converted


@pytest.mark.parametrize("seed", _SEEDS)
def test_labels_share_out_the_customers(seed: int) -> None:
    """Every customer of sales performance is purchased, in progress or not purchased, once."""
    asking = Asking(seed, "acme")
    for world in _steps(seed):
        asked: Performance = asking.performance()
        question = replace(of_performance(world, asked), status="all", limit=1000)
        found = performance.evaluate(world.columns, question)
        labels = Counter(row.label for row in found.rows)
        customers, *shares = found.totals
        assert customers == sum(shares) == found.total == len(found.rows)
        assert shares == [labels[name] for name in ("purchased", "in_progress", "not_purchased")]


@pytest.mark.parametrize("owned", [False, True])
@pytest.mark.parametrize("seed", _SEEDS)
def test_stages_share_out_the_customers_of_each_day(seed: int, owned: bool) -> None:
    """Stages, departments and people add up to all customers; a day follows from the one before."""
    asking = Asking(seed, "acme")
    for world in _steps(seed):
        asked: Journey = replace(
            asking.journey(), employee=None, department=None, sub=False, owned=owned
        )
        company = Stocks(world, asked)
        parts = [
            [Stocks(world, replace(asked, department=name)) for name in (*DEPARTMENTS, NOBODY)],
            [Stocks(world, replace(asked, employee=name)) for name in (*PEOPLE, NOBODY)],
        ]
        before = None
        for day in days_between(asked.first_day, asked.last_day):
            standing = company.of(day)
            assert standing["stock"].total() == company.all_of(day)
            assert all(count >= 0 for figures in standing.values() for count in figures.values())
            for part in parts:
                assert standing["stock"] == _added(one.of(day)["stock"] for one in part)
            if before is not None:
                before.update(standing["entries"])
                before.subtract(standing["exits"])
                assert before == standing["stock"]
            before = standing["stock"]
        assert company.now == len(world.columns)


@pytest.mark.parametrize("seed", _SEEDS)
def test_columns_that_follow_equal_columns_made_anew(seed: int) -> None:
    """Columns into which only changed customers were put hold what columns of all facts hold."""
    for number, world in enumerate(_steps(seed)):
        if number % 50 == 0:
            world.columns.compact()
        assert _content(world.columns) == _content(world.built())


def _content(columns: Columns) -> dict[int, Any]:
    """Return what columns say of each customer, codes as names."""
    tables = {name: table for name, table in vars(columns).items() if isinstance(table, Children)}
    return {
        int(columns.people["number"][slot]): (
            columns.ids[slot],
            columns.names[slot],
            _rows(columns, columns.people, [slot]),
            {
                name: sorted(_rows(columns, table, table.rows(np.array([slot])).at), key=repr)
                for name, table in tables.items()
            },
        )
        for slot in columns.live()
    }


def _rows(columns: Columns, table: Any, at: Any) -> list[tuple[Any, ...]]:
    found = []
    for name in table.kinds:
        values = table[name][at].tolist()
        found.append([columns.codes.names[v] for v in values] if name in _CODED else values)
    return list(zip(*found, strict=True))
