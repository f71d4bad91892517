"""What an open stream shows when the clock moves, and what it can follow at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.calendar import parse_time
from schemas.kpis import CATALOGUE
from tests.integration.query_house import NOON, TODAY, House, open_house
from tests.integration.query_listener import listening, values
from tests.integration.query_seed import Line

pytestmark = pytest.mark.once

SALES = {"scope": "department", "id": "sales"}
COMPANY = {"scope": "company", "id": "all"}
OVERDUE = "tasks_overdue"


@pytest.fixture
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company, which has tasks: 31 of an and binh is due in two seconds."""
    async with open_house(broker, store.url) as opened:
        opened.seed.serve(feeds="tasks")
        for place, person in (("sales", "an"), ("hanoi", "binh")):
            opened.seed.scores("tasks_due", place, person, n31=NOON + 2000)
            opened.seed.commit(Line("tasks_created", place, person, 20261120, 1, (31,), 3))
        yield opened


def finish(house: House) -> str:
    """Complete task 31: it is due no more."""
    keys = house.seed.keys
    for place, person in (("sales", "an"), ("hanoi", "binh")):
        house.seed.redis.zrem(keys.scored("tasks_due", place, person), "31")
    return house.seed.commit(
        Line("tasks_completed", "sales", "an", TODAY, 1, (31,), 3),
        Line("tasks_completed", "hanoi", "binh", TODAY, 1, (31,), 3),
        Line("tasks_completed", "-", "-", TODAY, 1, (), 4),
    )


@pytest.mark.parametrize(
    ("place", "subjects"),
    [
        ({"scope": "employee", "id": "an"}, {"an"}),
        (SALES, {"sales", "an"}),
        (SALES | {"sub": "true"}, {"sales", "an", "binh"}),
        (COMPANY, {"all"}),
    ],
    ids=["employee", "department", "with those below", "company"],
)
async def test_a_deadline_passes_without_an_event(
    house: House, place: dict[str, str], subjects: set[str]
) -> None:
    """A task is overdue a moment after its deadline, for everybody it counts for, once."""
    async with listening(house, **place, metrics=OVERDUE) as listener:
        snapshot = await listener.until("snapshot")
        assert snapshot.data["figures"] == [
            {"metric": OVERDUE, "unit": "count", "value": 0, "day": "now"}
        ]
        house.clock.at_ms = NOON + 2001
        change = await listener.until("change")
        assert change.id == snapshot.id == change.data["version"]
        assert values(change.data["cells"]) == {(whose, OVERDUE): 1 for whose in subjects}
        for cell in change.data["cells"]:
            assert (cell["day"], cell["previous"]) == ("now", 0)
            assert (cell["cause"], cell["restated"]) == ("clock", False)
        version = finish(house)
        change = await listener.until("change")
        assert change.id == version
        assert values(change.data["cells"]) == {(whose, OVERDUE): 0 for whose in subjects}
        assert {cell["cause"] for cell in change.data["cells"]} == {f"event-{house.seed.offset}"}


async def test_a_task_of_two_departments_counts_once(house: House) -> None:
    """With those below, what an and binh did together is one task of sales, and one of each."""
    async with listening(house, **SALES, sub="true", metrics="tasks_completed") as listener:
        await listener.until("snapshot")
        finish(house)
        found: dict[Any, Any] = {}
        while ("sales", "tasks_completed") not in found:
            found |= values((await listener.until("change")).data["cells"])
    assert found == {(whose, "tasks_completed"): 1 for whose in ("sales", "an", "binh")}


async def test_bands_roll_at_midnight(house: House) -> None:
    """Six days without a contact become seven at the tenant's midnight; today begins at 0."""
    house.seed.scores("customers_contacted", "sales", "an", n16=20261116)
    house.clock.at_ms = parse_time("2026-11-22T16:59:59Z")
    house.seed.beat()
    metrics = "customers_by_last_contact,calls_outbound"
    async with listening(house, scope="employee", id="an", metrics=metrics) as listener:
        assert bands((await listener.until("snapshot")).data) == ({"0-6": 1}, 1)
        house.clock.at_ms = parse_time("2026-11-22T17:00:00Z")
        assert bands((await listener.until("snapshot")).data) == ({"7-13": 1}, 0)


def bands(snapshot: dict[str, Any]) -> tuple[dict[str, int], int]:
    """Return the bands that have somebody, and the calls of today."""
    care, calls = snapshot["figures"]
    return {one["dimension_value"]: one["value"] for one in care["by"] if one["value"]}, calls[
        "value"
    ]


async def test_what_was_missed_includes_what_fell_due(house: House) -> None:
    """A listener that was away is told what is overdue, although no event said so."""
    async with listening(house, **SALES, metrics=OVERDUE) as keeper:
        async with listening(house, **SALES, metrics=OVERDUE) as listener:
            version = (await listener.until("snapshot")).id
        house.clock.at_ms = NOON + 2001
        await keeper.until("change")
        async with listening(house, version, **SALES, metrics=OVERDUE) as listener:
            change = await listener.next()
    assert change.name == "change"
    assert values(change.data["cells"])["sales", OVERDUE] == 1


async def test_what_is_not_streamed_is_refused(house: House) -> None:
    """Counts of different customers cannot be followed: 422 names them before the first byte."""
    headers = {"Authorization": f"Bearer {house.key}"}
    wanted = {**COMPANY, "metrics": "revenue,customers_buying,orders_per_customer"}
    async with httpx.AsyncClient(base_url=house.url, timeout=60) as client:
        answer = await client.get("/v1/stream", params=wanted, headers=headers)
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["parameter"]) == ("not_streamed", "metrics")
    assert problem["metrics"] == ["customers_buying", "orders_per_customer"]


@pytest.mark.parametrize("asked", [{"dimension": "source:web"}, {"by": "source"}], ids=str)
async def test_parts_are_not_streamed(house: House, asked: dict[str, str]) -> None:
    """Whoever asks for the parts of a figure is told so, not shown the whole in their place."""
    headers = {"Authorization": f"Bearer {house.key}"}
    async with httpx.AsyncClient(base_url=house.url, timeout=60) as client:
        answer = await client.get("/v1/stream", params={**COMPANY, **asked}, headers=headers)
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["parameter"]) == ("unknown_parameter", *asked)


async def test_without_metrics_everything_that_can_be_followed_is_shown(house: House) -> None:
    """By default the scope has all that is streamed, its people what adds over people."""
    async with listening(house, **SALES) as listener:
        body = (await listener.until("snapshot")).data
    streamed = [kpi for kpi in CATALOGUE.values() if kpi.streamed]
    assert [row["metric"] for row in body["figures"]] == [kpi.name for kpi in streamed]
    for person in body["employees"]:
        assert [row["metric"] for row in person["figures"]] == [
            kpi.name for kpi in streamed if kpi.adds_over_people
        ]
