"""Delivering: every lane with something in it is worked off in order, by a task of its own."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from schemas.calendar import format_time, parse_time
from schemas.ending import end
from schemas.webhooks import secret_of, signed
from services.notifier.clock import Clock
from services.notifier.core.filters import Webhook, lane_of, message_id
from services.notifier.core.retries import Standing, wait_ms
from services.notifier.metrics import NotifierMetrics
from services.notifier.outbox import LANES, Attempt, Letter, Note, Outbox, Queued, State
from services.notifier.sender import Outcome, Send
from services.notifier.settings import NotifierSettings

log = logging.getLogger(__name__)
_AWAY_S: Final = 1.0
_HOUR_MS: Final = 3_600_000
MAIL: Final = "mail:"
"""A mail address is called as if it were a webhook of this name."""
Disabled = Callable[[str, Webhook, str], None]
"""(tenant, webhook, reason): hears of a webhook that was disabled."""


class Deliveries:
    """Sends what stands in the outboxes.

    Laws:   per webhook and key in order, at least once, under one id; other keys go on, in as
            many lanes, while one waits; the definition that holds when it is sent is used.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        settings: NotifierSettings,
        send: Send,
        clock: Clock,
        metrics: NotifierMetrics,
        disabled: Disabled = lambda *_: None,
    ) -> None:
        self._redis = redis
        self._settings = settings
        self._send = send
        self._clock = clock
        self._metrics = metrics
        self._disabled = disabled
        self._defined: dict[tuple[str, str], Webhook] = {}
        self._lanes: dict[tuple[str, str, int], asyncio.Task[None]] = {}
        self._again: set[tuple[str, str, int]] = set()

    def outbox(self, tenant: str) -> Outbox:
        """Return the queues of a tenant."""
        return Outbox(self._redis, tenant, self._settings.kept_deliveries)

    async def define(self, tenant: str, webhooks: dict[str, Webhook]) -> None:
        """Take the webhooks of a tenant as they are defined now; start what waits."""
        before = {name for owner, name in self._defined if owner == tenant}
        for name in before - webhooks.keys():
            del self._defined[tenant, name]
            await self.outbox(tenant).forget(name)
        for name, webhook in webhooks.items():
            is_other = self._defined.get((tenant, name)) != webhook
            self._defined[tenant, name] = webhook
            if is_other:
                for lane in range(LANES):
                    self._restart(tenant, name, lane)

    async def put(
        self,
        tenant: str,
        letters: list[Letter],
        taken: Mapping[str, str] | None = None,
        state: State | None = None,
        notes: Sequence[Note] = (),
    ) -> None:
        """Queue letters, in one step with what else is noted, and have them sent."""
        await self.outbox(tenant).put(letters, taken, state, notes)
        for name in {letter.webhook for letter in letters}:
            await self._mind_length(tenant, name)
        for letter in letters:
            self.wake(tenant, letter.webhook, lane_of(letter.key, LANES))

    async def is_open(self, tenant: str, webhook: Webhook) -> bool:
        """Say whether something is queued for a webhook: it is not disabled."""
        return not (await self.outbox(tenant).standing(webhook.id)).is_disabled(webhook.digest)

    def wake(self, tenant: str, webhook: str, lane: int) -> None:
        """See that somebody works a lane off."""
        place = (tenant, webhook, lane)
        if place in self._lanes:
            self._again.add(place)
            return
        task = asyncio.create_task(self._run(place), name=f"lane-{lane}")
        self._lanes[place] = task
        task.add_done_callback(lambda _: self._ended(place))

    def _restart(self, tenant: str, webhook: str, lane: int) -> None:
        running = self._lanes.get((tenant, webhook, lane))
        self.wake(tenant, webhook, lane)
        if running is not None:  # it may be waiting for a URL that is another one by now
            running.cancel()

    def _ended(self, place: tuple[str, str, int]) -> None:
        self._lanes.pop(place, None)
        if place in self._again:
            self._again.discard(place)
            self.wake(*place)

    async def close(self) -> None:
        """Stop; what was not logged is sent again by the next one."""
        self._again.clear()
        tasks = list(self._lanes.values())
        self._lanes.clear()
        await end(*tasks)

    async def _run(self, place: tuple[str, str, int]) -> None:
        """Work a lane off until it is empty, or its webhook is gone or disabled."""
        tenant, name, lane = place
        outbox = self.outbox(tenant)
        while (webhook := self._defined.get((tenant, name))) is not None:
            try:
                queued = await outbox.head(name, lane)
                if queued is None:
                    return
                wait_s = await self._deliver(tenant, webhook, lane, queued)
            except (RedisError, OSError) as error:
                log.warning("deliveries wait for the store: %s", error)
                await asyncio.sleep(_AWAY_S)
                continue
            if wait_s is None:
                return
            if wait_s > 0:
                await self._clock.sleep(wait_s)

    async def _deliver(
        self, tenant: str, webhook: Webhook, lane: int, queued: Queued
    ) -> float | None:
        """Deliver one letter; return how long to wait then, None where nothing may be sent."""
        outbox = self.outbox(tenant)
        standing = await outbox.standing(webhook.id)
        if standing.is_disabled(webhook.digest):
            return None
        number = await outbox.attempts(webhook.id, lane) + 1
        began_ms = self._clock.now_ms()
        outcome = await self._send(
            webhook.url, self._headers(tenant, webhook, queued.letter, began_ms), queued.letter.body
        )
        # lanes fail beside each other: what stands is read again, not what stood before
        standing = (await outbox.standing(webhook.id)).after(
            outcome.status,
            self._clock.now_ms(),
            webhook.digest,
            is_ok=outcome.is_ok,
            disable_hours=self._settings.disable_hours,
        )
        is_old = began_ms - queued.letter.at_ms >= self._settings.retry_hours * _HOUR_MS
        result = "delivered" if outcome.is_ok else "given_up" if is_old else "failed"
        attempt = Attempt(number, began_ms, outcome.took_ms, outcome.status, outcome.error, result)
        await outbox.settle(lane, queued, attempt, standing)
        self._metrics.deliveries.labels(result).inc()
        if standing.is_disabled(webhook.digest):
            await self._tell_disabled(tenant, webhook, standing)
            return None
        return 0.0 if result != "failed" else self._wait_s(number, outcome)

    @staticmethod
    def _wait_s(number: int, outcome: Outcome) -> float:
        return wait_ms(number, random.random(), outcome.retry_after_s) / 1000  # noqa: S311

    def _headers(self, tenant: str, webhook: Webhook, letter: Letter, at_ms: int) -> dict[str, str]:
        secret = self._settings.webhook_secret.get_secret_value()
        rotations = [webhook.rotation]
        if webhook.previous_until and at_ms < parse_time(webhook.previous_until):
            rotations.append(webhook.rotation - 1)
        secrets = [secret_of(secret, tenant, webhook.id, rotation) for rotation in rotations]
        return signed(secrets, letter.message, at_ms // 1000, letter.body)

    async def _mind_length(self, tenant: str, name: str) -> None:
        webhook = self._defined.get((tenant, name))
        if webhook is None or await self.outbox(tenant).length(name) <= self._settings.max_queued:
            return
        outbox = self.outbox(tenant)
        standing = await outbox.standing(name)
        if not standing.is_disabled(webhook.digest):
            reason = f"more than {self._settings.max_queued} deliveries wait"
            standing = standing.disabled(reason, self._clock.now_ms(), webhook.digest)
            await outbox.disable(name, standing)
            await self._tell_disabled(tenant, webhook, standing)

    async def _tell_disabled(self, tenant: str, webhook: Webhook, standing: Standing) -> None:
        """Tell the URL once, whether it hears or not, and whoever else wants to know."""
        log.warning("a webhook was disabled: %s", standing.reason)
        at = format_time(standing.disabled_ms)
        data = {"webhook": webhook.id, "reason": standing.reason, "since": at}
        body = orjson.dumps({"type": "webhook.disabled", "timestamp": at, "data": data})
        message = message_id(webhook.id, "disabled", str(standing.disabled_ms))
        letter = Letter(webhook.id, message, "", "webhook.disabled", body, standing.disabled_ms)
        await self._send(
            webhook.url, self._headers(tenant, webhook, letter, standing.disabled_ms), body
        )
        if webhook.contact:
            await self.put(
                tenant, [letter._replace(webhook=MAIL + webhook.contact, key=webhook.id)]
            )
        self._metrics.disabled.inc()
        self._disabled(tenant, webhook, standing.reason)
