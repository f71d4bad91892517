"""Many cases as numpy columns, so that a report over 10,000 customers is a few array operations.

A customer has a *slot*: its place in the columns of `people`, and a run of rows in each child
table. A customer that changes gets a new slot at the end, and the old one is dead: cheap, because
between two answers few of many change. `compact` gives the room of the dead back.

Names (owners, stages, sources, currencies ...) are kept as small integers, see `Codes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, compress
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.query.cohorts.case import Case

Array = npt.NDArray[Any]

_PEOPLE: Final = {
    "number": "u4",
    "created_ms": "i8",
    "created_day": "i4",
    "owner": "i4",
    "stage": "i4",
    "live": "?",
}
_CHILDREN: Final = {
    "sources": {"source": "i4"},
    "groups": {"group": "i4"},
    "calls": {
        "number": "u4", "at": "i8", "day": "i4", "agent": "i4", "spoken": "?", "talk": "i4",
    },
    "appointments": {"number": "u4", "at": "i8", "day": "i4", "completed": "?"},
    "orders": {
        "number": "u4", "at": "i8", "day": "i4", "order_day": "i4", "state": "i1",
        "total": "i8", "currency": "i4",
    },
    "paid": {
        "number": "u4", "at": "i8", "day": "i4", "state": "i1", "currency": "i4", "amount": "i8",
    },
    "payments": {"number": "u4", "currency": "i4", "amount": "i8"},
    "opportunities": {"number": "u4", "at": "i8", "day": "i4", "campaign": "i4", "owner": "i4"},
    "stages": {"at": "i8", "day": "i4", "stage": "i4"},
}  # fmt: skip
"""Paid has a row for each currency of each order: number, at, day and state are the order's."""


class Codes:
    """Names as small integers; 0 is '' (none). A name once known keeps its code."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {"": 0}
        self.names: list[str] = [""]

    def code(self, name: str | None) -> int:
        """Return the code of a name, a new one if it has none."""
        found = self._codes.get(name or "")
        if found is None:
            found = self._codes[name or ""] = len(self.names)
            self.names.append(name or "")
        return found

    def known(self, name: str) -> int:
        """Return the code of a name, -1 (which no row has) if there is none."""
        return self._codes.get(name, -1)

    def chosen(self, names: Iterable[str]) -> Array:
        """Return a lookup table: by code, whether it is one of these names."""
        table = np.zeros(len(self.names), bool)
        codes = [code for code in map(self.known, names) if code >= 0]
        table[codes] = True
        return table


class Table:
    """Columns of equal length that grow at the end."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self._columns: dict[str, Array] = {name: np.empty(16, kind) for name, kind in kinds.items()}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def kinds(self) -> dict[str, str]:
        """Return the names of the columns, and the kind of number each holds."""
        return {name: column.dtype.str for name, column in self._columns.items()}

    def __getitem__(self, name: str) -> Array:
        """Return a column; it is a view, to be used before anything is put."""
        return self._columns[name][: self._length]

    def extend(self, rows: Sequence[tuple[int, ...]]) -> None:
        """Append rows of integers, in the order of the columns."""
        if not rows:
            return
        width = len(self._columns)
        flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * width)
        start, self._length = self._length, self._length + len(rows)
        for at, (name, column) in enumerate(self._columns.items()):
            if self._length > len(column):
                grown = np.empty(max(self._length, len(column) * 3 // 2), column.dtype)
                grown[:start] = column[:start]
                self._columns[name] = column = grown  # noqa: PLW2901 - the same, with more room
            column[start : self._length] = flat[at::width]

    def keep(self, stays: Array) -> None:
        """Keep only the rows for which a mask says yes."""
        self._columns = {name: self[name][stays] for name in self._columns}
        self._length = int(np.count_nonzero(stays))


class Rows(NamedTuple):
    """The rows of some slots in a child table.

    Shape:  `at` are row numbers of the table; `parent` says for each the position, in the slots
            asked for, of the slot it belongs to (ascending).
    """

    at: Array
    parent: Array


class Children(Table):
    """A child table: each slot has a run of rows, in the order of slots."""

    def __init__(self, kinds: dict[str, str]) -> None:
        super().__init__(kinds)
        self._runs = Table({"start": "i8", "count": "i4"})

    def append(self, runs: Sequence[Sequence[tuple[int, ...]]]) -> None:
        """Append the rows of the next slots."""
        starts, at = [], len(self)
        for run in runs:
            starts.append((at, len(run)))
            at += len(run)
        self._runs.extend(starts)
        self.extend(list(chain.from_iterable(runs)))

    def rows(self, slots: Array) -> Rows:
        """Return the rows of some slots, slot by slot; a slot may be asked for repeatedly."""
        counts = self._runs["count"][slots]
        ends = np.cumsum(counts, dtype=np.int64)
        total = int(ends[-1]) if len(ends) else 0
        shifts = self._runs["start"][slots] - (ends - counts)
        parent = np.repeat(np.arange(len(slots)), counts)
        return Rows(np.arange(total) + shifts[parent], parent)

    def counts(self, slots: Array) -> Array:
        """Return how many rows some slots have."""
        return self._runs["count"][slots]

    def slots(self, rows: Array) -> Array:
        """Return the slots to which some rows belong."""
        return np.searchsorted(self._runs["start"], rows, side="right") - 1

    def keep_slots(self, stays: Array) -> None:
        """Keep only the rows of slots for which a mask says yes; these are numbered anew."""
        self.keep(np.repeat(stays, self._runs["count"]))
        self._runs.keep(stays)
        counts = self._runs["count"]
        self._runs["start"][:] = np.cumsum(counts, dtype=np.int64) - counts


class Columns:
    """The cases of many customers, by slot.

    Laws:   whatever was put and removed before, the live slots hold each customer once, as it
            was put last. Slots stay until the next put, remove or compact.
    """

    def __init__(self) -> None:
        self.codes = Codes()
        self.people = Table(dict(_PEOPLE))
        self.sources, self.groups = _table("sources"), _table("groups")
        self.calls, self.appointments = _table("calls"), _table("appointments")
        self.orders, self.paid, self.payments = _table("orders"), _table("paid"), _table("payments")
        self.opportunities, self.stages = _table("opportunities"), _table("stages")
        self.ids: list[str] = []
        """By slot, of the customer."""
        self.names: list[str] = []
        self._slots: dict[int, int] = {}

    @property
    def _children(self) -> dict[str, Children]:
        return {name: getattr(self, name) for name in _CHILDREN}

    def __len__(self) -> int:
        """Return how many customers there are."""
        return len(self._slots)

    def __contains__(self, number: object) -> bool:
        return number in self._slots

    def live(self) -> Array:
        """Return the slots of all customers."""
        return np.flatnonzero(self.people["live"])

    def put(self, cases: Sequence[Case]) -> None:
        """Add customers, or replace them; each at most once in one call."""
        self.remove(case.number for case in cases)
        first = len(self.people)
        code = self.codes.code
        self.people.extend(
            [
                (c.number, c.created_ms, c.created_day, code(c.owner), code(c.stage), 1)
                for c in cases
            ]
        )
        self.ids.extend(case.id for case in cases)
        self.names.extend(case.name for case in cases)
        self._slots.update((case.number, first + at) for at, case in enumerate(cases))
        for name, runs in _runs(cases, self.codes).items():
            self._children[name].append(runs)

    def remove(self, numbers: Iterable[int]) -> None:
        """Take customers out; those that are not there are passed over."""
        live = self.people["live"]
        for number in numbers:
            slot = self._slots.pop(number, None)
            if slot is not None:
                live[slot] = False
                self.ids[slot] = self.names[slot] = ""

    @property
    def is_sparse(self) -> bool:
        """Whether more than half of the slots (and more than a few) are dead."""
        return len(self.people) > max(2 * len(self._slots), 1024)

    def compact(self) -> None:
        """Give back the room of the dead; customers keep their order."""
        stays = self.people["live"].copy()
        for children in self._children.values():
            children.keep_slots(stays)
        self.people.keep(stays)
        self.ids, self.names = list(compress(self.ids, stays)), list(compress(self.names, stays))
        self._slots = {number: at for at, number in enumerate(self.people["number"].tolist())}


def _table(name: str) -> Children:
    return Children(dict(_CHILDREN[name]))


def _runs(cases: Sequence[Case], codes: Codes) -> dict[str, list[Sequence[tuple[int, ...]]]]:
    """Return the rows of each child table, case by case."""
    code = codes.code
    return {
        "sources": [[(code(name),) for name in case.sources] for case in cases],
        "groups": [[(code(name),) for name in case.groups] for case in cases],
        "calls": [
            [
                (number, at, day, code(agent), spoken, talk)
                for number, at, day, agent, spoken, talk in case.calls
            ]
            for case in cases
        ],
        "appointments": [case.appointments for case in cases],
        "orders": [
            [
                (number, at, day, order_day, state, total, code(currency))
                for number, at, day, order_day, state, total, currency, _ in case.orders
            ]
            for case in cases
        ],
        "paid": [
            [
                (order[0], order[1], order[2], order[4], code(currency), amount)
                for order in case.orders
                for currency, amount in order[7]
            ]
            for case in cases
        ],
        "payments": [
            [(number, code(currency), amount) for number, currency, amount in case.payments]
            for case in cases
        ],
        "opportunities": [
            [
                (number, at, day, code(campaign), code(owner))
                for number, at, day, campaign, owner in case.opportunities
            ]
            for case in cases
        ],
        "stages": [
            [(stage.at, stage.day, code(stage.stage)) for stage in case.stages] for case in cases
        ],
    }
