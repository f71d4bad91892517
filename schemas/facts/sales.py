"""Facts about sales: opportunities, orders, payments, contracts, goods."""

from __future__ import annotations

import msgspec

from schemas.facts.model import Amount, Fact, Goods, Histogram, Moment, Register


class Opportunity(Fact, tag="p", frozen=True, array_like=True):
    """An opportunity."""

    created: tuple[int, int | None, int | None] | None = None
    """(version, at_ms, day)"""
    closed: tuple[int, int, int, str] | None = None
    """(version, at_ms, day, 'won' or 'lost')"""
    owner: Register[str | None] | None = None
    customer: Register[str | None] | None = None
    product: Register[str | None] | None = None
    campaign: Register[str | None] | None = None
    value: tuple[int, Amount] | None = None
    deleted: Register[bool] | None = None


class Order(Fact, tag="o", frozen=True, array_like=True):
    """An order."""

    created: Moment | None = None
    order_day: Register[int] | None = None
    owner: Register[str | None] | None = None
    customer: Register[str | None] | None = None
    total: tuple[int, Amount] | None = None
    approval: tuple[int, str, int, int, str | None] | None = None
    """(version, 'approved' or 'rejected' or 'revoked', at_ms, day, actor id)"""
    cancelled: Register[int] | None = None
    """(version, at_ms)"""
    deleted: Register[bool] | None = None
    lines: tuple[int, tuple[Goods, ...]] | None = None
    discount: tuple[int, Amount] | None = None
    vat: tuple[int, Amount] | None = None
    shipping: tuple[int, Amount] | None = None
    returns: dict[str, tuple[int, int, int, tuple[Goods, ...]]] = msgspec.field(
        default_factory=dict
    )
    """return id -> (version, at_ms, day, what came back)"""
    paid: tuple[tuple[int, str, int], ...] = ()
    """Derived: (day, currency, amount) by day and currency, of its payments; no amount 0"""


class Payment(Fact, tag="y", frozen=True, array_like=True):
    """A payment."""

    received: tuple[int, int, int, Amount] | None = None
    """(version, at_ms, day, amount)"""
    order: Register[str | None] | None = None
    customer: Register[str | None] | None = None
    reversed: tuple[int, int, int, Amount | None] | None = None
    """(version, at_ms, day, amount; None = all of it)"""


class Contract(Fact, tag="k", frozen=True, array_like=True):
    """A contract."""

    created: Moment | None = None
    renewed: tuple[int, int, int, str] | None = None
    """(version, at_ms, day, id of the contract it continues)"""
    owner: Register[str | None] | None = None
    customer: Register[str | None] | None = None
    start: Register[int] | None = None
    """(version, first day; 0 = none)"""
    end: Register[int] | None = None
    """(version, last valid day; 0 = none)"""
    value: tuple[int, Amount] | None = None
    draft: Register[bool] | None = None
    cancelled: Register[int] | None = None
    """(version, at_ms)"""
    deleted: Register[bool] | None = None
    renewals: Histogram = ()
    """Derived: first days of the contracts that continue it"""


class Voucher(Fact, tag="v", frozen=True, array_like=True):
    """A stock voucher."""

    paper: tuple[int, str, int, str, str | None, str | None, tuple[Goods, ...]] | None = None
    """(version, 'out' or 'in', day, reason, employee id, customer id, lines)"""
    voided: Register[bool] | None = None
