"""A hundred thousand rows are exported in bounded memory; as XLSX fewer, to be quick."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Iterator

import pytest

from deploy.local.store import EmbeddedStore
from schemas.facts import Amount, Order, pack
from schemas.tables import pair
from tests.integration.query_seed import Clock, Seed
from tests.reports.export_child import NOON

ROWS = 100_000
DAYS = 30
MOST_KB = 60_000
_DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def seed(store: EmbeddedStore) -> Iterator[Seed]:
    """Give a partition with a hundred thousand orders of November, by ten people."""
    made = Seed(store.url, secrets.randbelow(1_000_000), "long", Clock(NOON))
    made.serve()
    made.commit()
    for first in range(0, ROWS, 5_000):
        with made.redis.pipeline(transaction=False) as pipe:
            for number in range(first, first + 5_000):
                day = 20261101 + number % DAYS
                person = f"person-{number % 10}"
                order = Order(
                    f"order-{number}",
                    number,
                    created=(1, NOON - _DAY_MS, day),
                    order_day=(1, day),
                    owner=(1, person),
                    customer=(1, f"customer-{number}"),
                    total=(1, Amount(number, "VND")),
                    approval=(2, "approved", NOON, day, "head"),
                )
                pipe.hset(*made.keys.facts(number), pack(order))
                pipe.sadd(made.keys.posting("orders", "sales", person, day), number)
            pipe.execute()
    for person in (f"person-{number}" for number in range(10)):
        days = [20261101 + day for day in range(DAYS)]
        made.redis.sadd(made.keys.days("sales", person), *days)
        made.redis.sadd(made.keys.pairs, pair("sales", person))
    yield made
    made.close()


@pytest.mark.parametrize(("form", "days"), [("csv", 30), ("xlsx", 7)])
async def test_a_long_list_is_exported_in_bounded_memory(
    seed: Seed, store: EmbeddedStore, form: str, days: int
) -> None:
    """All rows come, and the process grows by less than they would need at once."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.reports.export_child",
        store.url,
        str(seed.partition),
        seed.tenant,
        form,
        f"2026-11-{days:02d}",
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await child.communicate()
    assert child.returncode == 0
    rows, size, growth_kb = (int(word) for word in said.split())
    assert rows == sum(number % DAYS < days for number in range(ROWS))
    assert size > rows * 10
    assert growth_kb < MOST_KB
