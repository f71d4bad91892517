"""Fold and recount of the same hostile log: two readings of docs/rules.md, no difference."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
import redis
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.configuration import DOCUMENTS
from schemas.envelope import parse_event
from schemas.events import EVENT_MODELS
from schemas.kpis import CATALOGUE, LISTS, SCORED, VISITED, based
from schemas.rejection import Rejection
from schemas.settings import SharedSettings
from schemas.tables import field, late_field, parse_dimension
from services.aggregator.batch import FoldLimits, Record
from services.aggregator.metrics import FoldMetrics
from services.aggregator.partition import PartitionFolder
from services.verify.compare import Keys, compare
from services.verify.decode import MARKS
from services.verify.recount import Recount
from services.verify.report import describe
from services.verify.rows import Row
from services.verify.store import Found, Store
from tests.integration.verify_mess import Event, Mess

pytestmark = pytest.mark.once

TENANT = "acme"
TENANTS = (TENANT, TENANT, "b:c|d")
_OURS = {"apikey.created", "apikey.revoked", "tenant.erased"}
_TAKEN_OVER = 90
_generations = (f"mess-{number}" for number in itertools.count())
_NIGHTLY = os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1"
_SEEDS = range(12 if _NIGHTLY else 2)
_EACH = 36 if _NIGHTLY else 24
"""Events of a history that is recounted after each of them."""
_COME_UP = (
    "SELECT number FROM number_holders GROUP BY ALL HAVING count(*) > 1",
    "SELECT number FROM number_holders WHERE times > 1",
    "SELECT text FROM numbers_read GROUP BY text HAVING count(DISTINCT number) > 1",
    "FROM calls JOIN call_customers USING (tenant, id) WHERE customer_id IS NULL",
    "SELECT id FROM call_customers GROUP BY ALL HAVING count(*) > 1",
    "FROM calls JOIN call_agents USING (tenant, id) WHERE employee_id IS NULL AND agent <> ''",
    """FROM calls JOIN extension_holders AS held USING (tenant, extension)
    WHERE employee_id IS NULL AND held.is_first AND held.from_ms > calls.began_ms""",
    """FROM extension_holders AS one JOIN extension_holders AS other USING (tenant, extension)
    WHERE one.employee < other.employee AND other.from_ms > one.from_ms
    AND other.from_ms < coalesce(one.until_ms, 1e15)""",
    *(f"FROM contributions WHERE metric = 'journey_exits' AND scopes = {n}" for n in (1, 2, 3, 7)),
    """SELECT customer, campaign FROM opportunities WHERE live AND campaign IS NOT NULL
    GROUP BY ALL HAVING count(DISTINCT created_day) > 1""",
    "SELECT tenant, id FROM cohorts WHERE cohort = 'campaign' GROUP BY ALL HAVING count(*) > 1",
    "FROM travellers WHERE NOT entered",
    *(f"FROM customer_{what} WHERE day < 20261001" for what in ("owners", "stages")),
    "FROM journeys WHERE day > 20261201",
    *(
        f"FROM doubts WHERE code = 'not_a_phone_number' AND kind = '{kind}'"
        for kind in ("customer", "contact", "call")
    ),
)
"""What has to come up in a mess, beside every figure."""


async def _dead(letters: Sequence[tuple[Record, str, Rejection]]) -> None:
    assert {rejection.code for _, _, rejection in letters} <= {"duplicate_id"}, letters


async def _fold(url: str, generation: str, records: Sequence[Record], batch: int) -> None:
    """Fold the records in batches; a worker that knows nothing takes over now and then."""
    redis = Redis.from_url(url)
    for start in range(0, len(records), _TAKEN_OVER):
        folder = PartitionFolder(
            redis,
            0,
            generation,
            dead_letters=_dead,
            metrics=FoldMetrics(CollectorRegistry()),
            limits=FoldLimits(batch_events=batch),
            muted=True,
        )
        await folder.fold(records[start : start + _TAKEN_OVER])
    await redis.aclose()


def written(events: Iterable[Event], tenants: Sequence[str] = (TENANT,)) -> list[bytes]:
    """Return the events as the log keeps them, of the tenants in turn."""
    values = []
    for event, tenant in zip(events, itertools.cycle(tenants), strict=False):
        value = parse_event(orjson.loads(orjson.dumps(event | {"tenantid": tenant})), tenant)
        assert isinstance(value, bytes), (event, value)
        values.append(value)
    return values


def rows_of_log(values: Sequence[bytes]) -> list[Row]:
    """Return the log as the recount loads it."""
    return [
        (offset, 1, orjson.loads(value)["tenantid"], value.decode())
        for offset, value in enumerate(values)
    ]


def folded(store: EmbeddedStore, values: Sequence[bytes], batch: int) -> Keys:
    """Fold a log into a generation of its own."""
    generation = next(_generations)
    records = [Record(offset, 1, value) for offset, value in enumerate(values)]
    asyncio.run(_fold(store.url, generation, records, batch))
    return Keys(0, generation)


def differences(store: EmbeddedStore, mess: Mess, count: int, batch: int, spill: Path) -> list[str]:
    """Fold and recount a mess; return what differs."""
    values = written(mess.events(count), TENANTS)
    keys = folded(store, values, batch)
    recount = Recount(spill)
    tables = Store(SharedSettings.load({"SALESPULSE_REDIS_URL": store.url}))
    try:
        recount.load(rows_of_log(values))
        recount.recompute()
        prefix = keys.generation.prefix
        found = Found(recount.connection, keys.generation, None)
        found.fill(tables, tables.names([prefix])[prefix], lambda _: None)
        return [describe(each) for each in compare(recount, keys)]
    finally:
        tables.close()
        recount.close()


def changes_by_cause(values: Sequence[bytes], spill: Path) -> dict[tuple[str, ...], int]:
    """Recount the log anew after each record; return what each one changed on locked days."""
    recount = Recount(spill)
    changes: dict[tuple[str, ...], int] = defaultdict(int)
    before: dict[tuple[str, ...], int] = {}
    try:
        for row in rows_of_log(values):
            recount.load([row])
            recount.recompute()
            rows = recount.rows(
                "SELECT department, employee, CAST(day AS VARCHAR), metric, dimension, mark, value"
                " FROM late"
            )
            after = {change[:6]: change[6] for change in rows}
            cause = orjson.loads(row[3])["id"]
            for place in before.keys() | after.keys():
                changes[cause, *place] += after.get(place, 0) - before.get(place, 0)
            before = after
    finally:
        recount.close()
    return {key: change for key, change in changes.items() if change}


def late_changes(store: EmbeddedStore, keys: Keys) -> dict[str, int]:
    """Return what the fold kept apart."""
    tables: Any = redis.Redis.from_url(store.url)
    names = [keys.tenant(TENANT).late(month) for month in (202610, 202611)]
    found = {
        change.decode(): int(value)
        for name in names
        for change, value in tables.hgetall(name).items()
    }
    tables.close()
    return found


@pytest.mark.parametrize("seed", _SEEDS)
def test_fold_and_recount_agree(store: EmbeddedStore, seed: int, tmp_path: Path) -> None:
    """However hostile the history and wherever the batches are cut, nothing differs."""
    assert differences(store, Mess(seed), 700, 64, tmp_path) == []


@pytest.mark.parametrize("seed", _SEEDS)
def test_fold_and_recount_agree_in_a_crowd(store: EmbeddedStore, seed: int, tmp_path: Path) -> None:
    """With few ids of few kinds everything happens to the same facts, also event by event."""
    mess = Mess(seed, crowded=True)
    assert differences(store, mess, 200, (1, 5, 200)[seed % 3], tmp_path) == []


@pytest.mark.parametrize("seed", _SEEDS[::3])
def test_each_late_change_names_its_cause(store: EmbeddedStore, seed: int, tmp_path: Path) -> None:
    """With the days locked, what each event changed is kept under its own id, place and field."""
    lock = {"first": "2026-10-28", "last": "2026-11-01"}
    events = [*Mess(seed, crowded=True).events(_EACH)]
    events.insert(9, events[0] | {"id": "lock", "type": "period.locked", "data": lock})
    values = written(events)
    keys = folded(store, values, 7)
    expected = {
        late_field(cause, department, employee, int(day), field(metric, dimension) + mark): change
        for (cause, department, employee, day, metric, dimension, mark), change in (
            changes_by_cause(values, tmp_path).items()
        )
    }
    assert expected
    assert late_changes(store, keys) == expected


def test_the_mess_leaves_nothing_out(tmp_path: Path) -> None:
    """Every event type, every stored figure and dimension, every list comes up in a mess."""
    recount = Recount(tmp_path)
    values = []
    for seed in range(4):
        tenant = f"tenant {seed}"
        values += written(Mess(seed).events(700), [tenant])
    said = {orjson.loads(value)["type"] for value in values}
    assert said == set(EVENT_MODELS) - _OURS - set(DOCUMENTS)
    recount.load(rows_of_log(values))
    recount.recompute()
    counted = {
        (metric, name)
        for metric, dimension in recount.rows("SELECT DISTINCT metric, dimension FROM cells")
        for name in parse_dimension(dimension) or [""]
    }
    stored = [kpi for kpi in CATALOGUE.values() if kpi.is_stored]
    wanted = {
        (based(kpi.name, basis), name or ("currency" if kpi.unit == "money" else ""))
        for kpi in stored
        for basis in ("", *kpi.bases)
        for name in ("", *kpi.dimensions, *kpi.unlisted)
    }
    assert wanted <= counted
    assert {name for name, _ in counted} == {name for name, _ in wanted}
    lists = {row[0].partition("|")[0] for row in recount.rows("SELECT list FROM list_rows")}
    assert lists == set(LISTS)
    assert {row[0] for row in recount.rows("SELECT list FROM scored")} == set(SCORED)
    assert {row[0] for row in recount.rows("SELECT metric FROM visits")} == set(VISITED)
    assert {row[0] for row in recount.rows("SELECT register FROM marks")} == set(MARKS)
    assert {row[0] for row in recount.rows("SELECT cohort FROM cohorts")} == {"created", "campaign"}
    kinds = {row[0].partition(":")[0] for row in recount.rows("SELECT word FROM words")}
    assert kinds == {"source", "group", "relationship", "campaign"}
    assert [query for query in _COME_UP if not recount.rows(query)] == []
    recount.close()
