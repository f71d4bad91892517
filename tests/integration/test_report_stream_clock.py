"""What the stream of a report shows when the clock moves, or the store loses what was touched."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.calendar import format_time, parse_time
from schemas.facts import Call
from tests.integration.query_house import HOUR, NOON, TODAY, House, open_house
from tests.integration.query_listener import listening
from tests.integration.query_seed import Line, department, person

pytestmark = pytest.mark.once

PATH = "/v1/reports/calls/stream"
SALES = {"department": "sales"}


@pytest.fixture
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company, in which an dialled call 11 today."""
    async with open_house(broker, store.url) as opened:
        opened.seed.commit(Line("calls_attempted", "sales", "an", TODAY, 1, (11,)))
        yield opened


def dial(house: House, number: int, began_ms: int) -> str:
    """Let an dial somebody; the call goes on."""
    call = Call(
        f"c{number}",
        number,
        who=(1, "outbound", "an", None, "0903", None, ""),
        agent="an",
        started=(1, began_ms, TODAY),
    )
    house.seed.facts(call)
    house.seed.scores("calls_running", "sales", "an", **{f"n{number}": began_ms})
    house.seed.redis.xadd(house.seed.keys.touched, {"c": array("I", [number]).tobytes()})
    return house.seed.commit(Line("calls_attempted", "sales", "an", TODAY, 1, (number,)))


def an(document: dict[str, Any]) -> dict[str, Any]:
    """Return the row of an."""
    row: dict[str, Any] = next(row for row in document["rows"] if row["id"] == "an")
    return row


async def test_midnight_begins_a_new_day(house: House) -> None:
    """At the tenant's midnight the view is told anew, with counted zeros and no last call."""
    house.clock.at_ms = parse_time("2026-11-22T16:59:59Z")
    house.seed.beat()
    async with listening(house, path=PATH, **SALES) as listener:
        snapshot = await listener.until("snapshot")
        assert (snapshot.data["today"], an(snapshot.data)["last_call"]["call_id"]) == (
            "2026-11-22", "c2",
        )  # fmt: skip
        house.clock.at_ms = parse_time("2026-11-22T17:00:00Z")
        snapshot = await listener.until("snapshot")
    assert (snapshot.data["today"], an(snapshot.data)["last_call"]) == ("2026-11-23", None)
    assert {cell["value"] for cell in an(snapshot.data)["cells"]} == {0, None}


async def test_a_call_without_an_end_is_lost_after_four_hours(house: House) -> None:
    """No event ends it, and yet the view is told that nobody is on the telephone any more."""
    async with listening(house, path=PATH, **SALES) as listener:
        await listener.until("snapshot")
        dial(house, 51, NOON - 60_000)
        row = an((await listener.until("change")).data)
        assert [one["since"] for one in row["running"]] == [format_time(NOON - 60_000)]
        house.clock.at_ms = NOON + 4 * HOUR
        row = an((await listener.until("change")).data)
    assert (row["running"], row["last_call"]["call_id"]) == ([], "c51")
    assert (row["last_call"]["provisional"], row["last_call"]["talk_seconds"]) == (True, None)


async def test_what_the_store_forgot_is_read_again(house: House) -> None:
    """Where entries of what was touched are gone, the calls of the day are read anew."""
    async with listening(house, path=PATH, **SALES) as listener:
        await listener.until("snapshot")
        dial(house, 51, NOON - 60_000)
        assert an((await listener.until("change")).data)["last_call"]["call_id"] == "c51"
        dial(house, 52, NOON - 30_000)
        assert an((await listener.until("change")).data)["last_call"]["call_id"] == "c52"
        house.seed.redis.delete(house.seed.keys.touched)
        dial(house, 53, NOON - 20_000)
        assert an((await listener.until("change")).data)["last_call"]["call_id"] == "c53"
        dial(house, 54, NOON - 10_000)
        assert an((await listener.until("change")).data)["last_call"]["call_id"] == "c54"


async def test_another_generation_begins_anew(house: House) -> None:
    """When rebuilt figures are served the view is reset to them, its calls too."""
    async with listening(house, path=PATH, **SALES) as listener:
        await listener.until("snapshot")
        house.seed.generation = "g2"
        house.seed.facts(department(1, "sales"), person(5, "an", (20260101, "sales")))
        dial(house, 51, NOON - 60_000)
        house.seed.serve()
        house.seed.api_key("k1", "query")
        await listener.until("reset")
        snapshot = await listener.until("snapshot")
    assert snapshot.data["version"].startswith("g2.")
    assert an(snapshot.data)["last_call"]["call_id"] == "c51"
