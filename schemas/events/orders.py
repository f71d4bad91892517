"""Orders: placed on an order date, approved, revoked, cancelled."""

from __future__ import annotations

from typing import ClassVar

from schemas.events.base import EventData, Id, LocalDate, Text, Timestamp
from schemas.money import Money


class OrderCreated(EventData):
    """An order was entered. Subject: order id.

    Laws:   `order_date` is the business date it counts on (D-51); `created_at` is when it was
            typed in. `total` is net: after discounts, without VAT and shipping (D-60).
    """

    event_type: ClassVar[str] = "order.created"

    order_date: LocalDate
    created_at: Timestamp
    total: Money
    customer_id: Id | None = None
    owner_id: Id | None = None


class OrderUpdated(EventData):
    """Fields of an order changed; an absent field stays as it was. Subject: order id."""

    event_type: ClassVar[str] = "order.updated"

    order_date: LocalDate | None = None
    total: Money | None = None
    customer_id: Id | None = None
    owner_id: Id | None = None


class OrderApproved(EventData):
    """An order was approved (confirmed): its total is revenue. Subject: order id."""

    event_type: ClassVar[str] = "order.approved"

    approved_at: Timestamp
    actor_id: Id | None = None


class OrderApprovalRevoked(EventData):
    """The approval of an order was taken back. Subject: order id."""

    event_type: ClassVar[str] = "order.approval_revoked"

    revoked_at: Timestamp
    actor_id: Id | None = None


class OrderCancelled(EventData):
    """An order was cancelled: it counts nowhere any more. Subject: order id."""

    event_type: ClassVar[str] = "order.cancelled"

    cancelled_at: Timestamp
    reason: Text | None = None
