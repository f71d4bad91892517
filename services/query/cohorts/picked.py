"""Rows of a child table that were picked, each for one of the customers asked about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import numpy as np

from services.query.cohorts.columns import Array, Children, Columns

Money = dict[str, int]
"""Currency -> minor units; no currency with 0."""


class Picked:
    """Some rows of a child table.

    Shape:  `at` are row numbers, `parent` positions in what was asked for, as `Rows` says.
    """

    __slots__ = ("_table", "at", "parent")

    def __init__(self, table: Children, at: Array, parent: Array) -> None:
        self._table, self.at, self.parent = table, at, parent

    @classmethod
    def of(cls, table: Children, slots: Array) -> Self:
        """Pick all rows of some slots."""
        return cls(table, *table.rows(slots))

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, name: str) -> Array:
        """Return a column of the rows."""
        return self._table[name][self.at]

    def where(self, mask: Array) -> Self:
        """Return those rows for which a mask says yes."""
        return type(self)(self._table, self.at[mask], self.parent[mask])

    def any_of(self, count: int) -> Array:
        """Say for each of `count` positions whether it has a row."""
        found = np.zeros(count, bool)
        found[self.parent] = True
        return found


def has(table: Children, column: str, slots: Array, code: int | None) -> Array:
    """Say which slots have a row with a code; code 0: which have no row at all; None: all."""
    if code is None:
        return np.ones(len(slots), bool)
    if code == 0:
        is_without: Array = table.counts(slots) == 0
        return is_without
    rows = Picked.of(table, slots)
    return rows.where(rows[column] == code).any_of(len(slots))


def code_of(columns: Columns, wanted: str | None) -> int | None:
    """Return the code of what a filter wants (-1, which nothing has, if unknown); None: all."""
    return None if wanted is None else columns.codes.known(wanted)


def within(days: Array, first: int, last: int) -> Array:
    """Say which days lie in a period, both ends included."""
    return (days >= first) & (days <= last)


def money(
    rows: Picked, amounts: str, groups: Array, count: int, names: Sequence[str]
) -> list[Money]:
    """Sum a column of amounts by group and currency.

    Shape:  groups are numbers below `count`; `names` are those of the codes. A sum for each group.
    Laws:   exact: a sum may be larger than 64 bits hold, so the halves are summed apart.
    """
    found: list[Money] = [{} for _ in range(count)]
    codes, places = np.unique(rows["currency"], return_inverse=True)
    width, values = len(codes), rows[amounts]
    high, low = np.zeros(count * width, np.int64), np.zeros(count * width, np.int64)
    keys = groups * width + places
    np.add.at(high, keys, values >> 32)
    np.add.at(low, keys, values & 0xFFFFFFFF)
    for at in np.flatnonzero((high != 0) | (low != 0)).tolist():
        amount = (int(high[at]) << 32) + int(low[at])
        if amount:
            found[at // width][names[codes[at % width]]] = amount
    return found


def combined(parts: Iterable[tuple[Mapping[str, int], int]]) -> Money:
    """Return the sum of amounts with their signs, currency by currency; none of 0."""
    found: Money = {}
    for amounts, sign in parts:
        for currency, amount in amounts.items():
            found[currency] = found.get(currency, 0) + sign * amount
    return {currency: amount for currency, amount in sorted(found.items()) if amount}
