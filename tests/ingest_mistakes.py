"""Events that contradict themselves: each with the code and the place it is refused with.

One table for the models alone and for the door over HTTP.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

_AT: Final = "2026-11-20T09:00:00+07:00"


def money(amount: float, currency: str = "VND") -> dict[str, Any]:
    """Return an amount as a source sends it."""
    return {"amount": amount, "currency": currency}


def line(quantity: Any = 2, amount: Any = 1000, **more: Any) -> dict[str, Any]:
    """Return a line of goods."""
    return {"product_id": "hat", "quantity": quantity, "amount": money(amount), **more}


def order(**changes: Any) -> dict[str, Any]:
    """Return the data of an order of two lines which add up; a change to None drops a field."""
    whole = {
        "order_date": "2026-11-20",
        "created_at": _AT,
        "total": money(1500),
        "lines": [line(), line(1.125, 700)],
        "discount": money(200),
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


class Mistake(NamedTuple):
    """An event type, its data, and how it is refused."""

    type: str
    data: dict[str, Any]
    code: str
    pointer: str


def _task(kind: str = "task.created", **plan: Any) -> Mistake:
    created = {"created_at": _AT} if kind == "task.created" else {}
    return Mistake(kind, {**created, **plan}, "end_before_start", "/data")


def _terms(kind: str, **more: Any) -> Mistake:
    terms = {"effective_from": "2026-12-01", "effective_to": "2026-11-30", **more}
    return Mistake(kind, terms, "end_before_start", "/data")


def _lines(code: str = "lines_do_not_add_up", at: str = "/data", **changes: Any) -> Mistake:
    return Mistake("order.created", order(**changes), code, at)


def _call(seconds: Any) -> Mistake:
    data = {"direction": "outbound", "ended_at": _AT, "duration_s": seconds}
    return Mistake("call.ended", data, "invalid_field", "/data/duration_s")


def _voucher(lines: list[dict[str, Any]], at: str) -> Mistake:
    data = {"voucher_date": "2026-11-20", "lines": lines}
    return Mistake("stock.issued", data, "invalid_field", at)


_QUANTITY: Final = "/data/lines/0/quantity"
MISTAKES: Final = {
    "a task ends the day before": _task(start="2026-11-23", end="2026-11-22"),
    "a task ends an hour before": _task(start=_AT, end="2026-11-20T08:00:00+07:00"),
    "a task ends before, in another zone": _task(start=_AT, end="2026-11-20T02:59:59+01:00"),
    "a task is moved to end before": _task("task.updated", start="2026-11-23", end="2026-11-22"),
    "a contract ends before it starts": _terms("contract.created", created_at=_AT),
    "a contract is changed to end before": _terms("contract.updated"),
    "a renewal ends before it starts": _terms(
        "contract.renewed", previous_contract_id="hd-1", renewed_at=_AT
    ),
    "a talk time is negative": _call(-1),
    "a talk time has a fraction": _call(1.5),
    "lines make more than the total": _lines(total=money(1499)),
    "lines make less than the total": _lines(total=money(1501)),
    "a discount is forgotten": _lines(discount=None),
    "no line for a total": _lines(lines=[], discount=None),
    "a line is in another currency": _lines(lines=[line(), line() | {"amount": money(700, "USD")}]),
    "a discount is in another currency": _lines(discount=money(200, "USD")),
    "a line has no amount": _lines(lines=[line() | {"amount": None}, line()]),
    "lines come without their total": Mistake(
        "order.updated", {"lines": [line()]}, "missing_field", "/data"
    ),
    "a quantity has four decimals": _lines("invalid_field", _QUANTITY, lines=[line(1.0005)]),
    "a quantity is text": _lines("invalid_field", _QUANTITY, lines=[line("2")]),
    "a quantity is true": _lines("invalid_field", _QUANTITY, lines=[line(True)]),
    "a line's amount is a float": _lines(
        "amount_not_integer", "/data/lines/0/amount/amount", lines=[line(2, 1000.0)]
    ),
    "a voucher takes less than nothing": _voucher([line(-1)], _QUANTITY),
    "a voucher has too many lines": _voucher([line()] * 501, "/data/lines"),
    "a payment is a float": Mistake(
        "payment.received",
        {"paid_at": _AT, "amount": money(0.5)},
        "amount_not_integer",
        "/data/amount/amount",
    ),
}
