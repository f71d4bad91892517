"""What customers pay: orders in full, in parts or not at all, and money on account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.ingestor.importers.demo.company import Employee
from services.ingestor.importers.demo.floor import Floor, dong
from services.ingestor.importers.demo.goods import Sale
from services.ingestor.translate.moments import utc_text

_HOUR, _DAY = 3600, 86400
_METHODS = ("Chuyển khoản", "Tiền mặt", "Thẻ", "Ví điện tử")


def settle(floor: Floor, at: datetime, sale: Sale) -> None:
    """Let an order be paid: at once, in two parts of which the second may fail to come, or not.

    A few pay a bit too much.

    Laws:   one payment of a hundred names an order that nobody knows.
    """
    luck, due = floor.rng.random(), sale.due
    if luck < 0.6:
        _pay_later(floor, at, 2 * _DAY, sale, due)
    elif luck < 0.88:
        first = due * floor.rng.choice((30, 50, 70)) // 100
        _pay_later(floor, at, _DAY, sale, first)
        if luck < 0.8:
            _pay_later(floor, at, 8 * _DAY, sale, due - first)
    elif luck < 0.93:
        _pay_later(floor, at, _DAY, sale, (due // 100_000 + 1) * 100_000)


def deposit(floor: Floor, at: datetime, who: Employee) -> None:
    """Take money on account, for no order."""
    customer = floor.customer_for(who)
    if customer is not None:
        _receive(floor, at, customer.id, floor.rng.randint(2, 60) * 100_000)


def _pay_later(floor: Floor, at: datetime, within_s: float, sale: Sale, amount: int) -> None:
    if amount <= 0:
        return

    def pay(then: datetime) -> None:
        is_mistyped = floor.rng.random() < 0.01
        order = f"{sale.order}0" if is_mistyped else sale.order
        _receive(floor, then, sale.customer.id, amount, order)

    wait_s = 0.1 * _HOUR + floor.rng.random() ** 2 * within_s
    floor.after(at, wait_s * floor.hurry, pay)


def _receive(
    floor: Floor, at: datetime, customer: str, amount: int, order: str | None = None
) -> None:
    subject = floor.next_id("pt")
    data: dict[str, Any] = {
        "paid_at": utc_text(at),
        "amount": dong(amount),
        "customer_id": customer,
        "method": floor.rng.choice(_METHODS),
    }
    if order is not None:
        data["order_id"] = order
    floor.write("payment.received", subject, at, data)
    luck = floor.rng.random()
    if luck < 0.05:
        part = {} if luck < 0.025 else {"amount": dong(amount // 4)}
        _reverse_later(floor, at, subject, part)


def _reverse_later(floor: Floor, at: datetime, payment: str, part: dict[str, Any]) -> None:
    def reverse(then: datetime) -> None:
        floor.write("payment.reversed", payment, then, {"reversed_at": utc_text(then), **part})

    floor.after(at, floor.rng.uniform(0.5 * _HOUR, 3 * _DAY) * floor.hurry, reverse)
