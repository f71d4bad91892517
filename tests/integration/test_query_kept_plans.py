"""What is kept of a plan never shows: every answer is that of who begins anew on the same tables.

Today is Sunday 2026-11-22; the tables are those of `query_house` and `test_query_evaluation`.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import orjson
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.calendar import NOW
from schemas.facts import Term
from schemas.kpis import CATALOGUE
from services.query.basis import Basis
from services.query.cohorts.call_view import CallView
from services.query.cohorts.calls_book import CallsBook
from services.query.cohorts.parameters import CallsParameters
from services.query.evaluation import Evaluation, Plans, Value, Wish
from services.query.reader import Reader
from services.query.reports.parameters import (
    DepartmentReportParameters,
    EmployeeReportParameters,
)
from services.query.reports.question import ReportQuestion
from tests.integration import query_house, test_query_evaluation
from tests.integration.query_seed import Clock, Line, Seed, person
from tests.integration.staged_company import SETTINGS
from tests.integration.test_query_evaluation import HOUR, NOON, TODAY, TWO_MONTHS

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.once]
PLACES = (("employee", "an", False), ("department", "sales", True), ("company", "all", False))


@dataclass
class Room:
    """Tables that change, and who reads them."""

    seed: Seed
    redis: Redis
    reader: Reader
    plans: Plans = field(default_factory=Plans)
    book: CallsBook = field(default_factory=CallsBook)

    async def read(self, plan: Callable[[Basis], Any]) -> Any:
        """Read what a plan asks for."""
        return await self.reader.read(self.seed.partition, self.seed.tenant, plan)


@pytest_asyncio.fixture(loop_scope="module")
async def room(store: EmbeddedStore) -> AsyncIterator[Room]:
    """Give tables of their own to each test."""
    seed = Seed(store.url, secrets.randbelow(1_000_000), "acme", Clock(NOON))
    redis: Redis = Redis.from_url(store.url, protocol=2)
    yield Room(seed, redis, Reader(redis, seed.clock))
    await redis.aclose()
    seed.close()


def wishes() -> list[Wish]:
    """Return each figure of the catalogue for three places, whole, by day and by a dimension."""
    return [
        Wish(kpi, scope, scope_id, TWO_MONTHS, sub, basis, by)  # type: ignore[arg-type]
        for kpi in CATALOGUE.values()
        for scope, scope_id, sub in PLACES
        for basis in ("", *kpi.bases)
        for by in ("", "day", *kpi.dimensions[:1])
    ]


async def test_a_figure_is_counted_anew_when_anything_of_it_reads_otherwise(room: Room) -> None:
    """Cells that come, change and go, visits, scores, what is shared, what came after a lock."""
    seed, wanted = room.seed, wishes()
    test_query_evaluation.furnish(seed)
    kept: list[Evaluation] = []
    was: list[Value] = []

    async def is_as_anew() -> bool:
        """Check the kept evaluation; say whether it told something else than before."""

        def plan(basis: Basis) -> Any:
            kept[:] = kept or [Evaluation(basis, wanted)]
            return kept[0].commands

        reading = await room.read(plan)
        found = kept[0].answer(reading.replies)
        assert found == Evaluation(reading.basis, wanted).answer(reading.replies)
        has_changed = bool(was) and found != was
        was[:] = found
        return has_changed

    await is_as_anew()
    assert not await is_as_anew()
    lines = [*test_query_evaluation.tasks(), *test_query_evaluation.orders()]
    lines += test_query_evaluation.others()
    for line in lines:
        if line.day // 100 in (202610, 202611) or line.day == NOW:
            seed.commit(line)
            assert await is_as_anew() or "|end:" in line.field, line
    late = Line("revenue|currency:VND", "sales", "an", 20261010, 40)
    writes: list[Callable[[], Any]] = [
        lambda: seed.late(late),
        lambda: seed.visits("orders", "sales", "an", 20261107, 77),
        lambda: seed.visits("products_orders", "hanoi", "binh", 20261105, 2, of="p:2"),
        lambda: seed.scores("tasks_due", "hanoi", "binh", n91=NOON - 1),
        lambda: seed.scores("customers_contacted", "sales", "an", n92=TODAY),
        lambda: seed.redis.delete(seed.keys.cells("employee", "an", 20261105)),
        lambda: seed.redis.delete(seed.keys.month("company", "all", 202611)),
        lambda: seed.redis.delete(seed.keys.visits("orders", "sales", "an", 202611)),
        lambda: seed.redis.delete(seed.keys.late(202610)),
    ]
    for place, write in enumerate(writes):
        write()
        assert await is_as_anew(), place


async def test_counting_that_failed_leaves_nothing_behind(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before something failed is counted the next time."""
    test_query_evaluation.furnish(room.seed)
    orders = [Wish(CATALOGUE["orders_approved"], "employee", "an", TWO_MONTHS)]
    reading = await room.read(lambda basis: Evaluation(basis, orders).commands)
    evaluation = Evaluation(reading.basis, orders)
    assert evaluation.answer(reading.replies)[0].figure["value"] == 4
    room.seed.commit(Line("orders_approved", "sales", "an", 20261110, 1))
    reading = await room.read(lambda _: evaluation.commands)
    with monkeypatch.context() as broken:
        broken.setattr("services.query.evaluation.evaluation.shown", None)
        with pytest.raises(TypeError):
            evaluation.answer(reading.replies)
    assert evaluation.answer(reading.replies)[0].figure["value"] == 5


def department(room: Room, plans: Plans, _: CallsBook) -> Awaitable[Any]:
    """Ask for the report of a department and those below it."""
    asked = {"department": "sales", "sub": True, "compare": "previous"}
    given = DepartmentReportParameters.model_validate(asked)
    return _report(room, ReportQuestion.of_department(given, SETTINGS, plans))


def employee(room: Room, plans: Plans, _: CallsBook) -> Awaitable[Any]:
    """Ask for the report of an employee, some figures of which move with the instant."""
    given = EmployeeReportParameters.model_validate({"employee": "an"})
    return _report(room, ReportQuestion.of_employee(given, SETTINGS, plans))


async def _report(room: Room, question: ReportQuestion) -> Any:
    return question.answer(await room.read(question.plan))


async def calls(room: Room, plans: Plans, book: CallsBook) -> Any:
    """Ask for the live call view."""
    view = CallView(CallsParameters.model_validate({"department": "sales"}), SETTINGS, book, plans)
    found = None
    while found is None:
        found = view.answer(await room.read(view.plan))
    return found[0]


def changes(seed: Seed) -> list[tuple[str, Callable[[], Any]]]:
    """Return what happens, one after another, by name."""

    def meta(**members: str) -> Callable[[], Any]:
        return lambda: seed.redis.hset(seed.keys.meta, mapping=dict[Any, Any](members))

    def document() -> None:
        trial = {"department_id": "hanoi", "valid_from": "2026-11-01"}
        seed.redis.hset(seed.keys.config, "rollout:orders_approved", orjson.dumps(trial))
        seed.redis.hincrby(seed.keys.meta, "configured", 1)

    def newcomer() -> None:
        seed.visits("orders", "sales", "fay", TODAY, 77)
        seed.commit(Line("orders", "sales", "fay", TODAY, 1, (21,)))

    def another_generation() -> None:
        seed.generation = "g2"
        query_house.furnish(seed)
        seed.serve()

    revenue = Line("revenue|currency:VND", "sales", "an", 20261110, 5)
    attempts = Line("calls_attempted", "sales", "an", TODAY, 1)
    moved = person(5, "an", (20260101, "sales"), (20261112, "hanoi"))
    return [
        ("nothing", seed.commit),
        ("a figure", lambda: seed.commit(revenue)),
        ("it goes again", lambda: seed.commit(revenue._replace(value=-5))),
        ("a call", lambda: seed.commit(attempts)),
        ("somebody new", lambda: seed.facts(person(60, "eva", (20260101, "sales")))),
        ("who has facts", newcomer),
        ("somebody moves", lambda: seed.facts(moved)),
        ("a name", lambda: seed.facts(Term("source:web", 41, profile=(2, "Net", (), 0, True)))),
        ("a lock", meta(locks="[[20261101,20261130]]")),
        ("a module is off", meta(modules_off="telephony")),
        ("a feed", meta(feeds="tasks,messages", modules_off="")),
        ("a trial", document),
        ("a task", lambda: seed.scores("tasks_due", "sales", "an", n95=NOON + HOUR // 10)),
        ("a few minutes", lambda: setattr(seed.clock, "at_ms", NOON + HOUR // 5)),
        ("midnight", lambda: setattr(seed.clock, "at_ms", NOON + 13 * HOUR)),
        ("another generation", another_generation),
    ]


@pytest.mark.parametrize(("ask", "least"), [(department, 7), (employee, 7), (calls, 5)])
async def test_an_answer_is_that_of_who_begins_anew(
    room: Room, ask: Callable[[Room, Plans, CallsBook], Awaitable[Any]], least: int
) -> None:
    """Whatever changes, figure or basis, the next answer has it."""
    room.seed.serve(feeds="tasks")
    query_house.furnish(room.seed)
    told = []
    for name, happen in changes(room.seed):
        happen()
        room.seed.commit()
        found = await ask(room, room.plans, room.book)
        assert found == await ask(room, Plans(), CallsBook()), name
        told.append({key: found[key] for key in found if key not in ("version", "as_of", "lag")})
    assert sum(one != before for before, one in pairwise(told)) >= least


async def test_a_plan_is_kept_for_who_sees_the_same(room: Room) -> None:
    """Another sight of an employee's figures is another plan; so are other days, and no others."""
    room.seed.serve(feeds="tasks")
    query_house.furnish(room.seed)
    basis = (await room.read(lambda _: ())).basis
    made: list[Basis] = []

    def planned(on: Basis, question: str = "a", *names: str) -> Any:
        def make(base: Basis) -> Any:
            made.append(base)
            return _Planned(base, [Wish(CATALOGUE[name], "employee", "an", TWO_MONTHS)
                                   for name in names or ("orders",)])  # fmt: skip

        return room.plans.of(question, on, make)

    first = planned(basis)
    assert planned(basis) is first
    narrowed = planned(basis.narrowed(frozenset({"sales"})))
    assert narrowed is not first
    assert planned(basis) is first
    assert planned(basis, "b") is not first
    assert len(made) == 3
    timed = planned(basis, "c", "tasks_overdue")
    assert timed.evaluation.is_timed
    assert planned(basis, "c", "tasks_overdue") is not timed


async def test_plans_are_bounded(room: Room) -> None:
    """Those asked for longest ago go first; one that is too large for all stays alone."""
    room.seed.serve(feeds="tasks")
    query_house.furnish(room.seed)
    basis = (await room.read(lambda _: ())).basis
    wish = Wish(CATALOGUE["orders"], "employee", "an", TWO_MONTHS)
    size = Evaluation(basis, [wish]).size
    plans = Plans(most_hashes=2 * size)

    def planned(question: str) -> Any:
        return plans.of(question, basis, lambda base: _Planned(base, [wish]))

    one, two = planned("one"), planned("two")
    assert planned("one") is one
    planned("three")
    assert planned("one") is one
    assert planned("two") is not two
    small = Plans(most_hashes=size - 1)
    alone = small.of("one", basis, lambda base: _Planned(base, [wish]))
    assert small.of("one", basis, lambda base: _Planned(base, [wish])) is alone


class _Planned:
    def __init__(self, basis: Basis, wanted: list[Wish]) -> None:
        self.basis = basis
        self.evaluation = Evaluation(basis, wanted)
