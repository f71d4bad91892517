"""Every kind of figure, out of tables written by hand; the arithmetic stands beside each number.

Today is Sunday 2026-11-22, noon in Ho Chi Minh City. Board is above sales (an), sales above hanoi
(binh); ceo is in board. Tasks, customers and the rest are in `furnish`.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.calendar import NOW, parse_time
from schemas.facts import Task, Term
from schemas.kpis import CATALOGUE
from services.query.evaluation import Evaluation, Value, Wish, next_due
from services.query.periods import Period
from services.query.reader import Reader
from tests.integration.query_seed import Clock, Line, Seed, department, person

NOON = parse_time("2026-11-22T05:00:00Z")
TODAY = 20261122
HOUR = 3_600_000
NOVEMBER = Period(20261101, 20261130)
SO_FAR = Period(20261101, TODAY)
TWO_MONTHS = Period(20261001, 20261130)
FEEDS = "contracts,inventory,messages,products,tasks"


def furnish(seed: Seed) -> None:
    """Write the tables."""
    seed.serve(feeds=FEEDS, modules_off="messages", locks="[[20261001,20261031]]")
    seed.facts(
        department(1, "board"),
        department(2, "sales", "board"),
        department(3, "hanoi", "sales"),
        person(4, "an", (20260101, "sales")),
        person(5, "binh", (20260101, "hanoi")),
        person(6, "ceo", (20260101, "board")),
        Term("relationship:hot", 7, profile=(1, "Hot", ("mql",), 0, True)),
        Term("relationship:won", 8, profile=(1, "Won", ("sql",), 1, True)),
        Task("t16", 16, start=(1, 20260905), end=(1, 20260909, 0)),
        Term("metric:revenue", 9, definition=(1, "What we took.")),
    )
    seed.commit(*tasks(), *orders(), *others())
    seed.visits("orders", "sales", "an", 20261105, 1, 2)
    seed.visits("orders", "sales", "an", 20261120, 1)
    seed.visits("orders", "hanoi", "binh", 20261120, 2, 3)
    seed.visits("orders_approved", "sales", "an", 20261105, 1)
    seed.visits("orders_approved", "sales", "an", 20261120, 1)
    seed.visits("orders_approved", "hanoi", "binh", 20261120, 2)
    seed.visits("orders@created_at", "sales", "an", 20261101, 1)
    seed.visits("products_orders", "sales", "an", 20261105, 1)
    seed.visits("products_orders", "sales", "an", 20261105, 1, of="p:1")
    seed.visits("products_orders", "hanoi", "binh", 20261105, 2)
    seed.visits("products_orders", "hanoi", "binh", 20261105, 2, of="p:1")
    seed.visits("calls_outbound", "sales", "an", 20261105, 1)
    seed.visits("tasks_starting", "sales", "an", 20261110, 1)
    seed.visits("tasks_ending", "hanoi", "binh", 20261105, 4)
    seed.visits("messages_sent", "hanoi", "binh", 20261105, 9)
    seed.scores("customers_contacted", "sales", "an", n1=TODAY, n2=20261101, n3=0)
    seed.scores("customers_contacted", "hanoi", "binh", n4=20251122)
    seed.scores("persons_born", "sales", "an", n1=20081122, n2=20081123, n3=0)
    seed.scores("tasks_due", "sales", "an", n11=NOON - 1, n12=NOON)
    seed.scores("tasks_due", "hanoi", "binh", n11=NOON - 1)
    seed.scores("calls_running", "sales", "an", n51=NOON - HOUR, n52=NOON - 4 * HOUR - 1)
    seed.scores("calls_running", "hanoi", "binh", n53=NOON - 3 * HOUR)
    seed.visits("calls_attempted", "sales", "an", 20261105, 1, 2)
    seed.visits("calls_attempted", "hanoi", "binh", 20261106, 2)


def tasks() -> Iterator[Line]:
    """t11: an and binh, 20-22 Nov. t12: an, from 10 Nov. t13: binh, 30 Oct - 5 Nov.

    t16: an and binh, 5-9 September; by the 9th binh is in sales too.
    """
    for employee, place, scopes in (("an", "sales", 7), ("binh", "hanoi", 3)):
        yield Line("tasks_starting", place, employee, 20261120, 1, (11,), scopes)
        yield Line("tasks_starting|end:20261122", place, employee, 20261120, 1, (), scopes)
        yield Line("tasks_ending", place, employee, 20261122, 1, (11,), scopes)
        yield Line("tasks_completed", place, employee, 20261121, 1, (11,), scopes)
        yield Line("tasks_completed|project:x", place, employee, 20261121, 1, (11,), scopes)
        yield Line("tasks_open", place, employee, NOW, 1, (11,), scopes)
    yield Line("tasks_starting", "sales", "an", 20260905, 1, (16,), 7)
    yield Line("tasks_starting|end:20260909", "sales", "an", 20260905, 1, (), 7)
    yield Line("tasks_starting", "hanoi", "binh", 20260905, 1, (16,), 3)
    yield Line("tasks_starting|end:20260909", "hanoi", "binh", 20260905, 1, (), 3)
    yield Line("tasks_ending", "sales", "an", 20260909, 1, (16,), 7)
    yield Line("tasks_ending", "sales", "binh", 20260909, 1, (16,), 1)
    yield Line("tasks_starting", "sales", "an", 20261110, 1, (12,))
    yield Line("tasks_completed", "sales", "an", 20261110, 1, (12,))
    yield Line("tasks_completed|project:", "sales", "an", 20261110, 1, (12,))
    yield Line("tasks_starting", "hanoi", "binh", 20261030, 1, (13,))
    yield Line("tasks_starting|end:20261105", "hanoi", "binh", 20261030, 1)
    yield Line("tasks_ending", "hanoi", "binh", 20261105, 1, (13,))
    yield Line("emails_opened", "board", "ceo", 20261105, 2, (14, 15))


def orders() -> Iterator[Line]:
    """Three orders of an, two of binh; revenue in two currencies."""
    yield Line("orders_with_customer", "sales", "an", 20261105, 3)
    yield Line("orders_with_customer", "hanoi", "binh", 20261120, 2)
    yield Line("orders", "sales", "an", 20261105, 3, (21, 22, 23))
    yield Line("orders@created_at", "sales", "an", 20261101, 1, (21,))
    yield Line("revenue|currency:VND", "sales", "an", 20261105, 900)
    yield Line("revenue|currency:VND,source:web", "sales", "an", 20261105, 900)
    yield Line("revenue|currency:USD", "sales", "an", 20261105, 7)
    yield Line("products_quantity", "sales", "an", 20261105, 2500)
    yield Line("products_quantity|product:p1", "sales", "an", 20261105, 2500)
    yield Line("revenue|currency:VND", "sales", "an", 20261010, 100)
    yield Line("orders_approved", "sales", "an", 20261010, 4)


def others() -> Iterator[Line]:
    """Contracts that end, stages that are entered, new customers."""
    yield Line("contracts_ending", "sales", "an", 20261121, 1, (31,))
    yield Line("contracts_ending", "sales", "an", TODAY, 1, (32,))
    yield Line("contracts_ending", "sales", "an", 20261130, 1, (33,))
    yield Line("stage_entries", "sales", "an", 20261105, 5, (41,))
    yield Line("stage_entries|stage:hot", "sales", "an", 20261105, 3, (41,))
    yield Line("stage_entries|stage:won", "sales", "an", 20261105, 2, (41,))
    yield Line("customers_new", "sales", "an", 20261105, 4, (41,))
    yield Line("customers_reached", "sales", "an", 20261105, 2, (41,))
    yield Line("customers_reached|stage:hot", "sales", "an", 20261105, 1, (41,))
    yield Line("calls_outbound", "sales", "an", 20261105, 1, (42,))


pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.once]


class Desk:
    """A reader of the tables."""

    def __init__(self, seed: Seed, url: str) -> None:
        self.seed = seed
        self.redis: Redis = Redis.from_url(url, protocol=2)
        self.reader = Reader(self.redis, seed.clock)

    async def values(self, *wishes: Wish) -> list[Value]:
        """Evaluate wishes together."""
        reading = await self.reader.read(
            self.seed.partition, self.seed.tenant, lambda basis: Evaluation(basis, wishes).commands
        )
        return Evaluation(reading.basis, wishes).answer(reading.replies)

    async def value(self, metric: str, place: str, period: Period, **more: Any) -> Value:
        """Evaluate one figure; the place is 'department/sales', with '+' for those below too."""
        scope, _, scope_id = place.partition("/")
        sub = scope_id.endswith("+")
        wish = Wish(CATALOGUE[metric], scope, scope_id.rstrip("+"), period, sub, **more)  # type: ignore[arg-type]
        return (await self.values(wish))[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(store: EmbeddedStore) -> AsyncIterator[Desk]:
    """Give a reader of the tables."""
    seed = Seed(store.url, secrets.randbelow(1_000_000), "acme", Clock(NOON))
    furnish(seed)
    desk = Desk(seed, store.url)
    yield desk
    await desk.redis.aclose()
    seed.close()


@pytest.mark.parametrize(
    ("metric", "place", "period", "value"),
    [
        # tasks of a period: those that start and those that end, less those that do both
        ("tasks", "employee/an", SO_FAR, 2),  # t11, t12: (2 + 1) - 1
        ("tasks", "employee/binh", SO_FAR, 2),  # t11, t13: (1 + 2) - 1; t13 starts in October
        ("tasks", "employee/binh", TWO_MONTHS, 2),  # t11, t13: (2 + 2) - 2
        ("tasks", "employee/an", Period(20261121, TODAY), 1),  # t11 ends
        ("tasks", "department/sales", SO_FAR, 2),  # t11, t12
        ("tasks", "department/sales+", SO_FAR, 3),  # t11 (of both), t12, t13
        ("tasks", "department/board+", SO_FAR, 3),  # the whole company
        ("tasks", "company/all", TWO_MONTHS, 3),
        ("tasks", "department/sales+", Period(20260901, 20260930), 1),  # t16, where it ends
        ("tasks", "department/sales+", Period(20260901, 20260908), 1),  # t16 starts, in both
        # what does not add over people, in a subtree
        ("tasks_completed", "department/sales+", SO_FAR, 2),  # t11 once, t12
        ("tasks_completed", "company/all", SO_FAR, 2),
        ("tasks_open", "department/sales+", SO_FAR, 1),
        ("tasks_open", "company/all", SO_FAR, 1),
        # distinct customers
        ("customers_ordering", "employee/an", NOVEMBER, 2),  # 1, 2
        ("customers_ordering", "employee/an", Period(20261120, 20261120), 1),  # 1
        ("customers_ordering", "department/sales+", NOVEMBER, 3),  # 1, 2 (of both), 3
        ("customers_ordering", "company/all", NOVEMBER, 3),
        ("customers_buying", "company/all", NOVEMBER, 2),  # 1, 2
        ("customers_single", "company/all", NOVEMBER, 1),  # 2
        ("customers_repeat", "company/all", NOVEMBER, 1),  # 1 on the 5th and the 20th
        ("customers_repeat", "company/all", Period(20261101, 20261119), 0),
        ("customers_interacted", "company/all", NOVEMBER, 2),  # 1, 4; messages are off
        ("products_customers", "company/all", NOVEMBER, 2),
        # timed: at this moment
        ("customers_by_last_contact", "employee/an", SO_FAR, 3),
        ("persons_by_age", "company/all", SO_FAR, 3),
        ("tasks_overdue", "employee/an", SO_FAR, 1),  # t12 is due now, not over
        ("tasks_overdue", "company/all", SO_FAR, 1),  # t11 of both counts once
        ("calls_running", "employee/an", SO_FAR, 1),  # the other one was lost
        ("calls_running", "company/all", SO_FAR, 2),
        ("customers_dialled", "department/sales+", NOVEMBER, 2),  # 2 by both
        ("customers_dialled", "employee/binh", NOVEMBER, 1),
        ("customers_spoken_with", "company/all", NOVEMBER, 1),
        # ended: clipped at today
        ("contracts_expired", "employee/an", NOVEMBER, 1),  # 21st
        ("contracts_expiring", "employee/an", NOVEMBER, 2),  # 22nd, 30th
        ("contracts_expiring", "employee/an", Period(20261101, 20261121), 0),
        ("contracts_expired", "employee/an", Period(TODAY, 20261130), 0),
        # tagged: by the terms
        ("mql_entries", "company/all", NOVEMBER, 3),
        ("sql_entries", "company/all", NOVEMBER, 2),
        ("leads_inbound", "company/all", NOVEMBER, 0),  # no source carries the tag
        # parts: 1 call + 2 mails + 3 tasks; messages and notes are not there
        ("interactions", "company/all", SO_FAR, 6),
        # pieces out of thousandths
        ("products_quantity", "company/all", NOVEMBER, 2.5),
        # ratios
        ("orders_per_customer", "company/all", NOVEMBER, 5 / 3),
        ("goal_conversion_rate", "company/all", NOVEMBER, 0.5),
        ("average_order_value", "company/all", Period(20261001, 20261031), 25),
        # not available: never sent, or switched off
        ("notes_added", "company/all", NOVEMBER, None),
        ("messages_sent", "company/all", NOVEMBER, None),
        ("collections", "company/all", NOVEMBER, None),
    ],
)
async def test_the_value_of_each_kind(
    desk: Desk, metric: str, place: str, period: Period, value: Any
) -> None:
    """A figure is what was worked out by hand."""
    assert (await desk.value(metric, place, period)).figure["value"] == value


@pytest.mark.parametrize(
    ("metric", "place", "period", "by", "values"),
    [
        (
            "tasks",
            "department/sales+",
            Period(20261105, 20261122),
            "day",
            {"2026-11-05": 1, "2026-11-10": 1, "2026-11-20": 1, "2026-11-22": 1},
        ),
        ("tasks", "employee/an", SO_FAR, "day",
         {"2026-11-10": 1, "2026-11-20": 1, "2026-11-22": 1}),
        ("tasks", "department/sales+", TWO_MONTHS, "month", {"2026-10": 1, "2026-11": 3}),
        ("tasks", "employee/binh", TWO_MONTHS, "month", {"2026-10": 1, "2026-11": 2}),
        ("tasks_completed", "department/sales+", SO_FAR, "project", {"": 1, "x": 1}),
        ("tasks_completed", "employee/binh", SO_FAR, "project", {"x": 1}),
        ("customers_ordering", "company/all", SO_FAR, "day", {"2026-11-05": 2, "2026-11-20": 3}),
        ("customers_repeat", "company/all", TWO_MONTHS, "month", {"2026-11": 1}),
        ("customers_interacted", "company/all", NOVEMBER, "interaction", {"call": 1, "task": 2}),
        ("products_customers", "company/all", NOVEMBER, "product", {"p:1": 2}),
        (
            "customers_by_last_contact",
            "company/all",
            SO_FAR,
            "band",
            {"0-6": 1, "14-29": 1, "90+": 1, "never": 1},
        ),
        ("persons_by_age", "employee/an", SO_FAR, "band", {"0-17": 1, "18-24": 1, "unknown": 1}),
        ("goal_conversion_rate", "company/all", NOVEMBER, "stage", {"hot": 0.25}),
        ("revenue", "company/all", NOVEMBER, "source", {"web": 900}),
        ("products_quantity", "company/all", NOVEMBER, "product", {"p1": 2.5}),
        ("interactions", "employee/an", SO_FAR, "day",
         {"2026-11-05": 1, "2026-11-10": 1, "2026-11-20": 1, "2026-11-22": 1}),
        ("mql_entries", "company/all", NOVEMBER, "day", {"2026-11-05": 3}),
        ("contracts_expiring", "company/all", NOVEMBER, "day",
         {"2026-11-22": 1, "2026-11-30": 1}),
        ("tasks_open", "department/sales+", SO_FAR, "day", {"now": 1}),
        ("tasks_overdue", "company/all", SO_FAR, "month", {"now": 1}),
    ],
)  # fmt: skip
async def test_each_kind_broken_down(  # noqa: PLR0917 - one column each
    desk: Desk, metric: str, place: str, period: Period, by: str, values: dict[str, Any]
) -> None:
    """The points with a value are those worked out by hand."""
    found = (await desk.value(metric, place, period, by=by)).by
    assert {point: one["value"] for point, one in found.items() if one["value"]} == values


async def test_points_of_a_series_are_all_there(desk: Desk) -> None:
    """Days that are over have 0, days to come nothing, in order."""
    found = (await desk.value("tasks", "company/all", Period(20261121, 20261123), by="day")).by
    assert [(day, one["value"]) for day, one in found.items()] == [
        ("2026-11-21", 0),
        ("2026-11-22", 1),
        ("2026-11-23", None),
    ]


async def test_what_is_not_available_says_so(desk: Desk) -> None:
    """A figure without its feed is no zero; a sum of parts names which part is missing."""
    found = await desk.value("notes_added", "company/all", NOVEMBER)
    assert found.figure == {"value": None, "why": "not_available"}
    parts = (await desk.value("interactions", "company/all", SO_FAR)).figure["parts"]
    assert parts == {
        "emails_opened": 2,
        "messages_sent": None,
        "calls_outbound": 1,
        "notes_added": None,
        "tasks": 3,
    }


async def test_another_date_basis(desk: Desk) -> None:
    """Orders by creation are others than by order date, and so are their customers."""
    place = ("employee/an", Period(20261101, 20261101))
    assert (await desk.value("orders", *place)).figure["value"] == 0
    found = [
        (await desk.value(metric, *place, basis="created_at")).figure["value"]
        for metric in ("orders", "customers_ordering")
    ]
    assert found == [1, 1]


async def test_only_what_counts_for_some_departments(desk: Desk) -> None:
    """Of a person those tasks and customers that are of the departments asked for."""
    for departments, counts in ((frozenset({"sales"}), (2, 2)), (frozenset({"hanoi"}), (0, 0))):
        found = [
            (await desk.value(metric, "employee/an", SO_FAR, departments=departments)).figure
            for metric in ("tasks", "customers_ordering")
        ]
        assert tuple(one["value"] for one in found) == counts


async def test_what_came_late_stands_beside(desk: Desk) -> None:
    """Of October's 100 dong 30 came after the lock; of 4 orders one, for the company too."""
    october = Period(20261001, 20261031)
    desk.seed.late(Line("revenue|currency:VND", "sales", "an", 20261010, 30))
    desk.seed.late(Line("revenue|currency:VND,source:web", "sales", "an", 20261010, 30))
    desk.seed.late(Line("revenue|currency:USD", "sales", "an", 20261010, -2))
    desk.seed.late(Line("orders_approved", "sales", "an", 20261010, 1))
    desk.seed.late(Line("tasks_starting", "hanoi", "binh", 20261030, 1, scopes=3))
    for place in ("employee/an", "department/sales", "company/all", "department/board+"):
        figure = (await desk.value("revenue", place, october)).figure
        assert (figure["locked"], figure["late"], figure["value_at_lock"]) == (True, 30, 70)
        assert figure["late_others"] == [{"value": -2, "currency": "USD"}]
    mean = (await desk.value("average_order_value", "company/all", october)).figure
    assert mean["value_at_lock"] is None  # two dollars were among the orders then
    tasks_late = {
        place: (await desk.value("tasks", place, october)).figure.get("late")
        for place in ("employee/binh", "department/hanoi", "company/all", "department/sales+")
    }
    assert tasks_late == {
        "employee/binh": 1,
        "department/hanoi": 1,
        "company/all": 0,
        "department/sales+": None,
    }
    assert "locked" not in (await desk.value("revenue", "employee/an", NOVEMBER)).figure


async def test_when_a_figure_moves_by_the_clock_alone(desk: Desk) -> None:
    """A task is overdue once it is due, a call is lost four hours after it began."""
    found = []
    for names in (["tasks_overdue"], ["calls_running"], ["calls_running", "tasks_overdue"], []):
        wishes = [Wish(CATALOGUE[name], "company", "all", SO_FAR) for name in names]
        reading = await desk.reader.read(
            desk.seed.partition,
            desk.seed.tenant,
            lambda basis, wishes=wishes: [next_due(basis, wishes)],  # type: ignore[misc]
        )
        found.append(reading.replies[0])
    assert found == [NOON, NOON + HOUR, NOON, None]


async def test_wishes_share_what_they_read(desk: Desk) -> None:
    """The same hash is read once for all, and every wish gets its own answer."""
    names = ["orders_with_customer", "calls_outbound", "orders_per_customer", "customers_ordering"]
    wishes = [Wish(CATALOGUE[name], "company", "all", NOVEMBER) for name in names]
    reading = await desk.reader.read(
        desk.seed.partition, desk.seed.tenant, lambda basis: Evaluation(basis, wishes).commands
    )
    evaluation = Evaluation(reading.basis, wishes)
    cells, visits = (orjson.loads(command[-1]) for command in evaluation.commands)
    assert [len(group["keys"]) for group in cells] == [1]
    assert len(visits["keys"]) == len(set(visits["keys"])) == len(reading.basis.pairs.raw)
    values = [one.figure["value"] for one in evaluation.answer(reading.replies)]
    assert values == [5, 1, 5 / 3, 3]
