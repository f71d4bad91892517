"""Messages sent to customers: SMS, Zalo, others."""

from __future__ import annotations

from typing import ClassVar, Literal

from schemas.events.base import EventData, Id, Text, Timestamp


class MessageSent(EventData):
    """A provider took a message, or refused it. Subject: message id.

    Laws:   counts with status `success` only (D-32); a later message.failed takes it back.
    """

    event_type: ClassVar[str] = "message.sent"

    channel: Literal["sms", "zns", "other"]
    sent_at: Timestamp
    status: Literal["success", "failed"] = "success"
    sender_id: Id | None = None
    customer_id: Id | None = None
    phone: Text | None = None


class MessageFailed(EventData):
    """A message that was taken did not arrive after all. Subject: message id."""

    event_type: ClassVar[str] = "message.failed"

    failed_at: Timestamp
    reason: Text | None = None
