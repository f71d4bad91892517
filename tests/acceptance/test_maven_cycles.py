"""From engagement to close: cycles and cohorts of a CRM of 8,800 opportunities."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.acceptance.board import Board, month_end
from tests.acceptance.reference import figures, need, table
from tests.acceptance.spans import days_from, summed_up
from tests.acceptance.test_maven_crm import GROUPS

pytestmark = pytest.mark.once

FOLDER = need("maven_crm")
FIGURES = figures(FOLDER)
LAGS = (7, 30, 60, 90, 138)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def closed(maven: Board) -> dict[str, Rows]:
    """Read the lists behind opportunities won and lost."""
    names = {"won": "opportunities_won", "lost": "opportunities_lost"}
    return {outcome: maven.rows(metric)[1] for outcome, metric in names.items()}


def cycles(rows: Rows) -> list[int]:
    """Return the days from engagement to close of opportunities."""
    return [days_from(row["created_at"], row["closed_at"]) for row in rows]


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_the_cycle_of_the_company(closed: dict[str, Rows], outcome: str) -> None:
    """Number, mean, median, shortest, longest and sum of the days from engagement to close."""
    found = summed_up(cycles(closed[outcome]))
    assert found == FIGURES[f"days_engage_to_close_{outcome}"]


@pytest.mark.parametrize("group", GROUPS)
def test_the_cycle_of_groups(maven: Board, group: str) -> None:
    """Each agent, manager and office: the mean over the list behind its figure."""
    for row in table(FOLDER, group):
        _, won = maven.rows("opportunities_won", **GROUPS[group](row["group"]))
        mean = summed_up(cycles(won))["mean"]
        assert mean == float(row["avg_days_engage_to_won"]), row["group"]


def test_the_cycle_of_products(closed: dict[str, Rows]) -> None:
    """Each product as the pipeline writes it."""
    by_product: defaultdict[str, Rows] = defaultdict(list)
    for row in closed["won"]:
        by_product[row["product"]].append(row)
    found = {name: summed_up(cycles(rows))["mean"] for name, rows in by_product.items()}
    rows = table(FOLDER, "by_product")
    assert found == {row["group"]: float(row["avg_days_engage_to_won"]) for row in rows}


def test_cohorts_by_month_of_engagement(maven: Board) -> None:
    """Of those engaged in a month: won within so many days, lost, still open."""
    _, engaged = maven.rows("opportunities_created")
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in engaged:
        cohort = found[row["created_at"][:7]]
        cohort["size"] += 1
        cohort[row["outcome"] or "engaging"] += 1
        if row["outcome"] == "won":
            lag = days_from(row["created_at"], row["closed_at"])
            cohort.update(f"won_{most}d" for most in LAGS if lag <= most)
    rows = table(FOLDER, "cohort_engage_month")
    assert found.keys() == {row["cohort"] for row in rows}
    for row in rows:
        names = ("size", *(f"won_{most}d" for most in LAGS), "lost", "engaging")
        seen = {name: found[row["cohort"]][name] for name in names}
        assert seen == {name: int(row[name]) for name in names}, row["cohort"]


def test_accounts_by_month_of_their_first_engagement(maven: Board) -> None:
    """The telesales report by opportunity has the accounts that were engaged first in a month."""
    months = FIGURES["account_first_engage"]
    for month in months:
        span = {"created_from": f"{month}-01", "created_to": month_end(month)}
        assert customers(maven, **span) == months[month]
    whole = {"created_from": maven.first, "created_to": "2017-10-31"}
    assert customers(maven, **whole) == FIGURES["distinct_accounts"]["any"]


def test_accounts_that_were_won(closed: dict[str, Rows]) -> None:
    """Different customers of the list of opportunities won."""
    won = {row["customer_id"] for row in closed["won"]} - {None}
    assert len(won) == FIGURES["distinct_accounts"]["won"]


def customers(board: Board, **parameters: str) -> int:
    """Return the different customers of the telesales report by opportunity, and check its list."""
    report = board.get("/v1/reports/telesales", subject="opportunity", **parameters)
    names = [column["name"] for column in report["columns"]]
    cell = report["total"]["cells"][names.index("customers_distinct")]
    board.check_cell(cell)
    found: int = cell["value"]
    return found
