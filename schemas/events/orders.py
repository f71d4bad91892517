"""Orders: placed on an order date, approved, revoked, rejected, cancelled, returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import EventData, Id, LocalDate, Text, Timestamp
from schemas.events.lines import Lines
from schemas.money import Money


class _Amounts(EventData):
    """The money of an order.

    Laws:   `total` is net: after discounts, without VAT and shipping (D-60). Lines come with
            their total, in one currency, and the amounts of the lines less `discount` are it. An
            amount that is no more is sent as 0: null says nothing.
    Errors: `lines_do_not_add_up`.
    """

    # Declared by each model where it always stood: the order of fields is that of the log's bytes.
    if TYPE_CHECKING:
        total: Money | None

    lines: Lines | None = None
    discount: Money | None = None
    vat: Money | None = None
    shipping: Money | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.lines is None:
            return self
        if self.total is None:
            raise PydanticCustomError("missing_field", "lines come with the 'total' they make")
        amounts = [line.amount for line in self.lines]
        given = [amount for amount in (*amounts, self.discount) if amount is not None]
        is_one_currency = {amount.currency for amount in given} <= {self.total.currency}
        discount = self.discount.amount if self.discount else 0
        found = sum(amount.amount for amount in amounts if amount is not None) - discount
        if None in amounts or not is_one_currency or found != self.total.amount:
            raise PydanticCustomError(
                "lines_do_not_add_up",
                "the lines less the discount make {found}, the total says {total}",
                {"found": found, "total": self.total.amount},
            )
        return self


class OrderCreated(_Amounts):
    """An order was entered. Subject: order id.

    Laws:   `order_date` is the business date it counts on (D-51); `created_at` is when it was
            typed in.
    """

    event_type: ClassVar[str] = "order.created"

    order_date: LocalDate
    created_at: Timestamp
    total: Money
    customer_id: Id | None = None
    owner_id: Id | None = None


class OrderUpdated(_Amounts):
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


class OrderRejected(EventData):
    """An order was not approved: it counts as processed, not as an order. Subject: order id."""

    event_type: ClassVar[str] = "order.rejected"

    rejected_at: Timestamp
    actor_id: Id | None = None
    reason: Text | None = None


class OrderCancelled(EventData):
    """An order was cancelled: it counts nowhere any more. Subject: order id."""

    event_type: ClassVar[str] = "order.cancelled"

    cancelled_at: Timestamp
    reason: Text | None = None


class OrderDeleted(EventData):
    """An order was deleted: it counts nowhere any more. Subject: order id."""

    event_type: ClassVar[str] = "order.deleted"

    deleted_at: Timestamp | None = None


class OrderReturned(EventData):
    """Goods of an order came back: products sold fall on that date (D-82). Subject: order id."""

    event_type: ClassVar[str] = "order.returned"

    return_id: Id
    returned_at: Timestamp
    lines: Lines
