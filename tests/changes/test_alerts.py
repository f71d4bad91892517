"""Alerts on the running stack: by a change, by silence; webhook, mail, history, a kill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiosmtpd.controller import Controller
from httpx_sse import aconnect_sse

from deploy.local.process import LOOPBACK, free_port
from deploy.local.services import Service
from deploy.local.stack import Stack
from tests.changes.administrator import Administrator
from tests.changes.office import Office, now
from tests.changes.subscriber import Subscriber, subscriber

HOURS = {"first": "00:00", "last": "23:59", "weekdays": [1, 2, 3, 4, 5, 6, 7]}


class Mailbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """Give a mail server on this machine."""
    port, box = free_port(), Mailbox()
    controller = Controller(box, hostname=LOOPBACK, port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def notifier(stack: Stack, tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[Service]:
    """Give a notifier that can send mail."""
    own = {
        "WEBHOOK_SECRET": stack.webhook_secret,
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        "LEASE_S": "1",
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(mailbox[1]),
        "SMTP_TLS": "none",
    }
    with Service("notifier", stack.meeting, tmp_path, settings=own).running() as made:
        yield made


@pytest.fixture
async def hook() -> AsyncIterator[Subscriber]:
    """Give somebody who is called."""
    async with subscriber() as listening:
        yield listening


async def test_from_a_change_to_all_channels_and_back(
    stack: Stack, notifier: Service, mailbox: tuple[Mailbox, int], hook: Subscriber
) -> None:
    """Warned by webhook and mail, acknowledged, killed, critical, resolved: each told once."""
    office = Office(stack)
    administrator = Administrator(office)
    ask = administrator.ask
    ask("PUT", "/v1/webhooks/hook", url=hook.url, events=["alert.changed"])
    rule = {"metric": "orders", "scope": "employee", "scope_id": "lan", "operator": ">="}
    mails = ["lead@example.com"]
    ask("PUT", "/v1/alerts/many", name="Many", **rule, warn=1, critical=2, mails=mails)
    ask("POST", "/v1/alerts/many/test")
    await hook.until(1)
    office.sell("order-1")
    warned = (await hook.until(2))[1].told
    assert warned["type"] == "alert.changed"
    assert (warned["data"]["before"], warned["data"]["state"]) == ("ok", "warn")
    assert (warned["data"]["value"], warned["data"]["id"]) == (1, "lan")
    occurrence = warned["data"]["occurrence"]
    board = await followed(office, administrator)
    ask("POST", "/v1/alerts/many/acknowledge", occurrence=occurrence)
    (row,) = ask("GET", "/v1/alerts")["rows"]
    assert (row["state"], row["occurrence"]) == ("warn", occurrence)
    snapshot, change = await board
    assert snapshot["rows"][0]["acknowledged_at"] is None
    assert change["rows"] == [row]
    assert row["acknowledged_at"] is not None
    notifier.kill()
    office.sell("order-2")
    notifier.start()
    notifier.wait()
    critical = (await hook.until(3))[2].told["data"]
    assert (critical["before"], critical["state"]) == ("warn", "critical")
    assert critical["occurrence"] == occurrence
    office.send("order.deleted", "order-1")
    office.send("order.deleted", "order-2")
    told = [one.told["data"]["state"] for one in await hook.until(4)]
    while told[-1] != "ok":
        told = [one.told["data"]["state"] for one in await hook.until(len(told) + 1)]
    assert told[1:] in (["warn", "critical", "ok"], ["warn", "critical", "warn", "ok"])
    rows = ask("GET", "/v1/alerts/many/history")["rows"]
    assert [one["state"] for one in reversed(rows)] == told[1:]
    (row,) = ask("GET", "/v1/alerts")["rows"]
    assert (row["state"], row["occurrence"], row["acknowledged_at"]) == ("ok", None, None)
    await received(mailbox[0], len(told))
    subjects = [mail["Subject"] for mail in mailbox[0].mails]
    assert subjects[1:3] == ["[warn] Many", "[critical] Many"]
    assert len({mail["Message-ID"] for mail in mailbox[0].mails}) == len(told)
    ask("DELETE", "/v1/alerts/many")
    assert ask("GET", "/v1/alerts")["rows"] == []
    administrator.close()


async def followed(
    office: Office, administrator: Administrator
) -> asyncio.Task[tuple[dict[str, Any], dict[str, Any]]]:
    """Follow the alerts as a board does; it will give the snapshot and the first change."""
    opened = asyncio.Event()

    async def follow() -> tuple[dict[str, Any], dict[str, Any]]:
        url = f"{office.stack.query_url}/v1/alerts/stream"
        headers = {"Authorization": f"Bearer {administrator.key}"}
        told: dict[str, Any] = {}
        async with (
            httpx.AsyncClient(headers=headers, timeout=30) as client,
            aconnect_sse(client, "GET", url) as source,
        ):
            async for event in source.aiter_sse():
                if not event.data:
                    continue  # only says how soon to come back
                told[event.event] = orjson.loads(event.data)
                if event.event == "snapshot":
                    opened.set()
                if event.event == "change":
                    return told["snapshot"], told["change"]
        raise EOFError("the stream ended")

    task = asyncio.create_task(follow())
    async with asyncio.timeout(30):
        await opened.wait()
    return task


async def received(box: Mailbox, count: int) -> None:
    """Wait until so many mails were taken."""
    async with asyncio.timeout(60):
        while len(box.mails) < count:  # noqa: ASYNC110 - filled from another thread
            await asyncio.sleep(0.05)


async def test_silence_and_age(stack: Stack, notifier: Service, hook: Subscriber) -> None:
    """A customer of three days ago who bought nothing; a formula, as its parts move; silence."""
    office = Office(stack)
    administrator = Administrator(office)
    ask = administrator.ask
    ask("PUT", "/v1/webhooks/hook", url=hook.url, events=["alert.changed"], alerts=["old", "made"])
    created = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="milliseconds")
    office.send("customer.created", "kh1", created_at=created, owner_id="lan", name="Hoa")
    place = {"scope": "department", "scope_id": "north"}
    ask("PUT", "/v1/alerts/old", name="Old", rule="age", days=2, warn=1, **place)
    first = (await hook.until(1))[0].told["data"]
    assert (first["state"], first["value"], first["metric"]) == ("warn", 1, "age")
    office.send(
        "order.created",
        "o1",
        order_date=office.today(),
        created_at=now(),
        owner_id="lan",
        customer_id="kh1",
        total={"amount": 5, "currency": "VND"},
    )
    office.send("order.approved", "o1", approved_at=now())
    assert (await hook.until(2))[1].told["data"]["state"] == "ok"
    ask("PUT", "/v1/formulas/twice", label_en="Twice", unit="count", expression="2 * orders")
    ask("PUT", "/v1/alerts/made", name="Made", metric="twice", warn=2, critical=4)
    office.sell("o2")
    told = (await hook.until(3))[2].told["data"]
    if told["state"] == "warn":  # it was looked at between the definition and the sale
        assert told["value"] == 2
        told = (await hook.until(4))[3].told["data"]
    assert (told["state"], told["value"], told["metric"]) == ("critical", 4, "twice")
    assert administrator.refused("DELETE", "/v1/formulas/twice") == "in_use"
    ask("DELETE", "/v1/alerts/made")
    quiet = {"rule": "silence", "metric": "calls_attempted", "warn": 100_000, "name": "Silence"}
    ask("PUT", "/v1/alerts/silence", **quiet, working_hours=HOURS)
    rows = {row["id"]: row["state"] for row in ask("GET", "/v1/alerts")["rows"]}
    assert rows == {"old": "ok", "silence": "ok"}
    administrator.close()


def test_what_cannot_be_watched_is_refused(stack: Stack) -> None:
    """Figures without cells, unknown places and rules without a limit name their rule."""
    administrator = Administrator(Office(stack))
    path, body = "/v1/alerts/x", {"name": "X", "warn": 1}
    refused = administrator.refused
    assert refused("PUT", path, **body, metric="none") == "unknown_metric"
    assert refused("PUT", path, **body, metric="customers_dialled") == "not_alertable"
    assert refused("PUT", path, name="X", metric="orders") == "missing_field"
    nobody = {"metric": "orders", "scope": "employee", "scope_id": "nobody"}
    assert refused("PUT", path, **body, **nobody) == "unknown_employee"
    assert refused("POST", f"{path}/test") == "not_found"
    made = {"label_en": "Made", "unit": "count", "expression": "2 * orders"}
    administrator.ask("PUT", "/v1/formulas/made", **made)
    mood = {"label_en": "Mood", "unit": "count", "manual": True}
    administrator.ask("PUT", "/v1/formulas/mood", **mood)
    assert refused("PUT", path, **body, metric="mood") == "not_alertable"
    assert refused("PUT", path, **body, metric="made", rule="silence") == "not_alertable"
    assert administrator.problem("PUT", path, **body, metric="mad")["pointer"] == "/metric"
    whole = {"scope": "department", "scope_id": "north", "sub": True}
    problem = administrator.problem("PUT", path, **body, **whole, metric="tasks_created")
    assert (problem["code"], problem["pointer"]) == ("not_alertable", "/sub")
    assert refused("PUT", path, **body, metric="orders", sub=True) == "invalid_field"
    assert refused("PUT", path, **body, metric="mql_entries", rule="silence") == "not_alertable"
    assert (
        refused("PUT", path, **body, metric="conversion_rate_cohort", rule="silence")
        == "not_alertable"
    )
    administrator.ask("PUT", path, **body, metric="mql_entries")
    administrator.ask("PUT", path, **body, metric="made")
    administrator.ask("PUT", path, **body, metric="win_rate")
    administrator.close()


async def test_a_department_with_those_below_and_what_is_tagged(
    stack: Stack, notifier: Service, hook: Subscriber
) -> None:
    """The sum of both departments, also of one that came below later; a stage tagged later."""
    office = Office(stack)
    administrator = Administrator(office)
    ask = administrator.ask
    ask("PUT", "/v1/webhooks/hook", url=hook.url, events=["alert.changed"])
    office.send("department.upserted", "team", name="Team")
    office.send("employee.upserted", "hoa", name="Hoa", department_id="team")
    whole = {"scope": "department", "scope_id": "north", "sub": True}
    ask("PUT", "/v1/alerts/sales", name="Sales", metric="orders", warn=2, **whole)
    office.sell("o1")
    office.sell("o2", owner="hoa")
    office.send("department.upserted", "team", name="Team", parent_id="north")
    told = (await hook.until(1))[0].told["data"]
    assert (told["alert"], told["value"], told["sub"]) == ("sales", 2, True)
    ask("PUT", "/v1/alerts/leads", name="Leads", metric="mql_entries", warn=1)
    created = {"created_at": now(), "owner_id": "lan", "name": "Hoa"}
    office.send("customer.created", "kh1", **created)
    office.send("customer.status_changed", "kh1", relationship_id="hot", changed_at=now())
    office.send("taxonomy.upserted", "hot", kind="relationship", name="Hot", tags=["mql"])
    told = (await hook.until(2))[1].told["data"]
    assert (told["alert"], told["value"], told["sub"]) == ("leads", 1, False)
    administrator.close()
