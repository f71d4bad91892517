"""What a stream shows: every kind of figure, moved cell by cell, by reading again, by the clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import Term
from schemas.kpis import CATALOGUE
from schemas.tables import Scope
from services.query.basis import Settings
from services.query.places import Pairs
from services.query.problems import Problem
from services.query.words import Words
from tests.unit.query_stage import AN, COMPANY, NOON, SALES, STREAMED, TODAY, Stage, basis, figures

HOT = Term("relationship:hot", 7, profile=(1, "Hot", ("mql",), 0, True))
MINUTE = 60_000


class Kind(NamedTuple):
    """A KPI, cells at first and the figure of them, the cell that moves, and what follows."""

    metric: str
    cells: dict[str, int]
    figure: dict[str, Any]
    moved: str
    by: int
    then: dict[str, Any]


KINDS = [
    Kind("calls_outbound", {"calls_outbound": 2}, {"value": 2}, "calls_outbound", 1, {"value": 3}),
    Kind(
        "revenue",
        {"revenue|currency:VND": 900, "revenue|currency:VND,source:web": 900},
        {"value": 900, "currency": "VND"},
        "revenue|currency:USD",
        7,
        {"value": 900, "currency": "VND", "others": [{"value": 7, "currency": "USD"}]},
    ),
    Kind(
        "stock_out_units",
        {"stock_out_units": 2500},
        {"value": 2.5},
        "stock_out_units",
        500,
        {"value": 3},
    ),
    Kind(
        "answer_rate_inbound",
        {"calls_inbound_offered": 4, "calls_inbound_answered": 1},
        {"value": 0.25, "parts": {"numerator": 1, "denominator": 4}},
        "calls_inbound_answered",
        2,
        {"value": 0.75, "parts": {"numerator": 3, "denominator": 4}},
    ),
    Kind(
        "average_order_value",
        {"revenue|currency:VND": 10, "orders_approved": 4},
        {"value": 3, "currency": "VND", "parts": {"numerator": 10, "denominator": 4}},
        "orders_approved",
        1,
        {"value": 2, "currency": "VND", "parts": {"numerator": 10, "denominator": 5}},
    ),
    # 3 start and 2 end today, one of them starts and ends today: 3 + 2 - 1, then 3 + 2 - 2
    Kind(
        "tasks",
        {"tasks_starting": 3, "tasks_ending": 2, f"tasks_starting|end:{TODAY}": 1},
        {"value": 4},
        f"tasks_starting|end:{TODAY}",
        1,
        {"value": 3},
    ),
    Kind(
        "mql_entries",
        {"stage_entries": 5, "stage_entries|stage:hot": 2},
        {"value": 2},
        "stage_entries|stage:hot",
        1,
        {"value": 3},
    ),
    Kind(
        "contracts_expiring",
        {"contracts_ending": 1},
        {"value": 1},
        "contracts_ending",
        1,
        {"value": 2},
    ),
    Kind(
        "interactions",
        {"emails_opened": 2, "messages_sent": 1, "tasks_ending": 1},
        {
            "value": 4,
            "parts": {
                "emails_opened": 2,
                "messages_sent": 1,
                "calls_outbound": 0,
                "notes_added": 0,
                "tasks": 1,
            },
        },
        "calls_outbound",
        1,
        {
            "value": 5,
            "parts": {
                "emails_opened": 2,
                "messages_sent": 1,
                "calls_outbound": 1,
                "notes_added": 0,
                "tasks": 1,
            },
        },
    ),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.metric)
def test_every_kind_moves_with_its_cells(kind: Kind) -> None:
    """A figure of each kind is that of its cells, for a department and its person."""
    stage = Stage(SALES, kind.metric, on=basis(HOT))
    for field, value in kind.cells.items():
        stage.put(field, value, AN, SALES)
    stage.load()
    assert figures(stage.scene)[kind.metric] == kind.figure
    told = stage.take(stage.put(kind.moved, kind.by, AN, SALES, COMPANY))
    assert {(cell["scope"], cell["id"]) for cell in told} == {AN, SALES}
    for cell in told:
        assert cell["previous"] == kind.figure["value"]
        assert (cell["day"], cell["cause"], cell["restated"]) == ("2026-11-22", "e1", False)
        assert {name: cell[name] for name in kind.then} == kind.then
    assert figures(stage.scene)[kind.metric] == kind.then


def test_gauges_are_as_of_now() -> None:
    """A gauge moves with its own hash and says 'now'; a cell of today does not touch it."""
    stage = Stage(AN, "customers_assigned", on=basis())
    stage.gauge("customers_assigned", 4, AN)
    stage.load()
    assert stage.take(stage.put("customers_assigned", 9, AN)) == []
    (cell,) = stage.take(stage.gauge("customers_assigned", 1, AN))
    assert (cell["value"], cell["previous"], cell["day"]) == (5, 4, "now")


def test_other_days_and_other_people_move_nothing() -> None:
    """A cell of yesterday, or of somebody else, touches no figure of the scene."""
    stage = Stage(AN, "calls_outbound", "tasks", on=basis())
    stage.load()
    yesterday = stage.put("calls_outbound", 1, AN, day=20261121)
    assert stage.take(yesterday + stage.put("calls_outbound", 1, SALES, ("employee", "x"))) == []
    assert stage.take(stage.put("tasks_starting|end:20261123", 1, AN)) == []


def test_without_its_feed_a_figure_is_not_available() -> None:
    """A module that sent nothing is told as such; parts without it still add up."""
    settings = Settings("Acme", "Asia/Ho_Chi_Minh", "VND", frozenset({"notes"}))
    stage = Stage(AN, "stock_out", "tasks", "interactions", on=basis(settings=settings))
    stage.put("notes_added", 3, AN)
    stage.load()
    found = figures(stage.scene)
    assert found["stock_out"] == found["tasks"] == {"value": None, "why": "not_available"}
    assert found["interactions"]["value"] == 3
    assert found["interactions"]["parts"]["tasks"] is None


def test_bands_move_by_the_clock() -> None:
    """A timed figure is read again: its bands change without an event, caused by the clock."""
    stage = Stage(AN, "customers_by_last_contact", on=basis())
    stage.load([[2, 0, 0, 0, 0, 1]])
    found = figures(stage.scene)["customers_by_last_contact"]
    assert found["value"] == 3
    assert {one["dimension_value"]: one["value"] for one in found["by"]} == {
        "0-6": 2, "7-13": 0, "14-29": 0, "30-89": 0, "90+": 0, "never": 1,
    }  # fmt: skip
    assert stage.again([[2, 0, 0, 0, 0, 1]]) == []
    (cell,) = stage.again([[1, 1, 0, 0, 0, 1]])
    assert (cell["value"], cell["previous"], cell["day"]) == (3, 3, "now")
    assert (cell["cause"], cell["restated"]) == ("clock", False)
    assert [one["value"] for one in cell["by"]] == [1, 1, 0, 0, 0, 1]


def test_what_an_event_moved_names_the_event() -> None:
    """A record asks for a reading; of a figure with a feed just cells of that feed are a cause."""
    stage = Stage(AN, "tasks_overdue", on=basis())
    stage.load([[2]])
    assert not stage.scene.wants_asking
    stage.take(stage.put("tasks_completed", 1, AN))
    assert stage.scene.wants_asking
    (cell,) = stage.again([[1]])
    assert (cell["value"], cell["cause"]) == (1, "e1")
    assert not stage.scene.wants_asking
    stage.take(stage.put("calls_outbound", 1, AN))
    (cell,) = stage.again([[5]])
    assert (cell["value"], cell["cause"]) == (5, "clock")


@pytest.mark.parametrize(
    ("due_ms", "tick_ms"),
    [
        (None, NOON + MINUTE),
        (NOON + 3, NOON + 4),
        (NOON, NOON + 1),
        (NOON + 2 * MINUTE, NOON + MINUTE),
    ],
)
def test_the_clock_ticks_when_something_falls_due(due_ms: int | None, tick_ms: int) -> None:
    """The next tick is a full minute, or the moment after the next deadline before it."""
    stage = Stage(AN, "tasks_overdue", on=basis())
    stage.load([[0]], due_ms=due_ms)
    assert stage.scene.next_tick_ms(NOON) == tick_ms
    stage.again([[0]])
    assert stage.scene.next_tick_ms(NOON + 1) == NOON + MINUTE


def test_without_timed_figures_no_clock_ticks() -> None:
    """A scene of cells alone never asks again, whatever records arrive."""
    stage = Stage(SALES, "calls_outbound", "tasks", on=basis())
    stage.load()
    stage.take(stage.put("tasks_completed", 1, AN, SALES))
    assert stage.scene.next_tick_ms(NOON) is None
    assert not stage.scene.wants_asking


def test_what_cannot_be_added_is_asked_for() -> None:
    """With sub-departments, tasks of people in several of them are counted by the store."""
    on = basis(pairs=("sales:an", "hanoi:binh", "far:zoe"))
    stage = Stage(SALES, "tasks_completed", "calls_outbound", on=on, sub=True)
    hanoi: tuple[Scope, str] = ("department", "hanoi")
    stage.put("tasks_completed", 1, SALES, hanoi)
    stage.load([[[b":total", 1]]])
    assert figures(stage.scene)["tasks_completed"] == {"value": 1}
    told = stage.take(
        stage.put("tasks_completed", 1, SALES) + stage.put("calls_outbound", 1, hanoi)
    )
    assert [(cell["metric"], cell["value"]) for cell in told] == [("calls_outbound", 1)]
    assert stage.scene.wants_asking


def test_a_listener_that_was_away_is_told_what_the_clock_may_have_moved() -> None:
    """What was missed includes every timed figure as it stands, events or not."""
    stage = Stage(AN, "tasks_overdue", "calls_outbound", on=basis())
    stage.load([[2]])
    changed, happened = stage.scene.touched([])
    (cell,) = stage.scene.current(changed).cells
    assert (cell["metric"], cell["value"], cell["cause"]) == ("tasks_overdue", 2, "clock")
    assert happened == []


def test_what_makes_a_scene_outdated() -> None:
    """Another day, other people, words, feeds or departments; neither a minute nor a lock."""
    stage = Stage(SALES, "calls_outbound", on=basis(HOT))
    stage.load()
    before = stage.basis
    is_outdated = stage.scene.is_outdated
    locked = replace(before.settings, locks=((20261001, 20261031),))
    assert not is_outdated(replace(before, now_ms=NOON + MINUTE))
    assert not is_outdated(replace(before, settings=locked))
    assert not is_outdated(replace(before, pairs=Pairs([*before.pairs.raw, b"sales:em"])))
    assert is_outdated(replace(before, now_ms=NOON + 13 * 60 * MINUTE))
    assert is_outdated(replace(before, settings=replace(before.settings, feeds=frozenset())))
    assert is_outdated(replace(before, packed_words=frozenset(), words=Words()))
    assert is_outdated(replace(before, pairs=Pairs([*before.pairs.raw, b"new:em"])))
    assert is_outdated(basis(HOT, people=("an", "em")))


def test_a_lock_is_not_told_by_a_stream() -> None:
    """Where today is locked the stream shows the current value and nothing beside it."""
    settings = Settings("Acme", "Asia/Ho_Chi_Minh", "VND", locks=((20261101, 20261130),))
    stage = Stage(AN, "calls_outbound", on=basis(settings=settings))
    stage.put("calls_outbound", 2, AN)
    stage.load()
    assert figures(stage.scene)["calls_outbound"] == {"value": 2}


def test_nobody_is_refused() -> None:
    """Somebody who was never heard of has no scene."""
    stage = Stage(("employee", "nobody"), "calls_outbound", on=basis())
    with pytest.raises(Problem, match="nobody"):
        stage.load()


CELLS = sorted(
    {
        "stage_entries|stage:hot", "stage_entries|stage:cold", f"tasks_starting|end:{TODAY}",
        f"tasks_linked_starting|end:{TODAY}",
        *(
            f"{kpi.name}|currency:{currency}" if kpi.unit == "money" else kpi.name
            for kpi in CATALOGUE.values() if kpi.is_stored
            for currency in (("VND", "USD") if kpi.unit == "money" else ("",))
        ),
    }
)  # fmt: skip
PLACES = st.sampled_from([(AN, SALES), (SALES,), (AN,), (COMPANY,)])
MOVES = st.lists(
    st.tuples(st.sampled_from(CELLS), st.integers(-3, 9), PLACES, st.booleans()), max_size=30
)


@given(MOVES, MOVES)
def test_what_was_moved_is_what_is_read(before: list[Any], after: list[Any]) -> None:
    """After any changes a scene shows exactly what a fresh reading would show."""
    metrics = tuple(name for name in STREAMED if CATALOGUE[name].additivity != "timed")
    stage = Stage(SALES, *metrics, on=basis(HOT))
    for field, value, places, is_now in before:
        (stage.gauge if is_now else stage.put)(field, value, *places)
    stage.load()
    for field, value, places, is_now in after:
        stage.take((stage.gauge if is_now else stage.put)(field, value, *places))
    moved = stage.scene.snapshot()
    stage.load()
    read = stage.scene.snapshot()
    assert moved["figures"] == read["figures"]
    assert moved["employees"] == read["employees"]
