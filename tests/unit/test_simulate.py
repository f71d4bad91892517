"""The made-up company: the same for a seed, valid, and with everything that goes wrong in life."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import islice
from pathlib import Path

import orjson
import pytest

from schemas.envelope import parse_event
from services.ingestor.importers.demo.company import CARE, found
from services.ingestor.importers.simulate import demo_history, live, opening
from services.ingestor.importers.simulate_command import Simulation, run
from services.ingestor.translate.item import Event, addressed

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def history() -> list[Event]:
    """Ten days of twelve people."""
    return list(demo_history(7, TODAY, 10, 12, NOON))


def test_the_same_seed_gives_the_same_bytes(history: list[Event]) -> None:
    """A history is a function of its arguments; another seed is another one."""
    assert orjson.dumps(history) == orjson.dumps(list(demo_history(7, TODAY, 10, 12, NOON)))
    assert history != list(demo_history(8, TODAY, 10, 12, NOON))


def test_a_history_that_ends_later_has_the_shorter_one_in_it(history: list[Event]) -> None:
    """Simulated again an hour later, the events already written are the same, and more follow."""
    later = list(demo_history(7, TODAY, 10, 12, NOON + timedelta(hours=3)))
    known = {one["id"]: one for one in later}
    assert len(known) > len({one["id"] for one in history})
    assert all(known[one["id"]] == one for one in history)


def test_every_simulated_event_is_valid(history: list[Event]) -> None:
    """The door refuses nothing of a history, an opening or a live stream."""
    stream = [*history, *opening(7, NOON), *islice(live(7, NOON, 20), 2000)]
    refused = [one for one in stream if not _taken(one)]
    assert refused == []


def _taken(event: Event) -> bool:
    return isinstance(parse_event(addressed(event, "acme", ""), "acme"), bytes)


def test_a_history_has_every_kind_of_event_that_a_day_brings(history: list[Event]) -> None:
    """Calls, mails, stages, orders and their corrections all happen in ten days."""
    kinds = {one["type"] for one in history}
    assert kinds >= {
        "department.upserted",
        "employee.upserted",
        "customer.created",
        "customer.updated",
        "customer.assigned",
        "customer.status_changed",
        "call.connected",
        "call.ended",
        "email.opened",
        "opportunity.created",
        "opportunity.closed",
        "order.created",
        "order.updated",
        "order.approved",
        "order.approval_revoked",
        "order.cancelled",
    }


def test_a_history_has_what_makes_figures_hard(history: list[Event]) -> None:
    """Duplicates, late events, back-dated orders, calls without talk, machines, a move."""
    ids = Counter(one["id"] for one in history)
    assert max(ids.values()) == 2
    assert len({orjson.dumps(one) for one in history}) == len(ids)
    times = [one["time"] for one in history]
    assert times != sorted(times)
    assert any("valid_from" in one["data"] for one in history)
    assert any(one["data"].get("machine") for one in history)
    assert any(one["data"].get("duration_s") == 0 for one in history)
    orders = [one["data"] for one in history if one["type"] == "order.created"]
    assert any(one["order_date"] < one["created_at"][:10] for one in orders)
    directions = Counter(one["data"].get("direction") for one in history)
    assert directions["outbound"] > directions["inbound"] > 0


def test_a_history_ends_at_its_moment_and_keeps_office_hours(history: list[Event]) -> None:
    """Nothing is of the future; calls start between eight and six, and none on a Sunday."""
    assert all(datetime.fromisoformat(one["time"]) <= NOON for one in history)
    for one in history:
        if one["type"] == "call.connected":
            at = datetime.fromisoformat(one["data"]["connected_at"])
            assert 1 <= at.hour <= 11
            assert at.weekday() != 6


def test_live_events_come_at_the_rate_and_continue_the_company(history: list[Event]) -> None:
    """Event k is due k/rate after the start, its people and ids fit the history."""
    events = list(islice(live(7, NOON, 10, 12), 600))
    people = {one["subject"] for one in history if one["type"] == "employee.upserted"}
    callers = {one["data"]["employee_id"] for one in events if one["type"].startswith("call.")}
    assert callers <= people
    assert not {one["id"] for one in events} & {one["id"] for one in history}
    assert max(one["time"] for one in events) <= "2026-11-20T05:01:00.000Z"
    assert events == list(islice(live(7, NOON, 10, 12), 600))


@pytest.mark.parametrize("employees", [3, 5, 11, 12, 24, 60])
def test_a_company_of_any_size_has_a_tree_with_heads(employees: int) -> None:
    """Each department has a head who works in it, and a parent that exists."""
    company = found(1, employees)
    ids = {one.id for one in company.departments}
    teams = {one.id: one.team for one in company.people}
    assert len(company.people) == employees
    assert all(teams[one.head] == one.id for one in company.departments)
    assert {one.parent for one in company.departments} - ids == {""}
    assert (CARE in ids) == (employees >= 15)


def test_a_company_needs_three_people() -> None:
    """Fewer people are no company, in the library and in the command."""
    with pytest.raises(ValueError, match="at least 3"):
        found(1, 2)
    assert run(Simulation(seed=1, employees=2), StringIO()) == 2


def test_simulating_into_a_file_writes_history_and_live_part(tmp_path: Path) -> None:
    """A file has the same events that would have been posted, one per line."""
    wish = Simulation(
        seed=7,
        start=NOON,
        employees=6,
        rate=5,
        duration_s=4,
        history_days=2,
        out=tmp_path / "f.jsonl",
    )
    said = StringIO()
    assert run(wish, said) == 0
    lines = (tmp_path / "f.jsonl").read_bytes().splitlines()
    history = list(demo_history(7, TODAY, 2, 6, NOON))
    assert [orjson.loads(line) for line in lines[:-20]] == history
    assert f"{len(lines)} events" in said.getvalue()
