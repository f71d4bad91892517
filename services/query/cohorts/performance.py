"""Sales performance: customer by customer, whether and how often they bought in a period. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple

import numpy as np

from services.query.cohorts.chosen import customers
from services.query.cohorts.columns import Array, Columns
from services.query.cohorts.picked import Money, Picked, money, within
from services.query.periods import Period

Status = Literal["all", "purchased", "in_progress", "not_purchased"]
Label = Literal["purchased", "in_progress", "not_purchased"]
Sort = Literal["created_at", "purchases", "value", "last_order", "name"]
After = tuple[int | str, int]
"""(what the last row was sorted by, customer number)"""

PENDING: Final = 1
APPROVED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceQuestion:
    """What is asked.

    Shape:  `created` bounds when the customers were created, `period` the order days; `owners`
            None: all, '-' in it: those without owner; relationship None: all, '': has none;
            least and most bound the purchases, None: unbounded; `currency` is that by which
            values are sorted; `after` is the end of the page before.
    Source: D-110..D-119.
    """

    created: Period
    period: Period
    currency: str
    owners: frozenset[str] | None = None
    relationship: str | None = None
    status: Status = "all"
    least: int | None = None
    most: int | None = None
    sort: Sort = "created_at"
    descending: bool = True
    after: After | None = None
    limit: int = 100
    names: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class PerformanceRow:
    """One customer.

    Units:  created_ms in ms since 1970 UTC; last_order yyyymmdd, 0 = none; value in minor units.
    Shape:  owner and stage '' = none; `label` purchased before in progress before not purchased;
            `in_progress`: an order waits, whatever the label.
    """

    number: int
    id: str
    name: str
    created_ms: int
    owner: str
    stage: str
    label: Label
    in_progress: bool
    purchases: int
    pending: int
    value: Money
    last_order: int


class PerformanceTotals(NamedTuple):
    """How many customers there are under all filters but the purchase status, and by label.

    Laws:   customers = purchased + in_progress + not_purchased.
    """

    customers: int
    purchased: int
    in_progress: int
    not_purchased: int


class PerformancePage(NamedTuple):
    """One page: its rows, how many there are in all, the totals, where the next one begins."""

    rows: list[PerformanceRow]
    total: int
    totals: PerformanceTotals
    after: After | None


def evaluate(columns: Columns, question: PerformanceQuestion) -> PerformancePage:
    """Return a page of customers.

    Laws:   rows are in order of (what they are sorted by, number), all the other way round when
            descending; pages one behind the other hold each row once.
    """
    table = _Purchases(columns, question)
    chosen = np.flatnonzero(table.passes(question.status))
    order, keys = _ordered(table, question, chosen)
    rows = order[: question.limit]
    last = len(rows) - 1
    number = int(table.numbers[rows[last]]) if len(rows) else 0
    return PerformancePage(
        rows=table.rows(rows),
        total=len(chosen),
        totals=PerformanceTotals(*(int(table.counted(name).sum()) for name in _COUNTED)),
        after=(keys[last], number) if len(order) > len(rows) else None,
    )


def members(
    columns: Columns, question: PerformanceQuestion, customer: str | None, column: str
) -> list[int]:
    """Return the numbers of the facts behind a number, ascending.

    Shape:  column `customers` or a label, whatever the status asked for: these customers;
            `purchases` and `value`: orders approved; `pending`: orders that wait; `last_order`:
            both; of one customer, or of all that pass (None).
    Errors: KeyError for another column.
    Source: D-116..D-119, G13.
    """
    table = _Purchases(columns, question)
    is_of_customers = column in _COUNTED
    chosen = table.counted(column) if is_of_customers else table.passes(question.status)
    if customer is not None:
        ids = (columns.ids[slot] == customer for slot in table.slots.tolist())
        chosen &= np.fromiter(ids, bool, len(chosen))
    if is_of_customers:
        return _ascending(table.numbers[chosen])
    orders = table.orders.where(chosen[table.orders.parent])
    return _ascending(orders.where(np.isin(orders["state"], _STATES[column]))["number"])


def _ascending(numbers: Array) -> list[int]:
    found: list[int] = np.sort(numbers).tolist()
    return found


_COUNTED: Final = PerformanceTotals._fields
_STATUSES: Final[dict[str, Status]] = {
    "customers": "all",
    "purchased": "purchased",
    "not_purchased": "not_purchased",
}
_STATES: Final = {
    "purchases": (APPROVED,),
    "value": (APPROVED,),
    "pending": (PENDING,),
    "last_order": (PENDING, APPROVED),
}


class _Purchases:
    """The customers asked about, and what each bought in the period; arrays are by customer."""

    def __init__(self, columns: Columns, question: PerformanceQuestion) -> None:
        self._columns, self._question = columns, question
        self.slots = customers(columns, question.created, question.owners, question.relationship)
        self.numbers = columns.people["number"][self.slots]
        orders = Picked.of(columns.orders, self.slots)
        counts = (orders["state"] > 0) & within(orders["order_day"], *question.period)
        self.orders = orders.where(counts)
        states, parents = self.orders["state"], self.orders.parent
        self.purchases = np.bincount(parents[states == APPROVED], minlength=len(self.slots))
        self.pending = np.bincount(parents[states == PENDING], minlength=len(self.slots))

    @cached_property
    def _is_within(self) -> Array:
        """Say whose purchases are neither too few nor too many."""
        found = self.purchases >= (self._question.least or 0)
        if self._question.most is not None:
            found &= self.purchases <= self._question.most
        return found

    def passes(self, status: Status) -> Array:
        """Say who passes all filters with this purchase status."""
        has_status: Array
        match status:
            case "all":
                has_status = np.ones(len(self.slots), bool)
            case "purchased":
                has_status = self.purchases > 0
            case "in_progress":
                has_status = self.pending > 0
            case "not_purchased":
                has_status = (self.purchases == 0) & (self.pending == 0)
        found: Array = self._is_within & has_status
        return found

    def counted(self, name: str) -> Array:
        """Say who stands behind a total: all, or those with a label."""
        if name == "in_progress":
            labelled: Array = self.passes("in_progress") & (self.purchases == 0)
            return labelled
        return self.passes(_STATUSES[name])

    def sorted_by(self, sort: Sort) -> Array:
        """Return what customers are sorted by."""
        if sort == "name":
            names, opened = self._columns.names, self._question.names
            texts = [opened(names[slot]).casefold() for slot in self.slots.tolist()]
            return np.array(texts or [""])
        found: dict[str, Callable[[], Array]] = {
            "created_at": lambda: self._columns.people["created_ms"][self.slots],
            "purchases": lambda: self.purchases,
            "value": lambda: self._values,
            "last_order": lambda: self.last_orders,
        }
        return found[sort]()

    @cached_property
    def _values(self) -> Array:
        code = self._columns.codes.known(self._question.currency)
        rows = self._approved
        rows = rows.where(rows["currency"] == code)
        found = np.zeros(len(self.slots), np.int64)
        np.add.at(found, rows.parent, rows["total"])
        return found

    @cached_property
    def last_orders(self) -> Array:
        """Return the latest order day in the period, 0 for none."""
        found = np.zeros(len(self.slots), np.int64)
        np.maximum.at(found, self.orders.parent, self.orders["order_day"])
        return found

    @cached_property
    def _approved(self) -> Picked:
        return self.orders.where(self.orders["state"] == APPROVED)

    def rows(self, at: Array) -> list[PerformanceRow]:
        """Return the rows of some customers, in this order."""
        people, codes = self._columns.people, self._columns.codes
        place = np.full(len(self.slots), -1)
        place[at] = np.arange(len(at))
        bought = self._approved
        bought = bought.where(place[bought.parent] >= 0)
        values = money(bought, "total", place[bought.parent], len(at), codes.names)
        found = []
        for one, value in zip(at.tolist(), values, strict=True):
            slot = int(self.slots[one])
            purchases, pending = int(self.purchases[one]), int(self.pending[one])
            found.append(
                PerformanceRow(
                    number=int(self.numbers[one]),
                    id=self._columns.ids[slot],
                    name=self._columns.names[slot],
                    created_ms=int(people["created_ms"][slot]),
                    owner=codes.names[people["owner"][slot]],
                    stage=codes.names[people["stage"][slot]],
                    label=_label(purchases, pending),
                    in_progress=pending > 0,
                    purchases=purchases,
                    pending=pending,
                    value=value,
                    last_order=int(self.last_orders[one]),
                )
            )
        return found


def _label(purchases: int, pending: int) -> Label:
    if purchases:
        return "purchased"
    return "in_progress" if pending else "not_purchased"


def _ordered(
    table: _Purchases, question: PerformanceQuestion, chosen: Array
) -> tuple[Array, list[int | str]]:
    """Return the customers behind `after` in their order, and what each is sorted by."""
    if not len(chosen):
        return chosen, []
    keys, numbers = table.sorted_by(question.sort)[chosen], table.numbers[chosen]
    if question.after is not None:
        key, number = question.after
        if question.descending:
            behind = (keys < key) | ((keys == key) & (numbers < number))
        else:
            behind = (keys > key) | ((keys == key) & (numbers > number))
        chosen, keys, numbers = chosen[behind], keys[behind], numbers[behind]
    order = np.lexsort((numbers, keys))
    if question.descending:
        order = order[::-1]
    return chosen[order], keys[order].tolist()
