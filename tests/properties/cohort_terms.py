"""Questions of the recount in the terms of the query service, and its answers in plain ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

from schemas.calendar import from_date, to_date
from services.query.cohorts import performance
from services.query.cohorts.lifecycle import LifecycleQuestion
from services.query.cohorts.performance import PerformancePage, PerformanceQuestion, Sort
from services.query.cohorts.telesales import Figures
from services.query.cohorts.units import TelesalesQuestion
from services.query.periods import Period
from services.verify.reports.questions import Lifecycle, Performance, Telesales
from tests.properties.cohort_world import CohortWorld

_SORTS: tuple[Sort, ...] = ("created_at", "purchases", "value", "last_order", "name")
_ORDERS = tuple(product(_SORTS, (False, True)))
_PAGE = 3


def _word(value: str | None) -> str | None:
    """Return what a filter wants: '' those that have none, None all."""
    return "" if value == "-" else value


def of_telesales(world: CohortWorld, asked: Telesales) -> TelesalesQuestion:
    """Return a question to the telesales report."""
    return TelesalesQuestion(
        subject=asked.subject,
        owners=world.owners(asked),
        campaign=_word(asked.campaign),
        source=_word(asked.source),
        group=_word(asked.group_id),
        created=Period(asked.created_from, asked.created_to),
        called=Period(asked.called_from, asked.called_to),
        any_agent=asked.any_agent,
    )


def of_lifecycle(world: CohortWorld, asked: Lifecycle) -> LifecycleQuestion:
    """Return a question to the lifecycle report."""
    first = from_date(to_date(asked.today) - timedelta(days=asked.days - 1))
    return LifecycleQuestion(
        created=Period(first, asked.today),
        target=asked.stage,
        owners=world.owners(asked),
        source=_word(asked.source),
        relationship=_word(asked.relationship),
    )


def of_performance(world: CohortWorld, asked: Performance, order: int = 0) -> PerformanceQuestion:
    """Return a question to the sales performance report, in one of ten orders."""
    sort, descending = _ORDERS[order % len(_ORDERS)]
    return PerformanceQuestion(
        created=Period(asked.created_from, asked.created_to),
        period=Period(asked.ordered_from, asked.ordered_to),
        currency="VND",
        owners=world.owners(asked),
        relationship=_word(asked.relationship),
        status=asked.status,
        least=asked.min_purchases,
        most=asked.max_purchases,
        sort=sort,
        descending=descending,
        limit=_PAGE,
    )


def pages_of(world: CohortWorld, question: PerformanceQuestion) -> list[PerformancePage]:
    """Return all pages of an answer, read one behind the other."""
    pages = [performance.evaluate(world.columns, question)]
    while pages[-1].after is not None:
        following = replace(question, after=pages[-1].after)
        pages.append(performance.evaluate(world.columns, following))
    return pages


def by_currency(figures: Figures) -> dict[str, dict[str, int]]:
    """Return figures by currency ('' of what is no money), without those that are 0."""
    found = {
        name: {"": value} if isinstance(value, int) else dict(value)
        for name, value in figures.items()
    }
    return {name: amounts for name, amounts in found.items() if any(amounts.values())}
