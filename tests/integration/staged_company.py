"""A company in whose stages customers come and go, thrown by a die.

Today is Sunday 2026-11-22. Board is above sales and sales above hanoi; east stands alone. An moves
from hanoi to sales on 10 November with his customers, chi from east to board two days ago. What
the fold would write of it is worked out from docs/rules.md, section 3, by `lines`; who stood where
is told by `standing` and `moves` from nothing but the stories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis

from schemas.calendar import NOW, days_between, parse_time
from schemas.facts import Term
from schemas.tables import COMPANY_ID, NOBODY, dimension
from services.query import lists
from services.query.basis import Basis, Command
from services.query.evaluation import Evaluation, Value, Wish
from services.query.list_sources import Question, moment_of, source_of
from services.query.reader import Reader
from services.query.selection import targets
from services.query.settings import QuerySettings
from tests.integration.query_seed import Line, Seed, customer, department, person

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


SETTINGS: Final = QuerySettings.load(
    {"SALESPULSE_KAFKA_BOOTSTRAP": "none:9092", "SALESPULSE_REDIS_URL": "redis://none"}
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


SALE: Final = At("sales", "an", "")
SOLD: Final = 20261115


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


def furnish(seed: Seed) -> None:
    """Write the tables."""
    seed.serve()
    seed.facts(
        department(1, "board"),
        department(2, "sales", "board"),
        department(3, "hanoi", "sales"),
        department(4, "east"),
        *(person(10 + at, name, *places) for at, (name, places) in enumerate(PLACES.items())),
        Term("relationship:won", 20, profile=(1, "Won!", (), 1, True)),
        Term("relationship:old", 21, profile=(1, "Not in use", (), 2, False)),
        *(customer(number, f"c{number}", NOON, TODAY, "an") for number in STORIES),
    )
    words: dict[Any, Any] = {f"relationship:{stage}": 1 for stage in STAGES if stage}
    seed.redis.hset(seed.keys.words, mapping=words | {"source:web": 1})
    seed.commit(*lines(), Line("revenue|currency:VND", *SALE[:2], SOLD, 700))
