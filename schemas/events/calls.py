"""Telephone calls, as a PBX reports them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.events.base import EventData, Id, Text, Timestamp

Seconds = Annotated[int, Field(ge=0, le=172_800, strict=True)]


class _Call(EventData):
    direction: Literal["inbound", "outbound"]
    employee_id: Id | None = None
    customer_id: Id | None = None
    extension: Text | None = None
    phone: Text | None = None
    started_at: Timestamp | None = None


class CallStarted(_Call):
    """A call is dialled, or rings. Subject: call id."""

    event_type: ClassVar[str] = "call.started"

    started_at: Timestamp


class CallConnected(_Call):
    """The two ends of a call speak. Subject: call id."""

    event_type: ClassVar[str] = "call.connected"

    connected_at: Timestamp


class CallEnded(_Call):
    """A call is over. Subject: call id.

    Units:  `duration_s` is talk time in seconds: 0 when nobody spoke.
    Laws:   with talk time and no `connected_at`, the call connected `duration_s` before its end.
    """

    event_type: ClassVar[str] = "call.ended"

    ended_at: Timestamp
    duration_s: Seconds
    connected_at: Timestamp | None = None
