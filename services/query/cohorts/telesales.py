"""The telesales report: figures by owner, and the facts behind each of them. Pure.

Counts by docs/rules.md, section 8: which customers are meant is said by `units`, what of theirs
counts by `telesales_rows`; here it becomes columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from schemas.kpis.columns import TELESALES, ReportColumn
from schemas.tables import NOBODY
from services.query.cohorts.columns import Array, Columns
from services.query.cohorts.picked import Money, Picked, combined, money
from services.query.cohorts.telesales_rows import TelesalesRows
from services.query.cohorts.units import TelesalesQuestion

Figure = int | Money
Figures = dict[str, Figure]
"""Column -> count or money; ratios are not in it, they are made of two others."""

_WITH: Final = {
    "called": "calls",
    "customers_reached": "spoken_calls",
    "called_by_anyone": "calls_of_all",
    "customers_with_appointment": "appointments",
    "customers_with_order": "orders",
}
_WITHOUT: Final = {"not_called": "calls", "no_appointment": "appointments", "no_order": "orders"}
"""Columns that count the units with, or without, certain rows."""
_CALLS: Final = {
    "calls_attempted": "different_calls",
    "calls_connected": "different_spoken_calls",
    "talk_seconds": "different_spoken_calls",
    "calls_by_anyone": "different_calls_of_all",
    "calls_connected_by_anyone": "different_spoken_calls_of_all",
}
"""Columns of calls: one call may be with customers of several owners."""
_FACTS: Final = {
    **_CALLS,
    "appointments": "appointments",
    "appointments_completed": "completed",
    "orders": "orders",
}
"""Columns that count, or sum up, rows."""
_MONEY: Final = {
    "order_value": (("approved", 1),),
    "order_value_pending": (("pending", 1),),
    "collected": (("paid", 1),),
    "debt": (("approved", 1), ("paid", -1)),
    "collected_other": (("paid_otherwise", 1), ("payments", 1)),
    "balance": (("bought", 1), ("paid_ever", -1), ("payments", -1)),
}
"""Which rows make up a column of money, and whether they are added or taken off."""
_AMOUNTS: Final = {"approved": "total", "pending": "total", "bought": "total"}


class Counted(NamedTuple):
    """The figures of a report: of each owner that has units ('-' = nobody), and of all."""

    rows: dict[str, Figures]
    total: Figures


def nothing(columns: Iterable[ReportColumn]) -> Figures:
    """Return the figures of somebody without units."""
    return {
        column.name: {} if column.unit == "money" else 0
        for column in columns
        if column.unit != "ratio"
    }


def evaluate(columns: Columns, question: TelesalesQuestion) -> Counted:
    """Count every column, by owner and for all together.

    Laws:   called + not_called, customers_with_appointment + no_appointment and
            customers_with_order + no_order are the units, of every row and of the total.
    Source: T-20..T-37.
    """
    counter = _Counter(columns, question)
    names = [column.name for column in TELESALES[question.subject] if column.unit != "ratio"]
    figures = [counter.figures(name) for name in names]
    owners = [columns.codes.names[code] or NOBODY for code in counter.rows.owners]
    by_row = [dict(zip(names, row, strict=True)) for row in zip(*figures, strict=True)]
    return Counted(dict(zip(owners, by_row[:-1], strict=True)), by_row[-1])


def members(
    columns: Columns, question: TelesalesQuestion, owner: str | None, column: str
) -> list[int]:
    """Return the numbers of the facts behind a cell, ascending; owner None is the total.

    Laws:   of a column that counts: as many as its figure says.
    Errors: KeyError for a column that the subject does not have.
    Source: T-36.
    """
    found = {each.name: each for each in TELESALES[question.subject]}[column]
    counter = _Counter(columns, question)
    chosen = np.ones(len(counter.rows.units), bool)
    if owner is not None:
        code = columns.codes.known("" if owner == NOBODY else owner)
        chosen = counter.rows.units.owners == code
    numbers: list[int] = counter.members(found.numerator or found.name, chosen).tolist()
    return numbers


class _Counter:
    """Makes columns of the rows of one question."""

    def __init__(self, columns: Columns, question: TelesalesQuestion) -> None:
        self._columns = columns
        self.rows = TelesalesRows(columns, question)
        self._sums: dict[str, list[Money]] = {}

    def figures(self, name: str) -> list[Figure]:
        """Return a column: the figure of each owner, and behind them that of all together."""
        rows = self.rows
        if name in _MONEY:
            return list(self._money(name))
        if name == "customers_distinct":
            return [*self._by_owner(rows.row), int(rows.units.firsts.sum())]
        flags = self._flags(name)
        if flags is not None:
            counts = np.where(flags, rows.units.counts, 0)
            return [*self._by_owner(rows.row, counts), int(counts.sum())]
        facts = self._rows(_FACTS[name])
        overall = rows.overall_calls(facts) if name in _CALLS else rows.overall(facts)
        owners = rows.row[facts.parent]
        if name == "talk_seconds":
            return [*self._by_owner(owners, facts["talk"]), int(overall["talk"].sum())]
        return [*self._by_owner(owners), len(overall)]

    def members(self, name: str, chosen: Array) -> Array:
        """Return the fact numbers behind a column, of the pairs that were chosen."""
        if name == "customers_distinct":
            return self._people(np.flatnonzero(chosen))
        flags = self._flags(name)
        units = self.rows.units
        if flags is not None:
            return np.sort(units.numbers[(flags & chosen)[units.pairs]])
        names = [part for part, _ in _MONEY[name]] if name in _MONEY else [_FACTS[name]]
        parts = [rows.where(chosen[rows.parent]) for rows in map(self._rows, names)]
        if name in ("collected_other", "balance"):
            return self._people(np.concatenate([rows.parent for rows in parts]))
        return np.unique(np.concatenate([rows["number"] for rows in parts]))

    def _people(self, pairs: Array) -> Array:
        return np.unique(self._columns.people["number"][self.rows.units.slots[pairs]])

    def _by_owner(self, rows: Array, amounts: Array | None = None) -> list[int]:
        """Count rows by owner, or sum small amounts of them."""
        sums = np.bincount(rows, amounts, minlength=len(self.rows.owners))
        found: list[int] = sums.astype(np.int64).tolist()
        return found

    def _flags(self, name: str) -> Array | None:
        """Say which pairs a column counts the units of; None: it counts other facts."""
        if name in ("customers", "opportunities"):
            return np.ones(len(self.rows.units), bool)
        if name in _WITH:
            return self.rows.have(self._rows(_WITH[name]))
        if name in _WITHOUT:
            return ~self.rows.have(self._rows(_WITHOUT[name]))
        return None

    def _rows(self, name: str) -> Picked:
        found: Picked = getattr(self.rows, name)
        return found

    def _money(self, name: str) -> list[Money]:
        """Return a column of money: by owner, and behind them of all together."""
        signs = [sign for _, sign in _MONEY[name]]
        if signs == [1]:
            return self._sum(_MONEY[name][0][0])
        sums = [self._sum(part) for part, _ in _MONEY[name]]
        return [combined(zip(amounts, signs, strict=True)) for amounts in zip(*sums, strict=True)]

    def _sum(self, part: str) -> list[Money]:
        """Return the sums of some rows, by owner and of all together."""
        if part not in self._sums:
            facts, owners = self._rows(part), self.rows.owners
            overall = self.rows.overall(facts)
            column, names = _AMOUNTS.get(part, "amount"), self._columns.codes.names
            by_owner = money(facts, column, self.rows.row[facts.parent], len(owners), names)
            in_all = money(overall, column, np.zeros(len(overall), np.int64), 1, names)
            self._sums[part] = by_owner + in_all
        return self._sums[part]
