"""Which calls, appointments, orders, payments the telesales report counts for its units. Pure."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from services.query.cohorts.columns import Array, Children, Columns
from services.query.cohorts.picked import Picked, within
from services.query.cohorts.units import TelesalesQuestion, units_of


class TelesalesRows:
    """The units of a question and what was done with them.

    Shape:  `parent` of all rows is a pair of the units. `owners` are the codes of those who have
            units, `row` says for each pair which of them has it.
    Laws:   what is worked out once serves all columns.
    """

    def __init__(self, columns: Columns, question: TelesalesQuestion) -> None:
        self._columns, self._question = columns, question
        self.units = units_of(columns, question)
        self.owners, self.row = np.unique(self.units.owners, return_inverse=True)

    def _of(self, table: Children) -> Picked:
        return Picked.of(table, self.units.slots)

    @cached_property
    def calls_of_all(self) -> Picked:
        """Calls of the call window, whoever the agent is; one stands with each of its customers."""
        rows = self._of(self._columns.calls)
        return rows.where(within(rows["day"], *self._question.called))

    @cached_property
    def calls(self) -> Picked:
        """Calls that count for the owner: those of the owner, or with `any_agent` of all."""
        rows = self.calls_of_all
        if self._question.any_agent:
            return rows
        owners = self.units.owners[rows.parent]
        return rows.where((rows["agent"] == owners) & (owners != 0))

    @cached_property
    def spoken_calls(self) -> Picked:
        """Those of `calls` in which somebody spoke."""
        return _spoken(self.calls)

    @cached_property
    def different_calls(self) -> Picked:
        """`calls`, each once for an owner."""
        return self._once(self.calls)

    @cached_property
    def different_spoken_calls(self) -> Picked:
        """Those of `different_calls` in which somebody spoke."""
        return _spoken(self.different_calls)

    @cached_property
    def different_calls_of_all(self) -> Picked:
        """`calls_of_all`, each once for an owner."""
        return self._once(self.calls_of_all)

    @cached_property
    def different_spoken_calls_of_all(self) -> Picked:
        """Those of `different_calls_of_all` in which somebody spoke."""
        return _spoken(self.different_calls_of_all)

    @cached_property
    def appointments(self) -> Picked:
        """Appointments made since the first day of the creation window."""
        rows = self._of(self._columns.appointments)
        return rows.where(self._is_since(rows))

    @cached_property
    def completed(self) -> Picked:
        """The completed ones of `appointments`."""
        return self.appointments.where(self.appointments["completed"])

    @cached_property
    def all_orders(self) -> Picked:
        """Orders whenever made, of every state."""
        return self._of(self._columns.orders)

    @cached_property
    def bought(self) -> Picked:
        """Approved orders, whenever made."""
        return self.all_orders.where(self.all_orders["state"] == 2)

    @cached_property
    def orders(self) -> Picked:
        """Pending and approved orders made since the first day of the creation window."""
        rows = self.all_orders
        return rows.where(self._is_since(rows) & (rows["state"] > 0))

    @cached_property
    def approved(self) -> Picked:
        """The approved ones of `orders`."""
        return self.orders.where(self.orders["state"] == 2)

    @cached_property
    def pending(self) -> Picked:
        """The pending ones of `orders`."""
        return self.orders.where(self.orders["state"] == 1)

    @cached_property
    def paid_ever(self) -> Picked:
        """What was paid on any order, by order and currency."""
        return self._of(self._columns.paid)

    @cached_property
    def paid(self) -> Picked:
        """What was paid on `orders`."""
        return self.paid_ever.where(self._is_on_orders)

    @cached_property
    def paid_otherwise(self) -> Picked:
        """What was paid on other orders."""
        return self.paid_ever.where(~self._is_on_orders)

    @cached_property
    def payments(self) -> Picked:
        """What was paid without an order."""
        return self._of(self._columns.payments)

    @cached_property
    def _is_on_orders(self) -> Array:
        rows = self.paid_ever
        return self._is_since(rows) & (rows["state"] > 0)

    def _is_since(self, rows: Picked) -> Array:
        return rows["day"] >= self._question.created.first

    def have(self, rows: Picked) -> Array:
        """Say which pairs have one of some rows."""
        return rows.any_of(len(self.units))

    def overall(self, rows: Picked) -> Picked:
        """Return rows of a customer that stand once for an owner, once for all owners."""
        return rows.where(self.units.firsts[rows.parent])

    def overall_calls(self, rows: Picked) -> Picked:
        """Return calls that stand once for an owner, once for all owners."""
        return _once(rows, self._shared_calls)

    @cached_property
    def _shared_calls(self) -> Array:
        """The numbers of the calls that stand repeatedly: with customers who share a number."""
        ordered = np.sort(self.calls_of_all["number"])
        return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])

    def _once(self, rows: Picked) -> Picked:
        return _once(rows, self._shared_calls, self.row[rows.parent])


def _spoken(calls: Picked) -> Picked:
    return calls.where(calls["spoken"])


def _once(rows: Picked, repeated: Array, groups: Array | None = None) -> Picked:
    """Return rows with each fact once, or once in each group.

    Shape:  `repeated` are the numbers that may stand repeatedly: few, mostly none.
    """
    if not len(repeated):
        return rows
    numbers = rows["number"]
    doubtful = np.flatnonzero(np.isin(numbers, repeated))
    keys = [numbers[doubtful]] if groups is None else [numbers[doubtful], groups[doubtful]]
    order = np.lexsort(keys)
    is_first = np.zeros(len(order), bool)
    is_first[:1] = True
    for key in keys:
        is_first[1:] |= key[order][1:] != key[order][:-1]
    keep = np.ones(len(rows), bool)
    keep[doubtful] = False
    keep[doubtful[order[is_first]]] = True
    return rows.where(keep)
