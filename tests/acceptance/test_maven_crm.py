"""A CRM of 8,800 opportunities: every figure that its events can express is equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import Stack
from tests.acceptance.board import Board, imported, month_end
from tests.acceptance.reference import figures, need, table

pytestmark = pytest.mark.once

FOLDER = need("maven_crm")
FIGURES = figures(FOLDER)
CENTS = 100
SAMPLE = 40

Scope = Callable[[str], dict[str, Any]]
GROUPS: dict[str, Scope] = {
    "by_agent": lambda name: {"scope": "employee", "of": name},
    "by_manager": lambda name: {"scope": "department", "of": f"team:{name}"},
    "by_office": lambda name: {"scope": "department", "of": f"office:{name}", "sub": "true"},
}


@pytest.fixture
def board(maven: Board) -> Board:
    """Ask about the set, which is imported once for all files."""
    return maven


def test_company_totals(board: Board) -> None:
    """Stages, value, win rate and numbers of rows of the whole company."""
    stages, rate = FIGURES["stage_counts"], FIGURES["win_rate"]
    created, won, lost, closed, value, still = board.values(
        "opportunities_created,opportunities_won,opportunities_lost,opportunities_closed,"
        "opportunity_value_won,pipeline_open"
    )
    assert won == stages["Won"]
    assert lost == stages["Lost"]
    assert closed == rate["den"]
    assert value == FIGURES["won_value_total"] * CENTS
    assert created - closed == stages["Engaging"]
    assert still - (created - closed) == stages["Prospecting"]
    assert closed + still == FIGURES["rows"]["sales_pipeline"]
    over, under, ratio = board.ratio("win_rate")
    assert (over, under, round(ratio, 6)) == (rate["num"], rate["den"], rate["rate"])


def test_company_lists(board: Board) -> None:
    """Each list has as many rows as its figure, and no row twice."""
    stages = FIGURES["stage_counts"]
    board.check_list("opportunities_won", stages["Won"])
    board.check_list("opportunities_lost", stages["Lost"])
    board.check_list("opportunities_closed", stages["Won"] + stages["Lost"])
    board.check_list("pipeline_open", stages["Engaging"] + stages["Prospecting"], now=True)
    dated = FIGURES["rows"]["sales_pipeline"] - FIGURES["dirt"]["blank_engage_date"]
    board.check_list("opportunities_created", dated)
    total, rows = board.rows("opportunity_value_won")
    assert total == len(rows) == stages["Won"]
    assert sum(row["amount"] for row in rows) == FIGURES["won_value_total"] * CENTS


def test_days_of_first_and_last_event(board: Board) -> None:
    """The days with a figure reach from the first date of the set to its last."""
    ranges = FIGURES["date_range"]
    engaged = board.series("opportunities_created", "day")
    closed = board.series("opportunities_closed", "day")
    assert [min(engaged), max(engaged)] == ranges["engage_date"]
    assert [min(closed), max(closed)] == ranges["close_date"]


def test_people_and_departments(board: Board) -> None:
    """Agents, managers and offices stand in the organisation; accounts are customers."""
    people, org = FIGURES["people"], board.get("/v1/org")
    agents = {one["id"] for one in org["employees"] if one["manager_id"]}
    offices = {one["id"] for one in org["departments"] if one["id"].startswith("office:")}
    teams = {one["head_id"] for one in org["departments"] if one["id"].startswith("team:")}
    assert len(agents) == people["agents_in_sales_teams"] == FIGURES["rows"]["sales_teams"]
    assert {one["id"] for one in org["employees"]} - agents == teams
    assert len(teams) == people["managers"]
    assert offices == {f"office:{name}" for name in people["regional_offices"]}
    assert board.values("customers_assigned") == [FIGURES["rows"]["accounts"]]
    board.check_list("customers_assigned", FIGURES["rows"]["accounts"], now=True)
    busy = {row["group"] for row in table(FOLDER, "by_agent")}
    assert len(busy) == people["agents_with_opportunity"]
    assert agents - busy == set(people["agents_without_opportunity"])
    for name in people["agents_without_opportunity"]:
        found = board.values("opportunities_created,pipeline_open", "employee", name)
        assert found == [0, 0]


@pytest.mark.parametrize("group", GROUPS)
def test_groups(board: Board, group: str) -> None:
    """Each agent, manager and office: all stages, value and win rate, each with its list."""
    rows = table(FOLDER, group)
    assert rows
    for row in rows:
        scope = GROUPS[group](row["group"])
        won, lost, closed, created, value, still = board.values(
            "opportunities_won,opportunities_lost,opportunities_closed,opportunities_created,"
            "opportunity_value_won,pipeline_open",
            **scope,
        )
        expected = [int(row[name]) for name in ("won", "lost", "engaging", "prospecting")]
        assert [won, lost, created - closed, still - (created - closed)] == expected
        assert closed + still == int(row["opportunities"])
        assert value == int(row["won_value"]) * CENTS
        *_, ratio = board.ratio("win_rate", **scope)
        assert round(ratio, 6) == float(row["win_rate"])
        for metric, figure in (
            ("opportunities_won", won),
            ("opportunities_lost", lost),
            ("opportunities_closed", closed),
            ("opportunities_created", created),
        ):
            board.check_list(metric, figure, **scope)
        board.check_list("pipeline_open", still, now=True, **scope)


def test_products(board: Board) -> None:
    """Won, lost, value and win rate per product as the pipeline writes it, with lists."""
    rows = table(FOLDER, "by_product")
    won = board.series("opportunities_won", "dimension", dimension="product")
    lost = board.series("opportunities_lost", "dimension", dimension="product")
    value = board.series("opportunity_value_won", "dimension", dimension="product")
    assert len(won) == FIGURES["rows"]["products"]
    assert won == {row["group"]: int(row["won"]) for row in rows}
    assert lost == {row["group"]: int(row["lost"]) for row in rows}
    assert value == {row["group"]: int(row["won_value"]) * CENTS for row in rows}
    for row in rows:
        name = row["group"]
        rate = won[name] / (won[name] + lost[name])
        assert round(rate, 6) == float(row["win_rate"])
        board.check_list("opportunities_won", won[name], dimension=f"product:{name}")
        board.check_list("opportunities_lost", lost[name], dimension=f"product:{name}")


def test_months_of_offices(board: Board) -> None:
    """Won deals and their value per month and office, each with its list."""
    rows = table(FOLDER, "won_month_office")
    orders: defaultdict[str, dict[str, int]] = defaultdict(dict)
    revenue: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        orders[row["office"]][row["month"]] = int(row["orders"])
        revenue[row["office"]][row["month"]] = int(row["revenue"]) * CENTS
    assert orders
    for office, months in orders.items():
        of = ("department", f"office:{office}")
        assert board.series("opportunities_won", "month", *of, sub="true") == months
        found = board.series("opportunity_value_won", "month", *of, sub="true")
        assert found == revenue[office]
        for month, figure in months.items():
            span = {"from": f"{month}-01", "to": month_end(month), "sub": "true"}
            board.check_list("opportunities_won", figure, *of, **span)


def test_days_of_agents(board: Board) -> None:
    """Engaged, won, lost and value per day and agent: all cells, none besides; sampled lists."""
    cells: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in table(FOLDER, "flow_day_agent"):
        for column, metric in (
            ("engaged", "opportunities_created"),
            ("won", "opportunities_won"),
            ("lost", "opportunities_lost"),
        ):
            if int(row[column]):
                cells[row["agent"], metric][row["date"]] = int(row[column])
    for row in table(FOLDER, "won_day_agent"):
        cells[row["agent"], "opportunity_value_won"][row["date"]] = int(row["revenue"]) * CENTS
        assert cells[row["agent"], "opportunities_won"][row["date"]] == int(row["orders"])
    board.check_agent_days(cells, "opportunity_value_won", SAMPLE)


def test_importing_twice_changes_nothing(board: Board, stack: Stack, tmp_path: Path) -> None:
    """Another tenant takes the set twice: same figures, same lists, each time."""
    tenant = stack.create_tenant(time_zone="UTC", currency="USD")
    metrics = "opportunities_won,opportunity_value_won,pipeline_open,opportunities_created"
    with Board(stack, tenant.read_key, board.first, board.last) as again:
        for _ in range(2):
            imported(stack, tenant, "maven-crm", FOLDER, tmp_path)
            assert again.values(metrics) == board.values(metrics)
            again.check_list("opportunities_won", FIGURES["stage_counts"]["Won"])
