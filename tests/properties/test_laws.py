"""The laws of the core: order does not matter, duplicates do not count, nothing is lost."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.envelope import LogEvent
from schemas.facts import pack, unpack
from schemas.kpis import CATALOGUE, LISTS
from schemas.tables import Cell
from tests.properties.histories import histories
from tests.properties.pure_driver import PureDriver


def _state(driver: PureDriver) -> object:
    facts = {key: replace(fact, number=0) for key, fact in driver.facts.items()}
    return facts, dict(driver.cells), driver.named_lists()


@given(histories(), st.randoms(use_true_random=False))
def test_arrival_in_any_order_gives_the_same_facts_and_figures(
    events: list[LogEvent], chance: random.Random
) -> None:
    """Any permutation of a history ends in the same facts, cells and lists."""
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert _state(PureDriver().fold(events)) == _state(PureDriver().fold(shuffled))


@given(histories(), st.randoms(use_true_random=False))
def test_duplicates_change_nothing(events: list[LogEvent], chance: random.Random) -> None:
    """Events delivered again, anywhere, change nothing."""
    doubled = list(events)
    for each in events:
        doubled.insert(chance.randrange(len(doubled) + 1), each)
    once = PureDriver().fold(events)
    assert _state(PureDriver().fold(doubled)) == _state(once)
    assert _state(once.fold(events)) == _state(PureDriver().fold(events))


@given(histories())
def test_folding_again_what_was_folded_is_idempotent(events: list[LogEvent]) -> None:
    """Applying an event twice without the id check changes nothing: facts are joins."""
    driver = PureDriver().fold(events)
    once = _state(driver)
    driver.seen.clear()
    assert _state(driver.fold(events)) == once


@given(histories())
def test_the_running_figures_equal_a_recount_of_the_facts(events: list[LogEvent]) -> None:
    """After every event the cells are what all facts contribute together."""
    driver = PureDriver()
    for each in events:
        driver.fold([each])
        assert dict(driver.cells) == driver.recount()


@given(histories())
def test_departments_and_the_company_are_the_sum_of_their_employees(
    events: list[LogEvent],
) -> None:
    """Every figure that adds over people does: departments, employees and company agree."""
    cells = PureDriver().fold(events).cells
    for scope in ("employee", "department"):
        sums: dict[Cell, int] = {}
        for cell, value in cells.items():
            if cell.scope == scope and CATALOGUE[cell.metric].adds_over_people:
                total = cell._replace(scope="company", scope_id="all")
                sums[total] = sums.get(total, 0) + value
        company = {cell: value for cell, value in cells.items() if cell.scope == "company"}
        assert {cell: value for cell, value in sums.items() if value} == company


@given(histories())
def test_a_list_has_as_many_rows_as_its_figure(events: list[LogEvent]) -> None:
    """For every counting KPI the list behind a cell is as long as the cell says."""
    driver = PureDriver().fold(events)
    rows: dict[Cell, int] = {}
    for (name, place), numbers in driver.lists.items():
        metric, _, dimension = name.partition("|")
        cell = Cell(metric, "company", "all", place.day, dimension)
        rows[cell] = rows.get(cell, 0) + len(numbers)
    counted = {
        cell: value
        for cell, value in driver.cells.items()
        if cell.scope == "company" and cell.metric in LISTS and cell.metric != "stage_entries"
    }
    assert {c: n for c, n in rows.items() if c.metric != "stage_entries"} == counted


@given(histories())
def test_a_deleted_history_leaves_gauges_and_cohorts(events: list[LogEvent]) -> None:
    """With every customer deleted no gauge and no cohort of customers is left (G9)."""
    driver = PureDriver().fold(events)
    last = max((each.time_ms for each in events), default=0)
    deletions = [
        each._replace(
            id=f"delete-{name}", type="customer.deleted", subject=name, time_ms=last + 1, data={}
        )
        for each in events[:1]
        for name in ("c1", "c2", "c3")
    ]
    driver.fold(deletions)
    assert not [
        cell for cell in driver.cells if cell.metric in {"customers_new", "customers_assigned"}
    ]


@given(histories())
def test_a_packed_fact_is_the_fact(events: list[LogEvent]) -> None:
    """What is written to the store is read back as it was."""
    for fact in PureDriver().fold(events).facts.values():
        assert unpack(pack(fact)) == fact
