"""Stock vouchers: goods that leave or enter a warehouse."""

from __future__ import annotations

from typing import ClassVar, Literal

from schemas.events.base import EventData, Id, LocalDate, Text, Timestamp
from schemas.events.lines import Lines


class _Voucher(EventData):
    voucher_date: LocalDate
    lines: Lines
    employee_id: Id | None = None
    customer_id: Id | None = None
    order_id: Id | None = None
    warehouse: Text | None = None


class StockIssued(_Voucher):
    """Goods left a warehouse. Subject: voucher id."""

    event_type: ClassVar[str] = "stock.issued"

    reason: Literal["sale", "transfer", "other"] = "sale"


class StockReceived(_Voucher):
    """Goods came into a warehouse. Subject: voucher id."""

    event_type: ClassVar[str] = "stock.received"

    reason: Literal["purchase", "return", "transfer", "other"] = "purchase"


class StockVoided(EventData):
    """A voucher was declared void: it counts nowhere any more. Subject: voucher id."""

    event_type: ClassVar[str] = "stock.voided"

    voided_at: Timestamp | None = None
