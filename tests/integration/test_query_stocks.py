"""Who stood in a stage at the end of each day, against a plain count of who did.

Today is Sunday 2026-11-22. Board is above sales and sales above hanoi; east stands alone. An moves
from hanoi to sales on 10 November with his customers, chi from east to board two days ago. Where
a customer is at the end of a day is thrown by a die; what the fold would write of it is worked
out here from docs/rules.md, section 3, and the stocks from nothing but where they are.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from random import Random
from typing import Any, Final, NamedTuple

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.calendar import NOW, days_between, parse_time
from schemas.kpis import CATALOGUE
from schemas.tables import COMPANY_ID, NOBODY, Scope, dimension
from services.query import lists
from services.query.basis import Basis, Command
from services.query.evaluation import Evaluation, Value, Wish
from services.query.list_sources import Question, moment_of, source_of
from services.query.periods import Period
from services.query.reader import Reader
from services.query.selection import targets
from tests.integration.query_seed import Clock, Line, Seed, customer, department, person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.once]

NOON: Final = parse_time("2026-11-22T05:00:00Z")
TODAY: Final = 20261122
DAYS: Final = days_between(20261020, 20261126)
"""The last four are still to come, but known already."""
PLACES: Final = {
    "an": ((20260101, "hanoi"), (20261110, "sales")),
    "binh": ((20260101, "hanoi"),),
    "chi": ((20260101, "east"), (20261120, "board")),
    "dung": ((20260101, "sales"),),
}
STAGES: Final = ("", "lead", "hot:1", "đã mua")
FIRST_CUSTOMER: Final = 100
SCOPES: Final = (
    *(("company", COMPANY_ID, False),),
    *(("department", name, False) for name in ("board", "sales", "hanoi", "east", NOBODY)),
    ("department", "board", True),
    ("department", "sales", True),
    *(("employee", name, False) for name in (*PLACES, NOBODY)),
)


class At(NamedTuple):
    """Where a customer is at the end of a day."""

    department: str
    employee: str
    stage: str


def department_of(employee: str, day: int) -> str:
    if employee == NOBODY:
        return NOBODY
    return [name for since, name in PLACES[employee] if since <= day][-1]


def story(dice: Random, number: int) -> dict[int, At]:
    """Return where a customer is at the end of each day, from its first one on."""
    found: dict[int, At] = {}
    stage, owner = dice.choice(STAGES), dice.choice([*PLACES, NOBODY])
    for day in DAYS[number % 7 * 3 :]:
        if dice.random() < 0.15:
            stage = dice.choice(STAGES)
        if dice.random() < 0.2:
            owner = dice.choice([*PLACES, NOBODY])
        found[day] = At(department_of(owner, day), owner, stage)
    return found


STORIES: Final = {
    number: story(Random(number), number) for number in range(FIRST_CUSTOMER, FIRST_CUSTOMER + 25)
}


def lines() -> Iterator[Line]:
    """Yield what the fold writes of the stories."""
    for number, where in STORIES.items():
        before: At | None = None
        last = where[DAYS[-1]]
        for day, at in where.items():
            scopes = 7 if before is None else crossed(before, at)
            if at != before:
                yield from listed("journey_entries", at, day, number, scopes)
                if before:
                    yield from listed("journey_exits", before, day, number, scopes)
            if before is None or at.stage != before.stage:
                yield from listed("owned_entries", last._replace(stage=at.stage), day, number)
                if before:
                    yield from listed("owned_exits", last._replace(stage=before.stage), day, number)
            before = at
        yield from listed("customers_assigned", last, NOW, number)


def crossed(before: At, at: At) -> int:
    """Return in which scopes a change is one: of a person, a department, the company."""
    if at.stage != before.stage:
        return 7
    return (at.employee != before.employee) + 2 * (at.department != before.department)


def listed(name: str, at: At, day: int, number: int, scopes: int = 7) -> Iterator[Line]:
    place = (at.department, at.employee, day, 1)
    numbers = (number,) if name == "customers_assigned" else ()
    yield Line(name, *place, numbers, scopes)
    yield Line(f"{name}|{dimension(stage=at.stage)}", *place, (number,), scopes)


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

    async def members(self, wish: Wish, part: str = "", limit: int = 1000) -> list[lists.Row]:
        """Return the list behind a figure, and see that its total is its length."""

        def plan(basis: Basis) -> list[Command]:
            question = Question(wish.kpi, part, "")
            source = source_of(question, wish.period, moment_of(basis))
            within = None if wish.departments is None else tuple(wish.departments)
            ids = targets(basis.org, wish.scope, wish.scope_id, wish.sub)
            whose = lists.Whose(wish.scope, ids, within)
            return [
                lists.command(basis.keys, source, whose, lists.START, limit, 1000),
                lists.numbers_command(basis.keys, source, whose, 1000),
            ]

        reading = await self.reader.read(self.seed.partition, self.seed.tenant, plan)
        total, rows, _ = lists.page(reading.replies[0], limit, 1000)
        whole = lists.all_numbers(reading.replies[1], 1000)
        assert len(whole) == total
        assert [row.key for row in rows] == whole[:limit]
        return rows


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(store: EmbeddedStore) -> AsyncIterator[Desk]:
    """Give a reader of the tables."""
    seed = Seed(store.url, secrets.randbelow(1_000_000), "acme", Clock(NOON))
    seed.serve()
    seed.facts(
        department(1, "board"),
        department(2, "sales", "board"),
        department(3, "hanoi", "sales"),
        department(4, "east"),
        *(person(10 + at, name, *places) for at, (name, places) in enumerate(PLACES.items())),
        *(customer(number, f"c{number}", NOON, TODAY, "an") for number in STORIES),
    )
    words: dict[Any, Any] = {f"relationship:{stage}": 1 for stage in STAGES if stage}
    seed.redis.hset(seed.keys.words, mapping=words | {"source:web": 1})
    seed.commit(*lines())
    opened = Desk(seed, store.url)
    yield opened
    await opened.redis.aclose()
    seed.close()


def ids_of(scope: str, scope_id: str, sub: bool) -> set[str]:
    below = {"board": {"board", "sales", "hanoi"}, "sales": {"sales", "hanoi"}}
    return below[scope_id] if sub else {scope_id}


def is_in(at: At | None, scope: str, ids: set[str]) -> bool:
    """Say whether a customer who is there is in a scope."""
    if at is None:
        return False
    return scope == "company" or (at.department if scope == "department" else at.employee) in ids


def standing(metric: str, day: int, scope: str, ids: set[str]) -> dict[int, str]:
    """Return who stands in a scope at the end of a day, and in which stage."""
    found = {}
    for number, where in STORIES.items():
        at = where.get(min(day, TODAY))
        counts_for = where[DAYS[-1]] if metric.startswith("owned") else at
        if at is not None and is_in(counts_for, scope, ids):
            found[number] = at.stage
    return found


@pytest.mark.parametrize("metric", ["customers_in_stage", "owned_customers_in_stage"])
@pytest.mark.parametrize(("scope", "scope_id", "sub"), SCOPES)
async def test_a_stock_is_who_stood_there(
    desk: Desk, metric: str, scope: Scope, scope_id: str, sub: bool
) -> None:
    """Of each day, in all and by stage, figure and list are who was there at its end."""
    ids = ids_of(scope, scope_id, sub)
    for day in (20261020, 20261031, 20261109, 20261110, 20261119, 20261121, TODAY, 20261130):
        expected = standing(metric, day, scope, ids)
        wish = Wish(CATALOGUE[metric], scope, scope_id, Period(20261001, day), sub)
        total, split = await desk.values(wish, replace(wish, by="stage"))
        assert total.figure["value"] == split.figure["value"] == len(expected), day
        assert {name: one["value"] for name, one in split.by.items()} == Counter(expected.values())
        rows = await desk.members(wish)
        assert {row.key.number for row in rows} == expected.keys(), day
        assert len(rows) == len(expected)
        if metric == "customers_in_stage":
            owners = {row.key.number: row.place for row in rows}
            assert owners == {number: STORIES[number][min(day, TODAY)][:2] for number in expected}
        assert {row.key.day for row in rows} <= {min(day, TODAY)}
        for stage in STAGES:
            found = await desk.members(wish, dimension(stage=stage))
            wanted = [number for number, at in expected.items() if at == stage]
            assert sorted(row.key.number for row in found) == wanted, (day, stage)


@pytest.mark.parametrize("metric", ["customers_in_stage", "owned_customers_in_stage"])
@pytest.mark.parametrize(("scope", "scope_id", "sub"), SCOPES)
async def test_a_series_of_stocks(
    desk: Desk, metric: str, scope: Scope, scope_id: str, sub: bool
) -> None:
    """Each day has its own stock, a month that of its end or of now, a day to come none."""
    ids, period = ids_of(scope, scope_id, sub), Period(20261025, 20261124)
    wishes = [
        Wish(CATALOGUE[metric], scope, scope_id, period, sub, by=by) for by in ("day", "month")
    ]
    days, months = await desk.values(*wishes)
    assert [one["value"] for one in days.by.values()] == [
        len(standing(metric, day, scope, ids)) if day <= TODAY else None
        for day in days_between(*period)
    ]
    assert {name: one["value"] for name, one in months.by.items()} == {
        "2026-10": len(standing(metric, 20261031, scope, ids)),
        "2026-11": len(standing(metric, TODAY, scope, ids)),
    }


def moves(scope: str, ids: set[str], day: int) -> tuple[Counter[str], Counter[str]]:
    """Return who came into the stages of a scope on a day, and who went, as a person sees it."""
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for where in STORIES.values():
        at, before = where.get(day), where.get(DAYS[DAYS.index(day) - 1]) if day > DAYS[0] else None
        is_here, was_here = is_in(at, scope, ids), is_in(before, scope, ids)
        is_moved = at is None or before is None or at.stage != before.stage
        if at is not None and is_here and (not was_here or is_moved):
            came[at.stage] += 1
        if before is not None and was_here and (not is_here or is_moved):
            went[before.stage] += 1
    return came, went


@pytest.mark.parametrize(("scope", "scope_id", "sub"), SCOPES)
async def test_who_moves_within_a_scope_does_not_come_or_go(
    desk: Desk, scope: Scope, scope_id: str, sub: bool
) -> None:
    """Flows count who crosses the border of the scope or a stage, and their lists hold the same."""
    ids, period = ids_of(scope, scope_id, sub), Period(20261030, 20261112)
    for at, name in enumerate(("journey_entries", "journey_exits")):
        kpi = CATALOGUE[name]
        by_day = [moves(scope, ids, day)[at] for day in days_between(*period)]
        expected: Counter[str] = sum(by_day, Counter())
        wishes = [Wish(kpi, scope, scope_id, period, sub, by=by) for by in ("", "day", "stage")]
        total, days, split = await desk.values(*wishes)
        assert total.figure["value"] == expected.total()
        assert [one["value"] for one in days.by.values()] == [one.total() for one in by_day]
        stages = {stage: one["value"] for stage, one in split.by.items() if one["value"]}
        assert stages == expected
        rows = await desk.members(wishes[0])
        assert len(rows) == expected.total()
        parts = Counter(row.key.part for row in rows)
        assert parts == {f"{name}|{dimension(stage=one)}": n for one, n in expected.items()}
        for stage in STAGES:
            assert len(await desk.members(wishes[0], dimension(stage=stage))) == expected[stage]


@pytest.mark.parametrize(
    "metric",
    ["customers_in_stage", "owned_customers_in_stage", "journey_entries", "journey_exits",
     "owned_entries", "owned_exits"],
)  # fmt: skip
@pytest.mark.parametrize("departments", [{"hanoi"}, {"sales"}, {"hanoi", "sales"}, {"board"}])
async def test_of_a_person_what_counts_for_departments(
    desk: Desk, metric: str, departments: set[str]
) -> None:
    """Of those who moved the list holds what counts for the departments asked for (G13)."""
    counted = 0
    for person_id in PLACES:
        for period in (
            Period(20261101, 20261109),
            Period(20261101, 20261110),
            Period(20261110, 20261121),
        ):
            wish = Wish(
                CATALOGUE[metric],
                "employee",
                person_id,
                period,
                departments=frozenset(departments),
            )
            value = (await desk.values(wish))[0].figure["value"]
            rows = await desk.members(wish)
            assert len(rows) == value, (person_id, period)
            assert {row.place for row in rows} <= {(name, person_id) for name in departments}
            counted += value
    assert counted


async def test_a_page_of_a_stock_goes_on_where_it_ended(desk: Desk) -> None:
    """A page holds the first rows, in order of customer, and knows how many there are."""
    wish = Wish(CATALOGUE["customers_in_stage"], "company", COMPANY_ID, Period(TODAY, TODAY))
    whole = await desk.members(wish)
    first = await desk.members(wish, limit=4)
    assert [row.key for row in first] == [row.key for row in whole][:4]
    assert len(whole) == len(STORIES)
