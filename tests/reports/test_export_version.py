"""An export has the rows of one version, whatever happens while it is written."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.local.store import EmbeddedStore
from schemas.facts import Amount, Order
from services.query import export_facts
from services.query.api.facts import FactsQuestion
from services.query.app import make_services
from services.query.export import Sheet
from services.query.export_facts import facts_sheet
from services.query.names import Sight
from services.query.parameters import FactsParameters
from services.query.problems import Problem
from services.query.services import Services
from services.query.settings import QuerySettings
from tests.integration.query_seed import Clock, Line, Seed
from tests.reports.export_child import NOON

DAY = 20261122
COUNT = 7

SEEN = Sight(has_phones=True)


def order(number: int) -> Order:
    return Order(
        f"o{number}",
        number,
        created=(1, NOON, DAY),
        order_day=(1, DAY),
        owner=(1, "an"),
        total=(1, Amount(1_000, "VND")),
    )


def add(seed: Seed, number: int) -> None:
    seed.facts(order(number))
    seed.commit(Line("orders", "sales", "an", DAY, 1, (number,)))


@pytest.fixture
def seed(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seed]:
    """Give seven orders, which are read two by two."""
    monkeypatch.setattr(export_facts, "CHUNK", 2)
    made = Seed(store.url, secrets.randbelow(1_000_000), "acme", Clock(NOON))
    made.serve()
    for number in range(1, COUNT + 1):
        add(made, number)
    yield made
    made.close()


@pytest_asyncio.fixture
async def services(store: EmbeddedStore) -> AsyncIterator[Services]:
    """Give the parts of the service."""
    loaded = QuerySettings.load(
        {"SALESPULSE_REDIS_URL": store.url, "SALESPULSE_QUERY_MAX_EXPORT_ROWS": str(COUNT)}
    )
    made = make_services(loaded, lambda: NOON)
    yield made
    await made.redis.aclose()


async def begun(services: Services, seed: Seed) -> Sheet:
    """Return an export whose rows are known."""
    question = FactsQuestion(FactsParameters(metric="orders"), services.settings)
    reading = await services.reader.read(seed.partition, seed.tenant, question.plan_whole)
    rows = question.whole(reading)
    return await facts_sheet(
        services.redis, reading.basis.keys, "orders", rows, sight=Sight(has_phones=True)
    )


async def test_what_comes_meanwhile_is_not_in_the_file(services: Services, seed: Seed) -> None:
    """Seven orders stay seven, although two more are there before the file is written."""
    sheet = await begun(services, seed)
    add(seed, 8)
    add(seed, 9)
    rows = [row async for chunk in sheet.chunks for row in chunk]
    assert [row[1] for row in rows] == [f"o{number}" for number in range(1, COUNT + 1)]


async def test_a_rebuild_breaks_an_export_off(services: Services, seed: Seed) -> None:
    """A file that would be half of one and half of another generation is not finished."""
    sheet = await begun(services, seed)
    seed.redis.delete(seed.keys.facts(1)[0])
    with pytest.raises(Problem, match="rebuilt") as raised:
        [chunk async for chunk in sheet.chunks]
    assert raised.value.code == "cursor_expired"


async def test_a_list_beyond_the_limit_is_refused(services: Services, seed: Seed) -> None:
    """The answer names the limit before a single row is sent."""
    add(seed, 8)
    with pytest.raises(Problem) as raised:
        await begun(services, seed)
    assert (raised.value.code, raised.value.members["limit"]) == ("list_too_long", COUNT)
