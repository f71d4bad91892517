"""The laws of lists, scored lists, visits and locks: what stands behind a figure is the figure."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import LogEvent
from schemas.facts import Contact, Customer
from schemas.kpis import CATALOGUE, FLOWS, LISTS
from schemas.kpis.clock import window
from schemas.tables import COMPANY_ID, Cell, parse_dimension, parse_field, parse_visit
from services.aggregator.core.contributions import Place
from tests.properties.histories import histories
from tests.properties.pure_driver import TENANT, PureDriver, event

_TASKS = ("tasks_starting", "tasks_ending")
days = st.integers(1, 30).map(lambda day: 20261100 + day)


def _scopes(place: Place) -> tuple[tuple[str, str], ...]:
    return (
        ("employee", place.employee),
        ("department", place.department),
        ("company", COMPANY_ID),
    )


@given(histories())
def test_a_list_has_as_many_rows_as_its_figure(events: list[LogEvent]) -> None:
    """For every counting KPI the list behind a cell is as long as the cell says, in every scope.

    A task stands in the list of each assignee and counts once; a customer that enters a stage
    twice on a day stands in its list once. Who enters and leaves a stage on one day only moved
    within the scope: nobody's entry.
    """
    driver = PureDriver().fold(events)
    rows: defaultdict[Cell, set[int]] = defaultdict(set)
    for (name, place), numbers in driver.lists.items():
        metric, dimension = parse_field(name)
        for scope, scope_id in _scopes(place):
            rows[Cell(metric, scope, scope_id, place.day, dimension)] |= numbers  # type: ignore[arg-type]
    counted = {cell: value for cell, value in driver.cells.items() if _is_listed(cell)}
    listed = {cell: len(_without_moves(cell, rows)) for cell in list(rows)}
    listed = {cell: size for cell, size in listed.items() if size and _is_listed(cell)}
    assert listed == counted


def _without_moves(cell: Cell, rows: defaultdict[Cell, set[int]]) -> set[int]:
    if cell.metric not in FLOWS:
        return rows[cell]
    (other,) = {*FLOWS[cell.metric]} - {cell.metric}
    return rows[cell] - rows[cell._replace(metric=other)]


def _is_listed(cell: Cell) -> bool:
    kpi = CATALOGUE[cell.metric.partition("@")[0]]
    is_kept = not set(parse_dimension(cell.dimension) or [""]) & {*kpi.unlisted}
    return cell.metric in LISTS and cell.metric != "stage_entries" and is_kept


@given(histories(), days, days)
def test_tasks_of_a_range_are_counted_once(events: list[LogEvent], one: int, other: int) -> None:
    """Starts + ends - both is the number of tasks that start or end in a range (D-35)."""
    first, last = sorted((one, other))
    driver = PureDriver().fold(events)
    members: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for (name, place), numbers in driver.lists.items():
        if name in _TASKS and first <= place.day <= last:
            for whose in _scopes(place):
                members[whose] |= numbers
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for cell, value in driver.cells.items():
        if cell.metric in _TASKS and first <= cell.day <= last:
            end = parse_dimension(cell.dimension).get("end")
            if end is None:
                sums[cell.scope, cell.scope_id] += value
            elif first <= int(end) <= last:
                sums[cell.scope, cell.scope_id] -= value
    found = {whose: count for whose, count in sums.items() if count}
    assert found == {whose: len(numbers) for whose, numbers in members.items()}


@given(histories(), st.integers(0, 120))
def test_every_person_in_charge_is_in_one_band(events: list[LogEvent], later: int) -> None:
    """Bands of care add up to the customers in charge, bands of age to them and their contacts."""
    driver = PureDriver().fold(events)
    now_ms = 1_792_454_400_000 + later * 86_400_000
    for kpi in (CATALOGUE["customers_by_last_contact"], CATALOGUE["persons_by_age"]):
        bands: defaultdict[str, int] = defaultdict(int)
        for (name, _, employee), numbered in driver.scores.items():
            for score in numbered.values() if name == kpi.of else ():
                windows = [window(kpi.of, band, now_ms, 20261101) for band in kpi.bands]
                bands[employee] += sum(low <= score <= high for low, high in windows)
        numbers = {
            number: employee
            for (name, _, employee), numbered in driver.scores.items()
            if name == kpi.of
            for number in numbered
        }
        kinds = (Customer,) if kpi.of == "customers_contacted" else (Customer, Contact)
        facts = driver.tenant.entities
        assert all(isinstance(facts[driver.tenant.by_number[n]], kinds) for n in numbers)
        customers: defaultdict[str, int] = defaultdict(int)
        for number, employee in numbers.items():
            if isinstance(facts[driver.tenant.by_number[number]], Customer):
                customers[employee] += 1
        assert sum(bands.values()) == len(numbers)
        assert customers == {
            cell.scope_id: value
            for cell, value in driver.cells.items()
            if (cell.metric, cell.scope, cell.dimension) == ("customers_assigned", "employee", "")
        }


@given(histories())
def test_visits_add_up_to_what_was_visited(events: list[LogEvent]) -> None:
    """The visits behind the orders of a day are the orders of known customers of that day."""
    driver = PureDriver().fold(events)
    for basis in ("", "@created_at"):
        sums: defaultdict[tuple[str, int], int] = defaultdict(int)
        for visits, fields in driver.visits.items():
            for field, count in fields.items() if visits.metric == f"orders{basis}" else ():
                assert count > 0
                sums[visits.employee, visits.month * 100 + parse_visit(field)[0]] += count
        assert dict(sums) == {
            (cell.scope_id, cell.day): value
            for cell, value in driver.cells.items()
            if (cell.metric, cell.scope) == (f"orders_with_customer{basis}", "employee")
        }


@given(histories(max_size=25), histories(max_size=25))
def test_what_came_after_a_lock_is_the_difference(
    before: list[LogEvent], after: list[LogEvent]
) -> None:
    """A figure of now is what it was at the lock and the late changes, in every scope (A-11)."""
    driver = PureDriver().fold(before)
    lock = {"first": "2026-11-01", "last": "2026-11-30"}
    written = event(
        id="lock", type="period.locked", time="2026-12-01T00:00:00Z", subject="l", data=lock
    )
    driver.fold([written])
    assert written.tenant == TENANT
    at_lock = _november(driver)
    driver.fold(each._replace(id=f"after-{each.id}") for each in after)
    late: defaultdict[Cell, int] = defaultdict(int)
    for (_, place, name), delta in driver.late.items():
        assert 20261101 <= place.day <= 20261130
        metric, dimension = parse_field(name)
        for bit, (scope, scope_id) in enumerate(_scopes(place)):
            if place.scopes & (1 << bit):
                late[Cell(metric, scope, scope_id, place.day, dimension)] += delta  # type: ignore[arg-type]
    now = _november(driver)
    changes = {c: now.get(c, 0) - at_lock.get(c, 0) for c in now | at_lock}
    assert {c: n for c, n in changes.items() if n} == {c: n for c, n in late.items() if n}


def _november(driver: PureDriver) -> dict[Cell, int]:
    return {c: n for c, n in driver.cells.items() if 20261101 <= c.day <= 20261130}
