"""Open alerts on streams of boards and of the supervisor: they appear, move, and are gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.alerts import State
from schemas.messages import STREAM
from schemas.tables import NoticeKeys
from services.query.stream.alarms import Alerted
from tests.integration.query_house import TODAY, House, open_house
from tests.integration.query_listener import Event, Listener, listening, listening_at
from tests.integration.query_seed import Line

pytestmark = pytest.mark.once

SALES = {"scope": "department", "id": "sales", "metrics": "calls_outbound", "alerts": "true"}
FEW: dict[str, Any] = {
    "name": "Few calls", "metric": "calls_outbound", "scope": "department", "scope_id": "sales",
    "operator": "<", "warn": 10, "critical": 5, "defined_at": "2026-11-22T01:00:00Z",
}  # fmt: skip
TILE = {"id": "a", "kind": "number", "metric": "calls_outbound", "x": 0, "y": 0, "w": 4, "h": 2}
BOARD: dict[str, Any] = {
    "name": "Wall", "scope": "department", "scope_id": "sales", "sub": False, "tiles": [TILE]
}  # fmt: skip


@pytest.fixture
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company, in which few calls are watched."""
    async with open_house(broker, store.url) as opened:
        configure(opened, "alert:few", FEW)
        yield opened
        opened.seed.redis.delete(NoticeKeys(opened.seed.tenant).open_alerts)


def configure(house: House, name: str, data: dict[str, Any]) -> None:
    """Store a document, as the fold does."""
    seed = house.seed
    seed.redis.hset(seed.keys.config, name, orjson.dumps(data))
    seed.redis.hincrby(seed.keys.meta, "configured")
    seed.commit()


def stand(house: House, name: str, level: str, value: float = 7) -> None:
    """Let an alert be open, or no more, as the notifier writes it."""
    key = NoticeKeys(house.seed.tenant).open_alerts
    if level == "ok":
        house.seed.redis.hdel(key, name)
        return
    at_ms = house.clock.at_ms
    state = State(level, at_ms, f"{name}@{at_ms}", value, level)  # type: ignore[arg-type]
    house.seed.redis.hset(key, name, orjson.dumps({**state._asdict(), "grew_ms": 0}))


def levels(event: Event) -> dict[str, str]:
    """Return what an event tells, of the form that is published: alert -> level."""
    STREAM["alerts"].model_validate_json(orjson.dumps(event.data))
    return {row["id"]: row["state"] for row in event.data["rows"]}


async def told(listener: Listener, wanted: dict[str, str]) -> Event:
    """Wait until a stream tells of these alerts and no others."""
    async with asyncio.timeout(15):
        while levels(event := await listener.until("alerts")) != wanted:
            pass
    return event


def kiosk(house: House, **board: Any) -> str:
    """Return the key of a kiosk of sales."""
    whole = {"scope": "department", "scope_id": "sales", "sub": False, "has_names": False, **board}
    key = house.seed.api_key("k2", "kiosk")
    stored = orjson.loads(house.seed.redis.hget(house.seed.keys.keys, "k2") or b"{}")
    house.seed.redis.hset(house.seed.keys.keys, "k2", orjson.dumps({**stored, "board": whole}))
    return key


async def test_an_alert_appears_gets_worse_and_is_gone(house: House) -> None:
    """After the snapshot what is open, then each change whole; who did not ask hears nothing."""
    async with (
        listening(house, **SALES) as board,
        listening(house, **{**SALES, "alerts": "false"}) as other,
    ):
        assert (await board.next()).name == "snapshot"
        first = await board.next()
        assert (first.name, first.data) == ("alerts", {"rows": [], "more": 0})
        stand(house, "few", "warn")
        (row,) = (await told(board, {"few": "warn"})).data["rows"]
        assert row == {
            "id": "few", "name": "Few calls", "rule": "value", "metric": "calls_outbound",
            "scope": "department", "scope_id": "sales", "sub": False, "window": "today",
            "state": "warn",
            "since": "2026-11-22T05:00:00.000Z", "occurrence": f"few@{house.clock.at_ms}",
            "value": 7, "operator": "<", "limit": 10, "unit": "count", "may_take": False,
        }  # fmt: skip
        stand(house, "few", "warn", 6)
        assert (await board.until("alerts")).data["rows"][0]["value"] == 6
        stand(house, "few", "critical", 4)
        assert (await told(board, {"few": "critical"})).data["rows"][0]["limit"] == 5
        stand(house, "few", "ok")
        await told(board, {})
        house.seed.commit(Line("calls_outbound", "sales", "an", TODAY, 1))
        names = {(await other.next_but("heartbeat")).name for _ in range(2)}
        assert names == {"snapshot", "change"}


async def test_an_acknowledged_alert_is_gone_and_comes_again(house: House) -> None:
    """Who takes care takes it off the board; the next occurrence is another one."""
    stand(house, "few", "critical")
    async with listening(house, **SALES) as board:
        event = await told(board, {"few": "critical"})
        occurrence = event.data["rows"][0]["occurrence"]
        taken = {"occurrence": occurrence, "acknowledged_at": "2026-11-22T05:00:00Z"}
        configure(house, "alert-acknowledgement:few", taken)
        await told(board, {})
        house.clock.at_ms += 60_000
        stand(house, "few", "warn")
        await told(board, {"few": "warn"})


async def test_a_stored_board_shows_its_own_and_a_kiosk_what_it_may(house: House) -> None:
    """One stream; of a figure that the board does not show a kiosk hears nothing."""
    configure(house, "board:wall", BOARD)
    configure(house, "alert:money", {**FEW, "name": "Money", "metric": "revenue"})
    configure(house, "alert:far", {**FEW, "name": "Far", "scope_id": "hanoi"})
    path = "/v1/boards/wall/stream"
    for name in ("few", "money", "far"):
        stand(house, name, "warn")
    grant = {"board_id": "wall", "metrics": ["calls_outbound"]}
    async with (
        listening_at(house.url, house.key, path=path) as machine,
        listening_at(house.url, kiosk(house, **grant), path=path) as wall,
    ):
        await told(machine, {"few": "warn", "money": "warn"})
        await told(wall, {"few": "warn"})
        stand(house, "few", "ok")
        await told(machine, {"money": "warn"})
        await told(wall, {})


async def test_a_board_may_be_without_alerts(house: House) -> None:
    """Switched off while it hangs it shows none, on the stream that is open; and on again."""
    stand(house, "few", "warn")
    configure(house, "board:wall", BOARD)
    async with listening_at(house.url, house.key, path="/v1/boards/wall/stream") as wall:
        await told(wall, {"few": "warn"})
        configure(house, "board:wall", {**BOARD, "alerts": {"show": "off"}})
        await told(wall, {})
        configure(house, "board:wall", {**BOARD, "alerts": {"show": "mark"}})
        await told(wall, {"few": "warn"})


async def test_a_kiosk_that_loses_a_figure_loses_its_alert(house: House) -> None:
    """What is taken off a board is told of no more, on the stream that is open."""
    configure(house, "board:wall", BOARD)
    stand(house, "few", "warn")
    grant = {"board_id": "wall", "metrics": ["calls_outbound"]}
    key = kiosk(house, **grant)
    async with listening_at(house.url, key, path="/v1/boards/wall/stream") as wall:
        await told(wall, {"few": "warn"})
        other = {**TILE, "metric": "emails_opened"}
        both = {**TILE, "id": "b", "x": 4, "metric": "calls_inbound_missed"}
        configure(house, "board:wall", {**BOARD, "tiles": [other, both], "edition": 2})
        event = await wall.until("alerts", "denied")
    assert event.name == "denied" or levels(event) == {}


async def test_a_supervisor_sees_all_below(house: House) -> None:
    """Their stream carries the alerts of departments and people below, beside both reports."""
    configure(house, "alert:binh", {**FEW, "scope": "employee", "scope_id": "binh"})
    stand(house, "few", "warn")
    stand(house, "binh", "critical")
    path = "/v1/reports/supervisor/stream"
    asked = {"path": path, "calls_department": "sales", "alerts": "true"}
    async with (
        listening_at(house.url, house.key, **asked) as near,
        listening_at(house.url, house.key, **asked, calls_sub="true") as all_below,
    ):
        await told(near, {"few": "warn"})
        await told(all_below, {"binh": "critical", "few": "warn"})


async def test_who_was_too_slow_is_told_again(house: House) -> None:
    """Frames that were dropped with the queue are sent anew with the snapshot."""
    stand(house, "few", "warn")
    async with listening(house, **SALES) as board:
        await told(board, {"few": "warn"})
        (stream,) = house.services.hub._streams
        for _ in range(house.services.settings.listener_queue + 2):
            stream.listener.put(b": filling\n\n")
        assert (await board.until("reset")).name == "reset"
        assert (await board.until("snapshot")).name == "snapshot"
        assert levels(await board.until("alerts")) == {"few": "warn"}


async def test_the_looking_ends_with_the_last_who_shows_alerts(house: House) -> None:
    """Nobody looks for nobody, and of a stream that is over nothing is kept."""
    feeds = house.services.hub._feeds
    async with listening(house, **SALES) as board:
        await board.until("alerts")
        (feed,) = feeds.values()
        assert list(feed.alarms) == [house.seed.tenant]
        watch = feed.alarms[house.seed.tenant]
        assert all(isinstance(one, Alerted) for one in watch._streams)
    async with asyncio.timeout(15):
        while feed.alarms:  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(0.05)
    assert watch.is_idle
