"""Alerts whose state was lost with the store, or came back older: told again, never left out."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from deploy.local.store import EmbeddedStore
from schemas.alerts import State
from schemas.calendar import local_day
from schemas.tables import NoticeKeys
from tests.changes.floor import ZONE, Floor

RULE: dict[str, Any] = {
    "name": "Many", "metric": "orders", "operator": ">=", "warn": 2, "critical": 9,
    "defined_at": "2026-11-01T00:00:00Z",
}  # fmt: skip


@pytest.fixture
async def floor(store: EmbeddedStore) -> Floor:
    """Give a company with three orders today, which was warned of them."""
    made = Floor(store, {"alert": {"many": RULE}})
    day = local_day(made.clock.now_ms(), ZONE)
    await made.redis.hset(made.tenant.keys.cells("company", "all", day), "orders", 3)
    await made.begin()
    await made.watching.look()
    return made


async def opened(floor: Floor) -> dict[str, dict[str, Any]]:
    """Return what boards are shown."""
    raw = await floor.redis.hgetall(NoticeKeys(floor.tenant.name).open_alerts)
    return {name.decode(): orjson.loads(value) for name, value in raw.items()}


async def again(floor: Floor) -> None:
    """Start a notifier anew, a minute later."""
    await floor.deliveries.close()
    await floor.clock.wind_on(60)
    await floor.begin()
    await floor.watching.look()


async def test_a_restart_tells_nothing_again(floor: Floor) -> None:
    """The state stands in the store: same occurrence, told once, shown on."""
    before = await opened(floor)
    await again(floor)
    assert await opened(floor) == before
    assert [one["state"] for one in await floor.told()] == ["warn"]
    await floor.close()


async def test_what_is_bad_is_told_once_more_where_the_state_was_lost(floor: Floor) -> None:
    """Nobody knows whether the message was delivered that went with it: a new occurrence."""
    await floor.told()
    keys = [key async for key in floor.redis.scan_iter(f"{NoticeKeys(floor.tenant.name).prefix}*")]
    assert keys
    await floor.redis.delete(*keys)
    await again(floor)
    first, second = await floor.told()
    assert [first["state"], second["state"]] == ["warn", "warn"]
    assert first["occurrence"] != second["occurrence"]
    assert (await opened(floor))["many"]["occurrence"] == second["occurrence"]
    history = await floor.redis.xlen(NoticeKeys(floor.tenant.name).history("many"))
    assert history == 1
    await floor.close()


async def test_boards_show_what_the_state_says_after_a_start(floor: Floor) -> None:
    """What is open by an older write, or by none, is what the state says from the start on."""
    keys = NoticeKeys(floor.tenant.name)
    shown = await opened(floor)
    stale = State("critical", 1, "gone@1", 9.0, "critical")._asdict()
    await floor.redis.delete(keys.open_alerts)
    await floor.redis.hset(keys.open_alerts, "gone", orjson.dumps(stale))
    await again(floor)
    assert await opened(floor) == shown
    await floor.close()


async def test_a_value_that_moves_is_shown_and_changes_nothing_else(floor: Floor) -> None:
    """Boards have the value of now; state, history and messages are those of the level."""
    keys = NoticeKeys(floor.tenant.name)
    stored = await floor.redis.hget(keys.alerts, "many")
    day = local_day(floor.clock.now_ms(), ZONE)
    await floor.redis.hset(floor.tenant.keys.cells("company", "all", day), "orders", 5)
    await floor.clock.wind_on(60)
    await floor.watching.look()
    shown = (await opened(floor))["many"]
    assert (shown["value"], shown["level"]) == (5, "warn")
    assert await floor.redis.hget(keys.alerts, "many") == stored
    assert await floor.redis.xlen(keys.history("many")) == 1
    await floor.redis.hset(floor.tenant.keys.cells("company", "all", day), "orders", 1)
    await floor.clock.wind_on(60)
    await floor.watching.look()
    assert await opened(floor) == {}
    assert [one["state"] for one in await floor.told()] == ["warn", "ok"]
    await floor.close()
