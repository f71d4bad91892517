"""Contact persons of customers."""

from __future__ import annotations

from typing import ClassVar

from schemas.events.base import Birthday, EventData, Id, Text, Timestamp
from schemas.events.customers import Gender, Phones


class ContactUpserted(EventData):
    """A person works for a customer; an absent field stays as it was. Subject: contact id."""

    event_type: ClassVar[str] = "contact.upserted"

    customer_id: Id | None = None
    name: Text | None = None
    phones: Phones | None = None
    gender: Gender | None = None
    birthday: Birthday | None = None


class ContactDeleted(EventData):
    """A contact person was deleted. Subject: contact id."""

    event_type: ClassVar[str] = "contact.deleted"

    deleted_at: Timestamp | None = None
