"""Watching: rules are judged when what they are made of moved, and by the clock.

The state of an alert, its history and the messages about it are written in one step, so what was
decided is told, and what was told is remembered, whenever the process ends.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import product
from typing import Any, Final

import orjson
from pydantic import ValidationError
from redis.asyncio import Redis

from schemas.alerts import Notice, State, Watch
from schemas.calendar import format_time
from schemas.changes import Version
from schemas.tables import NoticeKeys, parse_field
from services.notifier.alerts.readings import (
    Place,
    counts_as_growth,
    is_available,
    places_of,
    plan,
    silence,
    watched,
)
from services.notifier.clock import Clock
from services.notifier.core.filters import Interest, Webhook, message_id
from services.notifier.deliveries import MAIL, Deliveries
from services.notifier.metrics import NotifierMetrics
from services.notifier.outbox import Letter, Note
from services.notifier.outbox import State as Stored
from services.notifier.tenants import Moved, Tenant

log = logging.getLogger(__name__)
_TICK_MS: Final = 15_000
_CHUNK: Final = 500
_KEPT: Final = 1000


class _Watched:
    """The alerts of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.watches: dict[str, Watch] = {}
        self.of_cell: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        self.states: dict[str, State] = {}
        self.grew_ms: dict[str, int] = {}
        self.interest = Interest(())
        self.dirty: set[str] = set()
        self.ticked_ms = 0

    def begin(self, known: Collection[str], now_ms: int) -> None:
        """Have silence begin that nobody watched before."""
        for name in self.watches.keys() - known:
            if self.states.get(name, State()).level == "ok":
                self.grew_ms[name] = now_ms  # nobody knows whether it grew before: no alarm


class Watching:
    """Judges the alerts of all tenants."""

    def __init__(
        self, redis: Redis, deliveries: Deliveries, clock: Clock, metrics: NotifierMetrics
    ) -> None:
        self._redis: Any = redis
        self._deliveries = deliveries
        self._clock = clock
        self._metrics = metrics
        self._tenants: dict[str, _Watched] = {}

    @staticmethod
    def mails(tenant: Tenant, webhooks: Iterable[Webhook]) -> dict[str, Webhook]:
        """Return whom alerts and webhooks write to, each as something that can be called."""
        addresses = {webhook.contact for webhook in webhooks if webhook.contact}
        for data in tenant.documents.get("alert", {}).values():
            addresses |= set(data.get("mails") or ())
        return {
            MAIL + address: Webhook.read(
                MAIL + address, {"url": f"mailto:{address}", "events": [], "alerts": ["-"]}
            )
            for address in addresses
        }

    async def define(self, tenant: Tenant, webhooks: dict[str, Webhook]) -> None:
        """Take the alerts of a tenant as they are defined now; all of them are judged anew.

        Laws:   silence that nobody has watched yet begins now, unless it is being told already.
        """
        keys = NoticeKeys(tenant.name)
        found = _Watched(tenant)
        found.interest = Interest(webhooks.values())
        for name, data in tenant.documents.get("alert", {}).items():
            try:
                watch = Watch.read(name, data, tenant.settings.time_zone)
            except ValidationError:
                log.warning("an alert cannot be read")
                continue
            metrics = watched(watch, tenant)
            if not metrics:
                continue  # a figure that there is no more
            found.watches[name] = watch
            for metric, whose in product(metrics, places_of(watch, tenant)):
                found.of_cell[metric, watch.rule.scope, whose].add(name)
        before = self._tenants.get(tenant.name)
        if before is None:
            raw = await self._redis.hgetall(keys.alerts)
            stored = {name.decode(): orjson.loads(value) for name, value in raw.items()}
            await self._show_open(keys, stored)
        else:
            stored = {
                name: {**state._asdict(), "grew_ms": before.grew_ms.get(name, 0)}
                for name, state in before.states.items()
            }
        for name, kept in stored.items():
            if name in found.watches:
                found.grew_ms[name] = kept.pop("grew_ms", 0)
                found.states[name] = State(**kept)
        gone = [name for name in stored if name not in found.watches]
        if gone:
            await self._redis.hdel(keys.alerts, *gone)
            await self._redis.hdel(keys.open_alerts, *gone)
        found.begin(before.watches.keys() if before else (), self._clock.now_ms())
        found.dirty = set(found.watches)
        self._tenants[tenant.name] = found
        await self._tests(found)

    async def _show_open(self, keys: NoticeKeys, stored: Mapping[str, Mapping[str, Any]]) -> None:
        """Have boards show what is open by the states that this notifier begins with."""
        opened = {
            name: orjson.dumps(kept).decode()
            for name, kept in stored.items()
            if kept["level"] != "ok"
        }
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(keys.open_alerts)
        if opened:
            pipe.hset(keys.open_alerts, mapping=opened)
        await pipe.execute()

    def moved(self, tenant: Tenant, moved: Moved) -> None:
        """Note which alerts are to be judged, and which figures grew."""
        found = self._tenants.get(tenant.name)
        if found is None or not found.watches:
            return
        for (field, scope, scope_id), grew_ms in moved.cells.items():
            metric, part = parse_field(field)
            whose = "all" if scope == "company" else scope_id
            for name in found.of_cell.get((metric, scope, whose), ()):
                found.dirty.add(name)
                if grew_ms and counts_as_growth(part, tenant):
                    found.grew_ms[name] = max(found.grew_ms.get(name, 0), grew_ms)

    async def look(self) -> None:
        """Judge what moved, and all that the clock may have moved."""
        now_ms = self._clock.now_ms()
        for found in list(self._tenants.values()):
            if now_ms - found.ticked_ms >= _TICK_MS:
                found.ticked_ms = now_ms
                found.dirty |= found.watches.keys()
            names = sorted(found.dirty)
            found.dirty = set()
            for at in range(0, len(names), _CHUNK):
                await self._judge(found, names[at : at + _CHUNK], now_ms)

    async def _judge(self, found: _Watched, names: list[str], now_ms: int) -> None:
        values = await self._values(found, names, now_ms)
        letters: list[Letter] = []
        states: dict[str, str] = {}
        opened: dict[str, str | None] = {}
        notes: list[Note] = []
        keys = NoticeKeys(found.tenant.name)
        for name in names:
            watch, before = found.watches[name], found.states.get(name, State())
            state, notice = watch.step(before, values.get(name), now_ms)
            found.states[name] = state
            is_same = state._replace(value=None) == before._replace(value=None)
            if is_same and (state.level == "ok" or state.value == before.value):
                continue
            kept = {**state._asdict(), "grew_ms": found.grew_ms.get(name, 0)}
            written = orjson.dumps(kept).decode()
            opened[name] = None if state.level == "ok" else written
            if is_same:
                continue
            states[name] = written
            if state.level != before.level:
                self._metrics.alerts.labels(state.level).inc()
                notes.append(Note(keys.history(name), _history(before, state, now_ms), _KEPT))
            if notice is not None:
                letters += self._letters(found, watch, state, notice, now_ms)
        if opened:
            stored: Stored = {keys.alerts: states, keys.open_alerts: opened}
            await self._deliveries.put(found.tenant.name, letters, state=stored, notes=notes)

    async def _values(
        self, found: _Watched, names: list[str], now_ms: int
    ) -> dict[str, float | None]:
        values: dict[str, float | None] = {}
        plans = {}
        for name in names:
            watch = found.watches[name]
            if not is_available(watch, found.tenant, now_ms):
                continue
            if watch.rule.rule == "silence":
                values[name] = silence(watch, found.tenant, found.grew_ms.get(name, 0), now_ms)
            elif watch.is_due(now_ms):
                plans[name] = plan(watch, found.tenant, now_ms)
        wanted = list({place: None for one in plans.values() for place in one.places})
        cells = await self._read(wanted)
        for name, one in plans.items():
            values[name] = one.value(cells)
        return values

    async def _read(self, places: list[Place]) -> dict[Place, int]:
        by_key: defaultdict[str, list[str]] = defaultdict(list)
        for key, field in places:
            by_key[key].append(field)
        pipe = self._redis.pipeline(transaction=False)
        for key, fields in by_key.items():
            pipe.hmget(key, fields)
        replies = await pipe.execute() if by_key else []
        return {
            (key, field): int(value)
            for (key, fields), reply in zip(by_key.items(), replies, strict=True)
            for field, value in zip(fields, reply, strict=True)
            if value is not None
        }

    def _letters(
        self, found: _Watched, watch: Watch, state: State, notice: Notice, now_ms: int
    ) -> list[Letter]:
        version = str(Version(found.tenant.generation, 0))
        data = told(found.tenant.name, watch, state, notice, now_ms) | {"version": version}
        return self._addressed(found, watch, data, f"{notice.occurrence}:{state.since_ms}")

    def _addressed(
        self, found: _Watched, watch: Watch, data: dict[str, Any], what: str
    ) -> list[Letter]:
        now_ms = self._clock.now_ms()
        at, kind = format_time(now_ms), "alert.changed"
        body = orjson.dumps({"type": kind, "timestamp": at, "data": data})
        names = [webhook.id for webhook in found.interest.of_alert(watch.id)]
        names += [MAIL + address for address in watch.rule.mails or ()]
        key = f"{found.tenant.name}|alert|{watch.id}"
        return [
            Letter(name, message_id(name, key, what), key, kind, body, now_ms) for name in names
        ]

    async def _tests(self, found: _Watched) -> None:
        """Try the channels of alerts as ordered, each order once."""
        orders = found.tenant.documents.get("alert-test", {})
        taken = await self._deliveries.outbox(found.tenant.name).taken() if orders else {}
        for name, order in orders.items():
            done = f"alert-test:{name}"
            if name not in found.watches or taken.get(done) == order["order"]:
                continue
            watch, now_ms = found.watches[name], self._clock.now_ms()
            notice = Notice("ok", "warn", f"test-{order['order']}")
            data = told(found.tenant.name, watch, State(), notice, now_ms)
            letters = self._addressed(found, watch, data | {"version": "test.0"}, order["order"])
            noted = {done: order["order"]}
            await self._deliveries.put(found.tenant.name, letters, taken=noted)


def told(tenant: str, watch: Watch, state: State, notice: Notice, now_ms: int) -> dict[str, Any]:
    """Return what a channel is told of an alert."""
    rule = watch.rule
    return {
        "tenant": tenant,
        "alert": watch.id,
        "name": rule.name,
        "occurrence": notice.occurrence,
        "state": notice.level,
        "before": notice.before,
        "metric": rule.metric or rule.rule,
        "scope": rule.scope,
        "id": rule.scope_id,
        "sub": rule.sub,
        "value": state.value,
        "at": format_time(now_ms),
    }


def _history(before: State, state: State, now_ms: int) -> dict[str, Any]:
    return {
        "at_ms": now_ms,
        "level": state.level,
        "before": before.level,
        "occurrence": state.occurrence or before.occurrence,
        "value": "" if state.value is None else state.value,
        "silent": int(state.is_silent or before.is_silent),
    }
