"""What a stream shows to who may not see everybody: the same totals, fewer rows and lines."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest

from schemas.changes import ChangeRecord, Occurrence, grouped
from services.query.stream.cast import Subscription
from services.query.stream.scene import Scene
from tests.unit.query_stage import COMPANY, NOON, SALES, Place, Stage, basis

TEAM = ("an", "bo", "chi")
SUBSETS = list(chain.from_iterable(combinations(TEAM, count) for count in range(4)))
METRIC = "calls_outbound"


def line(employee: str) -> Occurrence:
    """Return an order of somebody in sales."""
    return {
        "event_id": f"e-{employee}", "type": "order.approved", "subject": "o1", "at_ms": NOON,
        "employee": employee, "department": "sales", "customer": "k1", "amount": 7,
        "currency": "VND", "seconds": 0,
    }  # fmt: skip


def shown(place: Place, people: frozenset[str] | None, *, has_amounts: bool = True) -> Scene:
    """Return a scene in which everybody of the team has called, and then sells something."""
    stage = Stage(place, METRIC, on=basis(people=TEAM))
    subscription = Subscription("acme", *place, (METRIC,), (METRIC,), False, people, has_amounts)
    stage.scene = Scene(subscription)
    for number, person in enumerate(TEAM, 1):
        stage.put(METRIC, number, ("employee", person), SALES, COMPANY)
    stage.load()
    happened = [line(person) for person in (*TEAM, "-")]
    record: ChangeRecord = {
        "generation": "g1", "offset": 8, "at_ms": NOON, "log_ms": NOON,
        "tenants": {"acme": {"groups": [], "occurrences": happened, "events": 4}},
    }  # fmt: skip
    told = stage.scene.take(record)[1]
    assert told == list(reversed(stage.scene.snapshot()["occurrences"]))
    assert stage.scene.touched([record])[1] == told
    return stage.scene


def employees(scene: Scene) -> list[str]:
    """Return of whom lines are told, in order."""
    found: list[dict[str, Any]] = scene.snapshot()["occurrences"]
    return [one["employee"] for one in reversed(found)]


@pytest.mark.parametrize("people", SUBSETS)
def test_totals_are_whole_rows_and_lines_are_not(people: tuple[str, ...]) -> None:
    """The department counts everybody; only who is seen has a row, and lines in the ticker."""
    scene = shown(SALES, frozenset(people))
    snapshot = scene.snapshot()
    assert [row["value"] for row in snapshot["figures"]] == [6]
    assert [row["id"] for row in snapshot["employees"]] == list(people)
    assert employees(scene) == list(people)


@pytest.mark.parametrize("place", [SALES, COMPANY])
def test_who_sees_everybody_sees_nobody_too(place: Place) -> None:
    """What is nobody's is told to who sees all, and to nobody else."""
    assert employees(shown(place, None)) == [*TEAM, "-"]
    assert employees(shown(place, frozenset(TEAM))) == list(TEAM)


def test_without_figures_in_money_no_amounts() -> None:
    """A board that does not show money does not tell it in its ticker."""
    for one in shown(SALES, None, has_amounts=False).snapshot()["occurrences"]:
        assert (one["amount"], one["currency"], one["customer"]) == (0, "", "k1")


def ranks(rankings: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return (rank, value) of the rows of the only ranking."""
    (ranking,) = rankings
    assert ranking["metric"] == METRIC
    assert all(set(row) == {"rank", "value"} for row in ranking["rows"])
    return [(row["rank"], row["value"]) for row in ranking["rows"]]


@pytest.mark.parametrize("place", [SALES, COMPANY])
def test_a_ranking_without_names_rides_the_stream(place: Place) -> None:
    """All ranks and values, whole at each change; no row, no cell and no order tells whose."""
    stage = Stage(place, METRIC, on=basis(people=TEAM))
    nobody = Subscription("acme", *place, (METRIC,), (METRIC,), False, frozenset())
    stage.scene = Scene(nobody._replace(is_unnamed=True))
    stage.put(METRIC, 2, ("employee", "bo"), place)
    stage.load()
    snapshot = stage.scene.snapshot()
    assert snapshot["employees"] == []
    assert ranks(snapshot["rankings"]) == [(1, 2), (2, 0), (2, 0)]
    cells = stage.put(METRIC, 3, ("employee", "chi"), place)
    record: ChangeRecord = {
        "generation": "g1", "offset": 8, "at_ms": NOON, "log_ms": NOON,
        "tenants": {"acme": {"groups": grouped(cells), "occurrences": [], "events": 1}},
    }  # fmt: skip
    moved = stage.scene.changes(stage.scene.take(record)[0])
    assert [(cell["scope"], cell["id"], cell["value"]) for cell in moved.cells] == [(*place, 5)]
    assert ranks(moved.rankings) == [(1, 3), (2, 2), (3, 0)]
    changed, _ = stage.scene.touched([record])
    again = stage.scene.current(changed)
    assert ([cell["id"] for cell in again.cells], again.rankings) == ([place[1]], moved.rankings)
    assert not any(repr(person) in repr((snapshot, moved, again)) for person in TEAM)


def test_without_the_right_there_is_no_ranking() -> None:
    """Who may not see people, and is no kiosk of ranks, gets totals alone."""
    assert "rankings" not in shown(SALES, frozenset()).snapshot()


def test_a_board_of_one_person_ranks_nobody() -> None:
    """Beside the figures of an employee there is no ranking of the others."""
    person = ("employee", "an")
    stage = Stage(person, METRIC, on=basis(people=TEAM))
    one = Subscription("acme", *person, (METRIC,), (METRIC,), False, frozenset())
    stage.scene = Scene(one._replace(is_unnamed=True))
    stage.load()
    assert "rankings" not in stage.scene.snapshot()
