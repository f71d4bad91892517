"""The customer lifecycle: of those created on a day, who reached a target after how long. Pure.

```
             lag 0   1   2   3        exact: reached it on that very day after creation
  14 July        2   1   0   1        cumulative: 2 3 3 4
  15 July        1   0   2   -        '-': that day is still to come
```
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from schemas.calendar import days_between
from services.query.cohorts.chosen import customers, earliest
from services.query.cohorts.columns import Array, Columns
from services.query.cohorts.picked import Picked
from services.query.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleQuestion:
    """What is asked.

    Shape:  target is a stage, None is the first order; `created` is the window, with which the
            conversions end too; `owners` None: all, '-' in it: those without owner; filters None:
            all, '': have none.
    Source: D-90..D-97, E-60..E-66.
    """

    created: Period
    target: str | None = None
    owners: frozenset[str] | None = None
    source: str | None = None
    relationship: str | None = None


@dataclass(frozen=True, slots=True)
class LifecycleRow:
    """Those created on one day.

    Shape:  exact and cumulative by lag in days, None where that day is after the window.
    """

    day: int
    created: int
    converted: int
    exact: list[int | None]
    cumulative: list[int | None]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The report.

    Units:  mean and median in days, None where nobody was converted.
    Laws:   the total of a lag is the sum of its rows; what is exact adds up to what is converted.
    """

    created: int
    converted: int
    mean: float | None
    median: float | None
    rows: list[LifecycleRow]
    exact: list[int]
    cumulative: list[int]


def evaluate(columns: Columns, question: LifecycleQuestion) -> Lifecycle:
    """Count who was created and who was converted, by day of creation and lag."""
    found = _Conversions(columns, question)
    days = days_between(*question.created)
    rows = np.searchsorted(days, columns.people["created_day"][found.slots])
    lags = found.lags[found.converted]
    matrix = np.zeros((len(days), len(days)), np.int64)
    np.add.at(matrix, (rows[found.converted], lags), 1)
    created = np.bincount(rows, minlength=len(days)).tolist()
    return Lifecycle(
        created=len(found.slots),
        converted=len(lags),
        mean=float(lags.mean()) if len(lags) else None,
        median=float(np.median(lags)) if len(lags) else None,
        rows=[
            LifecycleRow(
                day=day,
                created=created[at],
                converted=int(matrix[at].sum()),
                exact=_known(matrix[at], at),
                cumulative=_known(matrix[at].cumsum(), at),
            )
            for at, day in enumerate(days)
        ],
        exact=matrix.sum(axis=0).tolist(),
        cumulative=matrix.sum(axis=0).cumsum().tolist(),
    )


def members(  # noqa: PLR0917 - which cell
    columns: Columns,
    question: LifecycleQuestion,
    created: int | None = None,
    lag: int | None = None,
    cumulative: bool = False,
    converted: bool = False,
) -> list[int]:
    """Return the numbers of the customers behind a number, ascending.

    Shape:  created is one day of the window, None all; with a lag those who were converted after
            so many days, or (cumulative) at most so many; else all, or those converted at all.
    Laws:   as many as the figure says.
    Source: D-96.
    """
    found = _Conversions(columns, question)
    chosen = np.ones(len(found.slots), bool)
    if created is not None:
        chosen &= columns.people["created_day"][found.slots] == created
    if lag is not None:
        chosen &= found.converted & (found.lags <= lag if cumulative else found.lags == lag)
    elif converted:
        chosen &= found.converted
    numbers: list[int] = np.sort(columns.people["number"][found.slots[chosen]]).tolist()
    return numbers


class _Conversions:
    """The customers asked about, and after how many days each was converted."""

    def __init__(self, columns: Columns, question: LifecycleQuestion) -> None:
        self._columns, self._question = columns, question
        asked = question
        self.slots = customers(
            columns, asked.created, asked.owners, asked.relationship, asked.source
        )

    @cached_property
    def converted(self) -> Array:
        """Say who was converted, on the last day of the window at the latest."""
        return self.lags >= 0

    @cached_property
    def lags(self) -> Array:
        """Return the days from creation to conversion, -1 for who was not converted.

        Laws:   the first order, or entry into the stage, at or after the moment of creation
                counts, wherever its own date lies; on the day of creation it is 0.
        """
        people, rows = self._columns.people, self._rows()
        rows = rows.where(rows["at"] >= people["created_ms"][self.slots][rows.parent])
        rows = rows.where(earliest(rows["day"], rows["at"], rows.parent))
        rows = rows.where(rows["day"] <= self._question.created.last)
        found = np.full(len(self.slots), -1)
        since = _ordinals(people["created_day"][self.slots[rows.parent]])
        found[rows.parent] = np.maximum(_ordinals(rows["day"]) - since, 0)
        return found

    def _rows(self) -> Picked:
        target = self._question.target
        if target is None:
            orders = Picked.of(self._columns.orders, self.slots)
            return orders.where(orders["state"] > 0)
        stages = Picked.of(self._columns.stages, self.slots)
        return stages.where(stages["stage"] == self._columns.codes.known(target))


def _known(counts: Array, row: int) -> list[int | None]:
    """Return the counts by lag of a row; those of days to come are not known."""
    past = len(counts) - row
    return [*counts[:past].tolist(), *[None] * row]


def _ordinals(days: Array) -> Array:
    """Return days, yyyymmdd, as numbers of which neighbours differ by 1."""
    months = (days // 10_000 - 1970) * 12 + days // 100 % 100 - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    ordinals: Array = first + days % 100 - 1
    return ordinals
