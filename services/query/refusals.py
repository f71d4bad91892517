"""What was refused: counts and a few samples per tenant, read from the topic crm-dead-letters.

What was refused at the door is counted here. What the fold refused is counted by the fold itself
(the hash `quality`, at the version of the figures); of it only samples are kept here, so that
nothing counts twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from schemas.brokers import Brokers
from schemas.calendar import format_time
from services.query.topic_follower import Message, TopicFollower

SAMPLES: Final = 5
"""Newest letters kept of a tenant, place and code; codes are a closed set."""


@dataclass(slots=True)
class Refused:
    """What is known of one tenant's refused events, by code."""

    at_door: Counter[str] = field(default_factory=Counter)
    samples: defaultdict[tuple[str, str], deque[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=SAMPLES))
    )


class Refusals:
    """Follows the dead letters.

    Laws:   never holds more than `SAMPLES` letters of a (tenant, place, code), and never the raw
            event. A letter that the fold wrote twice is one sample.
    """

    def __init__(self, brokers: Brokers, prefix: str) -> None:
        self._tenants: defaultdict[str, Refused] = defaultdict(Refused)
        self._since_ms: int | None = None
        self._follower = TopicFollower(brokers, prefix, "crm-dead-letters", self._take, self._begin)
        self.start = self._follower.start
        self.stop = self._follower.stop

    @property
    def is_read(self) -> bool:
        """Whether the topic was once read to its end: before that counts are too low."""
        return self._follower.is_read

    def of(self, tenant: str, in_fold: Mapping[str, int]) -> dict[str, Any]:
        """Return what was refused, most first.

        Shape:  {state, since, rows: [{code, where, count, samples}]}; `in_fold` is code -> count
                of the fold.
        Laws:   while the topic is still being read there are no counts of the door: null, not 0.
        """
        known = self._tenants.get(tenant, Refused()) if self.is_read else Refused()
        counts = [("fold", code, count) for code, count in in_fold.items()]
        counts += [("door", code, count) for code, count in known.at_door.items()]
        rows = [
            {
                "code": code,
                "where": where,
                "count": count,
                "samples": [*reversed(known.samples.get((where, code), ()))],
            }
            for where, code, count in sorted(counts, key=lambda one: (-one[2], one[1], one[0]))
        ]
        since = self._since_ms if self.is_read else None
        return {
            "state": "read" if self.is_read else "reading",
            "since": None if since is None else format_time(since),
            "at_door": known.at_door.total() if self.is_read else None,
            "in_fold": sum(in_fold.values()),
            "rows": rows,
        }

    def take(self, value: bytes) -> None:
        """Take one letter."""
        letter = orjson.loads(value)
        tenant, code, at_ms = str(letter["tenant"]), str(letter["code"]), int(letter["at_ms"])
        self._since_ms = at_ms if self._since_ms is None else min(self._since_ms, at_ms)
        where = "door" if letter["topic"] is None else "fold"
        known = self._tenants[tenant]
        sample = {
            "event_id": letter["event_id"] or None,
            "at": format_time(at_ms),
            "detail": letter["detail"],
            "pointer": letter["pointer"],
            "offset": letter["offset"],
        }
        samples = known.samples[where, code]
        if where == "door":
            known.at_door[code] += 1
        elif any(kept["offset"] == sample["offset"] for kept in samples):
            return
        samples.append(sample)

    def _begin(self) -> None:
        self._tenants.clear()
        self._since_ms = None

    def _take(self, message: Message) -> None:
        if message.value is not None:
            self.take(message.value)
