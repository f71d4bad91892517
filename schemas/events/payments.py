"""Money collected from customers, and paid back."""

from __future__ import annotations

from typing import ClassVar

from schemas.events.base import EventData, Id, Text, Timestamp
from schemas.money import Money


class PaymentReceived(EventData):
    """A customer paid, for an order or on account. Subject: payment id."""

    event_type: ClassVar[str] = "payment.received"

    paid_at: Timestamp
    amount: Money
    order_id: Id | None = None
    customer_id: Id | None = None
    method: Text | None = None


class PaymentReversed(EventData):
    """A payment was taken back, whole or in part, on a day of its own (D-13). Subject: payment id.

    Laws:   without `amount` the whole payment; the last reversal of a payment holds.
    """

    event_type: ClassVar[str] = "payment.reversed"

    reversed_at: Timestamp
    amount: Money | None = None
