"""The Python client, by the examples of docs/client.md, and by what may go wrong."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from httpx_sse import ServerSentEvent
from redis.asyncio import Redis

from deploy.local.services import ROOT
from deploy.local.stack import Stack
from salespulse_client import Alerts, ApiError, AsyncClient, Change, Lost, Reset, Snapshot
from salespulse_client.following import Course
from schemas.alerts import State
from schemas.tables import NoticeKeys
from tests.changes.administrator import Administrator
from tests.changes.documented import Running, blocks, running
from tests.changes.office import Office


@pytest.fixture(scope="module")
def office(stack: Stack) -> Office:
    """Give a tenant with two orders."""
    made = Office(stack)
    made.sell("order-1", 1000)
    made.sell("order-2", 500)
    return made


@contextmanager
def example(number: int, office: Office, tmp_path: Path) -> Iterator[Running]:
    """Run an example of the page."""
    script = tmp_path / "example.py"
    script.write_text(blocks("client.md", "python")[number])
    env = {
        "QUERY_URL": office.stack.query_url,
        "READ_KEY": office.tenant.read_key,
        "PYTHONPATH": str(ROOT),
    }
    with running([sys.executable, str(script)], tmp_path, env) as program:
        yield program


def test_reading(office: Office, tmp_path: Path) -> None:
    """Figures, ranking, both pages of the list, and a refusal with its code."""
    with example(0, office, tmp_path) as program:
        lines = program.finish()
    assert lines[0].startswith("orders 2 as of ")
    assert lines[1] == "sales 1500 VND"
    assert lines[2] == "rank 1 Lan 2"
    assert [line for line in lines if line.startswith("fact")] == [
        "fact order order-1 lan",
        "fact order order-2 lan",
    ]
    assert lines[-1] == "refused 422 unknown_metric"


def test_following(office: Office, tmp_path: Path) -> None:
    """A snapshot, then what changes."""
    with example(1, office, tmp_path) as program:
        program.until(r"^all \{'orders': \d+, 'sales': \d+\}$")
        office.sell("order-3", 1)
        assert "'orders': 3" in program.until("^now ")


def test_following_without_blocking(office: Office, tmp_path: Path) -> None:
    """The same with the asynchronous client."""
    with example(2, office, tmp_path) as program:
        program.until(r"^orders \d+$")
        program.until("^fact order-1$")
        before = program.until("^version ")
        office.sell("order-4", 1)
        assert program.until("^version ") != before


async def test_who_comes_back_is_told_what_was_missed(office: Office) -> None:
    """With the version of before, what was missed; with one that cannot be, reset and snapshot."""
    async with AsyncClient(office.stack.query_url, office.tenant.read_key) as client:
        seen = (await client.kpis(metrics=["orders"])).version
        office.sell("order-5", 1)
        resumed = client.follow(metrics=["orders"], last_event_id=seen)
        told = [await anext(resumed), await anext(resumed)]
        assert any(isinstance(event, Change) for event in told)
        assert not any(isinstance(event, Snapshot) for event in told)
        await resumed.aclose()  # type: ignore[attr-defined]
        stranger = client.follow(metrics=["orders"], last_event_id="another-1.5")
        assert isinstance(await anext(stranger), Reset)
        assert isinstance(await anext(stranger), Snapshot)
        await stranger.aclose()  # type: ignore[attr-defined]
    async with AsyncClient(office.stack.query_url, office.tenant.write_key) as refused:
        with pytest.raises(ApiError, match="403 forbidden_scope"):
            await anext(refused.follow())


async def test_open_alerts_are_followed_by_who_asks(office: Office) -> None:
    """After the snapshot those that are open, typed; again when one is taken care of."""
    administrator = Administrator(office)
    administrator.ask("PUT", "/v1/alerts/many", name="Many", metric="orders", warn=1)
    state = State("warn", 1_700_000_000_000, "many@1", 7.0, "warn")._asdict()
    redis = Redis.from_url(office.stack.redis_url)
    key = NoticeKeys(office.tenant.id).open_alerts
    await redis.hset(key, "many", orjson.dumps(state))
    async with AsyncClient(office.stack.query_url, office.tenant.read_key) as client:
        following = client.follow(metrics=["orders"], alerts=True)
        assert isinstance(await anext(following), Snapshot)
        told = await anext(following)
        assert isinstance(told, Alerts)
        (alert,) = told.rows
        assert (alert.id, alert.state, alert.value, alert.limit) == ("many", "warn", 7, 1)
        administrator.ask("POST", "/v1/alerts/many/acknowledge", occurrence="many@1")
        async with asyncio.timeout(30):
            while not isinstance(told := await anext(following), Alerts):
                pass
        assert told.rows == []
        await following.aclose()  # type: ignore[attr-defined]
    administrator.ask("DELETE", "/v1/alerts/many")
    administrator.close()
    await redis.delete(key)
    await redis.aclose()


async def test_a_service_that_is_away_is_told_and_tried_again() -> None:
    """Nobody listens: the loss is told, again and again."""
    async with AsyncClient("http://127.0.0.1:9", "key") as client:
        following = client.follow(most_wait_s=0.2)
        assert isinstance(await anext(following), Lost)
        assert isinstance(await anext(following), Lost)
        await following.aclose()  # type: ignore[attr-defined]


def test_waits_grow_up_to_a_ceiling_and_begin_anew() -> None:
    """No wait passes the ceiling, Retry-After is kept, an event makes the next wait short."""
    course = Course("", most_s=4)
    waits = [course.lost(httpx.ConnectError("away")).retry_s for _ in range(200)]
    assert max(waits) <= 4
    assert max(waits[:1]) <= 0.5
    assert len(set(waits[10:])) > 150
    busy = ApiError(503, "busy", "", 9.0)
    assert course.lost(busy).retry_s >= 9
    beat = '{"as_of":"x","lag":{"events":0,"seconds":0},"version":"g.1","state":"live","new":1}'
    sent = ServerSentEvent(event="heartbeat", data=beat, id="g.1")
    assert course.take(sent) is not None
    assert course.headers() == {}
    course.told(sent)
    assert course.headers() == {"Last-Event-ID": "g.1"}
    assert course.lost(None).retry_s <= 0.5
    assert course.take(ServerSentEvent(event="of-a-newer-service", data="{}")) is None
