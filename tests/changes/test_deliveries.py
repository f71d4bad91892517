"""Deliveries under a clock that a test winds on: down for an hour, rotated, disabled, replayed."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from deploy.local.store import EmbeddedStore
from schemas.calendar import format_time
from schemas.webhooks import secret_of
from services.notifier.core.filters import Webhook, message_id
from services.notifier.deliveries import Deliveries
from services.notifier.metrics import NotifierMetrics
from services.notifier.outbox import Letter
from services.notifier.sender import Sender
from services.notifier.settings import NotifierSettings
from tests.changes.subscriber import FastClock, Subscriber, subscriber

SERVICE_SECRET = "of-the-service"
HOUR_S = 3600
KEYS = [f"acme|orders|employee|nv{n}|2026-11-22|" for n in range(12)]


class Desk:
    """The delivering part of a notifier, on a tenant of its own."""

    def __init__(self, store: EmbeddedStore, clock: FastClock, **settings: str) -> None:
        environ = {
            "SALESPULSE_NOTIFIER_WEBHOOK_SECRET": SERVICE_SECRET,
            "SALESPULSE_NOTIFIER_ALLOWED_NETWORKS": "127.0.0.0/8",
            **{f"SALESPULSE_NOTIFIER_{name}": value for name, value in settings.items()},
        }
        self.tenant = f"t{secrets.token_hex(4)}"
        self.clock = clock
        self.disabled: list[str] = []
        self._settings = NotifierSettings.load(environ)
        self.redis = Redis.from_url(store.url, protocol=2)
        self.sender = Sender(self._settings.networks(), 5)
        self.open()

    def open(self) -> None:
        """Begin as a process that was just started."""
        self.deliveries = Deliveries(
            self.redis,
            settings=self._settings,
            send=self.sender,
            clock=self.clock,
            metrics=NotifierMetrics(CollectorRegistry()),
            disabled=lambda _, webhook, reason: self.disabled.append(f"{webhook.id}: {reason}"),
        )

    async def define(self, url: str, **more: object) -> Webhook:
        """Define the webhook of this tenant."""
        data = {"url": url, "events": ["kpi.changed"], "defined_at": "x", **more}
        webhook = Webhook.read("hook", data)
        await self.deliveries.define(self.tenant, {"hook": webhook})
        return webhook

    async def tell(self, *said: tuple[str, int]) -> None:
        """Queue changes: key and version."""
        letters = []
        for key, version in said:
            body = orjson.dumps({"key": key, "version": version})
            message = message_id("hook", key, str(version))
            letters.append(Letter("hook", message, key, "kpi.changed", body, self.clock.now_ms()))
        await self.deliveries.put(self.tenant, letters)

    async def pass_(self, seconds: float, step_s: float = 20) -> None:
        """Let time pass, in steps after each of which everybody has done what was due."""
        while seconds > 0:
            await self._settle()
            await self.clock.wind_on(min(step_s, seconds))
            seconds -= step_s
        await self._settle()

    async def _settle(self) -> None:
        async with asyncio.timeout(60):
            while len(self.deliveries._lanes) > self.clock.asleep:  # noqa: ASYNC110
                await asyncio.sleep(0.002)

    async def until_idle(self) -> None:
        """Let time pass until nothing waits."""
        while await self.deliveries.outbox(self.tenant).length("hook"):
            await self.pass_(300, 300)

    async def outcomes(self) -> list[str]:
        """Return what came of each try so far, by the log of deliveries."""
        log = await self.redis.xrange(self.deliveries.outbox(self.tenant).keys.log("hook"))
        return [fields[b"outcome"].decode() for _, fields in log]

    async def close(self) -> None:
        """Stop."""
        await self.deliveries.close()
        await self.sender.close()
        await self.redis.aclose()


@asynccontextmanager
async def desk(store: EmbeddedStore, **settings: str) -> AsyncIterator[tuple[Desk, Subscriber]]:
    """Give a desk and who is called; the clock ends about an hour on, where this machine's is."""
    clock = FastClock(round((time.time() - HOUR_S) * 1000))
    async with subscriber() as listening:
        made = Desk(store, clock, **settings)
        try:
            yield made, listening
        finally:
            await made.close()


def in_order(listening: Subscriber) -> dict[str, list[int]]:
    """Return the versions that were taken of each key, in order, each message once."""
    seen: set[str] = set()
    found: defaultdict[str, list[int]] = defaultdict(list)
    for taken in listening.taken:
        if taken.message not in seen:
            seen.add(taken.message)
            found[taken.told["key"]].append(taken.told["version"])
    return dict(found)


async def test_down_for_an_hour_and_killed_in_the_middle(store: EmbeddedStore) -> None:
    """Everything comes: once per id, in order per key, though the notifier began anew twice."""
    dice = random.Random(7)
    async with desk(store) as (floor, listening):
        await floor.define(listening.url)
        listening.status = 503
        version = 0
        for part in range(6):
            for _ in range(5):
                version += 1
                await floor.tell(*((dice.choice(KEYS), version * 10 + n) for n in range(3)))
                await floor.pass_(HOUR_S / 30)
            if part in {1, 3}:
                await floor.deliveries.close()  # what it had not noted is forgotten
                floor.open()
                await floor.define(listening.url)
        assert listening.taken == []
        assert len({one.message for one in listening.refused}) < len(listening.refused)
        listening.status = 200
        await floor.until_idle()
        told = in_order(listening)
        assert sum(map(len, told.values())) == 90
        assert all(versions == sorted(versions) for versions in told.values())
        assert len(listening.taken) == 90, "one that was taken is sent again by a crash only"
        assert 1 < listening.most_at_once <= 8
        for taken in listening.taken:
            assert taken.signed_by(secret_of(SERVICE_SECRET, floor.tenant, "hook", 1))


async def test_killed_between_delivery_and_note(store: EmbeddedStore) -> None:
    """What was taken and not noted comes again, under the same id and with the same body."""
    async with desk(store) as (floor, listening):
        await floor.define(listening.url)
        outbox = floor.deliveries.outbox(floor.tenant)
        await floor.tell((KEYS[0], 1))
        await listening.until(1)
        await floor.until_idle()
        (first,) = listening.taken
        body = Letter("hook", first.message, KEYS[0], "kpi.changed", first.body, 0)
        await outbox.put([body._replace(at_ms=floor.clock.now_ms())])
        floor.deliveries.wake(floor.tenant, "hook", 0)
        await floor.deliveries.close()
        floor.open()
        await floor.define(listening.url)
        await floor.until_idle()
        assert [(one.message, one.body) for one in listening.taken] == [
            (first.message, first.body),
            (first.message, first.body),
        ]


async def test_both_secrets_sign_while_one_follows_the_other(store: EmbeddedStore) -> None:
    """During the overlap old and new secret verify; after it the old one does no more."""
    async with desk(store) as (floor, listening):
        await floor.pass_(HOUR_S, HOUR_S)
        until = format_time(floor.clock.now_ms() + 60_000)
        await floor.define(listening.url, rotation=2, previous_until=until)
        old, new = (secret_of(SERVICE_SECRET, floor.tenant, "hook", n) for n in (1, 2))
        await floor.tell((KEYS[0], 1))
        (first,) = await listening.until(1)
        assert first.verified_by(old, new)
        await floor.pass_(61, 61)
        await floor.tell((KEYS[0], 2))
        last = (await listening.until(2))[-1]
        assert last.verified_by(new)
        with pytest.raises(Exception, match="No matching signature"):
            last.verified_by(old)


async def test_a_url_that_only_fails_is_disabled_and_told(store: EmbeddedStore) -> None:
    """After the hours set it is disabled, which is said; defined anew it goes on."""
    async with desk(store, DISABLE_HOURS="0.5", RETRY_HOURS="9") as (floor, listening):
        webhook = await floor.define(listening.url)
        listening.status = 500
        await floor.tell((KEYS[0], 1), (KEYS[1], 1))
        await floor.pass_(4 * HOUR_S, 300)
        assert len(floor.disabled) == 1, floor.disabled
        assert "0.5 hours" in floor.disabled[0]
        assert not await floor.deliveries.is_open(floor.tenant, webhook)
        assert listening.refused[-1].told["type"] == "webhook.disabled"
        tried = len(listening.refused)
        await floor.pass_(120)
        assert len(listening.refused) == tried
        listening.status = 200
        await floor.define(listening.url, label="again")
        await floor.until_idle()
        assert in_order(listening) == {KEYS[0]: [1], KEYS[1]: [1]}


async def test_gone_is_believed_at_once_and_too_much_is_too_much(store: EmbeddedStore) -> None:
    """410 disables without waiting; so does a queue beyond the limit."""
    async with desk(store, MAX_QUEUED="100") as (floor, listening):
        await floor.define(listening.url)
        listening.status = 410
        await floor.tell((KEYS[0], 1))
        await floor.pass_(1)
        assert "410" in floor.disabled[0]
        listening.status = 500
        await floor.define(listening.url, label="again")
        await floor.tell(*((KEYS[0], n) for n in range(101)))
        assert "more than 100" in floor.disabled[1]


async def test_what_fails_for_too_long_is_given_up_and_the_rest_goes_on(
    store: EmbeddedStore,
) -> None:
    """The log says `given_up`; the next of its key is delivered."""
    async with desk(store, RETRY_HOURS="0.2") as (floor, listening):
        await floor.define(listening.url)
        listening.status = 302
        await floor.tell((KEYS[0], 1))
        await floor.pass_(1000)
        listening.status = 500
        await floor.tell((KEYS[0], 2))
        while "given_up" not in await floor.outcomes():  # when the next try is, is chance
            await floor.pass_(60)
        listening.status = 200
        await floor.until_idle()
        assert in_order(listening) == {KEYS[0]: [2]}
        outcomes = await floor.outcomes()
        assert outcomes.count("given_up") == 1
        assert outcomes[-1] == "delivered"


async def test_replays_are_the_same_messages(store: EmbeddedStore) -> None:
    """From a message or a time on, in order, what was sent is found with its id and body."""
    async with desk(store) as (floor, listening):
        await floor.define(listening.url)
        for version in range(1, 4):
            await floor.tell((KEYS[0], version))
            await listening.until(version)
            await floor.until_idle()
            await floor.pass_(10, 10)
        outbox = floor.deliveries.outbox(floor.tenant)
        second = listening.taken[1].message
        since = [one async for one in outbox.replayed("hook", None, second)]
        assert [one.message for one in since] == [one.message for one in listening.taken[1:]]
        assert [one.body for one in since] == [one.body for one in listening.taken[1:]]
        last = since[-1].at_ms
        assert [one async for one in outbox.replayed("hook", last, None)] == since[-1:]
