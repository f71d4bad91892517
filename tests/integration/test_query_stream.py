"""The live stream: a snapshot of one version, then every change above it, told absolutely."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.calendar import NOW, parse_time
from schemas.changes import Occurrence
from schemas.tables import GenerationKeys
from tests.integration.query_house import TODAY, House, open_house
from tests.integration.query_listener import listening, values
from tests.integration.query_seed import Line, person

pytestmark = pytest.mark.once

SALES = {"scope": "department", "id": "sales"}
CALL = Line("calls_outbound", "sales", "an", TODAY, 1, (11,))
FAR_CALL = Line("calls_outbound", "hanoi", "binh", TODAY, 1, (11,))


@pytest.fixture
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company."""
    async with open_house(broker, store.url) as opened:
        yield opened


def said(house: House, name: str, employee: str, department: str) -> Occurrence:
    return {
        "event_id": name,
        "type": "call.ended",
        "subject": "c1",
        "at_ms": house.clock.at_ms,
        "employee": employee,
        "department": department,
        "customer": "acme",
        "amount": 0,
        "currency": "",
        "seconds": 90,
    }


async def test_first_a_snapshot(house: House) -> None:
    """A board opens with today's figures and gauges of its department and of its people."""
    house.seed.commit(occurrences=[said(house, "e1", "an", "sales")])
    async with listening(house, **SALES, metrics="revenue,customers_assigned") as listener:
        event = await listener.next()
    assert (event.name, event.id) == ("snapshot", f"g1.{house.seed.offset}")
    body = event.data
    assert (body["state"], body["today"], body["version"]) == ("live", "2026-11-22", event.id)
    assert body["figures"] == [
        {"metric": "revenue", "unit": "money", "value": 1_500_000, "currency": "VND"},
        {"metric": "customers_assigned", "unit": "count", "value": 1, "day": "now"},
    ]
    assert [(p["id"], p["name"]) for p in body["employees"]] == [("an", "An"), ("chi", "Chi")]
    assert [one["event_id"] for one in body["occurrences"]] == ["e1"]


async def test_then_changes_with_absolute_values(house: House) -> None:
    """A commit moves the department, its person and every ratio made of it."""
    metrics = "calls_outbound,talk_seconds_outbound,talk_seconds_per_call_outbound"
    async with listening(house, **SALES, metrics=metrics) as listener:
        await listener.until("snapshot")
        talk = Line("talk_seconds_outbound", "sales", "an", TODAY, 30)
        version = house.seed.commit(CALL, talk, FAR_CALL)
        event = await listener.until("change")
    assert event.id == event.data["version"] == version
    assert values(event.data["cells"]) == {
        ("sales", "calls_outbound"): 2,
        ("sales", "talk_seconds_outbound"): 120,
        ("sales", "talk_seconds_per_call_outbound"): 60,
        ("an", "calls_outbound"): 2,
        ("an", "talk_seconds_outbound"): 120,
        ("an", "talk_seconds_per_call_outbound"): 60,
    }
    first = event.data["cells"][0]
    assert (first["day"], first["previous"], first["restated"]) == ("2026-11-22", 1, False)


async def test_a_department_with_those_below_adds_up(house: House) -> None:
    """With sub=true a call in hanoi moves sales, and binh is among its people."""
    async with listening(house, **SALES, sub="true", metrics="calls_outbound") as listener:
        snapshot = await listener.until("snapshot")
        house.seed.commit(FAR_CALL)
        event = await listener.until("change")
    assert [p["id"] for p in snapshot.data["employees"]] == ["an", "binh", "chi"]
    assert values(event.data["cells"]) == {
        ("sales", "calls_outbound"): 2,
        ("binh", "calls_outbound"): 1,
    }


async def test_money_and_gauges_change(house: House) -> None:
    """A change of money carries its currency and others; a gauge says 'now'."""
    async with listening(house, **SALES, metrics="revenue,pipeline_open") as listener:
        await listener.until("snapshot")
        house.seed.commit(
            Line("revenue|currency:USD", "sales", "chi", TODAY, 100),
            Line("pipeline_open", "sales", "chi", NOW, 1),
        )
        cells = (await listener.until("change")).data["cells"]
    found = {(cell["id"], cell["metric"]): cell for cell in cells}
    assert found["sales", "revenue"]["value"] == 1_500_000
    assert found["sales", "revenue"]["others"] == [{"value": 100, "currency": "USD"}]
    assert (found["chi", "pipeline_open"]["day"], found["chi", "pipeline_open"]["value"]) == (
        "now",
        1,
    )


async def test_what_happened_is_told_to_whom_it_concerns(house: House) -> None:
    """The ticker of sales shows what its people did, not what hanoi did."""
    async with listening(house, **SALES) as listener:
        await listener.until("snapshot")
        house.seed.commit(
            occurrences=[said(house, "far", "binh", "hanoi"), said(house, "near", "an", "sales")]
        )
        event = await listener.until("occurrence")
    assert event.data["event_id"] == "near"
    assert event.id == f"g1.{house.seed.offset}"


async def test_other_days_move_nothing(house: House) -> None:
    """A correction of yesterday is not a change of today's board."""
    async with listening(house, **SALES, metrics="calls_outbound") as listener:
        await listener.until("snapshot")
        house.seed.commit(Line("calls_outbound", "sales", "an", 20261121, 1))
        house.seed.commit(CALL)
        event = await listener.until("change")
    assert event.data["version"] == f"g1.{house.seed.offset}"
    assert len(event.data["cells"]) == 2


async def test_what_was_missed_is_sent(house: House) -> None:
    """A listener that comes back with its last version gets what it missed, and no snapshot."""
    async with listening(house, **SALES, metrics="calls_outbound") as listener:
        version = (await listener.until("snapshot")).id
    house.seed.commit(CALL, occurrences=[said(house, "missed", "an", "sales")])
    house.seed.commit(CALL)
    async with listening(house, version, **SALES, metrics="calls_outbound") as listener:
        told = await listener.next()
        change = await listener.next()
        assert (told.name, told.data["event_id"]) == ("occurrence", "missed")
        assert (change.name, change.id) == ("change", f"g1.{house.seed.offset}")
        assert values(change.data["cells"])["sales", "calls_outbound"] == 3
        house.seed.commit(CALL)
        assert values((await listener.until("change")).data["cells"]) == {
            ("sales", "calls_outbound"): 4,
            ("an", "calls_outbound"): 4,
        }


@pytest.mark.parametrize("last_event_id", ["g0.5", "g1.0", "nonsense", "g1.999999"])
async def test_what_cannot_be_resumed_is_said(house: House, last_event_id: str) -> None:
    """Where it cannot be proven that nothing was missed: reset, then a snapshot."""
    async with listening(house, last_event_id, **SALES) as listener:
        assert (await listener.next()).name == "reset"
        assert (await listener.next()).name == "snapshot"


async def test_a_cut_off_stream_is_not_resumed(house: House) -> None:
    """When the change stream was trimmed beyond the last version: reset, then a snapshot."""
    async with listening(house, **SALES) as listener:
        version = (await listener.until("snapshot")).id
    house.seed.commit(CALL)
    house.seed.commit(CALL)
    house.seed.redis.xtrim(house.seed.partition_keys.changes, maxlen=1, approximate=False)
    async with listening(house, version, **SALES) as listener:
        assert (await listener.next()).name == "reset"
        body = (await listener.next()).data
    assert {f["metric"]: f["value"] for f in body["figures"]}["calls_outbound"] == 3


async def test_heartbeats_tell_how_fresh(house: House) -> None:
    """A worker that falls behind or stops is told by the heartbeats of an open stream."""
    async with listening(house, **SALES) as listener:
        await listener.state("live")
        house.seed.beat(behind=4)
        behind = await listener.state("catching_up")
        assert behind.data["lag"]["events"] == 4
        house.seed.beat(state="stopped", reason="the log is gone")
        assert (await listener.state("stale")).data["reason"] == "the log is gone"


async def test_a_store_set_back_is_told_and_healed(house: House) -> None:
    """Recovering is told while the fence is below what was shown; then changes go on."""
    async with listening(house, **SALES, metrics="calls_outbound") as listener:
        await listener.until("snapshot")
        fence = GenerationKeys(house.seed.partition, "g1").fence
        house.seed.redis.hset(fence, "next", house.seed.offset - 2)
        await listener.state("recovering")
        house.seed.commit(CALL)
        change = await listener.until("change")
        assert values(change.data["cells"])["sales", "calls_outbound"] == 2
        await listener.state("live")


async def test_a_store_that_is_away_is_told(broker: Broker, tmp_path: Path) -> None:
    """Without its store an open stream says stale, and goes on when it is back."""
    own = EmbeddedStore(tmp_path, appendfsync="always")
    own.start()
    try:
        async with (
            open_house(broker, own.url) as house,
            listening(house, **SALES, metrics="calls_outbound") as listener,
        ):
            await listener.until("snapshot")
            own.kill()
            assert (await listener.state("stale")).data["reason"] == "the store does not answer"
            own.start()
            await listener.state("live")
            house.seed.commit(CALL)
            told = await listener.until("change", "snapshot")
            assert told.id == f"g1.{house.seed.offset}"
            assert (told.data.get("cells") or told.data["figures"])[0]["value"] == 2
    finally:
        own.stop()


async def test_another_generation_begins_anew(house: House) -> None:
    """When rebuilt figures are served, listeners are reset to them."""
    async with listening(house, **SALES, metrics="calls_outbound") as listener:
        await listener.until("snapshot")
        house.seed.generation = "g2"
        house.seed.commit(CALL)
        house.seed.serve()
        house.seed.api_key("k1", "query")
        assert (await listener.until("reset")).name == "reset"
        body = (await listener.until("snapshot")).data
        assert body["version"].startswith("g2.")
        assert body["figures"][0]["value"] == 1
        house.seed.commit(CALL)
        assert values((await listener.until("change")).data["cells"])["sales", "calls_outbound"]


async def test_a_new_colleague_gets_a_new_snapshot(house: House) -> None:
    """When people change, a fresh snapshot with the new roster is sent."""
    async with listening(house, **SALES, metrics="calls_outbound") as listener:
        await listener.until("snapshot")
        house.seed.facts(person(9, "em", (20260101, "sales")))
        body = (await listener.until("snapshot")).data
    assert [p["id"] for p in body["employees"]] == ["an", "chi", "em"]


async def test_midnight_brings_a_new_day(house: House) -> None:
    """At the tenant's midnight a snapshot of the new day is sent, with counted zeros."""
    house.clock.at_ms = parse_time("2026-11-22T16:59:59Z")
    house.seed.beat()
    async with listening(house, **SALES, metrics="calls_outbound") as listener:
        body = (await listener.until("snapshot")).data
        assert (body["today"], body["figures"][0]["value"]) == ("2026-11-22", 1)
        house.clock.at_ms = parse_time("2026-11-22T17:00:00Z")
        body = (await listener.until("snapshot")).data
        assert (body["today"], body["figures"][0]["value"]) == ("2026-11-23", 0)
        house.seed.commit(Line("calls_outbound", "sales", "an", 20261123, 1))
        assert values((await listener.until("change")).data["cells"]) == {
            ("sales", "calls_outbound"): 1,
            ("an", "calls_outbound"): 1,
        }


async def test_under_load_nothing_is_lost(house: House) -> None:
    """A burst of commits is told in fewer changes, the last of which has the last value."""
    async with listening(house, **SALES, metrics="calls_outbound") as listener:
        await listener.until("snapshot")
        for _ in range(200):
            house.seed.commit(CALL)
        changes = 0
        value = 0
        while value < 201:
            cells = (await listener.until("change")).data["cells"]
            value = values(cells)["sales", "calls_outbound"]
            changes += 1
    assert value == 201
    assert changes < 200


async def test_nobody_listens_to_nobody(house: House) -> None:
    """An unknown department is 404 before the stream begins."""
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        async with listening(house, scope="department", id="nowhere"):
            pass


async def test_equal_subscriptions_share_one_channel(house: House) -> None:
    """Two boards of a department get the same frames; the last to leave ends the feed."""
    async with (
        listening(house, **SALES, metrics="calls_outbound") as one,
        listening(house, **SALES, metrics="calls_outbound") as two,
    ):
        assert (await one.until("snapshot")) == (await two.until("snapshot"))
        house.seed.commit(CALL)
        assert (await one.until("change")) == (await two.until("change"))
