"""Customers as the fold writes them, made by hand, in columns. Today is 21 July 2025."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from schemas.calendar import local_day, parse_time
from schemas.facts import Customer
from schemas.facts.people import OrderMark
from services.query.cohorts.case import case_of
from services.query.cohorts.columns import Columns

ZONE: Final = "Asia/Ho_Chi_Minh"
TODAY: Final = 20250721
APPROVED, PENDING, OUT = 2, 1, 0


def moment(text: str) -> tuple[int, int]:
    """Return (ms, day) of '07-14 09:30' in Vietnam."""
    at_ms = parse_time(f"2025-{text.replace(' ', 'T')}:00+07:00")
    return at_ms, local_day(at_ms, ZONE)


def order(
    number: int,
    created: str,
    state: int = APPROVED,
    *,
    day: str = "",
    total: int = 100,
    currency: str = "VND",
) -> OrderMark:
    """Return the mark of an order; `day` is its order date, '07-14', default that of creation."""
    at_ms, created_day = moment(created)
    order_day = int(f"2025{day.replace('-', '')}") if day else created_day
    return number, at_ms, created_day, order_day, state, total, currency, ()


def customer(  # noqa: PLR0917 - what a customer has
    number: int,
    created: str,
    orders: Iterable[OrderMark] = (),
    stages: Sequence[tuple[str, str | None]] = (),
    owner: str | None = "an",
    sources: Sequence[str] = ("web",),
    name: str = "",
) -> Customer:
    """Return a customer; stages are (when, stage), in the order in which they were told."""
    at_ms, day = moment(created)
    return Customer(
        f"c{number}",
        number,
        created=(1, at_ms, day, "an"),
        known=True,
        owners=((1, at_ms, day, owner),),
        stages=tuple(
            (version, *moment(when), stage, None)
            for version, (when, stage) in enumerate(stages, start=1)
        ),
        profile={"name": (1, name or f"C{number}"), "source_ids": (1, list(sources))},
        orders=tuple(orders),
    )


def columns(*facts: Customer | tuple[Customer, ...]) -> Columns:
    """Return columns of customers; of a tuple the first one survived the others."""
    found = Columns()
    groups = [one if isinstance(one, tuple) else (one,) for one in facts]
    cases = (case_of(group[0], group[1:]) for group in groups)
    found.put([case for case in cases if case is not None])
    return found
