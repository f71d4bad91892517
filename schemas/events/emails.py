"""E-mails opened and clicked by customers."""

from __future__ import annotations

from typing import ClassVar

from pydantic import StrictBool

from schemas.events.base import EventData, Id, Text, Timestamp


class EmailOpened(EventData):
    """A recipient opened an e-mail. Subject: e-mail id.

    Laws:   only the first opening of an (e-mail, recipient) by a person counts (D-31);
            `machine` marks a pre-fetch by a mail proxy, which never counts.
    """

    event_type: ClassVar[str] = "email.opened"

    recipient: Text
    opened_at: Timestamp
    sender_id: Id | None = None
    customer_id: Id | None = None
    machine: StrictBool = False


class EmailClicked(EventData):
    """A recipient followed a link of an e-mail: a contact, not an opening. Subject: e-mail id."""

    event_type: ClassVar[str] = "email.clicked"

    recipient: Text
    clicked_at: Timestamp
    sender_id: Id | None = None
    customer_id: Id | None = None
    machine: StrictBool = False
