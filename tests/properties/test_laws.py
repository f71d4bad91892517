"""The laws of the core: order does not matter, duplicates do not count, nothing is lost."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import LogEvent
from schemas.facts import pack, unpack
from schemas.kpis import CATALOGUE
from schemas.tables import Cell
from services.aggregator.core.contributions import COHORT, SCORE, VISIT
from tests.properties.histories import DATA, histories
from tests.properties.pure_driver import PureDriver, event

_MERGING = tuple(
    sorted(
        each
        for each in DATA
        if each.partition(".")[0] in {"customer", "order", "contact", "call", "payment"}
    )
)
"""What a merge of customers moves."""
_LATER = "2027-06-01T00:00:00Z"


def _state(driver: PureDriver) -> object:
    written = dict(driver.cells), driver.named_lists(), driver.named_scores()
    return driver.named_facts(), *written, driver.named_cohorts(), driver.named_visits()


@given(histories(), st.randoms(use_true_random=False))
def test_arrival_in_any_order_gives_the_same_facts_and_figures(
    events: list[LogEvent], chance: random.Random
) -> None:
    """Any permutation of a history ends in the same facts, cells, lists, scores and visits."""
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert _state(PureDriver().fold(events)) == _state(PureDriver().fold(shuffled))


@given(histories(types=_MERGING), st.randoms(use_true_random=False))
def test_merges_may_come_in_any_order(events: list[LogEvent], chance: random.Random) -> None:
    """Chains and circles of merges, with all that hangs on the customers, in any order."""
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
def test_scores_and_visits_equal_a_recount_of_the_facts(events: list[LogEvent]) -> None:
    """After every event scored lists and visits are what all facts say now."""
    driver = PureDriver()
    for each in events:
        driver.fold([each])
        scores: dict[tuple[str, str, str], dict[int, int]] = {}
        cohorts: dict[tuple[str, int], set[int]] = {}
        visits: dict[tuple[str, str, str, int, str], int] = {}
        for number, place, name, value in driver.contributed():
            metric, _, rest = name[1:].partition("|")
            if name[0] == SCORE:
                key = (metric, place.department, place.employee)
                scores.setdefault(key, {})[number] = value
            elif name[0] == COHORT:
                cohorts.setdefault((name[1:], place.day), set()).add(number)
            elif name[0] == VISIT:
                visit = (metric, place.department, place.employee, place.day // 100, rest)
                visits[visit] = visits.get(visit, 0) + value
        assert dict(driver.scores) == scores
        assert dict(driver.cohorts) == cohorts
        assert {
            (*whose, field): count
            for whose, fields in driver.visits.items()
            for field, count in fields.items()
        } == visits


@given(histories())
def test_departments_and_the_company_are_the_sum_of_their_employees(
    events: list[LogEvent],
) -> None:
    """Every figure that adds over people does: departments, employees and company agree."""
    cells = PureDriver().fold(events).cells
    adding = {
        cell: value
        for cell, value in cells.items()
        if CATALOGUE[cell.metric.partition("@")[0]].adds_over_people
    }
    company = {cell: value for cell, value in adding.items() if cell.scope == "company"}
    for scope in ("employee", "department"):
        sums: dict[Cell, int] = {}
        for cell, value in adding.items():
            if cell.scope == scope:
                total = cell._replace(scope="company", scope_id="all")
                sums[total] = sums.get(total, 0) + value
        assert {cell: value for cell, value in sums.items() if value} == company


@given(histories())
def test_a_deleted_history_leaves_gauges_and_cohorts(events: list[LogEvent]) -> None:
    """With every customer deleted no gauge and no cohort of customers is left (G9)."""
    driver = PureDriver().fold([*events, *_all_customers("deleted", 1)])
    left = {cell.metric for cell in driver.cells}
    assert not left & {"customers_new", "customers_assigned", "customers_converted"}
    assert not left & {"customers_first_bought", "customers_reached", "customers_called"}
    assert not driver.cohorts
    assert not [key for key in driver.scores if key[0] not in {"tasks_due", "calls_running"}]


@given(histories())
def test_deleted_and_restored_is_as_before(events: list[LogEvent]) -> None:
    """Deleting all customers and restoring them brings every figure back (G9)."""
    driver = PureDriver().fold([*events, *_all_customers("restored", 1)])
    before = _figures(driver)
    driver.fold([*_all_customers("deleted", 2), *_all_customers("restored", 3)])
    assert _figures(driver) == before


def _all_customers(what: str, revision: int) -> list[LogEvent]:
    return [
        event(
            id=f"{what}-{revision}-{name}",
            type=f"customer.{what}",
            time=_LATER,
            subject=name,
            data={"revision": revision},
        )
        for name in ("c1", "c2", "c3")
    ]


def _figures(driver: PureDriver) -> object:
    return dict(driver.cells), driver.named_lists(), driver.named_scores(), driver.named_visits()


@given(histories(), st.sampled_from([20261101, 20261115, 20261201]))
def test_a_move_leaves_the_days_before_it(events: list[LogEvent], day: int) -> None:
    """Another department from a day on changes no flow of the days before (G3)."""
    home = _place("home", "1999-01-01", "north")
    driver = PureDriver().fold([*events, home])
    before = _flows(driver, day)
    driver.fold([_place("move", f"{day // 10000}-{day // 100 % 100}-{day % 100:02d}", "south")])
    assert _flows(driver, day) == before


def _place(name: str, valid_from: str, department: str) -> LogEvent:
    data = {"name": "E", "department_id": department, "valid_from": valid_from, "revision": 9}
    return event(id=name, type="employee.upserted", time=_LATER, subject="lan", data=data)


def _flows(driver: PureDriver, day: int) -> dict[Cell, int]:
    return {
        cell: value
        for cell, value in driver.cells.items()
        if 0 < cell.day < day and CATALOGUE[cell.metric.partition("@")[0]].additivity == "sum"
    }


@given(histories())
def test_a_packed_fact_is_the_fact(events: list[LogEvent]) -> None:
    """What is written to the store is read back as it was."""
    for fact in PureDriver().fold(events).facts.values():
        assert unpack(pack(fact)) == fact
