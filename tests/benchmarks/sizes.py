"""What a call and a customer take in the store, by the store's own count (MEMORY USAGE).

A full day of calls of 200 people, each told in the three events of a telephone system, with
every list and index there is. Keys are told apart by their kind (schemas/tables.py).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import redis

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from schemas.tables import GenerationKeys
from tests.benchmarks import written
from tests.benchmarks.company import EMPLOYEES, STAGES, employee
from tests.benchmarks.day import phone, profile
from tests.benchmarks.floor import floor
from tests.benchmarks.readings import generation, position
from tests.benchmarks.throughput import write

_LISTED: Final = frozenset({"f", "n", "i", "days", "z", "v", "r", "rs", "pairs"})
"""Facts, their numbers, lists, scored lists, visits and what refers to what."""
_STREAMS: Final = frozenset({"touched", "recent"})
"""Bounded, whatever there is; as are the fence and the change stream, which have no tenant."""
_CHUNK: Final = 5000
_PATIENCE_S: Final = 900
_LENGTH_MS: Final = 10 * 3_600_000
_TALKS: Final = (0, 0, 45, 90, 240, 600)


class Sizes(NamedTuple):
    """Bytes."""

    call: float
    call_all_in: float
    customer: float


def run(directory: Path, *, customers: int, calls: int, say: Callable[[str], None]) -> Sizes:
    """Fold customers, then their calls, and look what became more."""
    with floor(directory, partitions=1) as stack, redis.Redis.from_url(stack.redis_url) as client:
        tenant = stack.create_tenant(name="Bench")
        events = _events(tenant.id, customers, calls)
        _fold(stack, tenant, client, islice(events, EMPLOYEES))
        empty = _bytes(client)
        _fold(stack, tenant, client, islice(events, customers))
        before = _bytes(client)
        _fold(stack, tenant, client, events)
        after = _bytes(client)
    grown = {kind: (after[kind] - before[kind]) / calls for kind in sorted(after)}
    say(f"bytes a call by kind of key: {' '.join(f'{kind}={n:.0f}' for kind, n in grown.items())}")
    listed = sum(grown.get(kind, 0) for kind in _LISTED)
    return Sizes(
        listed,
        (after.total() - before.total()) / calls,
        (before.total() - empty.total()) / customers,
    )


def _events(tenant: str, customers: int, calls: int) -> Iterator[bytes]:
    chance = random.Random(5)
    begins_ms = int(datetime.now(UTC).timestamp() * 1000) - 2 * _LENGTH_MS
    number = 0

    def event(event_type: str, subject: str, at_ms: int, data: dict[str, Any]) -> bytes:
        nonlocal number
        number += 1
        return written.logged(written.event(event_type, number, subject, at_ms, data, tenant))

    for who in range(EMPLOYEES):
        yield event("employee.upserted", f"emp{who}", begins_ms, employee(who))
    for name in range(customers):
        data = profile(chance, name) | {"created_at": written.moment(begins_ms)}
        data |= {"owner_id": f"emp{name % EMPLOYEES}", "relationship_id": STAGES[0]}
        yield event("customer.created", f"c{name}", begins_ms, data)
    for call in range(calls):
        customer, at_ms = chance.randrange(customers), begins_ms + call * _LENGTH_MS // calls
        who = {"direction": "outbound", "employee_id": f"emp{chance.randrange(EMPLOYEES)}"}
        who |= {"customer_id": f"c{customer}", "phone": phone(customer)}
        talk_s = chance.choice(_TALKS)
        started = {"started_at": written.moment(at_ms), **who}
        yield event("call.started", f"call{call}", at_ms, started)
        connected_ms = at_ms + 9000
        if talk_s:
            connected = {"connected_at": written.moment(connected_ms), **who}
            yield event("call.connected", f"call{call}", connected_ms, connected)
        ended_ms = connected_ms + talk_s * 1000
        ended = {"ended_at": written.moment(ended_ms), "duration_s": talk_s, **who}
        yield event("call.ended", f"call{call}", ended_ms, ended)


def _fold(stack: Stack, tenant: Tenant, client: redis.Redis, values: Iterable[bytes]) -> None:
    """Write events into the log and wait until the last one is folded."""
    topic, rest = f"{stack.topic_prefix}crm-events", iter(values)
    begun, count = position(client), 0
    while chunk := list(islice(rest, _CHUNK)):
        asyncio.run(write(stack.kafka_bootstrap, topic, chunk, tenant.id))
        count += len(chunk)
    wait_for(lambda: position(client) >= begun + count, _PATIENCE_S, "it was not folded")


def _bytes(client: redis.Redis) -> Counter[str]:
    """Return the bytes of the served keys by kind, without the bounded streams."""
    prefix = GenerationKeys(0, generation(client)).prefix
    found: Counter[str] = Counter()
    keys = [key.decode() for key in client.scan_iter(match=f"{prefix}*", count=5000)]
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        pipeline = client.pipeline(transaction=False)
        for key in chunk:
            pipeline.memory_usage(key, samples=0)
        for key, size in zip(chunk, pipeline.execute(), strict=True):
            kind = key.removeprefix(prefix).partition(":")[2].partition(":")[0]
            if kind and kind not in _STREAMS:
                found[kind] += size or 0
    return found
