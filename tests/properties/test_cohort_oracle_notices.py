"""The oracle notices: a report that forgot a filter, or moved a window, would not agree with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.calendar import from_date, to_date
from services.query.cohorts import lifecycle, performance, telesales
from services.query.cohorts.lifecycle import LifecycleQuestion
from services.query.cohorts.performance import PerformanceQuestion
from services.query.cohorts.units import TelesalesQuestion
from services.query.periods import Period
from services.verify.reports.questions import Lifecycle, Performance, Telesales
from tests.properties.cohort_asked import Asked
from tests.properties.cohort_terms import (
    by_currency,
    of_lifecycle,
    of_performance,
    of_telesales,
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Fold, recount and ask once for all tests."""
    made = Asked(tmp_path_factory.mktemp("cohorts"), histories=35)
    yield made
    made.recount.close()


def _next(day: int) -> int:
    return from_date(to_date(day) + timedelta(days=1))


def _later(period: Period) -> Period:
    return Period(_next(period.first), period.last)


def _longer(period: Period) -> Period:
    return Period(period.first, _next(period.last))


_TELESALES: dict[str, Callable[[TelesalesQuestion], TelesalesQuestion]] = {
    "owners": lambda asked: replace(asked, owners=None),
    "source": lambda asked: replace(asked, source=None),
    "group": lambda asked: replace(asked, group=None),
    "campaign": lambda asked: replace(asked, campaign=None),
    "first day of creation": lambda asked: replace(asked, created=_later(asked.created)),
    "last day of creation": lambda asked: replace(asked, created=_longer(asked.created)),
    "first day of calls": lambda asked: replace(asked, called=_later(asked.called)),
    "last day of calls": lambda asked: replace(asked, called=_longer(asked.called)),
    "any agent": lambda asked: replace(asked, any_agent=not asked.any_agent),
    "calls of anyone": lambda asked: replace(asked, any_agent=True),
}
_LIFECYCLE: dict[str, Callable[[LifecycleQuestion], LifecycleQuestion]] = {
    "owners": lambda asked: replace(asked, owners=None),
    "source": lambda asked: replace(asked, source=None),
    "relationship": lambda asked: replace(asked, relationship=None),
    "target": lambda asked: replace(asked, target=None),
    "first day": lambda asked: replace(asked, created=_later(asked.created)),
    "today": lambda asked: replace(asked, created=_longer(asked.created)),
}
_PERFORMANCE: dict[str, Callable[[PerformanceQuestion], PerformanceQuestion]] = {
    "owners": lambda asked: replace(asked, owners=None),
    "relationship": lambda asked: replace(asked, relationship=None),
    "status": lambda asked: replace(asked, status="all"),
    "least": lambda asked: replace(asked, least=None),
    "most": lambda asked: replace(asked, most=None),
    "first day of creation": lambda asked: replace(asked, created=_later(asked.created)),
    "last day of creation": lambda asked: replace(asked, created=_longer(asked.created)),
    "first day of orders": lambda asked: replace(asked, period=_later(asked.period)),
    "last day of orders": lambda asked: replace(asked, period=_longer(asked.period)),
}


@pytest.mark.parametrize("name", _TELESALES)
def test_a_wrong_telesales_question_is_noticed(asked: Asked, name: str) -> None:
    """With one filter forgotten or one day too many some total is another one."""
    assert any(
        by_currency(
            telesales.evaluate(world.columns, _TELESALES[name](of_telesales(world, question))).total
        )
        != answer.figures("")
        for world, question, answer in asked.about(Telesales)
    )


@pytest.mark.parametrize("name", _LIFECYCLE)
def test_a_wrong_lifecycle_question_is_noticed(asked: Asked, name: str) -> None:
    """With one filter forgotten or one day too many some number of customers is another one."""
    for world, question, answer in asked.about(Lifecycle):
        found = lifecycle.evaluate(world.columns, _LIFECYCLE[name](of_lifecycle(world, question)))
        wanted = [each[:2] for each in answer.rows["lifecycle_summary"]] or [(0, 0)]
        if [(found.created, found.converted)] != wanted:
            return
    pytest.fail(f"nobody notices: {name}")


@pytest.mark.parametrize("name", _PERFORMANCE)
def test_a_wrong_performance_question_is_noticed(asked: Asked, name: str) -> None:
    """With one filter forgotten or one day too many some listing is another one."""
    for world, question, answer in asked.about(Performance):
        chosen = replace(_PERFORMANCE[name](of_performance(world, question)), limit=1000)
        found = performance.evaluate(world.columns, chosen)
        wanted = {
            (customer, purchases, pending)
            for customer, _, purchases, pending, *_, listed in answer.rows["performance_members"]
            if listed
        }
        if {(row.id, row.purchases, row.pending) for row in found.rows} != wanted:
            return
    pytest.fail(f"nobody notices: {name}")
