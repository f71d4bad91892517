"""Tasks of several people in several departments: any tables, against counting one by one."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.calendar import parse_time
from schemas.facts import Task
from schemas.kpis import CATALOGUE
from services.query.evaluation import Evaluation, Wish
from services.query.periods import Period
from services.query.reader import Reader
from tests.integration.query_seed import Clock, Line, Seed, department, person

pytestmark = pytest.mark.once

NOON = parse_time("2026-11-22T05:00:00Z")
BELOW_SALES = frozenset({"sales", "hanoi", "hue"})
DAYS = (20261029, 20261030, 20261031, 20261101, 20261102, 20261103)
RANGES = (Period(20261030, 20261102), Period(20261101, 20261130), Period(20261001, 20261031))

Places = dict[str, str]
"""Employee -> department."""


class Plan(NamedTuple):
    """One task: when it starts and ends (0 = never), and where its people were on these days."""

    start: int
    end: int
    at_start: Places
    at_end: Places


def plans() -> st.SearchStrategy[list[Plan]]:
    people = st.dictionaries(
        st.sampled_from(["an", "binh", "chi"]),
        st.sampled_from(["board", "sales", "hanoi", "hue"]),
        min_size=1,
    )
    day = st.sampled_from((0, *DAYS))
    made = st.builds(Plan, day, day, people, people)
    return st.lists(made.filter(lambda plan: plan.end == 0 or plan.start <= plan.end), max_size=6)


def lines(number: int, plan: Plan) -> Iterator[Line]:
    """Contribute a task as docs/rules.md says: each department once, the company once."""
    for way, day, places in (
        ("starting", plan.start, plan.at_start),
        ("ending", plan.end, plan.at_end),
    ):
        seen: set[str] = set()
        for at, (who, where) in enumerate(sorted(places.items()) if day else ()):
            scopes = 1 + 2 * (where not in seen) + 4 * (at == 0)
            seen.add(where)
            yield Line(f"tasks_{way}", where, who, day, 1, (number,), scopes)
            if way == "starting" and plan.end:
                yield Line(f"tasks_starting|end:{plan.end}", where, who, day, 1, (), scopes)


def is_in(day: int, period: Period) -> bool:
    return period.first <= day <= period.last


def counted(plan: Plan, period: Period) -> bool:
    """Say whether a task counts for sales and below: where it ends, else where it starts."""
    if is_in(plan.end, period):
        return bool(BELOW_SALES & set(plan.at_end.values()))
    return is_in(plan.start, period) and bool(BELOW_SALES & set(plan.at_start.values()))


async def read(seed: Seed, url: str, wishes: list[Wish]) -> list[dict[str, int | None]]:
    """Evaluate; return the total as '', and the points."""
    redis: Redis = Redis.from_url(url, protocol=2)
    try:
        reading = await Reader(redis, seed.clock).read(
            seed.partition, seed.tenant, lambda basis: Evaluation(basis, wishes).commands
        )
        values = Evaluation(reading.basis, wishes).answer(reading.replies)
    finally:
        await redis.aclose()
    return [
        {"": one.figure["value"], **{point: told["value"] for point, told in one.by.items()}}
        for one in values
    ]


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tasks=plans())
def test_a_subtree_counts_each_task_once(store: EmbeddedStore, tasks: list[Plan]) -> None:
    """In all, by day and by month, however people share tasks and move while they run."""
    seed = Seed(store.url, secrets.randbelow(1_000_000_000), "acme", Clock(NOON))
    seed.serve(feeds="tasks")
    parents = {"board": None, "sales": "board", "hanoi": "sales", "hue": "sales"}
    seed.facts(*(department(n + 1, name, up) for n, (name, up) in enumerate(parents.items())))
    seed.facts(person(9, "an", (20260101, "sales")))
    for number, plan in enumerate(tasks, start=100):
        seed.facts(Task(f"t{number}", number, start=(1, plan.start), end=(1, plan.end, 0)))
        seed.commit(*lines(number, plan))
    kpi = CATALOGUE["tasks"]
    for period in RANGES:
        wishes = [
            Wish(kpi, "department", "sales", period, sub=True, by=by) for by in ("", "day", "month")
        ]
        total, by_day, by_month = asyncio.run(read(seed, store.url, wishes))
        expected = sum(counted(plan, period) for plan in tasks)
        assert total[""] == by_day[""] == by_month[""] == expected
        for day in (day for day in DAYS if is_in(day, period)):
            text = f"{day // 10000}-{day // 100 % 100}-{day % 100:02d}"
            assert by_day[text] == sum(counted(plan, Period(day, day)) for plan in tasks)
        for month in {day // 100 for day in DAYS if is_in(day, period)}:
            own = Period(max(period.first, month * 100 + 1), min(period.last, month * 100 + 31))
            expected = sum(counted(plan, own) for plan in tasks)
            assert by_month[f"{month // 100}-{month % 100}"] == expected
    seed.close()
