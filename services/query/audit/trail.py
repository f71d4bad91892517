"""The audit trail read back: the newest records of every tenant, from the topic `audit`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Literal, NamedTuple

from schemas.audit import AuditRecord, decode_audit
from schemas.brokers import Brokers
from schemas.calendar import format_time
from services.query.topic_follower import Message, TopicFollower


class Kept(NamedTuple):
    """A record as it is kept: what is searched, and the whole as it was written."""

    at_ms: int
    id: str
    action: str
    actor: str
    value: bytes


class AuditTrail:
    """Follows the audit records.

    Laws:   keeps the newest `most` of a tenant, each id once, and never changes one.
    """

    def __init__(self, brokers: Brokers, prefix: str, most: int) -> None:
        self._most = most
        self._tenants: defaultdict[str, dict[str, Kept]] = defaultdict(dict)
        self._follower = TopicFollower(brokers, prefix, "audit", self._take, self._tenants.clear)
        self.start = self._follower.start
        self.stop = self._follower.stop

    def take(self, value: bytes) -> None:
        """Take one record; ValueError, KeyError or TypeError if it is none."""
        record = decode_audit(value)
        kept = self._tenants[record.tenant]
        if record.id in kept:
            return
        kept[record.id] = Kept(record.at_ms, record.id, record.action, record.actor.id, value)
        if len(kept) > self._most:
            del kept[next(iter(kept))]

    def state(self) -> Literal["read", "reading"]:
        """Say whether the topic was once read to its end: before that records are missing."""
        return "read" if self._follower.is_read else "reading"

    def since(self, tenant: str) -> str | None:
        """Return when the oldest record was made that is kept here; None without any."""
        kept = self._tenants.get(tenant)
        return format_time(min(one.at_ms for one in kept.values())) if kept else None

    def find(
        self,
        tenant: str,
        first_ms: int,
        last_ms: int,
        actor: str = "",
        actions: Collection[str] = (),
    ) -> list[Kept]:
        """Return what was kept of a time (both ends included), newest first.

        Shape:  `actor` '' and no `actions` mean all; each has `at_ms` and `id`; `whole` reads it.
        """
        found = [
            one
            for one in self._tenants.get(tenant, {}).values()
            if first_ms <= one.at_ms <= last_ms
            and (not actor or one.actor == actor)
            and (not actions or one.action in actions)
        ]
        return sorted(found, key=lambda one: (one.at_ms, one.id), reverse=True)

    def _take(self, message: Message) -> None:
        if message.value is not None:
            self.take(message.value)


def whole(kept: Kept) -> AuditRecord:
    """Return the record."""
    return decode_audit(kept.value)
