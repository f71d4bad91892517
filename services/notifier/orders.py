"""What a person orders of a webhook: a test delivery, a replay. Each order is done once."""

from __future__ import annotations

from typing import Any, Final

import orjson

from schemas.calendar import format_time, parse_time
from services.notifier.clock import Clock
from services.notifier.core.filters import Webhook, message_id
from services.notifier.deliveries import Deliveries
from services.notifier.outbox import Letter
from services.notifier.tenants import Tenant

_CHUNK: Final = 200


class Orders:
    """Carries orders out. Laws: noted as done in the step that queues what was ordered."""

    def __init__(self, deliveries: Deliveries, clock: Clock) -> None:
        self._deliveries = deliveries
        self._clock = clock

    async def mind(self, tenant: Tenant, webhooks: dict[str, Webhook]) -> None:
        """Do what was ordered of these webhooks and is not done yet."""
        taken: dict[str, str] | None = None
        for kind in ("webhook-test", "webhook-replay"):
            for name, order in tenant.documents.get(kind, {}).items():
                if name not in webhooks:
                    continue
                if taken is None:
                    taken = await self._deliveries.outbox(tenant.name).taken()
                done = f"{kind}:{name}"
                if taken.get(done) == order["order"]:
                    continue
                letters = (
                    [self._test(tenant, name, order)]
                    if kind == "webhook-test"
                    else await self._replay(tenant, name, order)
                )
                await self._deliveries.put(tenant.name, letters, taken={done: order["order"]})

    def _test(self, tenant: Tenant, name: str, order: dict[str, Any]) -> Letter:
        now_ms = self._clock.now_ms()
        data = {
            "webhook": name,
            "text": "This is a test of your webhook; no figure has changed.",
        }
        told = {"type": "webhook.test", "timestamp": format_time(now_ms), "data": data}
        message = message_id(name, f"{tenant.name}|test", order["order"])
        return Letter(name, message, "test", "webhook.test", orjson.dumps(told), now_ms)

    async def _replay(self, tenant: Tenant, name: str, order: dict[str, Any]) -> list[Letter]:
        since = parse_time(order["since"]) if order.get("since") else None
        outbox = self._deliveries.outbox(tenant.name)
        now_ms = self._clock.now_ms()
        found: dict[str, Letter] = {}
        async for letter in outbox.replayed(name, since, order.get("message")):
            found.setdefault(letter.message, letter._replace(at_ms=now_ms))
        return list(found.values())
