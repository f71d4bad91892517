"""Who stood in a stage at the end of each day, against a plain count of who did."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio

from deploy.local.store import EmbeddedStore
from schemas.calendar import days_between, format_day, parse_day
from schemas.kpis import CATALOGUE
from schemas.tables import COMPANY_ID, Scope, dimension
from services.query.api.kpis import KpiQuestion
from services.query.cohorts.parameters import JourneyParameters
from services.query.evaluation import Wish
from services.query.parameters import KpiParameters
from services.query.periods import Period
from services.query.problems import Problem
from services.query.reports.journey import JourneyQuestion
from tests.integration.query_seed import Clock, Seed
from tests.integration.staged_company import (
    DAYS,
    NOON,
    PLACES,
    SALE,
    SCOPES,
    SETTINGS,
    SOLD,
    STAGES,
    STORIES,
    TODAY,
    Desk,
    furnish,
    ids_of,
    is_in,
    moves,
    standing,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.once]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(store: EmbeddedStore) -> AsyncIterator[Desk]:
    """Give a reader of the tables."""
    seed = Seed(store.url, secrets.randbelow(1_000_000), "acme", Clock(NOON))
    furnish(seed)
    opened = Desk(seed, store.url)
    yield opened
    await opened.redis.aclose()
    seed.close()


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


@pytest.mark.parametrize(
    "asked",
    [
        {"days": 30},
        {"weeks": 2, "department": "sales", "sub": True},
        {"days": 14, "department": "hanoi"},
        {"days": 20, "employee": "an"},
        {"days": 20, "employee": "an", "owner": "now"},
    ],
)
async def test_the_journey_report(desk: Desk, asked: dict[str, Any]) -> None:
    """Day by day and stage by stage it says who stood there; each cell opens into its list."""
    question = JourneyQuestion(JourneyParameters(**asked), SETTINGS)
    reading = await desk.reader.read(desk.seed.partition, desk.seed.tenant, question.plan)
    found = question.answer(reading)
    scope, scope_id = question.scope, question.scope_id
    ids = ids_of(scope, scope_id, asked.get("sub", False))
    days = asked.get("days") or 7 * asked["weeks"]
    assert [row["day"] for row in found["rows"]] == [
        format_day(day) for day in days_between(20261001, TODAY)[-days:]
    ]
    stages = [stage["id"] for stage in found["stages"]]
    assert (stages[0], stages[-1]) == ("won", "")  # of the taxonomy first, none last
    assert stages[1:-1] == sorted({*stages} & {*STAGES} - {""})
    names = [stage["name"] for stage in found["stages"]]
    assert names == ["Won!", *stages[1:-1], "No stage"]
    metric = question.stock.name
    for row in found["rows"]:
        day = parse_day(row["day"])
        expected = Counter(standing(metric, day, scope, ids).values())
        assert row["total"]["value"] == expected.total()
        assert [one["stock"]["value"] for one in row["stages"]] == [expected[one] for one in stages]
        if metric == "customers_in_stage" and day > DAYS[0]:
            came, went = moves(scope, ids, day)
            assert [one["entries"]["value"] for one in row["stages"]] == [came[s] for s in stages]
            assert [one["exits"]["value"] for one in row["stages"]] == [went[s] for s in stages]
        assert row["revenue"]["value"] == (700 if is_in(SALE, scope, ids) and day == SOLD else 0)
    await check_links(desk, found["rows"][-3])
    await check_links(desk, {"stages": [], **found["total"]})
    assert len(found["total"]["cells"]) == 2 + 3 * len(stages)


async def check_links(desk: Desk, row: dict[str, Any]) -> None:
    """See that the list behind each count of a row is as long as it says."""
    cells = [row["total"]] if "total" in row else [c for c in row["cells"] if "facts" in c][1:]
    for cell in [*cells, *(cell for stage in row["stages"] for cell in stage.values())]:
        query = dict(parse_qsl(urlsplit(cell["facts"]).query, keep_blank_values=True))
        period = Period(parse_day(query["from"]), parse_day(query["to"]))
        scope: Scope = query["scope"]
        kpi = CATALOGUE[query["metric"]]
        wish = Wish(kpi, scope, query["id"], period, query.get("sub") == "true")
        assert len(await desk.members(wish, query.get("dimension", ""))) == cell["value"], cell


async def test_a_stock_beside_that_of_the_period_before(desk: Desk) -> None:
    """What is compared are the stocks at the ends of both; days of a stock are not summed up."""
    names = {"metrics": "customers_in_stage", "from": "2026-11-16", "to": "2026-11-25"}
    parameters = KpiParameters(**names, compare="previous")  # type: ignore[arg-type]
    question = KpiQuestion("company", COMPANY_ID, parameters, SETTINGS)
    reading = await desk.reader.read(desk.seed.partition, desk.seed.tenant, question.plan)
    (figure,) = question.answer(reading)["figures"]
    now, before = (
        len(standing("customers_in_stage", day, "company", set())) for day in (TODAY, 20261112)
    )
    assert (figure["value"], figure["elapsed"]["value"]) == (now, now)
    assert (figure["previous"]["value"], figure["change"]) == (before, now - before)
    summed = KpiParameters(**names, sum="days")  # type: ignore[arg-type]
    with pytest.raises(Problem) as refused:
        KpiQuestion("company", COMPANY_ID, summed, SETTINGS).plan(reading.basis)
    assert refused.value.code == "not_additive"


async def test_a_page_of_a_stock_goes_on_where_it_ended(desk: Desk) -> None:
    """A page holds the first rows, in order of customer, and knows how many there are."""
    wish = Wish(CATALOGUE["customers_in_stage"], "company", COMPANY_ID, Period(TODAY, TODAY))
    whole = await desk.members(wish)
    first = await desk.members(wish, limit=4)
    assert [row.key for row in first] == [row.key for row in whole][:4]
    assert len(whole) == len(STORIES)
