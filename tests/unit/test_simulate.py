"""The made-up company: the same for a seed, valid, and with everything that goes wrong in life."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.configuration import DOCUMENTS
from schemas.envelope import parse_event
from schemas.events import EVENT_MODELS, RESERVED_TYPES
from services.ingestor.importers.demo.company import CARE, found
from services.ingestor.importers.simulate import demo_history, live, opening
from services.ingestor.importers.simulate_command import Simulation, run
from services.ingestor.translate.item import Event, addressed

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def fortnight() -> list[Event]:
    """Return what the demo shows: fourteen days of twenty-four people, until noon."""
    return list(demo_history(7, TODAY, 14, 24, NOON))


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


def test_a_history_lives_the_whole_vocabulary(fortnight: list[Event]) -> None:
    """Every type happens in two weeks, but those of settings, keys, rights, locks and texts."""
    own = {"setting.changed", "metric.definition_changed", "target.removed"}
    administrative = own | RESERVED_TYPES | DOCUMENTS.keys()
    assert {one["type"] for one in fortnight} == set(EVENT_MODELS) - administrative
    assert all(_taken(one) for one in fortnight)


def test_a_history_stays_small(fortnight: list[Event]) -> None:
    """Two weeks of twenty-four people are quickly written."""
    assert 15_000 < len(fortnight) < 24_500


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


def data_of(events: list[Event], *kinds: str) -> list[dict[str, Any]]:
    """Return the data of the events of some types, each event once."""
    once = {one["id"]: one for one in events if one["type"] in kinds}
    return [one["data"] for one in once.values()]


def test_a_call_rings_before_somebody_speaks(fortnight: list[Event]) -> None:
    """Started, connected and ended of a call stand in this order, by what they say."""
    moments: dict[str, list[str]] = {}
    for one in sorted(fortnight, key=lambda each: each["time"]):
        if one["type"].startswith("call."):
            moments.setdefault(one["subject"], []).append(one["type"])
    orders = {tuple(dict.fromkeys(kinds)) for kinds in moments.values()}
    rung = ("call.started", "call.connected", "call.ended")
    assert {("call.ended",), ("call.started", "call.ended"), rung} <= orders
    assert all(list(order) == sorted(order, key=rung.index) for order in orders)


def test_tasks_are_of_every_shape(fortnight: list[Event]) -> None:
    """Appointments, spans, tasks without end, several people, and overdue ones by the clock."""
    planned = data_of(fortnight, "task.created")
    days = [one for one in planned if len(one.get("end", "")) == 10]
    assert any(one["end"] > one["start"] for one in days)
    assert any(len(one.get("end", "")) > 10 for one in planned if one["type"] == "appointment")
    assert any("start" in one and "end" not in one for one in planned)
    assert any(len(one["assignees"]) > 1 for one in planned)
    assert {len(one.get("project_id", "")) > 0 for one in planned} == {True, False}
    statuses = {one["status"] for one in data_of(fortnight, "task.status_changed")}
    assert statuses == {"in_progress", "awaiting_confirmation", "completed", "cancelled"}
    ended = {
        one["subject"]
        for one in fortnight
        if one["data"].get("status") in {"completed", "cancelled"}
    }
    assert any(
        one["data"].get("end", "9")[:10] < "2026-11-19"
        for one in fortnight
        if one["type"] == "task.created" and one["subject"] not in ended
    )


def test_money_comes_in_parts_on_account_and_not_at_all(fortnight: list[Event]) -> None:
    """Orders are paid in full, in parts, or not; some money has no order; some goes back."""
    due: Counter[str] = Counter()
    for one in {each["id"]: each for each in fortnight}.values():
        data = one["data"]
        if one["type"] == "order.created":
            parts = (data.get(name) for name in ("total", "vat", "shipping"))
            due[one["subject"]] += sum(part["amount"] for part in parts if part)
    paid: Counter[str] = Counter()
    received = data_of(fortnight, "payment.received")
    for one in received:
        paid[one.get("order_id", "")] += one["amount"]["amount"]
    assert paid[""] > 0
    shares = {(paid[name] > 0, paid[name] >= amount) for name, amount in due.items()}
    assert shares == {(True, True), (True, False), (False, False)}
    assert {"amount" in one for one in data_of(fortnight, "payment.reversed")} == {True, False}


def test_orders_have_every_kind_of_line(fortnight: list[Event]) -> None:
    """Gifts, discounts, fractions of a unit, VAT and shipping stand on orders."""
    placed = data_of(fortnight, "order.created")
    lines = [line for one in placed for line in one["lines"]]
    assert any(line["amount"]["amount"] == 0 for line in lines)
    assert any(line["quantity"] != int(line["quantity"]) for line in lines)
    for name in ("discount", "shipping"):
        assert {name in one for one in placed} == {True, False}
    assert all(one["vat"]["amount"] > 0 for one in placed)


def test_a_corrected_order_still_adds_up(fortnight: list[Event]) -> None:
    """A correction says 0 where its lines have no discount any more, as null says nothing."""
    orders: dict[str, dict[str, Any]] = {}
    for one in sorted(fortnight, key=lambda each: each["time"]):
        if one["type"] in {"order.created", "order.updated"}:
            orders.setdefault(one["subject"], {}).update(one["data"])
    for data in orders.values():
        lines = sum(line["amount"]["amount"] for line in data["lines"])
        discount = data.get("discount", {"amount": 0})
        assert data["total"]["amount"] == lines - discount["amount"]


def test_contracts_end_near_today(fortnight: list[Event]) -> None:
    """Some contracts end in the weeks around today, some are drafts for a while."""
    ends = [one["effective_to"] for one in data_of(fortnight, "contract.created")]
    assert sum("2026-11-13" <= end <= "2026-12-20" for end in ends) >= 10
    assert {one.get("draft", False) for one in data_of(fortnight, "contract.created")} == {
        True,
        False,
    }


def test_words_have_names_and_everything_used_is_a_word(fortnight: list[Event]) -> None:
    """Each source, stage, product, project and task type that is used has been given a name."""
    named = {
        (one["data"]["kind"], one["subject"])
        for one in fortnight
        if one["type"] == "taxonomy.upserted"
    }
    used: set[tuple[str, str]] = set()
    for one in data_of(fortnight, "customer.created"):
        used |= {("source", source) for source in one["source_ids"]}
    for one in data_of(fortnight, "customer.status_changed"):
        used.add(("relationship", one["relationship_id"]))
    for one in data_of(fortnight, "order.created", "stock.received"):
        used |= {("product", line["product_id"]) for line in one["lines"]}
    for one in data_of(fortnight, "task.created"):
        used.add(("task_type", one["type"]))
        used |= {("project", one["project_id"])} if "project_id" in one else set()
    assert used <= named
    tags = {tag for one in data_of(fortnight, "taxonomy.upserted") for tag in one.get("tags", ())}
    assert tags == {"inbound", "mql", "sql"}


def test_customers_are_people_and_firms(fortnight: list[Event]) -> None:
    """People have a gender and mostly a birthday, firms have neither but contact persons."""
    made = data_of(fortnight, "customer.created")
    people = [one for one in made if "gender" in one]
    firms = [one for one in made if "gender" not in one]
    assert people
    assert firms
    assert not any("birthday" in one for one in firms)
    assert {"birthday" in one for one in people} == {True, False}
    assert all("industry" in one for one in firms)


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
    calls = [one["data"] for one in events if one["type"].startswith("call.")]
    callers = {one["employee_id"] for one in calls if "employee_id" in one}
    assert callers
    assert callers <= people
    assert not {one["id"] for one in events} & {one["id"] for one in history}
    assert max(one["time"] for one in events) <= "2026-11-20T05:01:00.000Z"
    assert events == list(islice(live(7, NOON, 10, 12), 600))


def test_ten_minutes_of_live_have_of_everything() -> None:
    """At the demo's rate opportunities come and close, orders are paid, tasks are done."""
    kinds = {one["type"] for one in islice(live(7, NOON, 8), 4800)}
    assert kinds >= {
        "opportunity.created",
        "opportunity.assigned",
        "opportunity.closed",
        "order.approved",
        "payment.received",
        "task.created",
        "task.status_changed",
        "message.sent",
        "note.added",
        "contract.created",
        "stock.issued",
    }


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
