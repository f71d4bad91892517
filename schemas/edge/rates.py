"""How often one caller may come: so many requests a minute, of each kind of work.

In memory, for each process by itself: two processes let through twice as much. A limit is there
to keep one caller from taking the service away from the others, not to bill anybody.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Mapping

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from schemas.edge.refusal import Refusal

_REMEMBERED = 10_000


class Rates:
    """Counts requests.

    Shape:  `per_minute` is kind of work -> most requests of one caller in a minute.
    Laws:   the minute of a caller begins with its first request. A caller that was let in lately
            is not held up by what others at its address tried.
    """

    def __init__(self, per_minute: Mapping[str, int], refused_per_minute: int) -> None:
        self._items = {
            kind: RateLimitItemPerMinute(count, namespace=kind)
            for kind, count in per_minute.items()
        }
        self._refused = RateLimitItemPerMinute(refused_per_minute, namespace="refused")
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._known: OrderedDict[str, None] = OrderedDict()

    def take(self, kind: str, caller: str) -> Refusal | None:
        """Count a request; return why it is one too many."""
        item = self._items[kind]
        if self._limiter.hit(item, caller):
            return None
        detail = f"at most {item.amount} requests a minute for {kind} ({kind}_per_minute)"
        return self._too_often("rate_limited", detail, item, caller)

    def stranger(self, caller: str, address: str) -> Refusal | None:
        """Return why nobody unknown is heard from an address: too many were refused there."""
        if caller in self._known or self._limiter.test(self._refused, address):
            return None
        detail = (
            f"more than {self._refused.amount} logins of this address were refused within a "
            "minute (max_refused_per_minute)"
        )
        return self._too_often("too_many_refused", detail, self._refused, address)

    def answered(self, status: int, caller: str, address: str) -> None:
        """Take how a request ended: who was let in is known, who was not is counted."""
        if status == 401:
            self._known.pop(caller, None)
            self._limiter.hit(self._refused, address)
        elif status < 300:
            self._known[caller] = None
            self._known.move_to_end(caller)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _too_often(
        self, code: str, detail: str, item: RateLimitItemPerMinute, name: str
    ) -> Refusal:
        reset_s = self._limiter.get_window_stats(item, name).reset_time - time.time()
        return Refusal(429, code, detail, item.amount, max(1, math.ceil(reset_s)))
