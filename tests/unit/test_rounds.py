"""What a round of the relay tells of the change records it takes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.changes import CellChange, ChangeRecord, Crossing, grouped
from services.aggregator.rounds import Round, ToldGroup

_LOG_MS = 1_790_000_000_000


def record(
    offset: int, cells: dict[str, list[CellChange]], crossed: tuple[Crossing, ...] = ()
) -> ChangeRecord:
    """Return the change record of a commit: tenant -> cells."""
    tenants: Any = {
        name: {"groups": grouped(changed), "occurrences": [], "events": 1}
        for name, changed in cells.items()
    }
    if crossed:
        tenants[next(iter(cells))]["crossings"] = list(crossed)
    return ChangeRecord(
        generation="one", offset=offset, at_ms=_LOG_MS, log_ms=_LOG_MS + offset, tenants=tenants
    )


def cell(value: int, previous: int, *, whose: str = "an", restated: bool = False) -> CellChange:
    """Return a change of the orders of somebody."""
    return CellChange(
        field="orders",
        scope="employee",
        id=whose,
        day=20_261_130,
        value=value,
        previous=previous,
        cause=f"e{value}",
        restated=restated,
    )


def told_of(tenant: str, whose: str, what: tuple[int, int, str, bool]) -> ToldGroup:
    """Return how it is told: (value, previous, cause, restated?)."""
    return ToldGroup(tenant, "employee", whose, 20_261_130, [("orders", *what)])


def crossing(threshold: int) -> Crossing:
    """Return a crossing of a target of orders."""
    return Crossing(
        event_id=f"2026-11|orders|employee|an|{threshold}",
        metric="orders",
        scope="employee",
        id="an",
        period="2026-11",
        threshold=threshold,
        cause="e1",
        at_ms=_LOG_MS,
    )


def test_the_last_change_is_told_from_the_first_previous_value() -> None:
    """A cell that moved in three commits is told in the version of the last, from the first."""
    found = Round()
    found.take(record(10, {"acme": [cell(1, 0, restated=True), cell(7, 6, whose="bo")]}))
    found.take(record(20, {"acme": [cell(2, 1)]}))
    found.take(record(30, {"acme": [cell(4, 2)], "beta": [cell(4, 3)]}))
    told = [(each.version, each.log_ms - _LOG_MS, each.groups) for each in found.told()]
    assert len(found) == 3
    assert told == [
        ("one.10", 10, [told_of("acme", "bo", (7, 6, "e7", False))]),
        ("one.20", 20, []),
        (
            "one.30",
            30,
            [
                told_of("acme", "an", (4, 0, "e4", True)),
                told_of("beta", "an", (4, 3, "e4", False)),
            ],
        ),
    ]


def test_every_crossing_is_told_in_its_own_version() -> None:
    """What was crossed is never coalesced."""
    found = Round()
    found.take(record(10, {"acme": [cell(1, 0)]}, (crossing(50),)))
    found.take(record(20, {"acme": [cell(2, 1)]}, (crossing(80), crossing(100))))
    assert [(each.version, each.crossings) for each in found.told()] == [
        ("one.10", [("acme", crossing(50))]),
        ("one.20", [("acme", crossing(80)), ("acme", crossing(100))]),
    ]


_MOVES = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["acme", "beta"]), st.sampled_from(["an", "bo"])), max_size=6
    ),
    min_size=1,
    max_size=8,
)


@given(_MOVES)
def test_a_round_says_what_its_records_say_one_by_one(moves: list[list[tuple[str, str]]]) -> None:
    """Who reads a round knows of every cell what a reader of all its records knows."""
    values: dict[tuple[str, str], int] = {}
    records: list[ChangeRecord] = []
    first: dict[tuple[str, str], int] = {}
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for at, moved in enumerate(moves, 1):
        cells: dict[str, list[CellChange]] = {}
        for tenant, whose in moved:
            before = values.get((tenant, whose), 0)
            values[tenant, whose] = before + 1
            change = cell(before + 1, before, whose=whose)
            cells.setdefault(tenant, []).append(change)
            first.setdefault((tenant, whose), before)
            last[tenant, whose] = (before + 1, f"one.{at}")
        records.append(record(at, cells))
    found = Round()
    for each in records:
        found.take(each)
    told = [
        ((group.tenant, group.id), previous, value, version)
        for version, _, groups, _ in found.told()
        for group in groups
        for _, value, previous, _, _ in group.cells
    ]
    assert sorted(told) == sorted((key, first[key], *last[key]) for key in last)
