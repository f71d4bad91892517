"""The seeded mix of events that every program of the benchmark folds.

A telesales company of 200 employees and 20,000 customers and its day: every event type there is,
but for the one that ends a tenant, times ascending.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from schemas.events import EVENT_MODELS, RESERVED_TYPES
from tests.benchmarks import written
from tests.benchmarks.company import STAGES, morning
from tests.benchmarks.day import LENGTH_MS, Day, profile
from tests.benchmarks.written import Event, logged

TENANT: Final = "bench"
CUSTOMERS: Final = 20_000
TYPES: Final = frozenset(EVENT_MODELS) - {"tenant.erased"}
"""What is in the mix: everything but the end of everything."""
_BEGINS_MS: Final = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp() * 1000)
"""Seven in the morning where the company is."""
_OPENS_MS: Final = _BEGINS_MS + 3_600_000
_DAYS_BACK: Final = 180
_DAY_MS: Final = 86_400_000


def plain(
    count: int, *, tenant: str = TENANT, customers: int = CUSTOMERS, seed: int = 7
) -> Iterator[Event]:
    """Yield `count` events in canonical form, nothing sealed: people, customers, then the day.

    At most a tenth of them makes customers.
    """
    chance = random.Random(seed)
    customers = max(1, min(customers, count // 10))
    return islice(_all(chance, tenant, customers, count), count)


def _all(chance: random.Random, tenant: str, customers: int, count: int) -> Iterator[Event]:
    number = 0
    for event_type, subject, data in morning(written.moment(_BEGINS_MS)):
        yield written.event(event_type, number, subject, _BEGINS_MS + number, data, tenant)
        number += 1
    for customer in range(customers):
        days, ms = divmod(chance.randrange(_DAYS_BACK * _DAY_MS), _DAY_MS)
        created_ms = _OPENS_MS - (1 + days) * _DAY_MS + ms * LENGTH_MS // _DAY_MS
        owner = f"emp{chance.randrange(200)}"
        data = profile(chance, customer) | {"created_at": written.moment(created_ms)}
        data |= {"creator_id": owner, "owner_id": owner, "relationship_id": STAGES[0]}
        at_ms = _BEGINS_MS + number
        yield written.event("customer.created", number, f"c{customer}", at_ms, data, tenant)
        number += 1
    for happened in Day(chance, customers, _OPENS_MS, count - number).events():
        event_type, subject, data = happened.event_type, happened.subject, happened.data
        yield written.event(event_type, number, subject, happened.at_ms, data, tenant)
        number += 1


def events(count: int, **choice: Any) -> Iterator[bytes]:
    """Yield the same as the log keeps them."""
    return map(logged, plain(count, **choice))


def posted(count: int, **choice: Any) -> Iterator[Event]:
    """Yield `count` events that an ingest key may write."""
    allowed = (one for one in plain(2 * count, **choice) if one["type"] not in RESERVED_TYPES)
    return islice(allowed, count)


def check(sample: int = 4000) -> None:
    """Check that the mix is what the ingestor would have written; raises AssertionError.

    Some of everything: the first of each type, and as many as asked for.
    """
    seen: Counter[str] = Counter()
    for number, event in enumerate(plain(10 * sample)):
        seen[event["type"]] += 1
        if number % 10 == 0 or seen[event["type"]] <= 3:
            written.check(event)
