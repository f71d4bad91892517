"""What every fact is made of: registers, histories, amounts.

A fact is a set of registers. A register is `(version, value...)`; the larger version wins, and of
equal versions the larger value, so that the order of arrival never matters. Histories are sets of
dated entries. What is marked *derived* is no register: it is summed up from the facts that refer
to this one. Times are milliseconds since 1970 UTC, days are yyyymmdd in the zone that was in
force when the event was folded. Packed as msgpack arrays, position by position.

The aggregator writes facts, the query service reads them: hence here.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

Register = tuple[int, T]
"""(version, value)"""

Entry = tuple[int, int, int, str | None]
"""One dated entry of a history: (version, at_ms, day, value)."""

Moment = tuple[int, int, int]
"""When something happened: (version, at_ms, day)"""

Histogram = tuple[tuple[int, int], ...]
"""Derived: (day, count) by day, no count 0."""


class Amount(msgspec.Struct, array_like=True, frozen=True):
    """Money inside a fact. Units: minor units of `currency`."""

    amount: int
    currency: str


class Goods(msgspec.Struct, array_like=True, frozen=True):
    """One line of goods. Units: thousandths of a piece; minor units; '' without an amount."""

    product: str
    thousandths: int
    amount: int = 0
    currency: str = ""


class Fact(msgspec.Struct, array_like=True, frozen=True, tag_field="kind", gc=False):
    """Base of all facts. `id` is the entity id of the source, `number` our small integer."""

    id: str
    number: int
