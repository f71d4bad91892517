"""What opportunities, orders, payments, contracts and vouchers show of themselves. Pure."""

from __future__ import annotations

from typing import Any

from schemas.facts import Contract, Opportunity, Order, Payment, Voucher, is_deleted
from services.query.fact_rows_values import (
    day,
    lines,
    minor_units,
    moment,
    money,
    time_of,
    value_of,
)


def opportunity_fields(fact: Opportunity) -> dict[str, Any]:
    """Return what a list shows of an opportunity."""
    return {
        "created_at": time_of(fact.created),
        "closed_at": time_of(fact.closed),
        "outcome": None if fact.closed is None else fact.closed[3],
        "customer_id": value_of(fact.customer),
        "product": value_of(fact.product),
        "campaign": value_of(fact.campaign),
        **money(value_of(fact.value)),
    }


def order_fields(fact: Order) -> dict[str, Any]:
    """Return what a list shows of an order.

    Units:  money in minor units of `currency`; `paid` is what was paid in that currency.
    """
    _, approval, decided_ms, _, actor = fact.approval or (0, None, None, 0, None)
    is_approved = approval == "approved"
    total = value_of(fact.total)
    currency = None if total is None else total.currency
    return {
        "created_at": time_of(fact.created),
        "order_day": day(value_of(fact.order_day)),
        "owner_id": value_of(fact.owner),
        "customer_id": value_of(fact.customer),
        "approval": approval,
        "approved_at": moment(decided_ms) if is_approved else None,
        "approver_id": actor if is_approved else None,
        "decided_at": moment(decided_ms),
        "actor_id": actor,
        "cancelled_at": time_of(fact.cancelled),
        **money(total),
        "discount": minor_units(fact.discount),
        "vat": minor_units(fact.vat),
        "shipping": minor_units(fact.shipping),
        "paid": sum(amount for _, paid_in, amount in fact.paid if paid_in == currency),
        "lines": [] if fact.lines is None else lines(fact.lines[1]),
        "returns": [
            {"return_id": name, "returned_at": moment(at_ms), "lines": lines(goods)}
            for name, (_, at_ms, _, goods) in sorted(fact.returns.items())
        ],
        "deleted": is_deleted(fact.deleted),
    }


def payment_fields(fact: Payment) -> dict[str, Any]:
    """Return what a list shows of a payment; `reversed` is in minor units, all of it by default."""
    amount = None if fact.received is None else fact.received[3]
    back = None if fact.reversed is None else fact.reversed[3] or amount
    return {
        "paid_at": time_of(fact.received),
        "order_id": value_of(fact.order),
        "customer_id": value_of(fact.customer),
        **money(amount),
        "reversed_at": time_of(fact.reversed),
        "reversed": None if back is None else back.amount,
    }


def contract_fields(fact: Contract) -> dict[str, Any]:
    """Return what a list shows of a contract; `renewed_from` is the day of its first renewal."""
    return {
        "created_at": time_of(fact.created),
        "renewed_at": time_of(fact.renewed),
        "previous_contract_id": None if fact.renewed is None else fact.renewed[3],
        "owner_id": value_of(fact.owner),
        "customer_id": value_of(fact.customer),
        "effective_from": day(value_of(fact.start)),
        "effective_to": day(value_of(fact.end)),
        **money(value_of(fact.value)),
        "draft": bool(value_of(fact.draft)),
        "renewed_from": day(min((first for first, _ in fact.renewals), default=0)),
        "cancelled_at": time_of(fact.cancelled),
        "deleted": is_deleted(fact.deleted),
    }


def voucher_fields(fact: Voucher) -> dict[str, Any]:
    """Return what a list shows of a stock voucher."""
    _, way, at_day, reason, _, customer, goods = fact.paper or (0, None, 0, None, None, None, ())
    return {
        "direction": way,
        "voucher_date": day(at_day),
        "reason": reason,
        "customer_id": customer,
        "lines": lines(goods),
        "voided": is_deleted(fact.voided),
    }
