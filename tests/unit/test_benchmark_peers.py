"""The peers of the benchmark count what the product counts, and whoever counts wrongly is found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import orjson
import pytest

from schemas.calendar import DEFAULT_TIME_ZONE, format_day, local_day, parse_time
from schemas.envelope import read_event
from schemas.kpis import CATALOGUE
from schemas.tables import SCOPE_LETTERS, field
from tests.benchmarks import mix
from tests.benchmarks.peers.counting import FIGURES, additions
from tests.benchmarks.recount import Counts, compared, expected
from tests.benchmarks.throughput import compare
from tests.properties.pure_driver import PureDriver

NEED_A_STATE = {
    "contract.cancelled", "contract.deleted", "contract.updated", "customer.assigned",
    "customer.deleted", "customer.merged", "customer.restored", "customer.updated",
    "employee.upserted", "message.failed", "opportunity.assigned", "opportunity.deleted",
    "order.approval_revoked", "order.cancelled", "order.deleted", "order.returned",
    "order.updated", "stock.voided", "task.deleted", "task.updated",
}  # fmt: skip
"""Events that change what others counted: by themselves they do not say by how much, or whose."""
TAKEN_BACK = {
    "contracts", "contract_value", "contracts_ending", "contracts_ending_unrenewed",
    "collections", "customers_found", "customers_new", "messages_sent", "opportunities_created",
    "orders", "orders@created_at", "orders_processed", "orders_with_customer",
    "orders_with_customer@created_at", "sales", "sales@created_at", "stage_entries", "stock_in",
    "stock_in_units", "stock_in_value", "tasks_created", "tasks_ending", "tasks_linked_ending",
    "tasks_linked_starting", "tasks_starting",
}  # fmt: skip


@pytest.fixture(scope="module")
def log() -> list[bytes]:
    """Return a log in which every type of event is."""
    return list(mix.events(20_000))


@pytest.fixture(scope="module")
def plain(log: list[bytes]) -> Counts:
    """Return its recount."""
    return expected(log)


@pytest.fixture(scope="module")
def exact(log: list[bytes]) -> Counts:
    """Return the recount that takes back."""
    return expected(log, takes_back=True)


def counted(log: list[bytes]) -> Iterator[list[tuple[str, int]]]:
    """Yield what a peer adds for each event."""
    departments: dict[str, str] = {}
    for value in log:
        event = orjson.loads(value)
        if event["type"] == "employee.upserted":
            departments[event["subject"]] = event["data"]["department_id"]
        yield list(additions(event, departments.__getitem__))


def figures() -> list[dict[str, object]]:
    """Return every addition of the table of the peers."""
    table = json.loads(FIGURES.read_text())
    return [one for rules in table.values() for rule in rules for one in rule["adds"]]


def test_the_table_of_the_peers_counts_what_a_recount_finds(
    log: list[bytes], plain: Counts
) -> None:
    """The rules as data and the rules in plain words agree; most events count."""
    found: Counter[str] = Counter()
    many = 0
    for added in counted(log):
        many += bool(added)
        for key, number in added:
            found[key] += number
    compare("the table", found, plain)
    assert many > 0.8 * len(log)


def test_a_recount_that_takes_back_is_what_ours_counts(
    log: list[bytes], plain: Counts, exact: Counts
) -> None:
    """The core itself, over the same log: every cell of a day of the figures that peers count."""
    driver = PureDriver(mix.TENANT)
    for value in log:
        driver.apply(read_event(value))
    driver.settle()
    places = compared(plain)
    found = {
        f"{figure}|{scope}|{cell.scope_id}|{format_day(cell.day)}": number
        for cell, number in driver.cells.items()
        if ((figure := field(cell.metric, cell.dimension)), (scope := SCOPE_LETTERS[cell.scope]))
        in places
    }
    days = {key: number for key, number in exact.items() if len(key.rpartition("|")[2]) == 10}
    compare("ours", found, days)


def test_what_is_taken_back_differs_and_nothing_else(plain: Counts, exact: Counts) -> None:
    """Calls, mails, notes and what went out of the stock stay as they are in this mix."""
    differing = {key.partition("|")[0] for key, _ in plain.items() ^ exact.items()}
    assert differing == TAKEN_BACK


def test_the_counts_of_the_peers_add_up(plain: Counts) -> None:
    """Departments are the sum of their people, the company of its departments, months of days."""
    sums: Counter[tuple[str, str, int]] = Counter()
    for key, number in plain.items():
        place, _, point = key.rpartition("|")
        figure, scope, _ = place.rsplit("|", 2)
        sums[figure, scope, len(point)] += number
    for figure in {figure for figure, _, _ in sums}:
        numbers = {number for (name, _, _), number in sums.items() if name == figure}
        assert len(numbers) == 1, (figure, numbers)


def test_the_peers_count_by_the_names_of_the_catalogue(plain: Counts) -> None:
    """Figures with cells of days; each happens in the mix; money has its currency."""
    names = {str(one["figure"]) for one in figures()}
    assert names == {key.partition("|")[0] for key in plain}
    for name in names:
        kpi = CATALOGUE[name.partition("@")[0]]
        assert kpi.additivity in {"sum", "cohort"}, name
        is_money = {"|currency:" in key for key in plain if key.partition("|")[0] == name}
        assert is_money == {kpi.unit == "money"}, name


def test_what_the_peers_do_not_count_needs_a_state() -> None:
    """Every event of the mix that moves a figure of a day is counted, or known not to be."""
    daily = (kpi for kpi in CATALOGUE.values() if kpi.additivity in {"sum", "cohort"})
    moving = {event_type for kpi in daily for event_type in kpi.events}
    assert (mix.TYPES & moving) - json.loads(FIGURES.read_text()).keys() == NEED_A_STATE


def test_a_day_of_the_mix_is_the_first_ten_characters_of_its_moments(log: list[bytes]) -> None:
    """What the peers cut off is the day where the company is: nothing happens at night."""
    for value in log:
        for name, text in orjson.loads(value)["data"].items():
            if name.endswith("_at"):
                day = local_day(parse_time(text), DEFAULT_TIME_ZONE)
                assert format_day(day) == text[:10], value


@pytest.mark.parametrize(
    "wrong", [{"orders|c|all|2026-11": 2}, {}, {"orders|c|all|2026-11": 1, "sales|c|all|x": 1}]
)
def test_whoever_counts_wrongly_is_found(wrong: Counts) -> None:
    """Another number, one that is missing, and one that nobody else has."""
    compare("a peer", {"orders|c|all|2026-11": 1}, {"orders|c|all|2026-11": 1})
    with pytest.raises(AssertionError, match="a peer counted"):
        compare("a peer", wrong, {"orders|c|all|2026-11": 1})
