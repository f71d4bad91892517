"""The 5,000 inbound calls of a call centre: every figure that its events can express is equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.acceptance.board import Board, imported
from tests.acceptance.reference import figures, need, table

pytestmark = pytest.mark.once

FOLDER = need("pwc_callcenter")
FIGURES = figures(FOLDER)
SAMPLE = 40


@pytest.fixture(scope="module")
def board(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Import the set once."""
    tenant = stack.create_tenant(time_zone="UTC")
    imported(stack, tenant, "pwc-calls", FOLDER, tmp_path_factory.mktemp("pwc"))
    with Board(stack, tenant.read_key, "2021-01-01", "2021-03-31") as made:
        yield made


def test_company_totals(board: Board) -> None:
    """Calls offered, answered and missed, talk and waiting in all and in the mean."""
    answered, talk, speed = (FIGURES[name] for name in ("answered", "talk_s", "speed_s"))
    found = board.values(
        "calls_inbound_offered,calls_inbound_answered,calls_inbound_missed,"
        "talk_seconds_inbound,answer_wait_seconds_inbound,calls_outbound"
    )
    missed = answered["den"] - answered["num"]
    assert found == [answered["den"], answered["num"], missed, talk["sum"], speed["sum"], 0]
    over, under, ratio = board.ratio("answer_rate_inbound")
    assert (over, under, round(ratio, 6)) == (answered["num"], answered["den"], answered["rate"])
    over, under, mean = board.ratio("talk_seconds_per_call_inbound")
    assert (over, under, round(mean, 4)) == (talk["sum"], talk["n"], talk["mean"])
    over, under, mean = board.ratio("answer_wait_seconds_per_call_inbound")
    assert (over, under, round(mean, 4)) == (speed["sum"], speed["n"], speed["mean"])


def test_company_lists(board: Board) -> None:
    """Each list has as many rows as its figure, and its rows add up to the seconds."""
    answered = FIGURES["answered"]
    board.check_list("calls_inbound_offered", answered["den"])
    board.check_list("calls_inbound_missed", answered["den"] - answered["num"])
    board.check_list("calls_inbound_answered", answered["num"])
    _, rows = board.rows("talk_seconds_inbound")
    assert sum(row["talk_seconds"] for row in rows) == FIGURES["talk_s"]["sum"]
    assert sum(row["wait_seconds"] for row in rows) == FIGURES["speed_s"]["sum"]
    for column, name in (("talk_seconds", "talk_s"), ("wait_seconds", "speed_s")):
        seconds = sorted(row[column] for row in rows)
        assert [seconds[0], seconds[-1]] == [FIGURES[name]["min"], FIGURES[name]["max"]]


def test_agents_and_days(board: Board) -> None:
    """The people of the set, and its first and last day."""
    rows = FIGURES["rows"]
    assert sorted(one["id"] for one in board.get("/v1/org")["employees"]) == rows["agents"]
    days = board.series("calls_inbound_offered", "day")
    assert [min(days), max(days)] == rows["dates"]
    assert sum(days.values()) == rows["calls"] == rows["ids"]


def test_agents(board: Board) -> None:
    """Calls and answered calls of each agent, with their lists."""
    for agent, (calls, answered, _) in FIGURES["by_agent"].items():
        metrics = "calls_inbound_offered,calls_inbound_answered,calls_inbound_missed"
        found = board.values(metrics, "employee", agent)
        assert found == [calls, answered, calls - answered]
        board.check_list("calls_inbound_offered", calls, "employee", agent)
        board.check_list("calls_inbound_answered", answered, "employee", agent)
        board.check_list("calls_inbound_missed", calls - answered, "employee", agent)


def test_days_of_agents(board: Board) -> None:
    """Calls, answered, missed and talk per day and agent: all cells, none besides; some lists."""
    cells: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in table(FOLDER, "calls_day_agent"):
        calls, answered = int(row["calls"]), int(row["answered"])
        for metric, figure in (
            ("calls_inbound_offered", calls),
            ("calls_inbound_answered", answered),
            ("calls_inbound_missed", calls - answered),
            ("talk_seconds_inbound", int(row["talk_s"])),
        ):
            if figure:
                cells[row["agent"], metric][row["date"]] = figure
    board.check_agent_days(cells, "talk_seconds_inbound", SAMPLE)
