"""The parts of the audit trail in this service, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable

from services.query.audit.notes import Notes
from services.query.audit.trail import AuditTrail
from services.query.audit.writer import AuditWriter, Counted
from services.query.settings import QuerySettings


class Audit:
    """Notes what is done here, writes it down, and reads back what everybody wrote."""

    def __init__(
        self, settings: QuerySettings, counted: Counted, now_ms: Callable[[], int]
    ) -> None:
        brokers, prefix = settings.brokers(), settings.topic_prefix
        self._writer = AuditWriter(brokers, prefix, counted, is_embedded=settings.embedded_broker)
        self.notes = Notes(self._writer.put, now_ms)
        self.trail = AuditTrail(brokers, prefix, settings.max_audit_records)

    def start(self) -> None:
        """Begin to write and to follow."""
        self._writer.start()
        self.notes.start()
        self.trail.start()

    async def stop(self) -> None:
        """Write what is left and let go."""
        await self.trail.stop()
        await self.notes.stop()
        await self._writer.stop()
